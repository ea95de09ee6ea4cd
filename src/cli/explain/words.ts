// `explain FINDING`, `explain FLAG`, `explain COLUMN`, `explain ECONNRESET`: what the smaller words of the output mean.

import { wrap } from '../../base/text.js'
import { COLUMNS } from '../../output/columns/columns.js'
import type { Style } from '../../output/style.js'
import { FINDINGS } from '../../verdict/findings.js'
import { FLAGS } from '../../verdict/flags.js'
import { SEES } from '../../verdict/sees.js'

/** A word with its meaning. */
export interface Word {
  readonly kind: 'finding' | 'flag' | 'column' | 'what a program saw'
  readonly name: string
  readonly meaning: string
  /** The option that selects connections by it. */
  readonly filter?: string
}

const WORDS: readonly Word[] = [
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
  ...COLUMNS.map(({ key, doc }) => ({ kind: 'column' as const, name: key, meaning: doc })),
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
