// The bytes of a file that was chosen in a browser, decompressed.

import { CaptureError } from '../../base/errors.js'
import { ChunkInput } from '../../capture/chunk-input.js'
import type { CompressionName, Decompressor } from '../../capture/compression/decompressor.js'
import { Lz4Reader, startsLz4 } from '../../capture/compression/lz4/lz4.js'
import { startsZstd, ZstdReader } from '../../capture/compression/zstd/zstd.js'

/** Bytes that tell how a file is compressed. */
const MAGIC_BYTES = 4

/** How a file is compressed, by its first bytes; undefined where it is not. */
export async function compressionOfBlob(blob: Blob): Promise<CompressionName | undefined> {
  const bytes = new Uint8Array(await blob.slice(0, MAGIC_BYTES).arrayBuffer())
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip'
  if (startsZstd(bytes)) return 'zstd'
  return startsLz4(bytes) ? 'lz4' : undefined
}

/** The decompressed bytes; `onRead` is told how many of the file's own have been read. */
export async function* blobChunks(
  blob: Blob,
  compression: CompressionName | undefined,
  onRead: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let read = 0
  const counted = blob.stream().pipeThrough(
    new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        read += chunk.length
        onRead(read)
        controller.enqueue(chunk as Uint8Array<ArrayBuffer>)
      },
    }),
  )
  if (compression === undefined) yield* chunksOf(counted)
  else if (compression === 'gzip') yield* inflated(counted)
  else yield* decompressorOf(compression, new ChunkInput(chunksOf(counted))).read()
}

function decompressorOf(compression: 'zstd' | 'lz4', input: ChunkInput): Decompressor {
  return compression === 'zstd' ? new ZstdReader(input, {}) : new Lz4Reader(input, {})
}

/** By the browser, which knows of one member only and says little about damage. */
async function* inflated(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0
  try {
    for await (const chunk of chunksOf(stream.pipeThrough(new DecompressionStream('gzip')))) {
      bytes += chunk.length
      yield chunk
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new CaptureError('ERR_DECOMPRESS', 'gzip data damaged, or of several members', {
      offset: bytes,
      expected: 'one gzip member to its end',
      found: error.message,
    })
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
