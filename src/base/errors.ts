// Errors a caller can act on. Codes are API and follow semver, messages are not.
// Odd packets are never errors: they are counted under the names of wire/decode-status.ts.

/** Every code a {@link TeardownError} can carry. */
export type TeardownErrorCode =
  | 'ERR_CAPTURE_FORMAT'
  | 'ERR_CAPTURE_TRUNCATED'
  | 'ERR_CAPTURE_LENGTH'
  | 'ERR_DECOMPRESS'
  | 'ERR_READ'
  | 'ERR_WRITE'
  | 'ERR_OPTION'
  | 'ERR_WORKER'
  | 'ERR_COUNT'
  | 'ERR_INTERRUPTED'

/** Base of all errors this package throws on purpose. */
export class TeardownError extends Error {
  override readonly name: string = 'TeardownError'
  readonly code: TeardownErrorCode

  constructor(code: TeardownErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** What was wrong at one place of a capture. */
export interface CaptureDamage {
  /** Offset of the first byte that could not be used, in the (decompressed) capture. */
  readonly offset: number
  /** What the format asks for at that place. */
  readonly expected: string
  /** What stands there instead. */
  readonly found: string
}

/**
 * A capture cannot be read, or not to its end. Everything before `offset` has been delivered.
 * The message names the offset, what was expected and what was found; the path is added by the caller that knows it.
 */
export class CaptureError extends TeardownError {
  override readonly name: string = 'CaptureError'
  readonly offset: number
  readonly expected: string
  readonly found: string

  constructor(
    code: 'ERR_CAPTURE_FORMAT' | 'ERR_CAPTURE_TRUNCATED' | 'ERR_CAPTURE_LENGTH' | 'ERR_DECOMPRESS',
    problem: string,
    damage: CaptureDamage,
    options?: { cause?: unknown },
  ) {
    super(
      code,
      `${problem} at byte ${damage.offset}: expected ${damage.expected}, found ${damage.found}`,
      options,
    )
    this.offset = damage.offset
    this.expected = damage.expected
    this.found = damage.found
  }
}
