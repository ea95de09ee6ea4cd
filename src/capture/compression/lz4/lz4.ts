// Captures inside LZ4 frames, one or many, decompressed while they are read. The legacy format, which older Linux kernels
// are packed in, is none of them.

import { quoting } from '../../../base/quoting.js'
import type { ChunkInput } from '../../chunk-input.js'
import type { DecompressOptions } from '../decompressor.js'
import { FrameDamage } from '../frame-input.js'
import { FramesReader } from '../frames-reader.js'
import { littleEndian, MAGIC_BYTES } from '../skippable.js'
import { xxh32 } from '../xxhash.js'
import { decodeBlock } from './block.js'
import { type FrameHeader, readFrameHeader } from './frame-header.js'

const MAGIC = 0x184d2204
const SIZE_BYTES = 4
const CHECKSUM_BYTES = 4
/** Bit of a block's size that says that it is not compressed. */
const UNCOMPRESSED = 2 ** 31
/** How far linked blocks reach back. */
const WINDOW_BYTES = 64 * 1024
/** No byte stands for more than so many. */
const MOST_RATIO = 255

/** Whether an LZ4 frame starts with these bytes. */
export function startsLz4(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC_BYTES && littleEndian(bytes.subarray(0, MAGIC_BYTES)) === MAGIC
}

/** Decompresses one LZ4 file or stream. */
export class Lz4Reader extends FramesReader {
  private readonly keep: ((bytes: number) => void) | undefined
  /** The longest block so far, as it was read. */
  private packedBytes = 0

  constructor(input: ChunkInput, options: DecompressOptions = {}) {
    super(input, 'LZ4', options)
    this.keep = options.keep
  }

  protected override startsFrame(bytes: Uint8Array): boolean {
    return startsLz4(bytes)
  }

  protected override async *readFrame(): AsyncGenerator<Uint8Array, void, undefined> {
    const { input, history } = this
    const header = await readFrameHeader(input)
    const checksum = header.hasChecksum ? await xxh32() : undefined
    history.reset(header.isIndependent ? 0 : WINDOW_BYTES)
    let frameBytes = 0
    for (;;) {
      if (!input.has(SIZE_BYTES)) yield* this.arrive(SIZE_BYTES, 'block size')
      const size = littleEndian(input.take(SIZE_BYTES))
      if (size === 0) break
      const packedBytes = this.packedLength(size, header)
      const checksumBytes = header.hasBlockChecksums ? CHECKSUM_BYTES : 0
      if (!input.has(packedBytes + checksumBytes)) {
        yield* this.arriveInPart(size, packedBytes, checksumBytes, header)
      }
      const packed = input.take(packedBytes)
      if (header.hasBlockChecksums) {
        const own = await xxh32()
        own.update(packed)
        own.compare(input.take(CHECKSUM_BYTES))
      }
      const waitingBytes = history.waitingBytes
      const problem = this.readBlock(size, packed, header)
      const blockBytes = history.waitingBytes - waitingBytes
      checksum?.update(history.bytes.subarray(history.end - blockBytes, history.end))
      if (problem !== undefined) throw new FrameDamage('the sequences of a block', problem)
      frameBytes += blockBytes
      if (frameBytes > (header.contentBytes ?? Infinity)) break
      yield* this.manyOutputs()
    }
    yield* this.outputs()
    await this.check(frameBytes, header.contentBytes, checksum)
  }

  /** Bytes of a block as it was written; throws where its size is that of none. */
  private packedLength(size: number, { mostBlockBytes }: FrameHeader): number {
    const packedBytes = size % UNCOMPRESSED
    if (packedBytes > mostBlockBytes) {
      throw new FrameDamage(
        quoting`a block of at most ${mostBlockBytes} bytes`,
        quoting`${packedBytes}`,
      )
    }
    if (packedBytes > this.packedBytes) {
      this.keep?.(packedBytes - this.packedBytes)
      this.packedBytes = packedBytes
    }
    return packedBytes
  }

  /** Waits for a block. Where the input ends in it, its beginning is decoded all the same. */
  private async *arriveInPart(
    size: number,
    packedBytes: number,
    checksumBytes: number,
    header: FrameHeader,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.arrive(packedBytes + checksumBytes, 'block')
    } catch (error) {
      if (error instanceof FrameDamage) this.readBlock(size, this.input.take(packedBytes), header)
      throw error
    }
  }

  /** Decodes a block as far as it is sound, and returns what is wrong behind that. */
  private readBlock(size: number, packed: Uint8Array, header: FrameHeader): string | undefined {
    const { history } = this
    const mostBytes = Math.min(header.mostBlockBytes, packed.length * MOST_RATIO)
    if (size >= UNCOMPRESSED) {
      history.reserve(packed.length)
      history.bytes.set(packed, history.end)
      history.add(packed.length)
      return undefined
    }
    history.reserve(mostBytes)
    const { buffer, end: start } = history
    const floor = header.isIndependent ? start : 0
    const limit = start + mostBytes
    const { end, problem } = decodeBlock(packed, buffer, floor, start, limit)
    history.add(end - start)
    return problem
  }
}
