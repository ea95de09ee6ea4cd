// The first bytes of what is in a compressed file, to tell what it is.

import { CaptureError } from '../../base/errors.js'
import { ChunkInput } from '../chunk-input.js'
import type { Compression } from './compressions.js'

/** What the first bytes of a compressed file hold. */
export interface Beginning {
  /** Decompressed. */
  readonly bytes: Uint8Array
  /** There are fewer than were asked for, because the compressed ones end before. */
  readonly isCut: boolean
}

/**
 * Decompresses the first `count` bytes, or as many as there are.
 *
 * @param start The first bytes of the compressed file.
 * @throws {CaptureError} where they are damaged.
 */
export async function beginningOf(
  { open }: Compression,
  start: Uint8Array,
  count: number,
): Promise<Beginning> {
  const bytes = new Uint8Array(count)
  let filled = 0
  try {
    for await (const output of open(new ChunkInput(once(start)), {}).read()) {
      const part = output.subarray(0, count - filled)
      bytes.set(part, filled)
      filled += part.length
      if (filled === count) break
    }
  } catch (error) {
    const isCut = error instanceof CaptureError && error.code === 'ERR_CAPTURE_TRUNCATED'
    if (!isCut) throw error
    return { bytes: bytes.subarray(0, filled), isCut }
  }
  return { bytes: bytes.subarray(0, filled), isCut: false }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}
