// Numbers that a capture only claims. Where a number of 32 bits belongs, an address may stand, by damage or by design; where
// addresses are replaced, a claim is therefore shown only as far as it is credible, or not to the last digit. Here are
// all the rules; docs/reference.md tells them.

/** Two bytes of an address at most. */
const CREDIBLE_SMALL = 0xffff
const CREDIBLE_SNAPLEN_MAX = 1 << 24
/** LINKTYPE_ values of more than that have never been given away. */
const CREDIBLE_LINKTYPE_MAX = 1023
const CREDIBLE_SPAN_NS = 30 * 86_400e9
/** Three bytes of an address at most. */
const CREDIBLE_SEQUENCE_MAX = 0xff_ffff

/** Bytes that a record may claim to be; longer ones are not counted in. No frame that a kernel hands over is as long. */
export const CREDIBLE_RECORD_BYTES: number = 1 << 18

/** Largest number of a tunnel that is shown; larger ones are replaced by small numbers. */
export const CREDIBLE_TUNNEL_NUMBER: number = CREDIBLE_SMALL

/** A snaplen, 0 for one that nobody sets: up to 65,535, or a power of two up to 16 MB. */
export function credibleSnaplen(bytes: number): number {
  const isRound = (bytes & (bytes - 1)) === 0 && bytes <= CREDIBLE_SNAPLEN_MAX
  return bytes <= CREDIBLE_SMALL || isRound ? bytes : 0
}

/** The link types there may be. */
export function credibleLinktypes(types: readonly number[]): number[] {
  return types.filter((type) => type <= CREDIBLE_LINKTYPE_MAX)
}

/** A counter: exact up to 65,535, of two digits beyond that. */
export function credibleCount(count: number): number {
  return count <= CREDIBLE_SMALL ? count : inTwoDigits(count)
}

/** Whether a span in ns is of at most 30 days; longer ones are mostly those of clocks that were set. */
export function isCredibleSpan(ns: number): boolean {
  return Math.abs(ns) <= CREDIBLE_SPAN_NS
}

/** A span in ns: exact as far as it is credible, of two digits beyond that; NaN stays. */
export function credibleSpan(ns: number): number {
  return isCredibleSpan(ns) ? ns : inTwoDigits(ns)
}

/** Whether a relative sequence number can be no address: at most 16 MB after the first number, or up to 65,535 before it. */
export function isCredibleSequence(number: number): boolean {
  return number <= CREDIBLE_SEQUENCE_MAX || number >= 0x1_0000_0000 - CREDIBLE_SMALL
}

function inTwoDigits(value: number): number {
  return Number(value.toPrecision(2))
}
