// `explain findings`, `explain flags` and the like: every word of a kind, one line each.

import { wrap } from '../../base/text.js'
import { INCIDENT_KINDS } from '../../incidents/kinds.js'
import { ALL_COLUMNS } from '../../output/columns/columns.js'
import type { Style } from '../../output/style.js'
import { FINDINGS } from '../../verdict/findings.js'
import { FLAGS } from '../../verdict/flags.js'
import { SEES } from '../../verdict/sees.js'
import { sentence } from './words.js'

/** Words of a kind with their meanings. */
export interface WordList {
  /** What asks for it; its singular does as well. */
  readonly name: string
  readonly about: string
  readonly rows: readonly (readonly [name: string, meaning: string])[]
  /** The form of `--format json`. */
  readonly objects: readonly object[]
}

const LISTS: readonly WordList[] = [
  {
    name: 'findings',
    about: 'what else matters of a connection (--finding)',
    rows: FINDINGS.map(({ code, meaning }) => [code, meaning]),
    objects: FINDINGS.map(({ code, meaning }) => ({ code, meaning })),
  },
  {
    name: 'flags',
    about: 'circumstances that change how far a verdict can be trusted (--flag)',
    rows: FLAGS.map(({ name, meaning }) => [name, sentence(meaning)]),
    objects: FLAGS.map(({ name, meaning }) => ({ name, meaning: sentence(meaning) })),
  },
  {
    name: 'sees',
    about: 'what the programs at both ends saw (--sees)',
    rows: SEES.map(({ name, meaning }) => [name, sentence(meaning)]),
    objects: SEES.map(({ name, meaning }) => ({ name, meaning: sentence(meaning) })),
  },
  {
    name: 'columns',
    about: 'fields of a connection in rows (--columns, --sort)',
    rows: ALL_COLUMNS.map(({ key, doc }) => [key, doc]),
    objects: ALL_COLUMNS.map(({ key, doc }) => ({ name: key, meaning: doc })),
  },
  {
    name: 'incidents',
    about: 'what several connections tell of a service, a host or a path',
    rows: INCIDENT_KINDS.map(({ kind, meaning }) => [kind, meaning]),
    objects: INCIDENT_KINDS,
  },
]

/** Names of the lists. */
export const LIST_NAMES: readonly string[] = LISTS.map(({ name }) => name)

/** The list that `text` asks for, undefined for none. */
export function listNamed(text: string): WordList | undefined {
  const name = text.trim().toLowerCase()
  return LISTS.find((list) => list.name === name || list.name === `${name}s`)
}

/** The list as text. */
export function listText({ name, about, rows }: WordList, width: number, style: Style): string {
  const room = Math.max(...rows.map(([word]) => word.length)) + 4
  const lines = rows.map(([word, meaning]) => wrap(meaning, width, `  ${word}`.padEnd(room)))
  return `${style.heading(name)}  ${style.faint(about)}\n${lines.join('\n')}\n`
}
