// Absolute times, made only where something is shown: ISO 8601 in UTC with all nine digits.

import { type Fragment, fragment } from './fragment.js'

const NS_PER_S = 1e9

/** The base of the last time that was shown. */
const base = { ns: 0n, seconds: 0, nanos: 0 }

/** Seconds shown lately: the times of one connection are those of few seconds, though not of one. */
const SLOTS = 16
const shown: Second[] = Array.from({ length: SLOTS }, () => ({
  seconds: NaN,
  text: '',
  second: fragment(''),
  zone: '',
}))

/** A second of the calendar. */
interface Second {
  seconds: number
  text: string
  second: Fragment
  zone: string
}

/** A time in parts: the second with the point after it, the ns beyond it, and the zone. Refilled by the next call. */
export interface TimeParts {
  second: Fragment
  text: string
  nanos: number
  zone: string
}

const parts: TimeParts = { second: fragment(''), text: '', nanos: 0, zone: '' }

/** Splits the time `ns` after `baseNs`. Years up to 9999; beyond that the form of ECMAScript's expanded years. */
export function isoSeconds(baseNs: bigint, ns: number): Readonly<TimeParts> {
  if (baseNs !== base.ns) {
    base.ns = baseNs
    base.seconds = Number(baseNs / 1_000_000_000n)
    base.nanos = Number(baseNs % 1_000_000_000n)
  }
  const nanos = base.nanos + Math.round(ns)
  let carried = Math.floor(nanos / NS_PER_S)
  let rest = nanos - carried * NS_PER_S
  if (rest < 0 || rest >= NS_PER_S) {
    // Beyond 104 days the product is rounded; a remainder never is.
    rest = ((nanos % NS_PER_S) + NS_PER_S) % NS_PER_S
    carried = Math.round((nanos - rest) / NS_PER_S)
  }
  const seconds = base.seconds + carried
  const slot = shown[seconds & (SLOTS - 1)] as Second
  if (slot.seconds !== seconds) fill(slot, seconds)
  parts.second = slot.second
  parts.text = slot.text
  parts.zone = slot.zone
  parts.nanos = rest
  return parts
}

function fill(slot: Second, seconds: number): void {
  const date = new Date(seconds * 1000)
  const isDate = !Number.isNaN(date.getTime())
  slot.seconds = seconds
  // A time no calendar has stays a number.
  slot.text = isDate ? `${date.toISOString().slice(0, -5)}.` : `${seconds}.`
  slot.zone = isDate ? 'Z' : ''
  slot.second = fragment(slot.text)
}

/** `2026-11-23T07:31:08.123456789Z`. */
export function isoTime(baseNs: bigint, ns: number): string {
  const { text, nanos, zone } = isoSeconds(baseNs, ns)
  return `${text}${String(nanos).padStart(9, '0')}${zone}`
}

/** Seconds of a span in ns, exact to the ns; undefined for an absent span. */
export function secondsOf(ns: number): number | undefined {
  return Number.isNaN(ns) ? undefined : Math.round(ns) / 1e9
}
