// How many connections are kept at once.

/** Bounds of a tracker; every one has a safe default. */
export interface TrackerLimits {
  /** Closed connections kept for stragglers, so that a late packet still finds its stream. */
  readonly maxClosed?: number
  /** Handshakes kept that the client has not completed; beyond that the oldest is classified as it stands. */
  readonly maxHalfOpen?: number | undefined
  /** Connections followed at once, of every kind; beyond that one that was quiet for long is classified as it stands. */
  readonly maxConnections?: number | undefined
  /** Whether other threads are to see the records. */
  readonly isShared?: boolean
}

/** Default of `maxClosed`. */
export const MAX_CLOSED: number = 1 << 11
/** Default of `maxHalfOpen`. */
export const MAX_HALF_OPEN: number = 1 << 17
/** Default of `maxConnections`: about 400 bytes each while nothing has happened to them. */
export const MAX_CONNECTIONS = 500_000
