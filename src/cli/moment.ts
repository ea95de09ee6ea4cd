// Times as people type them: absolute, of a clock that names no zone, of a day that goes without saying, before the end.

import { TeardownError, ValueError } from '../base/errors.js'
import type { CaptureSpan } from '../engine/capture-span.js'
import { spanOrSeconds, timeNs } from '../base/time-words.js'

/** A time that was typed, and what it still depends on. */
export type Moment =
  /** ns since 1970: of a time without a zone in UTC, and as clocks here would have meant it. */
  | { readonly kind: 'absolute'; readonly utcNs: bigint; readonly localNs: bigint }
  /** ns since midnight, of the day of the capture. */
  | { readonly kind: 'time of day'; readonly ns: number }
  /** ns before the end of the capture. */
  | { readonly kind: 'before the end'; readonly ns: number }

const NS_PER_MS = 1_000_000n
const DAY_NS = 86_400_000_000_000n
const TIME_OF_DAY = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/
/** A date, or a date and a time, and nothing behind it. */
const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?)?$/

/**
 * Parses a time: what {@link timeNs} takes, a time of day such as `20:01:20`, or `-5m`.
 *
 * @throws {ValueError} for anything else.
 */
export function moment(typed: string): Moment {
  const text = typed.trim()
  const before = /^-(\d.*)$/.exec(text)?.[1]
  if (before !== undefined) return { kind: 'before the end', ns: spanOrSeconds(before) }
  const ofDay = TIME_OF_DAY.exec(text)
  if (ofDay !== null) return { kind: 'time of day', ns: ofDayNs(ofDay, text) }
  const utcNs = timeNs(text)
  const localNs = WITHOUT_ZONE.test(text) ? fromLocal(utcNs) : utcNs
  return { kind: 'absolute', utcNs, localNs }
}

/** Whether a time is known only with the times of a capture. */
export function needsSpan(time: Moment | undefined): boolean {
  return time !== undefined && time.kind !== 'absolute'
}

/**
 * A time in ns since 1970.
 *
 * @param of The times of what is read, undefined when they are not known.
 * @param isLocal Times without a zone are of clocks here, else UTC.
 * @throws {TeardownError} ERR_OPTION when it needs the times of a capture.
 */
export function momentNs(time: Moment, of: CaptureSpan | undefined, isLocal: boolean): bigint {
  if (time.kind === 'absolute') return isLocal ? time.localNs : time.utcNs
  if (of === undefined)
    throw new TeardownError(
      'ERR_OPTION',
      `a time ${time.kind === 'time of day' ? 'without a date' : 'before the end of the capture'} needs files, whose times are known`,
    )
  if (time.kind === 'before the end') return of.toNs - BigInt(time.ns)
  if (of.toNs - of.fromNs > DAY_NS)
    throw new TeardownError(
      'ERR_OPTION',
      'a time without a date is not enough: what is read is of more than a day',
    )
  return nearestDay(BigInt(time.ns), of, isLocal)
}

/** Such a time of day within the span, or else the one nearest to it. */
function nearestDay(ofDay: bigint, { fromNs, toNs }: CaptureSpan, isLocal: boolean): bigint {
  const shown = isLocal ? toNs + aheadNs(toNs) : toNs
  const midnight = shown - (((shown % DAY_NS) + DAY_NS) % DAY_NS)
  const days = [1n, 0n, -1n].map((day) => {
    const utc = midnight + day * DAY_NS + ofDay
    return isLocal ? fromLocal(utc) : utc
  })
  function outside(ns: bigint): bigint {
    if (ns > toNs) return ns - toNs
    return ns < fromNs ? fromNs - ns : 0n
  }
  return days.reduce((best, each) => (outside(each) < outside(best) ? each : best))
}

function ofDayNs([, hours, minutes, seconds, fraction]: RegExpExecArray, text: string): number {
  const [h, m, s] = [hours, minutes, seconds].map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
  ]
  if (h < 24 && m < 60 && s < 60)
    return ((h * 60 + m) * 60 + s) * 1e9 + Number((fraction ?? '').padEnd(9, '0'))
  throw new ValueError(`'${text}' is no time of day`)
}

/** The time at which clocks here show what UTC shows at `ns`. */
function fromLocal(ns: bigint): bigint {
  const shown = new Date(Number(ns / NS_PER_MS))
  const here = new Date(
    shown.getUTCFullYear(),
    shown.getUTCMonth(),
    shown.getUTCDate(),
    shown.getUTCHours(),
    shown.getUTCMinutes(),
    shown.getUTCSeconds(),
  )
  return BigInt(here.getTime()) * NS_PER_MS + (ns % 1_000_000_000n)
}

/** How far clocks here are ahead of UTC at `ns`. */
function aheadNs(ns: bigint): bigint {
  const minutes = -new Date(Number(ns / NS_PER_MS)).getTimezoneOffset()
  return BigInt(Math.round(minutes * 60_000)) * NS_PER_MS
}
