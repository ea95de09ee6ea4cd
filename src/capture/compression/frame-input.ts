// The compressed bytes of formats that are made of frames, and what is said when they end or are damaged.

import { CaptureError } from '../../base/errors.js'
import type { Quoting } from '../../base/quoting.js'
import type { ChunkInput } from '../chunk-input.js'

/** What is wrong with a header or block; its reader knows where in the capture that is. */
export class FrameDamage extends Error {
  readonly expected: string | Quoting
  readonly found: string | Quoting
  /** The input ended before: nothing in it is wrong. */
  readonly isCut: boolean

  constructor(expected: string | Quoting, found: string | Quoting, isCut: boolean = false) {
    super('damaged frame')
    this.expected = expected
    this.found = found
    this.isCut = isCut
  }
}

/** Takes headers and blocks from compressed bytes. */
export class FrameInput {
  private readonly input: ChunkInput
  private readonly format: string

  /** `format`: how messages name it. */
  constructor(input: ChunkInput, format: string) {
    this.input = input
    this.format = format
  }

  /** Offset of the next byte in the compressed source. */
  get offset(): number {
    return this.input.offset
  }

  /** Whether the next `count` bytes have arrived. */
  has(count: number): boolean {
    return this.input.bytes.length >= count
  }

  /** The next bytes without stepping over them, at most `count`: fewer at the end. */
  async peek(count: number): Promise<Uint8Array> {
    await this.input.fill(count)
    return this.input.bytes.subarray(0, count)
  }

  /**
   * Waits for the next `count` bytes.
   *
   * @throws {FrameDamage} where the input ends before.
   */
  async fill(count: number, what: string): Promise<void> {
    if (await this.input.fill(count)) return
    throw new FrameDamage(`${this.format} ${what}`, 'the end of the file', true)
  }

  /** Steps over the next `count` bytes, at most as many as have arrived, and returns them. */
  take(count: number): Uint8Array {
    return this.input.take(Math.min(count, this.input.bytes.length))
  }

  /** Both: waits, and steps over them. */
  async read(count: number, what: string): Promise<Uint8Array> {
    await this.fill(count, what)
    return this.take(count)
  }

  /** Steps over any number of bytes without keeping them. */
  async skip(count: number, what: string): Promise<void> {
    for (let left = count; left > 0;) {
      await this.fill(1, what)
      left -= this.take(left).length
    }
  }

  /** Says where the damage is, `offset` in the decompressed capture; other errors stay what they are. */
  located(error: unknown, offset: number): unknown {
    if (!(error instanceof FrameDamage)) return error
    const { expected, found, isCut } = error
    const code = isCut ? 'ERR_CAPTURE_TRUNCATED' : 'ERR_DECOMPRESS'
    const problem = isCut ? `${this.format} data cut short` : `damaged ${this.format} data`
    return new CaptureError(code, problem, { offset, expected, found }, { cause: error })
  }
}
