// Filters as library users write them: what the options of the command take, as texts, numbers, dates or lists of these.

import { TeardownError, ValueError } from '../base/errors.js'
import type { FilterOptions } from '../engine/filter.js'
import { FILTER_WORDS } from '../engine/filter-words.js'

const NS_PER_MS = 1_000_000n

/** One value, several with commas between them, or a list. A value with `!` before it is one that may not be. */
export type Listed<T extends string | number = string> = T | readonly T[]

/** A time: ns since 1970, a date, or a text such as `2026-11-23T07:31:08.5Z`. */
export type Time = bigint | Date | string

/** Which connections are wanted: every filter that is given has to match. The same as the options of the command. */
export interface Filters {
  /** How it ended: verdicts, causes or `verdict.cause`, in any usual spelling. */
  readonly verdict?: Listed | undefined
  /** Likewise. */
  readonly cause?: Listed | undefined
  /** Who ended it. */
  readonly closer?: Listed | undefined
  /** How sure the verdict is. */
  readonly confidence?: Listed | undefined
  /** Codes of findings of which it has one. */
  readonly finding?: Listed | undefined
  /** Names of flags of which it has one. */
  readonly flag?: Listed | undefined
  /** What one of the two programs saw, such as `ECONNRESET`. */
  readonly sees?: Listed | undefined
  /** Addresses or networks of which it has one. */
  readonly host?: Listed | undefined
  /** Ends of the server: address, network, `:port`, `address:port`. */
  readonly server?: Listed | undefined
  /** Ends of the client, likewise. */
  readonly client?: Listed | undefined
  /** Ports of which it has one: numbers, or ranges such as `8000-8099`. */
  readonly port?: Listed<string | number> | undefined
  /** Stream numbers or ranges of them. */
  readonly stream?: Listed<string | number> | undefined
  /** It ended then or later. */
  readonly since?: Time | undefined
  /** It ended until then. */
  readonly until?: Time | undefined
  /** It lasted so long: seconds, or a text such as `250ms`. */
  readonly minDuration?: string | number | undefined
  /** Its payload holds this text, or with `!` before it does not; `\xHH` stands for a byte. */
  readonly contains?: string | undefined
}

/**
 * Filters as the engine takes them.
 *
 * @throws {TeardownError} ERR_OPTION for a filter that does not exist or a value that it does not take.
 */
export function filterOptionsOf(filters: Filters): FilterOptions {
  const options: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(filters) as [string, unknown][]) {
    if (value === undefined) continue
    if (!isFilter(name)) {
      const names = Object.keys(FILTER_WORDS).join(', ')
      throw new TeardownError('ERR_OPTION', `filters: there is no '${name}', but ${names}`)
    }
    options[name] = valueOf(name, value)
  }
  return options
}

function isFilter(name: string): name is keyof Filters {
  return Object.hasOwn(FILTER_WORDS, name)
}

function valueOf(name: keyof Filters, value: unknown): unknown {
  if (name === 'since' || name === 'until') {
    if (typeof value === 'bigint') return value
    if (value instanceof Date && !Number.isNaN(value.getTime()))
      return BigInt(value.getTime()) * NS_PER_MS
  }
  // A comma in a text that is looked for is no list.
  const text = Array.isArray(value) && name !== 'contains' ? value.join(',') : value
  if (typeof text !== 'string' && typeof text !== 'number')
    throw new TeardownError('ERR_OPTION', `filters.${name}: ${String(value)} is no text`)
  try {
    return FILTER_WORDS[name](String(text))
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    throw new TeardownError('ERR_OPTION', `filters.${name}: ${error.message}`)
  }
}
