// Clock readings of captures to ns after `CaptureClock.baseNs`, as float64.
//
// A capture's clock is either (seconds, fraction), as in pcap, or a 64-bit count of ticks in two
// halves, as in pcapng (draft-ietf-opsawg-pcapng §4.2, if_tsresol and if_tsoffset). BigInt is exact
// but costs 1.6 times the whole analysis if used per record, so it is used once per interface to
// turn the base into the clock's own units; per record only differences are multiplied.

const NS_PER_SECOND = 1_000_000_000n
const TWO_POW_32 = 0x1_0000_0000n

/** Finest resolutions taken, as in Wireshark: beyond them not even a second fits a 64-bit count of ticks. */
const MAX_DECIMAL_DIGITS = 19
const MAX_BINARY_DIGITS = 63
/** Set in if_tsresol where the base is 2. */
const TSRESOL_BINARY = 0x80

/** if_tsresol of an interface that does not state one: 10^-6 s. */
export const DEFAULT_TSRESOL = 6

/** A time since 1970 as whole seconds and the ns above them (0 to 999,999,999). */
export interface SplitTime {
  readonly seconds: number
  readonly restNs: number
}

/** Splits a time in ns since 1970; times before it have negative seconds. */
export function splitSeconds(ns: bigint): SplitTime {
  const rest = ((ns % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND
  return { seconds: Number((ns - rest) / NS_PER_SECOND), restNs: Number(rest) }
}

/** Absolute time of a pcap record header in ns since 1970. */
export function secondsToNs(seconds: number, fraction: number, nsPerFraction: number): bigint {
  return BigInt(seconds) * NS_PER_SECOND + BigInt(fraction) * BigInt(nsPerFraction)
}

/** Whether times can be read with this if_tsresol. */
export function isTickUnit(tsresol: number): boolean {
  const digits = tsresol & ~TSRESOL_BINARY
  return digits <= ((tsresol & TSRESOL_BINARY) === 0 ? MAX_DECIMAL_DIGITS : MAX_BINARY_DIGITS)
}

/** An if_tsresol for people. */
export function tsresolText(tsresol: number): string {
  const base = (tsresol & TSRESOL_BINARY) === 0 ? 10 : 2
  return `${base}^-${tsresol & ~TSRESOL_BINARY} s`
}

/** Resolution and offset of one interface's clock. */
export class TickUnit {
  /** The if_tsresol byte. */
  readonly tsresol: number
  /** Ticks in a second. */
  readonly ticksPerSecond: bigint
  /** Seconds to add to the clock's times (if_tsoffset). */
  readonly offsetSeconds: bigint

  /**
   * @param tsresol The if_tsresol byte: 10^-n, or 2^-n with the highest bit set; see {@link isTickUnit}.
   * @param offsetSeconds The signed if_tsoffset.
   */
  constructor(tsresol: number, offsetSeconds: bigint) {
    this.tsresol = tsresol
    const digits = BigInt(tsresol & ~TSRESOL_BINARY)
    this.ticksPerSecond = (tsresol & TSRESOL_BINARY) === 0 ? 10n ** digits : 2n ** digits
    this.offsetSeconds = offsetSeconds
  }

  /** Absolute time of a tick count in ns since 1970, rounded down. */
  toNs(high: number, low: number): bigint {
    const ticks = BigInt(high) * TWO_POW_32 + BigInt(low)
    return (ticks * NS_PER_SECOND) / this.ticksPerSecond + this.offsetSeconds * NS_PER_SECOND
  }
}

/**
 * Tick counts to ns after a base.
 *
 * With `ns = ticks * numerator / denominator` in lowest terms and `2^32 * numerator = highNs *
 * denominator + highRest`, a difference of `high * 2^32 + low` ticks is
 *
 *     high * highNs + floor((high * highRest + low * numerator) / denominator) ns
 *
 * and no term leaves the 53 exact bits of a float64 within 104 days of the base. For resolutions
 * that are whole ns the denominator is 1 and the remainder 0 (`whole`): two multiplications.
 */
export class TickScale {
  /** True if a tick is a whole number of ns: `(high - baseHigh) * highNs + (low - baseLow) * numerator - restNs`. */
  readonly whole: boolean
  /** The base's whole second in ticks, upper part; may be negative. */
  readonly baseHigh: number
  /** The same, lower 32 bits. */
  readonly baseLow: number
  /** Ns of the base above its whole second. */
  readonly restNs: number
  readonly highNs: number
  readonly highRest: number
  readonly numerator: number
  readonly denominator: number

  constructor(unit: TickUnit, baseNs: bigint) {
    const { ticksPerSecond, offsetSeconds } = unit
    const divisor = greatestCommonDivisor(NS_PER_SECOND, ticksPerSecond)
    const numerator = NS_PER_SECOND / divisor
    const denominator = ticksPerSecond / divisor
    this.numerator = Number(numerator)
    this.denominator = Number(denominator)
    this.whole = denominator === 1n
    this.highNs = Number((TWO_POW_32 * numerator) / denominator)
    this.highRest = Number((TWO_POW_32 * numerator) % denominator)

    const { seconds, restNs } = splitSeconds(baseNs)
    const baseTicks = (BigInt(seconds) - offsetSeconds) * ticksPerSecond
    this.baseHigh = Number(baseTicks >> 32n)
    this.baseLow = Number(BigInt.asUintN(32, baseTicks))
    this.restNs = restNs
  }

  /** Ns after the base of a tick count given as two unsigned 32-bit halves, rounded down. */
  toNs(high: number, low: number): number {
    const highTicks = high - this.baseHigh
    const lowTicks = low - this.baseLow
    const fine = (highTicks * this.highRest + lowTicks * this.numerator) / this.denominator
    return highTicks * this.highNs + Math.floor(fine) - this.restNs
  }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b)
}
