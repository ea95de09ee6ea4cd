// How long endings took: counts in buckets, and what lies in the middle.

import type { Connections, Span } from './connections.js'
import type { Seen } from './filters.js'

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

/** Values of some spans together: sorted once, as filters only leave some of them out. */
export interface SortedSpans {
  readonly values: Float64Array
  /** For each span the place in `values` of each connection's value, -1 for none. */
  readonly ranks: readonly Int32Array[]
}

/** Sorts the values of connections of some endings. */
export function sortedSpans(
  c: Connections,
  spans: readonly Span[],
  isCounted: (ending: number) => boolean,
): SortedSpans {
  const columns = spans.map((span) =>
    c.spans[span].map((value, at) => (isCounted(c.ending[at] as number) ? value : NaN)),
  )
  const all = columns.flatMap((column) => Array.from(column))
  const values = Float64Array.from(all.filter((value) => !Number.isNaN(value))).sort()
  const ranks = columns.map((column) => Int32Array.from(column, (value) => rankOf(values, value)))
  return { values, ranks }
}

/** The first place of a value among sorted ones, -1 for no number. */
function rankOf(values: Float64Array, value: number): number {
  if (Number.isNaN(value)) return -1
  let [from, to] = [0, values.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((values[middle] as number) < value) from = middle + 1
    else to = middle
  }
  return from
}

/** The distribution of the values of connections that are seen. */
export function distributionOf({ values, ranks }: SortedSpans, { out, mask }: Seen): Distribution {
  const times = new Uint32Array(values.length)
  let n = 0
  for (const of of ranks)
    for (let at = 0; at < of.length; at++) {
      const rank = of[at] as number
      if (rank < 0 || ((out[at] as number) & mask) !== 0) continue
      times[rank] = (times[rank] as number) + 1
      n++
    }
  const counts = BUCKETS.map(() => 0)
  const wanted = [0.5, 0.95, 1].map((share) => Math.ceil(share * n))
  const found = wanted.map(() => NaN)
  let [bucket, next, seen] = [0, 0, 0]
  for (let rank = 0; seen < n; rank++) {
    const here = times[rank] as number
    if (here === 0) continue
    const value = values[rank] as number
    while (value >= (BUCKETS[bucket]?.[0] ?? Infinity)) bucket++
    counts[bucket] = (counts[bucket] as number) + here
    seen += here
    while (next < wanted.length && seen >= (wanted[next] as number)) found[next++] = value
  }
  const [median = NaN, p95 = NaN, longest = NaN] = found
  return { n, counts, median, p95, longest }
}
