// LZ4 blocks: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md

import { copyBuffer, copyBytes, type CopyBuffer, COPY_MARGIN_BYTES, repeatBytes } from '../copy.js'

const LEAST_MATCH_BYTES = 4
/** A length of four bits that goes on in the bytes after it. */
const OPEN = 15

/** How far a block could be decoded. */
export interface DecodedBlock {
  /** Where its output ends. */
  readonly end: number
  /** What is wrong after that, undefined for a sound block. */
  readonly problem: string | undefined
}

/**
 * Decodes a block into `out[start..limit)`; matches reach back as far as `floor`. What comes before damage, or before the
 * end of a block that was cut short, stands there in any case.
 */
export function decodeBlock(
  packed: Uint8Array,
  out: CopyBuffer,
  floor: number,
  start: number,
  limit: number,
): DecodedBlock {
  const size = packed.length
  const source = copyBuffer(packed)
  let from = 0
  let to = start
  while (from < size) {
    const token = packed[from++] as number
    let literals = token >> 4
    if (literals === OPEN) {
      for (let more = 255; more === 255; literals += more) {
        if (from >= size) return { end: to, problem: 'the end of the block in a length' }
        more = packed[from++] as number
      }
    }
    const whole = Math.min(literals, size - from, limit - to)
    if (from + whole + COPY_MARGIN_BYTES <= size) copyBytes(source, from, whole, out, to)
    else out.bytes.set(packed.subarray(from, from + whole), to)
    from += whole
    to += whole
    if (whole < literals) {
      return {
        end: to,
        problem: from < size ? 'more than fits' : 'the end of the block in literals',
      }
    }
    // The last sequence has literals only.
    if (from === size) return { end: to, problem: undefined }
    if (size - from < 2) return { end: to, problem: 'the end of the block in an offset' }
    const distance = (packed[from] as number) | ((packed[from + 1] as number) << 8)
    from += 2
    let match = token & 15
    if (match === OPEN) {
      for (let more = 255; more === 255; match += more) {
        if (from >= size) return { end: to, problem: 'the end of the block in a length' }
        more = packed[from++] as number
      }
    }
    match += LEAST_MATCH_BYTES
    if (distance === 0 || distance > to - floor) {
      return { end: to, problem: 'a match from before the window' }
    }
    if (match > limit - to) return { end: to, problem: 'more than fits' }
    repeatBytes(out, to, distance, match)
    to += match
  }
  return { end: to, problem: 'the end of the block after a match' }
}
