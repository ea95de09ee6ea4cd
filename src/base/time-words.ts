// Times and spans of time as people and dashboards write them.

import { ValueError } from './errors.js'

/** Parses a number of seconds. */
export function seconds(text: string): number {
  const n = Number(text)
  if (text.trim() !== '' && n >= 0 && Number.isFinite(n)) return n
  throw new ValueError(`'${text}' is not a number of seconds`)
}

const SPAN_UNITS: Readonly<Record<string, number>> = {
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
  d: 86_400e9,
}

/** Parses a span of time such as `250ms`, `10s`, `1m`, `1h30m`; ns. */
export function span(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-zµ]+)\s*/gi)]
  const isWhole = parts.map(([part]) => part).join('') === text.trim()
  const ns = parts.reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * (SPAN_UNITS[unit.toLowerCase()] ?? NaN),
    0,
  )
  if (isWhole && ns > 0) return ns
  throw new ValueError(`'${text}' is no span of time, such as 500ms, 10s, 1m or 2h`)
}

const NS_PER_S = 1_000_000_000n
/** ISO 8601, split before its fraction, UTC where it names no zone; or seconds since 1970. */
const ISO_TIME =
  /^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?: ?(Z|UTC|[+-]\d{2}:?\d{2}))?$/
const DAY = /^\d{4}-\d{2}-\d{2}$/
/** Milliseconds, microseconds and nanoseconds since 1970, by their digits: what dashboards copy. */
const EPOCH_FINE: readonly (readonly [form: RegExp, ns: bigint])[] = [
  [/^\d{13}$/, 1_000_000n],
  [/^\d{16}$/, 1000n],
  [/^\d{19}$/, 1n],
]
const EPOCH_TIME = /^(\d{1,12})(?:\.(\d{1,9}))?$/

/** Parses a time into ns since 1970, exact to the digit. */
export function timeNs(text: string): bigint {
  // A day begins at midnight.
  if (DAY.test(text) && isDate(`${text}T00:00:00`)) return timeNs(`${text}T00:00:00Z`)
  const fine = EPOCH_FINE.find(([form]) => form.test(text))
  if (fine !== undefined) return BigInt(text) * fine[1]
  const epoch = EPOCH_TIME.exec(text)
  if (epoch !== null) return BigInt(epoch[1] ?? '0') * NS_PER_S + fractionNs(epoch[2])
  const iso = ISO_TIME.exec(text)
  const second = (iso?.[1] ?? '').replace(' ', 'T')
  const named = iso?.[3]
  const zone =
    named === undefined || named === 'UTC' ? 'Z' : named.replace(/(\d{2}):?(\d{2})$/, '$1:$2')
  const ms = iso === null || !isDate(second) ? NaN : Date.parse(`${second}${zone}`)
  if (!Number.isNaN(ms)) return BigInt(ms) * 1_000_000n + fractionNs(iso?.[2])
  throw new ValueError(
    `'${text}' is neither seconds since 1970 nor a time such as 2026-11-23T07:31:08.5Z, "2026-11-23 07:31:08" or 2026-11-23`,
  )
}

/** Parses a span of time with a unit, or a number of seconds; ns. */
export function spanOrSeconds(text: string): number {
  return /^[\d.]+$/.test(text.trim()) ? seconds(text) * 1e9 : span(text)
}

/** Whether a date and time are on the calendar: Date.parse takes 30 February for 2 March. */
function isDate(text: string): boolean {
  const ms = Date.parse(`${text}Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}

function fractionNs(digits: string | undefined): bigint {
  return BigInt((digits ?? '').padEnd(9, '0'))
}
