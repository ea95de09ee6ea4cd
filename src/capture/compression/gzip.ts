// Captures inside gzip (RFC 1952), one or many members, decompressed while they are read.
//
// `createGunzip` cannot be used: when a piece of input is damaged it drops what the piece gave before
// the damage, and it may fail on bytes after the last member. So members are read one by one here and zlib
// only inflates, in its own thread while the caller works on the piece before.

import { crc32 } from 'node:zlib'
import type { ChunkInput } from '../chunk-input.js'
import {
  type DecompressOptions,
  type Decompressor,
  OUTPUT_BYTES,
  type Replay,
} from './decompressor.js'
import { GzipFraming } from './gzip-framing.js'
import { Inflater, inflateToDamage } from './inflater.js'
import { smallMember } from './small-member.js'

/** Compressed bytes inflated at once: crumbs halve the speed. */
const PIECE_BYTES = 256 * 1024

/** Compressed bytes of a member kept to find the last bytes before damage, for lack of a file. */
const KEPT_BYTES_MAX = 4 * 1024 * 1024

/** Decompresses one gzip file or stream. */
export class GzipReader implements Decompressor {
  private readonly input: ChunkInput
  private readonly framing: GzipFraming
  private readonly replay: Replay | undefined
  private readonly stepBytes: number
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
    this.framing = new GzipFraming(input)
    this.replay = replay
    this.stepBytes = outputBytes
  }

  get garbageOffset(): number | undefined {
    return this.framing.garbageOffset
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    while (await this.framing.readHeader()) {
      const small = smallMember(this.input.bytes)
      if (small === undefined) {
        yield* this.readMember()
        continue
      }
      this.input.take(small.bytes)
      this.framing.outputBytes += small.output.length
      if (small.output.length > 0) yield small.output
    }
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
        this.framing.outputBytes += output.length
        yield output
      }
    } catch (error) {
      if (!isZlibError(error)) throw error
      const kept = this.kept
      const replay = this.replay
      const again = replay === undefined ? () => kept : () => replay(start)
      for await (const output of inflateToDamage(again, memberBytes)) {
        this.framing.outputBytes += output.length
        yield output
      }
      throw this.framing.damage('deflate data', error.message, error)
    } finally {
      inflater.close()
    }
    await this.framing.readTrailer(checksum)
  }

  /** Output of one deflate stream; the next one is in work while the caller has the last. */
  private async *inflate(inflater: Inflater): AsyncGenerator<Uint8Array, void, undefined> {
    const input = this.input
    let isStarted = false
    let last: Uint8Array | undefined
    for (;;) {
      if (!isStarted) {
        if (!(await input.fill(1))) throw this.framing.cutShort('the rest of a gzip member')
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
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}
