// How many connections are kept at once.

import type { TableRoom } from './compiled/room.js'

/** Bounds of a tracker; every one has a safe default. */
export interface TrackerLimits {
  /** Closed connections kept for stragglers, so that a late packet still finds its stream. */
  readonly maxClosed?: number | undefined
  /** Handshakes kept that the client has not completed; beyond that the oldest is classified as it stands. */
  readonly maxHalfOpen?: number | undefined
  /** Connections followed at once, of every kind; beyond that one that was quiet for long is classified as it stands. */
  readonly maxConnections?: number | undefined
  /** Connections at once with a record of their teardown; beyond that the first of them is classified as it stands. */
  readonly maxTeardowns?: number | undefined
  /** Whether other threads are to see the records. */
  readonly isShared?: boolean
  /** Memory for the table, which the compiled path works on. */
  readonly room?: TableRoom | undefined
}

/** Default of `maxClosed`. */
export const MAX_CLOSED: number = 1 << 11
/** Default of `maxHalfOpen`. */
export const MAX_HALF_OPEN: number = 1 << 17
/** Default of `maxConnections`: about 450 bytes each while nothing has happened to them, 750 when they are being closed. */
export const MAX_CONNECTIONS = 300_000
/** Connections at once that have a record of their teardown, of 904 bytes; beyond that the first of them is given up. */
export const MAX_TEARDOWNS = 65_536
/** One in so many connections, for those who follow more. */
export const TEARDOWN_SHARE = 6
