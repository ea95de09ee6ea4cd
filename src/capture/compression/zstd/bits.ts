// Streams of bits that are read from their end to their beginning (RFC 8878 §4.1, bitstream).

import { FrameDamage } from '../frame-input.js'

/** Bytes that must be there in front of a stream and behind it: they are loaded with it, four at a time. */
export const MARGIN_BYTES = 8

/** The bit behind the last one of the stream in `bytes[start..end)`; the highest bit set there marks it. */
export function lastBit(bytes: Uint8Array, start: number, end: number): number {
  const last = end > start ? (bytes[end - 1] as number) : 0
  if (last === 0) throw new FrameDamage('a stream of bits with its end', 'none')
  return end * 8 - 1 - (Math.clz32(last) - 24)
}
