// Captures inside gzip (RFC 1952), one or many members, decompressed while they are read.
//
// `createGunzip` cannot be used: when a piece of input is damaged it drops what the piece gave before
// the damage, and it may fail on bytes after the last member. So members are read one by one here and zlib
// only inflates, in its own thread while the caller works on the piece before.

import { crc32 } from 'node:zlib'
import { CaptureError } from '../../base/errors.js'
import { type Quoting, quoting } from '../../base/quoting.js'
import type { ChunkInput } from '../chunk-input.js'
import {
  type DecompressOptions,
  type Decompressor,
  OUTPUT_BYTES,
  type Replay,
} from './decompressor.js'
import { Inflater, inflateToDamage } from './inflater.js'
import { smallMember } from './small-member.js'

const MEMBER_HEADER_BYTES = 10
const MEMBER_TRAILER_BYTES = 8
const METHOD_DEFLATE = 8
const FLAG_HEADER_CRC = 2
const FLAG_EXTRA = 4
const FLAG_NAME = 8
const FLAG_COMMENT = 16

/** Compressed bytes inflated at once: crumbs halve the speed. */
const PIECE_BYTES = 256 * 1024

/** Compressed bytes of a member kept to find the last bytes before damage, for lack of a file. */
const KEPT_BYTES_MAX = 4 * 1024 * 1024

/** True if these bytes start a gzip member (RFC 1952 §2.3.1). */
export function startsGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Decompresses one gzip file or stream. */
export class GzipReader implements Decompressor {
  garbageOffset: number | undefined
  private readonly input: ChunkInput
  private readonly replay: Replay | undefined
  private readonly stepBytes: number
  private outputBytes = 0
  /** Compressed bytes of the current member from its first on, as far as kept. */
  private kept: Uint8Array[] = []
  private keptBytes = 0

  /**
   * @param input The compressed bytes from the first one on.
   * @param options Without `replay`, what was compressed into a damaged piece is only recovered in the first 4 MiB of a
   *   member.
   */
  constructor(input: ChunkInput, { replay, outputBytes = OUTPUT_BYTES }: DecompressOptions = {}) {
    this.input = input
    this.replay = replay
    this.stepBytes = outputBytes
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    while (await this.readHeader()) {
      const small = smallMember(this.input.bytes)
      if (small === undefined) {
        yield* this.readMember()
        continue
      }
      this.input.take(small.bytes)
      this.outputBytes += small.output.length
      if (small.output.length > 0) yield small.output
    }
  }

  /** Steps over a member's header; false at the end of the input or in front of garbage. */
  private async readHeader(): Promise<boolean> {
    const input = this.input
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

  private async *readMember(): AsyncGenerator<Uint8Array, void, undefined> {
    const start = this.input.offset
    const inflater = new Inflater(this.stepBytes)
    let checksum = 0
    let memberBytes = 0
    this.kept = []
    this.keptBytes = 0
    try {
      for await (const output of this.inflate(inflater)) {
        checksum = crc32(output, checksum)
        memberBytes += output.length
        this.outputBytes += output.length
        yield output
      }
    } catch (error) {
      if (!isZlibError(error)) throw error
      const kept = this.kept
      const replay = this.replay
      const again = replay === undefined ? () => kept : () => replay(start)
      for await (const output of inflateToDamage(again, memberBytes)) {
        this.outputBytes += output.length
        yield output
      }
      throw this.damage('deflate data', error.message, error)
    } finally {
      inflater.close()
    }
    const trailer = await this.take(MEMBER_TRAILER_BYTES, 'member trailer')
    const expected = new DataView(trailer.buffer, trailer.byteOffset).getUint32(0, true)
    if (expected !== checksum) {
      throw this.damage(quoting`CRC-32 ${expected.toString(16)}`, quoting`${checksum.toString(16)}`)
    }
  }

  /** Output of one deflate stream; the next one is in work while the caller has the last. */
  private async *inflate(inflater: Inflater): AsyncGenerator<Uint8Array, void, undefined> {
    const input = this.input
    let isStarted = false
    let last: Uint8Array | undefined
    for (;;) {
      if (!isStarted) {
        if (!(await input.fill(1))) throw this.cutShort('the rest of a gzip member')
        this.start(inflater)
      }
      for (;;) {
        const output = await inflater.next()
        if (output === undefined) break
        if (last !== undefined) yield last
        last = output
      }
      input.take(inflater.usedBytes)
      // Asked before the next piece is begun: that may come to its end while the caller has the last output.
      const { done } = inflater
      // Only with what is there: a live pipe must not wait for more before this is passed on.
      isStarted = !done && input.bytes.length > 0
      if (isStarted) this.start(inflater)
      if (last !== undefined) yield last
      last = undefined
      if (done) return
    }
  }

  private start(inflater: Inflater): void {
    const piece = this.input.bytes.subarray(0, Math.min(PIECE_BYTES, this.stepBytes))
    if (this.replay === undefined && this.keptBytes < KEPT_BYTES_MAX) {
      this.kept.push(piece.slice())
      this.keptBytes += piece.length
    }
    inflater.start(piece)
  }

  private async take(count: number, what: string): Promise<Uint8Array> {
    if (!(await this.input.fill(count))) {
      throw this.cutShort(`a gzip ${what}`)
    }
    return this.input.take(count)
  }

  private async skipText(what: string): Promise<void> {
    const input = this.input
    for (;;) {
      if (!(await input.fill(1))) throw this.cutShort(`a gzip ${what}`)
      const zero = input.bytes.indexOf(0)
      input.take(zero < 0 ? input.bytes.length : zero + 1)
      if (zero >= 0) return
    }
  }

  private cutShort(expected: string): CaptureError {
    return new CaptureError('ERR_CAPTURE_TRUNCATED', 'gzip data cut short', {
      offset: this.outputBytes,
      expected,
      found: 'the end of the file',
    })
  }

  private damage(
    expected: string | Quoting,
    found: string | Quoting,
    cause?: unknown,
  ): CaptureError {
    return new CaptureError(
      'ERR_DECOMPRESS',
      'damaged gzip data',
      { offset: this.outputBytes, expected, found },
      { cause },
    )
  }
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}
