// Absolute times, made only where something is shown: ISO 8601 in UTC with all nine digits. Times that no calendar of four
// digits has come of broken clocks; numbers could only show them rounded, so they are named.

import { type Fragment, fragment } from './fragment.js'

const NS_PER_S = 1e9
/** 0000-01-01T00:00:00Z, and the second behind 9999-12-31T23:59:59Z. */
const FIRST_SECOND = -62_167_219_200
const END_SECOND = 253_402_300_800
/** Stand for all times before and after these. */
const BEFORE_CALENDAR = 'before year 0'
const AFTER_CALENDAR = 'after year 9999'

/** The base of the last time that was shown. */
const base = { ns: 0n, seconds: 0, nanos: 0 }

/** Seconds shown lately: the times of one connection are those of few seconds, though not of one. */
const SLOTS = 16
const shown: Second[] = Array.from({ length: SLOTS }, () => ({
  seconds: NaN,
  text: '',
  second: fragment(''),
  epoch: fragment(''),
  isNamed: false,
}))

/** A second of the calendar. */
interface Second {
  seconds: number
  text: string
  second: Fragment
  /** Seconds since 1970, with the point after them. */
  epoch: Fragment
  isNamed: boolean
}

/** A time in parts: the second with the point after it, and the ns beyond it. Refilled by the next call. */
export interface TimeParts {
  second: Fragment
  /** The second as seconds since 1970, likewise; before 1970 it says nothing of the ns, which lie behind it. */
  epoch: Fragment
  seconds: number
  text: string
  nanos: number
  /** Not of the calendar: the text is all there is. */
  isNamed: boolean
}

const parts: TimeParts = {
  second: fragment(''),
  epoch: fragment(''),
  seconds: 0,
  text: '',
  nanos: 0,
  isNamed: false,
}

/** Splits the time `ns` after `baseNs`. */
export function isoSeconds(baseNs: bigint, ns: number): Readonly<TimeParts> {
  if (baseNs !== base.ns) {
    base.ns = baseNs
    base.seconds = Number(baseNs / 1_000_000_000n)
    base.nanos = Number(baseNs % 1_000_000_000n)
  }
  const whole = Math.round(ns)
  const nanos = base.nanos + whole
  let carried = Math.floor(nanos / NS_PER_S)
  let rest = nanos - carried * NS_PER_S
  if (rest < 0 || rest >= NS_PER_S || !Number.isSafeInteger(nanos)) {
    // Beyond 104 days sum and product are rounded, and `epochNs` would have other digits; a remainder never is.
    const beyond = whole % NS_PER_S
    const sum = base.nanos + beyond
    rest = ((sum % NS_PER_S) + NS_PER_S) % NS_PER_S
    carried = Math.round((whole - beyond) / NS_PER_S) + Math.round((sum - rest) / NS_PER_S)
  }
  const seconds = base.seconds + carried
  const slot = shown[seconds & (SLOTS - 1)] as Second
  if (slot.seconds !== seconds) fill(slot, seconds)
  parts.second = slot.second
  parts.epoch = slot.epoch
  parts.seconds = seconds
  parts.text = slot.text
  parts.isNamed = slot.isNamed
  parts.nanos = rest
  return parts
}

function fill(slot: Second, seconds: number): void {
  slot.seconds = seconds
  slot.isNamed = !(seconds >= FIRST_SECOND && seconds < END_SECOND)
  if (slot.isNamed) slot.text = seconds < FIRST_SECOND ? BEFORE_CALENDAR : AFTER_CALENDAR
  else slot.text = `${new Date(seconds * 1000).toISOString().slice(0, -5)}.`
  slot.second = fragment(slot.text)
  slot.epoch = fragment(`${seconds}.`)
}

/** `2026-11-23T07:31:08.123456789Z`; a name for a time that is not on the calendar. */
export function isoTime(baseNs: bigint, ns: number): string {
  const { text, nanos, isNamed } = isoSeconds(baseNs, ns)
  return isNamed ? text : `${text}${String(nanos).padStart(9, '0')}Z`
}

/** The time `ns` after `baseNs`, in ns since 1970. */
export function epochNs(baseNs: bigint, ns: number): bigint {
  return baseNs + BigInt(Math.round(ns))
}

/** Seconds since 1970 with `digits` decimals, of which the last is cut, not rounded. */
export function epochText(ns: bigint, digits: 6 | 9): string {
  const unit = digits === 6 ? 1000n : 1n
  const perSecond = 1_000_000_000n / unit
  // Towards the past, also before 1970, as clocks are cut.
  const rest = ns % unit
  const units = ns / unit - (rest < 0n ? 1n : 0n)
  const sign = units < 0n ? '-' : ''
  const size = units < 0n ? -units : units
  return `${sign}${size / perSecond}.${String(size % perSecond).padStart(digits, '0')}`
}

/** Whether a time is one that is not on the calendar. */
export function isNamedTime(text: string): boolean {
  return text === BEFORE_CALENDAR || text === AFTER_CALENDAR
}

/** Seconds of a span in ns, exact to the ns; undefined for an absent span. */
export function secondsOf(ns: number): number | undefined {
  return Number.isNaN(ns) ? undefined : Math.round(ns) / 1e9
}
