// How a capture is analyzed: what users of the library may ask for.

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
