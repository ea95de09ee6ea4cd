// `explain FINDING`, `explain FLAG`, `explain COLUMN`, `explain ECONNRESET`: what the smaller words of the output mean.

import { wrap } from '../../base/text.js'
import { ALL_COLUMNS } from '../../output/columns/columns.js'
import type { Style } from '../../output/style.js'
import { CLOSERS, CONFIDENCES, type Closer, type Confidence } from '../../verdict/answer.js'
import { FINDINGS } from '../../verdict/findings.js'
import { FLAGS } from '../../verdict/flags.js'
import { SEES } from '../../verdict/sees.js'

/** A word with its meaning. */
export interface Word {
  readonly kind: 'finding' | 'flag' | 'column' | 'confidence' | 'closer' | 'what a program saw'
  readonly name: string
  readonly meaning: string
  /** The option that selects connections by it. */
  readonly filter?: string
}

const CONFIDENCE: Readonly<Record<Confidence, string>> = {
  certain: 'Only this fits the packets, and nothing that matters is missing.',
  likely: 'It fits best; other endings that the packets do not exclude are named as alternatives.',
  possible: 'It fits, but the capture shows too little to prefer it.',
}

const CLOSER: Readonly<Record<Closer, string>> = {
  client: 'The client closed first: its FIN or RST was the first that took effect.',
  server: 'The server closed first: its FIN or RST was the first that took effect.',
  both: 'Both closed at once: their FINs crossed.',
  middlebox: 'Something on the path ended it in the name of an endpoint.',
  none: 'Nobody closed it while packets were captured.',
  unknown: 'It ended, but who closed it was not captured.',
}

const WORDS: readonly Word[] = [
  ...CONFIDENCES.map((name) => ({
    kind: 'confidence' as const,
    name,
    meaning: CONFIDENCE[name],
    filter: `--confidence ${name}`,
  })),
  ...CLOSERS.map((name) => ({
    kind: 'closer' as const,
    name,
    meaning: CLOSER[name],
    filter: `--closer ${name}`,
  })),
  ...FINDINGS.map(({ code, meaning }) => ({
    kind: 'finding' as const,
    name: code,
    meaning,
    filter: `--finding ${code}`,
  })),
  ...FLAGS.map(({ name, meaning }) => ({
    kind: 'flag' as const,
    name,
    meaning: sentence(meaning),
    filter: `--flag ${name}`,
  })),
  ...SEES.map(({ name, meaning }) => ({
    kind: 'what a program saw' as const,
    name,
    meaning: sentence(meaning),
    filter: `--sees ${name}`,
  })),
  ...ALL_COLUMNS.map(({ key, doc }) => ({ kind: 'column' as const, name: key, meaning: doc })),
]

/** All words. */
export const WORD_NAMES: readonly string[] = WORDS.map(({ name }) => name)

/** All meanings of a word: some are the name of a finding and of a flag. */
export function wordsNamed(text: string): readonly Word[] {
  const name = text.trim().toLowerCase().replaceAll('-', '_')
  return WORDS.filter((word) => word.name.toLowerCase() === name)
}

/** The text of some words. */
export function wordsText(words: readonly Word[], width: number, style: Style): string {
  return words
    .map(({ kind, name, meaning, filter }) => {
      const how = filter === undefined ? '' : `\n${style.faint(`  tcp-teardown ${filter} CAPTURE`)}`
      return `${style.heading(name)}  ${style.faint(kind)}\n${wrap(meaning, width, '  ')}${how}\n`
    })
    .join('\n')
}

/** A meaning with a capital letter and a full stop. */
export function sentence(text: string): string {
  // The name of a call stays as it is written.
  const isCall = /^\w+\(/.test(text)
  return `${isCall ? text : text.charAt(0).toUpperCase() + text.slice(1)}.`
}
