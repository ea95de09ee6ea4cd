// Counts of endings.

import type { PageEnding, PageHead } from '../../output/page/page-data.js'
import type { Connections } from './connections.js'
import type { Seen } from './filters.js'

/** How much a connection of each severity counts where what matters most comes first. */
export const TROUBLE: readonly number[] = [0, 1, 10, 100]

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

/** Counts endings of the connections that are seen, and adds the counts of `rest`; what matters most first. */
export function verdictCounts(
  c: Connections,
  head: PageHead,
  { out, mask }: Seen,
  rest: Readonly<Record<string, number>>,
): VerdictCount[] {
  const counts = head.endings.map(({ name }) => rest[name] ?? 0)
  for (let at = 0; at < c.size; at++) {
    if (((out[at] as number) & mask) !== 0) continue
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
