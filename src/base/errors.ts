// Errors a caller can act on. Codes are API and follow semver, messages are not.
// Odd packets are never errors: they are counted under the names of wire/decode-status.ts.

import { type Quoting, plain } from './quoting.js'

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

/** Those that a {@link CaptureError} can carry. */
export type CaptureErrorCode =
  'ERR_CAPTURE_FORMAT' | 'ERR_CAPTURE_TRUNCATED' | 'ERR_CAPTURE_LENGTH' | 'ERR_DECOMPRESS'

/** Base of all errors this package throws on purpose. */
export class TeardownError extends Error {
  override readonly name: string = 'TeardownError'
  readonly code: TeardownErrorCode
  /** The message without what it copies from a capture. */
  readonly bareMessage: string

  constructor(code: TeardownErrorCode, message: string | Quoting, options?: { cause?: unknown }) {
    const { whole, bare } = plain(message)
    super(whole, options)
    this.code = code
    this.bareMessage = bare
  }

  /** The same error without what it copies from a capture, and without its cause. */
  withoutCopies(): TeardownError {
    return new TeardownError(this.code, this.bareMessage)
  }
}

/** A text is no value of an option or a setting. The message quotes it and says what would be one. */
export class ValueError extends TeardownError {
  constructor(message: string) {
    super('ERR_OPTION', message)
  }
}

/** What was wrong at one place of a capture. What a text copies from there stands in it by `quoting`. */
export interface CaptureDamage {
  /** Offset of the first byte that could not be used, in the (decompressed) capture. */
  readonly offset: number
  /** What the format asks for at that place. */
  readonly expected: string | Quoting
  /** What stands there instead. */
  readonly found: string | Quoting
}

/**
 * A capture cannot be read, or not to its end. Everything before `offset` has been delivered.
 * The message names the offset, what was expected and what was found; the path is added by the caller that knows it.
 */
export class CaptureError extends TeardownError {
  override readonly name: string = 'CaptureError'
  declare readonly code: CaptureErrorCode
  readonly offset: number
  readonly expected: string
  readonly found: string
  /** Both without what they copy from the capture. */
  readonly bare: { readonly expected: string; readonly found: string }
  private readonly problem: string

  constructor(
    code: CaptureErrorCode,
    problem: string,
    damage: CaptureDamage,
    options?: { cause?: unknown },
  ) {
    const { offset } = damage
    const [expected, found] = [plain(damage.expected), plain(damage.found)]
    function message(form: keyof Quoting): string {
      return `${problem} at byte ${offset}: expected ${expected[form]}, found ${found[form]}`
    }
    super(code, { whole: message('whole'), bare: message('bare') }, options)
    this.problem = problem
    this.offset = offset
    this.expected = expected.whole
    this.found = found.whole
    this.bare = { expected: expected.bare, found: found.bare }
  }

  override withoutCopies(): CaptureError {
    const { code, problem, offset, bare } = this
    return new CaptureError(code, problem, { offset, ...bare })
  }
}
