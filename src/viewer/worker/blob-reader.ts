// The bytes of a file that was chosen in a browser, decompressed.

import { ChunkInput } from '../../capture/chunk-input.js'
import type { CompressionName, Decompressor } from '../../capture/compression/decompressor.js'
import { Gunzip } from '../../capture/compression/deflate/gunzip.js'
import { startsGzip } from '../../capture/compression/gzip-framing.js'
import { Lz4Reader, startsLz4 } from '../../capture/compression/lz4/lz4.js'
import { startsZstd, ZstdReader } from '../../capture/compression/zstd/zstd.js'

/** Bytes that tell how a file is compressed. */
const MAGIC_BYTES = 4

/** How a file is compressed, by its first bytes; undefined where it is not. */
export async function compressionOfBlob(blob: Blob): Promise<CompressionName | undefined> {
  const bytes = new Uint8Array(await blob.slice(0, MAGIC_BYTES).arrayBuffer())
  if (startsGzip(bytes)) return 'gzip'
  if (startsZstd(bytes)) return 'zstd'
  return startsLz4(bytes) ? 'lz4' : undefined
}

/** Reads a file once. */
export class BlobReader {
  /** Where bytes start that follow the compressed data and are none. */
  garbageOffset: number | undefined
  private readonly blob: Blob
  private readonly compression: CompressionName | undefined
  private readonly onRead: (bytes: number) => void
  private mostRead = 0

  /** `onRead` is told how many of the file's own bytes have been read. */
  constructor(
    blob: Blob,
    compression: CompressionName | undefined,
    onRead: (bytes: number) => void = () => undefined,
  ) {
    this.blob = blob
    this.compression = compression
    this.onRead = onRead
  }

  /** The decompressed bytes. */
  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    const { compression } = this
    if (compression === undefined) yield* chunksOf(this.counted())
    else if (compression === 'gzip') yield* this.inflated()
    else yield* this.decompressed(compression === 'zstd' ? ZstdReader : Lz4Reader)
  }

  /**
   * By the browser, which is quick, but knows of one member only and does not say where it ends. What it refuses is read once
   * more by our decoder, which tells members, bytes behind them and damage apart.
   */
  private async *inflated(): AsyncGenerator<Uint8Array, void, undefined> {
    let known = 0
    const stream = this.counted().pipeThrough(new DecompressionStream('gzip'))
    try {
      for await (const chunk of chunksOf(stream)) {
        known += chunk.length
        yield chunk
      }
      return
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
    for await (const chunk of this.decompressed(Gunzip)) {
      const fresh = chunk.subarray(Math.min(known, chunk.length))
      known -= chunk.length - fresh.length
      if (fresh.length > 0) yield fresh
    }
  }

  private async *decompressed(
    Reader: new (input: ChunkInput, options: object) => Decompressor,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = new Reader(new ChunkInput(chunksOf(this.counted())), {})
    yield* reader.read()
    this.garbageOffset = reader.garbageOffset
  }

  /** The bytes of the file; those that are read twice are told of once. */
  private counted(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let read = 0
    return this.blob.stream().pipeThrough(
      new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
        transform: (chunk, controller) => {
          read += chunk.length
          if (read > this.mostRead) this.onRead((this.mostRead = read))
          controller.enqueue(chunk as Uint8Array<ArrayBuffer>)
        },
      }),
    )
  }
}

/** Streams can be iterated in newer browsers only. */
async function* chunksOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel()
  }
}
