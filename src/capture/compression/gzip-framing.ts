// What stands around the deflate streams of gzip (RFC 1952): the header and the trailer of each member.

import { CaptureError } from '../../base/errors.js'
import { type Quoting, quoting } from '../../base/quoting.js'
import type { ChunkInput } from '../chunk-input.js'

const MEMBER_HEADER_BYTES = 10
const MEMBER_TRAILER_BYTES = 8
const METHOD_DEFLATE = 8
const FLAG_HEADER_CRC = 2
const FLAG_EXTRA = 4
const FLAG_NAME = 8
const FLAG_COMMENT = 16

/** True if these bytes start a gzip member (RFC 1952 §2.3.1). */
export function startsGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Steps over headers and trailers. */
export class GzipFraming {
  /** Where bytes start behind the last member that are none. */
  garbageOffset: number | undefined
  /** Decompressed bytes so far: where damage is told. */
  outputBytes = 0
  private readonly input: ChunkInput

  constructor(input: ChunkInput) {
    this.input = input
  }

  /** Steps over a member's header; false at the end of the input or in front of garbage. */
  async readHeader(): Promise<boolean> {
    const { input } = this
    const first = input.offset === 0
    await input.fill(2)
    if (!first && !startsGzip(input.bytes)) {
      if (input.bytes.length > 0) this.garbageOffset = input.offset
      return false
    }
    const [, , method = 0, flags = 0] = await this.take(MEMBER_HEADER_BYTES, 'member header')
    if (method !== METHOD_DEFLATE) {
      throw this.damage('compression method 8 (deflate)', quoting`method ${method}`)
    }
    if ((flags & FLAG_EXTRA) !== 0) {
      const [low = 0, high = 0] = await this.take(2, 'extra field')
      await this.take(low + high * 256, 'extra field')
    }
    if ((flags & FLAG_NAME) !== 0) await this.skipText('file name')
    if ((flags & FLAG_COMMENT) !== 0) await this.skipText('comment')
    if ((flags & FLAG_HEADER_CRC) !== 0) await this.take(2, 'header checksum')
    return true
  }

  /** Steps over a member's trailer, which must have this checksum. */
  async readTrailer(checksum: number): Promise<void> {
    const trailer = await this.take(MEMBER_TRAILER_BYTES, 'member trailer')
    const expected = new DataView(trailer.buffer, trailer.byteOffset).getUint32(0, true)
    if (expected !== checksum) {
      throw this.damage(quoting`CRC-32 ${expected.toString(16)}`, quoting`${checksum.toString(16)}`)
    }
  }

  /** The input ended before something. */
  cutShort(expected: string): CaptureError {
    return new CaptureError('ERR_CAPTURE_TRUNCATED', 'gzip data cut short', {
      offset: this.outputBytes,
      expected,
      found: 'the end of the file',
    })
  }

  /** Something else is there than there should be. */
  damage(expected: string | Quoting, found: string | Quoting, cause?: unknown): CaptureError {
    return new CaptureError(
      'ERR_DECOMPRESS',
      'damaged gzip data',
      { offset: this.outputBytes, expected, found },
      { cause },
    )
  }

  private async take(count: number, what: string): Promise<Uint8Array> {
    if (!(await this.input.fill(count))) {
      throw this.cutShort(`a gzip ${what}`)
    }
    return this.input.take(count)
  }

  private async skipText(what: string): Promise<void> {
    const { input } = this
    for (;;) {
      if (!(await input.fill(1))) throw this.cutShort(`a gzip ${what}`)
      const zero = input.bytes.indexOf(0)
      input.take(zero < 0 ? input.bytes.length : zero + 1)
      if (zero >= 0) return
    }
  }
}
