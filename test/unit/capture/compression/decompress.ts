// What a reader makes of a compressed file, collected for comparison.

import { CaptureError } from '../../../../src/base/errors.js'
import { ChunkInput } from '../../../../src/capture/chunk-input.js'
import { compressionOf } from '../../../../src/capture/compression/compressions.js'
import type {
  DecompressOptions,
  Decompressor,
} from '../../../../src/capture/compression/decompressor.js'
import { concat } from '../../../support/capture-builder.js'

/** All that was read of a file. */
export interface Decompressed {
  readonly bytes: Uint8Array
  readonly error: CaptureError | undefined
  readonly garbageOffset: number | undefined
  /** Lengths of the outputs. */
  readonly lengths: readonly number[]
}

/** Bytes in pieces of a length. */
export async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

/** Decompresses a file that comes in pieces. */
export async function decompress(
  file: Uint8Array,
  pieceBytes: number = file.length,
  options: DecompressOptions = {},
): Promise<Decompressed> {
  const compression = compressionOf(file)
  if (compression === undefined) throw new Error('no compression is told by the first bytes')
  const reader = compression.open(new ChunkInput(inPieces(file, Math.max(1, pieceBytes))), options)
  return collect(reader)
}

/** Reads to the end or to the damage; only a {@link CaptureError} is no failure of the test. */
export async function collect(reader: Decompressor): Promise<Decompressed> {
  const outputs: Uint8Array[] = []
  let error: CaptureError | undefined
  try {
    for await (const output of reader.read()) outputs.push(Uint8Array.from(output))
  } catch (thrown) {
    if (!(thrown instanceof CaptureError)) throw thrown
    error = thrown
  }
  const lengths = outputs.map(({ length }) => length)
  return { bytes: concat(outputs), error, garbageOffset: reader.garbageOffset, lengths }
}

/** Whether `bytes` are the first ones of `whole`. */
export function isPrefix(bytes: Uint8Array, whole: Uint8Array): boolean {
  return Buffer.compare(bytes, whole.subarray(0, bytes.length)) === 0
}
