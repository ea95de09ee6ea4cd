// Absolute times, made only where something is shown: ISO 8601 in UTC with all nine digits.

const NS_PER_S = 1e9

/** The last base and the last second that were shown: times of one capture come in order, many to a second. */
const last = {
  baseNs: 0n,
  baseSeconds: 0,
  baseNanos: 0,
  seconds: NaN,
  text: '',
  zone: '',
  nanos: 0,
}

/** A time in parts: up to the second, the ns beyond that, and the zone. Refilled by the next call. */
export interface TimeParts {
  readonly text: string
  readonly nanos: number
  readonly zone: string
}

/** Splits the time `ns` after `baseNs`. Years up to 9999; beyond that the form of ECMAScript's expanded years. */
export function isoSeconds(baseNs: bigint, ns: number): TimeParts {
  if (baseNs !== last.baseNs) {
    last.baseNs = baseNs
    last.baseSeconds = Number(baseNs / 1_000_000_000n)
    last.baseNanos = Number(baseNs % 1_000_000_000n)
  }
  const nanos = last.baseNanos + Math.round(ns)
  const carried = Math.floor(nanos / NS_PER_S)
  const seconds = last.baseSeconds + carried
  last.nanos = nanos - carried * NS_PER_S
  if (seconds !== last.seconds) {
    last.seconds = seconds
    const date = new Date(seconds * 1000)
    const isDate = !Number.isNaN(date.getTime())
    // A time no calendar has stays a number.
    last.text = isDate ? date.toISOString().slice(0, -5) : String(seconds)
    last.zone = isDate ? 'Z' : ''
  }
  return last
}

/** `2026-11-23T07:31:08.123456789Z`. */
export function isoTime(baseNs: bigint, ns: number): string {
  const { text, nanos, zone } = isoSeconds(baseNs, ns)
  return `${text}.${String(nanos).padStart(9, '0')}${zone}`
}

/** Seconds of a span in ns, exact to the ns; undefined for an absent span. */
export function secondsOf(ns: number): number | undefined {
  return Number.isNaN(ns) ? undefined : Math.round(ns) / 1e9
}
