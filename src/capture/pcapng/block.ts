// The shape of pcapng blocks, draft-ietf-opsawg-pcapng §3 and §4:
//
//   type 4, total length 4, body padded to 4 bytes, total length again 4

import { CaptureError } from '../../base/errors.js'
import { type Quoting, quoting } from '../../base/quoting.js'

/** Type of a section header block: the same in both byte orders. */
export const SECTION_HEADER_BLOCK = 0x0a0d0d0a
export const INTERFACE_DESCRIPTION_BLOCK = 1
export const OBSOLETE_PACKET_BLOCK = 2
export const SIMPLE_PACKET_BLOCK = 3
export const INTERFACE_STATISTICS_BLOCK = 5
export const ENHANCED_PACKET_BLOCK = 6

// Offsets from the start of a block: any block, a packet block (enhanced or obsolete), a simple one.
export const BLOCK_LENGTH = 4
export const PACKET_INTERFACE = 8
/** Obsolete packet blocks only: their interface has 16 bits, and the drop count follows it. */
export const PACKET_DROPS = 10
export const PACKET_TIME_HIGH = 12
export const PACKET_TIME_LOW = 16
export const PACKET_CAPLEN = 20
export const PACKET_ORIGLEN = 24
export const PACKET_FRAME = 28
export const SIMPLE_ORIGLEN = 8
export const SIMPLE_FRAME = 12

/** Block type and block length, before the body. */
export const BLOCK_HEADER_BYTES = 8
/** Bytes of a section header block in front of its options. */
export const SECTION_HEADER_BYTES = 24
export const TRAILER_BYTES = 4
export const PACKET_LENGTH_MIN: number = PACKET_FRAME + TRAILER_BYTES

/** Drop count of an obsolete packet block whose writer did not know it. */
export const DROPS_UNKNOWN = 0xffff

const BLOCK_LENGTH_MIN = BLOCK_HEADER_BYTES + TRAILER_BYTES

/** Least total length of the blocks that are read; others are passed over. */
const LENGTH_MIN = new Map([
  [SECTION_HEADER_BLOCK, SECTION_HEADER_BYTES + TRAILER_BYTES],
  [INTERFACE_DESCRIPTION_BLOCK, 20],
  [OBSOLETE_PACKET_BLOCK, PACKET_LENGTH_MIN],
  [SIMPLE_PACKET_BLOCK, SIMPLE_FRAME + TRAILER_BYTES],
  [INTERFACE_STATISTICS_BLOCK, 24],
  [ENHANCED_PACKET_BLOCK, PACKET_LENGTH_MIN],
])

/** Blocks without a frame that Wireshark 4.0 numbers: journal, sysdig events without flags, custom. */
const NUMBERED_BLOCKS = new Set([9, 0x204, 0x216, 0x221, 0xbad, 0x4000_0bad])

/** True if blocks of this type are needed in whole. A section header's first bytes are enough. */
export function isBlockRead(type: number): boolean {
  return type !== SECTION_HEADER_BLOCK && LENGTH_MIN.has(type)
}

/** True if blocks of this type have a `frame.number` though they hold no frame. */
export function isBlockNumbered(type: number): boolean {
  return NUMBERED_BLOCKS.has(type)
}

/** Bytes a block or field takes up. Some writers leave the padding out of the total length. */
export function paddedLength(length: number): number {
  return length % 4 === 0 ? length : length + 4 - (length % 4)
}

/** @throws {CaptureError} ERR_CAPTURE_LENGTH if the fixed fields do not fit the total length. */
export function checkLengthMin(type: number, length: number, offset: number): void {
  const lengthMin = LENGTH_MIN.get(type) ?? BLOCK_LENGTH_MIN
  if (length < lengthMin) {
    throw lengthError('impossible block length', offset, `at least ${lengthMin} bytes`, length)
  }
}

/** @throws {CaptureError} ERR_CAPTURE_LENGTH if a block that must be held is larger than `max`. */
export function checkLengthMax(length: number, max: number, offset: number): void {
  if (length > max) {
    throw lengthError('impossible block length', offset, `at most ${max} bytes`, length)
  }
}

/** @throws {CaptureError} ERR_CAPTURE_LENGTH if a frame does not fit the room in its block. */
export function checkCaplen(caplen: number, room: number, offset: number): void {
  if (caplen > room) {
    const expected = quoting`a caplen of at most ${room}`
    throw lengthError('record larger than its block', offset, expected, caplen)
  }
}

/** @throws {CaptureError} ERR_CAPTURE_LENGTH if the lengths before and after a block differ. */
export function checkTrailer(repeated: number, length: number, offset: number): void {
  if (repeated !== length && repeated !== paddedLength(length)) {
    const expected = quoting`total length ${length} again at the end of the block`
    throw lengthError('block lengths differ', offset, expected, repeated)
  }
}

function lengthError(
  problem: string,
  offset: number,
  expected: string | Quoting,
  found: number,
): CaptureError {
  return new CaptureError('ERR_CAPTURE_LENGTH', problem, {
    offset,
    expected,
    found: quoting`${found}`,
  })
}
