// What the frames of zstd and LZ4 have in common: magic numbers, and frames to be stepped over (RFC 8878 §3.1.2).

import type { FrameInput } from './frame-input.js'

/** Bytes of a magic number. */
export const MAGIC_BYTES = 4

/** A number of up to eight bytes, the lowest first; one above 2^53 is about right. */
export function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0)
}

/** Whether a frame to be stepped over begins here. */
export function isSkippable(bytes: Uint8Array): boolean {
  const [first = 0, second, third, fourth] = bytes
  return first >> 4 === 5 && second === 0x2a && third === 0x4d && fourth === 0x18
}

/** Steps over such a frame, whose contents are for others. */
export async function skipFrame(input: FrameInput): Promise<void> {
  const header = await input.read(MAGIC_BYTES + 4, 'skippable frame')
  await input.skip(littleEndian(header.subarray(MAGIC_BYTES)), 'skippable frame')
}
