// How a capture is analyzed: what users of the library may ask for.

import { TeardownError } from '../base/errors.js'
import type { Progress } from '../engine/analyze-source.js'
import type { Anonymizer } from '../output/columns/address.js'
import type { Filters } from './filters.js'

/** What is asked of every analysis. */
export interface JudgingOptions {
  /** Which connections are wanted: the others are neither given nor counted in the totals. By default all. */
  readonly filters?: Filters | undefined
  /** Seconds of silence after which an open connection counts as idle; by default 60, or a fifth of a shorter capture. */
  readonly idleS?: number | undefined
  /** Ns since 1970 of a kill that is known of: `kill_to_teardown_s` is told from it. */
  readonly killedAtNs?: bigint | undefined
  /** Replaces addresses wherever they are shown; {@link CryptoPan} does. */
  readonly anonymizer?: Anonymizer | undefined
  /** Connections followed at once, 300,000 by default; beyond that one that was quiet for long is judged as it stands. */
  readonly maxConnections?: number | undefined
  /** Handshakes kept at once that are not complete, 131,072 by default; beyond that the oldest is judged as it stands. */
  readonly maxHalfOpen?: number | undefined
  /** Closed connections kept for packets that come late, 2,048 by default. */
  readonly maxClosed?: number | undefined
  /** Headers looked into in one frame, 64 by default; a frame with more counts as skipped. */
  readonly maxLayers?: number | undefined
}

/** Settings of {@link analyzeCapture}. */
export interface AnalyzeOptions extends JudgingOptions {
  /** Name for the column `capture`; by default the path. */
  readonly name?: string | undefined
  /** Gives connections a second after their ending is certain instead of when memory wants them: for pipes that do not end. */
  readonly live?: boolean | undefined
  /** Told every few milliseconds of reading how far it is. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Stops the reading; what was read is given, and the report says so. */
  readonly signal?: AbortSignal | undefined
}

/** Bounds, and the least of each. */
const BOUNDS = { maxConnections: 1, maxHalfOpen: 1, maxClosed: 1, maxLayers: 1 } as const

/**
 * Looks at what types do not tell.
 *
 * @throws {TeardownError} ERR_OPTION for a number that cannot be.
 */
export function checkOptions(options: JudgingOptions): void {
  const { idleS, killedAtNs } = options
  if (idleS !== undefined && !(Number.isFinite(idleS) && idleS >= 0))
    throw new TeardownError('ERR_OPTION', `idleS: ${idleS} is not a number of seconds`)
  if (killedAtNs !== undefined && typeof killedAtNs !== 'bigint')
    throw new TeardownError('ERR_OPTION', 'killedAtNs: a time is ns since 1970, a bigint')
  for (const [name, least] of Object.entries(BOUNDS)) {
    const value = options[name as keyof typeof BOUNDS]
    if (value !== undefined) requireWhole(name, value, least)
  }
}

/**
 * Takes a whole number.
 *
 * @throws {TeardownError} ERR_OPTION for anything else, and for one below `least`.
 */
export function requireWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new TeardownError('ERR_OPTION', `${name}: ${value} is no whole number, ${least} or more`)
}
