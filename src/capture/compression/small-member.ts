// Gzip members of a few bytes, which some writers append by the thousand: read at once where they lie. A stream of zlib's
// for each of them would take ten times as long as what is in it.

import { crc32, inflateRawSync } from 'node:zlib'

const TRAILER_BYTES = 8
/** The fixed block with nothing in it that zlib makes of no input. */
const EMPTY_BLOCK = [0x03, 0x00] as const
/** Members that are longer are read by pieces. */
const SMALL_BYTES = 64 * 1024
/** Output is made in pieces of this length; most members have one. */
const PIECE_BYTES = 16 * 1024
const OUTPUT_BYTES_MAX = 256 * 1024

/** What a small member holds, and its bytes behind the header: compressed ones and the trailer. */
export interface SmallMember {
  readonly output: Uint8Array
  readonly bytes: number
}

const NOTHING = new Uint8Array(0)
const EMPTY: SmallMember = { output: NOTHING, bytes: EMPTY_BLOCK.length + TRAILER_BYTES }

/** The member whose header ends where `bytes` begin; undefined unless it is small, sound and there in whole. */
export function smallMember(bytes: Uint8Array): SmallMember | undefined {
  if (isEmptyMember(bytes)) return EMPTY
  try {
    const { buffer, engine } = inflated(bytes.subarray(0, SMALL_BYTES))
    const used = engine.bytesWritten
    if (bytes.length < used + TRAILER_BYTES) return undefined
    const trailer = new DataView(bytes.buffer, bytes.byteOffset + used, TRAILER_BYTES)
    // A stream that has not ended is followed by anything.
    if (trailer.getUint32(0, true) !== crc32(buffer)) return undefined
    if (trailer.getUint32(4, true) !== buffer.length) return undefined
    return { output: buffer, bytes: used + TRAILER_BYTES }
  } catch {
    // Damage, or too much output: whoever reads it by pieces finds out.
    return undefined
  }
}

function isEmptyMember(bytes: Uint8Array): boolean {
  if (bytes.length < EMPTY.bytes) return false
  for (let at = 0; at < EMPTY.bytes; at++) if (bytes[at] !== (EMPTY_BLOCK[at] ?? 0)) return false
  return true
}

/** Node's types do not know what `info` changes. */
function inflated(bytes: Uint8Array): {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
} {
  const options = { info: true, chunkSize: PIECE_BYTES, maxOutputLength: OUTPUT_BYTES_MAX }
  return inflateRawSync(bytes, options) as unknown as ReturnType<typeof inflated>
}
