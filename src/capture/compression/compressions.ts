// The compressions that captures are read from, told by their first bytes: file names say nothing.

import type { ChunkInput } from '../chunk-input.js'
import type { CompressionName, DecompressOptions, Decompressor } from './decompressor.js'
import { startsGzip } from './gzip-framing.js'
import { GzipReader } from './gzip.js'
import { MAX_OUTPUTS } from './inflater.js'
import { Lz4Reader, startsLz4 } from './lz4/lz4.js'
import { startsZstd, ZstdReader } from './zstd/zstd.js'

/** Bytes that decide between the compressions, and a capture that is not compressed. */
export const COMPRESSION_MAGIC_BYTES = 4

/** One way in which captures are compressed. */
export interface Compression {
  readonly name: CompressionName
  /** What its tool adds to the name of a file. */
  readonly suffix: string
  /** Buffers of output that a reader has at a time, besides those it tells of by `keep`. */
  readonly outputs: number
  /** Compressed bytes that hold the first kilobyte of a capture, whatever is in it. */
  readonly startBytes: number
  /** Whether a file that is compressed in this way starts with these bytes. */
  readonly starts: (bytes: Uint8Array) => boolean
  readonly open: (input: ChunkInput, options: DecompressOptions) => Decompressor
}

/** One row for each. */
export const COMPRESSIONS: readonly Compression[] = [
  {
    name: 'gzip',
    suffix: '.gz',
    outputs: MAX_OUTPUTS,
    startBytes: 8 * 1024,
    starts: startsGzip,
    open: (input, options) => new GzipReader(input, options),
  },
  {
    name: 'zstd',
    suffix: '.zst',
    outputs: 0,
    // A block is decoded in whole or not at all.
    startBytes: 132 * 1024,
    starts: startsZstd,
    open: (input, options) => new ZstdReader(input, options),
  },
  {
    name: 'lz4',
    suffix: '.lz4',
    outputs: 0,
    startBytes: 8 * 1024,
    starts: startsLz4,
    open: (input, options) => new Lz4Reader(input, options),
  },
]

/** The most of {@link Compression.startBytes}. */
export const START_BYTES: number = Math.max(...COMPRESSIONS.map(({ startBytes }) => startBytes))

/** How a file is compressed that starts with these bytes, undefined where it is not. */
export function compressionOf(bytes: Uint8Array): Compression | undefined {
  return COMPRESSIONS.find(({ starts }) => starts(bytes))
}
