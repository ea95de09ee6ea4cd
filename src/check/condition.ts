// Conditions on the columns of a connection, as rules write them:
//
//   verdict: rst_after_kill          equal; of a list column one of its members
//   closer: [client, both]           one of these
//   cause: '!normal'                 not equal
//   kill_to_teardown_s: '<= 0.2'     a number compared with <, <=, >, >= or =

import { TeardownError } from '../base/errors.js'
import {
  type ColumnSource,
  type ColumnType,
  type EvidenceRow,
  type FindingItem,
  readColumn,
} from '../output/columns/column.js'
import { COLUMNS } from '../output/columns/columns.js'
import { FINDINGS } from '../verdict/findings.js'
import { FLAGS } from '../verdict/flags.js'
import { CLOSERS } from '../verdict/answer.js'
import { ENDINGS, VERDICTS, endingOf } from '../verdict/endings.js'
import { SEES } from '../verdict/sees.js'

/** A test of a connection; undefined where the column has no value. */
type Test = (c: ColumnSource) => boolean | undefined

/** Conditions that are looked at together. */
export interface Condition {
  /** All hold, and every column has a value. */
  holds(c: ColumnSource): boolean
  /** None fails; a column without a value fails nothing. */
  isKept(c: ColumnSource): boolean
}

/** The condition that always holds. */
export const ANY: Condition = { holds: () => true, isKept: () => true }

/** Words that a column may have: a misspelt one would never match. */
export const WORDS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['verdict', VERDICTS.map(({ verdict }) => verdict)],
  ['cause', ENDINGS.map(({ cause }) => cause)],
  ['ending', ENDINGS.map(endingOf)],
  ['closer', CLOSERS],
  ['confidence', ['certain', 'likely', 'possible']],
  ['findings', FINDINGS.map(({ code }) => code)],
  ['flags', FLAGS.map(({ name }) => name)],
  ['client_sees', SEES.map(({ name }) => name)],
  ['server_sees', SEES.map(({ name }) => name)],
])

/** A number compared with another one. */
export const COMPARISON: RegExp = /^\s*(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)\s*$/
/** A number written as text, which may be negated. */
export const NUMBER: RegExp = /^!?-?\d+(\.\d+)?$/
/** What only numbers are compared with. */
export const OPERATOR: RegExp = /^\s*!?\s*[<>=]/
/** A truth value written as text, which may be negated. */
export const TRUTH: RegExp = /^!?(true|false)$/

/**
 * Reads conditions.
 *
 * @throws {TeardownError} ERR_OPTION for a column that is none, or a value it cannot have; `where` says what is read.
 */
export function conditionOf(value: unknown, where: string): Condition {
  if (value === undefined) return ANY
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TeardownError('ERR_OPTION', `${where}: expected columns with values`)
  const tests = Object.entries(value).map(([key, wanted]) => testOf(key, wanted, `${where}.${key}`))
  return {
    holds: (c) => tests.every((test) => test(c) === true),
    isKept: (c) => tests.every((test) => test(c) !== false),
  }
}

function testOf(key: string, wanted: unknown, where: string): Test {
  const read = reader(key, where)
  const choices: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted]
  if (choices.length === 0) throw new TeardownError('ERR_OPTION', `${where}: an empty list`)
  const compared = choices.length === 1 && isNumeric(key) ? comparisonOf(choices[0]) : undefined
  if (compared !== undefined) {
    return (c) => {
      const value = read(c)
      return typeof value === 'number' ? compared(value) : undefined
    }
  }
  const texts = choices.map((choice) => textOf(choice, key, where))
  const isNegative = texts.every((text) => text.startsWith('!'))
  if (!isNegative && texts.some((text) => text.startsWith('!')))
    throw new TeardownError(
      'ERR_OPTION',
      `${where}: a list has ! before all of its members or none`,
    )
  const words = new Set(texts.map((text) => (isNegative ? text.slice(1) : text)))
  return (c) => {
    const value = read(c)
    if (value === undefined) return undefined
    const found = Array.isArray(value)
      ? value.some((member: string | EvidenceRow | FindingItem) => words.has(wordOf(member)))
      : words.has(`${value as string | number | boolean}`)
    return found !== isNegative
  }
}

function reader(key: string, where: string): (c: ColumnSource) => unknown {
  if (key === 'ending') return (c) => c.j.ending
  const column = COLUMNS.find((each) => each.key === key)
  if (column === undefined)
    throw new TeardownError('ERR_OPTION', `${where}: there is no column of that name`)
  return (c) => readColumn(column, c)
}

/** Of findings the code counts, of evidence what the packet shows. */
function wordOf(member: string | EvidenceRow | FindingItem): string {
  if (typeof member === 'string') return member
  return 'code' in member ? member.code : member.shows
}

function textOf(choice: unknown, key: string, where: string): string {
  if (typeof choice !== 'string' && typeof choice !== 'number' && typeof choice !== 'boolean')
    throw new TeardownError('ERR_OPTION', `${where}: expected a text, a number or a list of them`)
  const text = String(choice)
  if (!isNumeric(key) || !Number.isFinite(choice)) checkKind(text, key, where)
  const words = WORDS.get(key)
  if (words !== undefined && !words.includes(text.replace(/^!/, '')))
    throw new TeardownError('ERR_OPTION', `${where}: '${text}' is none of ${words.join(', ')}`)
  return text
}

/** A value that its column can never have is a mistake. */
function checkKind(text: string, key: string, where: string): void {
  if (isNumeric(key)) {
    if (NUMBER.test(text)) return
    throw new TeardownError(
      'ERR_OPTION',
      `${where}: expected a number, or one comparison such as '<= 0.2'`,
    )
  }
  if (OPERATOR.test(text))
    throw new TeardownError('ERR_OPTION', `${where}: the column has no numbers to compare`)
  if (typeOf(key) === 'boolean' && !TRUTH.test(text))
    throw new TeardownError('ERR_OPTION', `${where}: expected true or false`)
}

function typeOf(key: string): ColumnType | undefined {
  return COLUMNS.find((column) => column.key === key)?.type
}

function isNumeric(key: string): boolean {
  const type = typeOf(key)
  return type === 'integer' || type === 'number'
}

function comparisonOf(choice: unknown): ((value: number) => boolean) | undefined {
  const [, operator, number] = (typeof choice === 'string' && COMPARISON.exec(choice)) || []
  if (operator === undefined) return undefined
  const limit = Number(number)
  switch (operator) {
    case '<':
      return (value) => value < limit
    case '<=':
      return (value) => value <= limit
    case '>':
      return (value) => value > limit
    case '>=':
      return (value) => value >= limit
    default:
      return (value) => value === limit
  }
}
