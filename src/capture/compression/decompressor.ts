// What all readers of compressed captures have in common, whatever the format.

/** Names of the compressions that are read. */
export type CompressionName = 'gzip' | 'zstd' | 'lz4'

/** Decompresses one file or stream. */
export interface Decompressor {
  /** Where bytes start that follow the compressed data and are none: ignored, as the tools of the format do. */
  readonly garbageOffset: number | undefined
  /**
   * The decompressed bytes, each chunk valid until the next one is asked for.
   *
   * @throws {CaptureError} ERR_DECOMPRESS or ERR_CAPTURE_TRUNCATED after everything that came before the damage.
   */
  read(): AsyncGenerator<Uint8Array, void, undefined>
}

/** Gives compressed bytes once more from an offset on. */
export type Replay = (offset: number) => Iterable<Uint8Array>

/** How a compressed capture is read. */
export interface DecompressOptions {
  /** Where the source can be read again; gzip looks there for the last bytes before damage. */
  readonly replay?: Replay | undefined
  /** The largest chunk of output, for callers that read many captures at a time; by default 2 MiB. */
  readonly outputBytes?: number
  /** Told of memory that is kept until the end, in bytes beyond what was told before; it may refuse by an error. */
  readonly keep?: ((bytes: number) => void) | undefined
}

/**
 * Room for all that a piece gives, as a rule: zlib's thread stops when it is full, until the main one has time to give it
 * more. Measured against 256 KiB: 15 % of a gzip capture of short connections.
 */
export const OUTPUT_BYTES: number = 2 * 1024 * 1024
