// Counts for the parts of a page: endings, endpoints, timings.

import type { PageEnding, PageHead } from '../../output/page/page-data.js'
import type { Connections, Span, WordColumn } from './connections.js'
import { verdictPlaces } from './time-line.js'

/** How much a connection of each severity counts where what matters most comes first. */
const TROUBLE = [0, 1, 10, 100]

/** Connections of an ending. */
export interface EndingCount {
  readonly ending: PageEnding
  readonly n: number
}

/** Connections of a verdict. */
export interface VerdictCount {
  readonly verdict: string
  readonly title: string
  readonly n: number
  readonly causes: readonly EndingCount[]
}

/** Counts endings of the connections for which `isIn` holds, and adds the counts of `rest`; what matters most first. */
export function verdictCounts(
  c: Connections,
  head: PageHead,
  isIn: (place: number) => boolean,
  rest: Readonly<Record<string, number>>,
): VerdictCount[] {
  const counts = head.endings.map(({ name }) => rest[name] ?? 0)
  for (let at = 0; at < c.size; at++) {
    if (!isIn(at)) continue
    const ending = c.ending[at] as number
    counts[ending] = (counts[ending] ?? 0) + 1
  }
  return head.verdicts
    .map(({ verdict, title }) => {
      const causes = head.endings
        .map((ending, at) => ({ ending, n: counts[at] ?? 0 }))
        .filter(({ ending, n }) => ending.verdict === verdict && n > 0)
        .sort((a, b) => troubleOf(b) - troubleOf(a) || b.n - a.n)
      const n = causes.reduce((sum, each) => sum + each.n, 0)
      return { verdict, title, n, causes }
    })
    .filter(({ n }) => n > 0)
    .sort((a, b) => sumOf(b, troubleOf) - sumOf(a, troubleOf) || b.n - a.n)
}

function troubleOf({ ending, n }: EndingCount): number {
  return (TROUBLE[ending.severity] ?? 0) * n
}

function sumOf({ causes }: VerdictCount, of: (count: EndingCount) => number): number {
  return causes.reduce((sum, each) => sum + of(each), 0)
}

/** What is counted of an endpoint. */
export interface EndpointCount {
  readonly name: string
  connections: number
  refused: number
  unanswered: number
  resets: number
  /** By verdict, in the order of the head. */
  readonly verdicts: number[]
  /** When the first and last of those that matter ended, ms since 1970. */
  firstMs: number
  lastMs: number
}

/** Verdicts that are a reset of an open connection. */
const RESETS: ReadonlySet<string> = new Set(['rst_after_kill', 'rst_abort', 'reset_other'])
/** Severity from which on an ending is trouble. */
const IS_TROUBLE = 2

/** Endpoints, most trouble first: how many there are, and the first of them. */
export interface EndpointCounts {
  readonly all: number
  readonly first: readonly EndpointCount[]
}

/** Counts by server or client. There may be as many clients as connections: only of the first `most` everything is counted. */
export function endpointCounts(
  c: Connections,
  head: PageHead,
  { words, at: places }: WordColumn,
  isIn: (place: number) => boolean,
  most: number,
): EndpointCounts {
  const connections = new Int32Array(words.length)
  const trouble = new Float64Array(words.length)
  const troubles = head.endings.map(({ severity }) => TROUBLE[severity] ?? 0)
  for (let at = 0; at < c.size; at++) {
    const place = places[at] as number
    if (place < 0 || !isIn(at)) continue
    connections[place] = (connections[place] as number) + 1
    trouble[place] = (trouble[place] as number) + (troubles[c.ending[at] as number] ?? 0)
  }
  const order = Int32Array.from(words.keys())
    .filter((place) => connections[place] !== 0)
    .sort(
      (a, b) =>
        (trouble[b] as number) - (trouble[a] as number) ||
        (connections[b] as number) - (connections[a] as number) ||
        ((words[a] as string) < (words[b] as string) ? -1 : 1),
    )
  const first = Array.from(order.subarray(0, most), (place) =>
    emptyCount(words[place] as string, head.verdicts.length),
  )
  const rankOf = new Int32Array(words.length).fill(-1)
  for (const [rank, place] of order.subarray(0, most).entries()) rankOf[place] = rank
  const verdictOf = verdictPlaces(head)
  for (let at = 0; at < c.size; at++) {
    const count = first[rankOf[places[at] as number] ?? -1]
    if (count !== undefined && isIn(at)) addTo(count, c, head, at, verdictOf)
  }
  return { all: order.length, first }
}

function addTo(
  count: EndpointCount,
  c: Connections,
  head: PageHead,
  at: number,
  verdictOf: readonly number[],
): void {
  const ending = head.endings[c.ending[at] as number]
  const verdict = verdictOf[c.ending[at] as number] ?? -1
  if (ending === undefined) return
  count.connections++
  count.verdicts[verdict] = (count.verdicts[verdict] ?? 0) + 1
  if (ending.name === 'handshake_failed.refused') count.refused++
  else if (ending.name === 'handshake_failed.unanswered') count.unanswered++
  if (RESETS.has(ending.verdict)) count.resets++
  if (ending.severity < IS_TROUBLE) return
  const ms = c.endedMs[at] as number
  count.firstMs = Math.min(count.firstMs, ms)
  count.lastMs = Math.max(count.lastMs, ms)
}

function emptyCount(name: string, verdicts: number): EndpointCount {
  return {
    name,
    connections: 0,
    refused: 0,
    unanswered: 0,
    resets: 0,
    verdicts: Array.from({ length: verdicts }, () => 0),
    firstMs: Infinity,
    lastMs: -Infinity,
  }
}

/** Upper ends of the buckets of a distribution, seconds, and what the bucket below each is called. */
export const BUCKETS: readonly (readonly [below: number, name: string])[] = [
  [1e-4, 'below 100 µs'],
  [1e-3, '100 µs to 1 ms'],
  [1e-2, '1 to 10 ms'],
  [0.1, '10 to 100 ms'],
  [1, '0.1 to 1 s'],
  [10, '1 to 10 s'],
  [60, '10 to 60 s'],
  [600, '1 to 10 min'],
  [Infinity, '10 min and more'],
]

/** How long something took. */
export interface Distribution {
  readonly n: number
  /** Values in each bucket. */
  readonly counts: readonly number[]
  /** Seconds; NaN without values. */
  readonly median: number
  readonly p95: number
  readonly longest: number
}

/** The distribution of some spans together. */
export function distributionOf(
  c: Connections,
  spans: readonly Span[],
  isIn: (place: number) => boolean,
): Distribution {
  const values: number[] = []
  for (const span of spans) {
    const column = c.spans[span]
    for (let at = 0; at < c.size; at++) {
      const value = column[at] as number
      if (!Number.isNaN(value) && isIn(at)) values.push(value)
    }
  }
  const sorted = Float64Array.from(values).sort()
  const counts = BUCKETS.map(() => 0)
  let bucket = 0
  for (const value of sorted) {
    while (value >= (BUCKETS[bucket]?.[0] ?? Infinity)) bucket++
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  function within(share: number): number {
    return sorted[Math.ceil(share * sorted.length) - 1] ?? NaN
  }
  return { n: sorted.length, counts, median: within(0.5), p95: within(0.95), longest: within(1) }
}
