// Captures inside zstd (RFC 8878), one or many frames, decompressed while they are read.
//
// By a decoder of our own: docs/decisions/zstd-and-lz4.md says why. It decodes a block at a time, in the calling thread.

import { quoting } from '../../../base/quoting.js'
import type { ChunkInput } from '../../chunk-input.js'
import type { DecompressOptions } from '../decompressor.js'
import { FrameDamage } from '../frame-input.js'
import { FramesReader } from '../frames-reader.js'
import { isSkippable, littleEndian, MAGIC_BYTES } from '../skippable.js'
import { type Checksum, xxh64Low } from '../xxhash.js'
import { BlockDecoder, MOST_BLOCK_BYTES } from './block.js'
import { type FrameHeader, readFrameHeader } from './frame-header.js'

const MAGIC = 0xfd2fb528
const BLOCK_HEADER_BYTES = 3
/** Kinds of blocks. */
const RAW = 0
const REPEATED = 1
const RESERVED = 3

/** Whether a zstd file starts with these bytes: a frame, or one to be stepped over, as pzstd writes. */
export function startsZstd(bytes: Uint8Array): boolean {
  return hasMagic(bytes) || isSkippable(bytes)
}

function hasMagic(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC_BYTES && littleEndian(bytes.subarray(0, MAGIC_BYTES)) === MAGIC
}

/** Decompresses one zstd file or stream. */
export class ZstdReader extends FramesReader {
  private readonly decoder = new BlockDecoder()

  constructor(input: ChunkInput, options: DecompressOptions = {}) {
    super(input, 'zstd', options)
    // The longest block, as it was read, and what the decoder has.
    options.keep?.(MOST_BLOCK_BYTES + BlockDecoder.bytes)
  }

  protected override startsFrame(bytes: Uint8Array): boolean {
    return hasMagic(bytes)
  }

  protected override async *readFrame(): AsyncGenerator<Uint8Array, void, undefined> {
    const { input } = this
    const header = await readFrameHeader(input)
    const checksum = header.hasChecksum ? await xxh64Low() : undefined
    this.history.reset(header.windowBytes)
    this.decoder.reset()
    let frameBytes = 0
    for (let isLast = false; !isLast;) {
      if (!input.has(BLOCK_HEADER_BYTES)) yield* this.arrive(BLOCK_HEADER_BYTES, 'block header')
      const block = littleEndian(input.take(BLOCK_HEADER_BYTES))
      isLast = (block & 1) !== 0
      const packedBytes = packedLength(block, header)
      if (!input.has(packedBytes)) yield* this.arrive(packedBytes, 'block')
      frameBytes += this.readBlock(block, input.take(packedBytes), header, checksum)
      if (frameBytes > (header.contentBytes ?? Infinity)) break
      yield* this.manyOutputs()
    }
    yield* this.outputs()
    await this.check(frameBytes, header.contentBytes, checksum)
  }

  /** Decodes a block and returns how long it is. */
  private readBlock(
    block: number,
    packed: Uint8Array,
    { windowBytes, mostBlockBytes }: FrameHeader,
    checksum: Checksum | undefined,
  ): number {
    const { history } = this
    const kind = (block >> 1) & 3
    const waitingBytes = history.waitingBytes
    if (kind === RAW || kind === REPEATED) {
      const blockBytes = block >>> 3
      history.reserve(blockBytes)
      if (kind === RAW) history.bytes.set(packed, history.end)
      else history.bytes.fill(packed[0] as number, history.end, history.end + blockBytes)
      history.add(blockBytes)
    } else this.decoder.decode(packed, history, windowBytes, mostBlockBytes)
    const blockBytes = history.waitingBytes - waitingBytes
    checksum?.update(history.bytes.subarray(history.end - blockBytes, history.end))
    return blockBytes
  }
}

/** Bytes of a block as it was written; throws where its header is that of none. */
function packedLength(block: number, { mostBlockBytes }: FrameHeader): number {
  const kind = (block >> 1) & 3
  const size = block >>> 3
  if (kind === RESERVED) throw new FrameDamage('a block', 'one of a reserved kind')
  if (size > mostBlockBytes) {
    throw new FrameDamage(quoting`a block of at most ${mostBlockBytes} bytes`, quoting`${size}`)
  }
  return kind === REPEATED ? 1 : size
}
