// Endings over time: counts by verdict in bins of a width that people count in.

import type { PageHead } from '../../output/page/page-data.js'
import type { Connections } from './connections.js'
import { OUT } from './filters.js'

/** Widths of bins, ms. */
const MS_WIDTHS = [1, 2, 5, 10, 20, 50, 100, 200, 500]
const S_WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800]
const H_WIDTHS = [1, 2, 3, 6, 12, 24, 48, 168, 720, 2160]
const WIDTHS_MS = MS_WIDTHS.concat(
  S_WIDTHS.map((s) => s * 1000),
  H_WIDTHS.map((h) => h * 3_600_000),
)

/** Endings by time. */
export interface TimeLine {
  readonly widthMs: number
  /** Beginnings of the bins, ms since 1970. */
  readonly times: readonly number[]
  /** Counts in each bin, for each verdict in the order of the head. */
  readonly counts: readonly (readonly number[])[]
}

/** First and last time of all connections, ms since 1970; undefined without any. */
export function spanOf(c: Connections, head: PageHead): readonly [number, number] | undefined {
  let [first, last] = [Infinity, -Infinity]
  for (const ms of c.endedMs) {
    if (ms < first) first = ms
    if (ms > last) last = ms
  }
  for (const { firstMs, lastMs } of Object.values(head.rest.times)) {
    first = Math.min(first, firstMs)
    last = Math.max(last, lastMs)
  }
  return first <= last ? [first, last] : undefined
}

/** How a time line is cut. */
export interface TimeLineOptions {
  /** Connections without a row are counted too. */
  readonly hasRest: boolean
  /** Bins at most. */
  readonly most: number
  /** Only this time, ms since 1970. */
  readonly zoom?: readonly [fromMs: number, toMs: number] | undefined
}

/** Counts the connections that no filter but that of time leaves out. */
export function timeLineOf(
  c: Connections,
  head: PageHead,
  out: Uint8Array,
  { hasRest, most, zoom }: TimeLineOptions,
): TimeLine | undefined {
  const span = zoom ?? spanOf(c, head)
  if (span === undefined) return undefined
  const [first, last] = span
  const widthMs =
    WIDTHS_MS.find((width) => binsOf(first, last, width) <= most) ?? (last - first) / (most - 2)
  const start = Math.floor(first / widthMs) * widthMs
  const bins = binsOf(first, last, widthMs)
  const counts = head.verdicts.map(() => Array.from({ length: bins }, () => 0))
  const verdictOf = verdictPlaces(head)
  function add(verdict: number, ms: number, n: number): void {
    const list = counts[verdict]
    const bin = Math.floor((ms - start) / widthMs)
    if (list !== undefined && bin >= 0 && bin < bins) list[bin] = (list[bin] ?? 0) + n
  }
  for (let at = 0; at < c.size; at++) {
    if (((out[at] as number) & ~OUT.time) !== 0) continue
    add(verdictOf[c.ending[at] as number] ?? -1, c.endedMs[at] as number, 1)
  }
  // What is near is selected by time, which connections without a row are left out of.
  if (hasRest && zoom === undefined) addRest(head, widthMs, add)
  return { widthMs, times: Array.from({ length: bins }, (_, bin) => start + bin * widthMs), counts }
}

/** Adds the connections without a row, spread over the time in which so many are known to have ended. */
function addRest(
  head: PageHead,
  widthMs: number,
  add: (verdict: number, ms: number, n: number) => void,
): void {
  for (const [verdict, { widthMs: width, first, counts, firstMs, lastMs }] of Object.entries(
    head.rest.times,
  )) {
    const place = head.verdicts.findIndex((row) => row.verdict === verdict)
    for (const [at, n] of counts.entries()) {
      const from = Math.max(firstMs, (first + at) * width)
      const to = Math.min(lastMs, (first + at + 1) * width)
      for (const [ms, share] of sharesOf(from, to, n, widthMs)) add(place, ms, share)
    }
  }
}

/** Whole numbers that add up to `n`, one for each bar of a time, as much of it as lies in the bar. */
function sharesOf(
  from: number,
  to: number,
  n: number,
  widthMs: number,
): (readonly [ms: number, share: number])[] {
  if (n === 0) return []
  const shares: (readonly [number, number])[] = []
  let before = 0
  for (let ms = from; ms < to;) {
    const next = Math.min(to, (Math.floor(ms / widthMs) + 1) * widthMs)
    const until = Math.round((n * (next - from)) / (to - from))
    shares.push([ms, until - before])
    before = until
    ms = next
  }
  return shares.length === 0 ? [[from, n]] : shares
}

/** How exactly it is known when connections without a row ended, ms; 0 where all have one. */
export function restWidthMs({ rest }: PageHead): number {
  return Math.max(0, ...Object.values(rest.times).map(({ widthMs }) => widthMs))
}

/** Place of the verdict of each ending. */
export function verdictPlaces(head: PageHead): number[] {
  return head.endings.map(({ verdict }) =>
    head.verdicts.findIndex((row) => row.verdict === verdict),
  )
}

function binsOf(first: number, last: number, width: number): number {
  return Math.floor(last / width) - Math.floor(first / width) + 1
}
