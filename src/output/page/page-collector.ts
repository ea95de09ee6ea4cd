// Collects what a page shows, in bounded memory: of very many connections those that are worth a look, the others are counted.

import { firstTeardown } from '../../verdict/timings.js'
import { isNotableConnection } from '../collect/groups.js'
import { TimeBins } from '../collect/time-bins.js'
import type { ColumnSource } from '../columns/column.js'
import type { PageRest } from './page-data.js'
import { pageDetails, pageRow } from './page-rows.js'

/** What a page may hold. */
export interface PageLimits {
  readonly rows: number
  /** Characters of all rows and their details. */
  readonly chars: number
}

/** A page of this size is a file of some MB, and opens in a second or two. */
export const PAGE_LIMITS: PageLimits = { rows: 100_000, chars: 128 * 1024 * 1024 }

interface KeptRow {
  readonly row: string
  readonly details: string
  readonly verdict: string
  readonly ending: string
  readonly ms: number
}

/** What a page knows of its connections. */
export interface CollectedRows {
  /** JSON of each row, and of its details. */
  readonly rows: readonly string[]
  readonly details: readonly string[]
  readonly rest: PageRest
}

/** Takes connections. */
export class PageCollector {
  private readonly limits: PageLimits
  private readonly notable: KeptRow[] = []
  private readonly ordinary: KeptRow[] = []
  private chars = 0
  private readonly causes = new Map<string, number>()
  private readonly times = new Map<string, TimeBins>()

  constructor(limits: PageLimits = PAGE_LIMITS) {
    this.limits = limits
  }

  /** Adds a connection of the capture at place `capture`. True when it has a row so far. */
  add(c: ColumnSource, capture: number): boolean {
    const { e, j, baseNs } = c
    const endedNs = firstTeardown(j.derived)?.ns ?? e.end.ns
    const about = {
      verdict: j.verdict,
      ending: j.ending,
      ms: Number(baseNs) / 1e6 + endedNs / 1e6,
    }
    const isNotable = isNotableConnection(c)
    if (!this.hasRoom(isNotable)) {
      this.count(about)
      return false
    }
    const kept = { row: pageRow(c, capture), details: pageDetails(c), ...about }
    this.chars += charsOf(kept)
    ;(isNotable ? this.notable : this.ordinary).push(kept)
    return true
  }

  /** The rows that are kept, notable ones first, and what is known of the others. */
  take(): CollectedRows {
    const kept = [...this.notable, ...this.ordinary]
    const causes = [...this.causes].sort(byName)
    const times = [...this.times].sort(byName).map(([verdict, bins]) => [verdict, bins.state()])
    return {
      rows: kept.map(({ row }) => row),
      details: kept.map(({ details }) => details),
      rest: {
        connections: causes.reduce((sum, [, n]) => sum + n, 0),
        causes: Object.fromEntries(causes),
        times: Object.fromEntries(times) as PageRest['times'],
      },
    }
  }

  /** Whether there is room for one more; a notable one takes that of an ordinary one. */
  private hasRoom(isNotable: boolean): boolean {
    const { limits, notable, ordinary } = this
    const isFull = notable.length + ordinary.length >= limits.rows || this.chars >= limits.chars
    if (!isFull) return true
    if (!isNotable) return false
    const last = ordinary.pop()
    if (last === undefined) return false
    this.chars -= charsOf(last)
    this.count(last)
    return true
  }

  private count({ verdict, ending, ms }: Pick<KeptRow, 'verdict' | 'ending' | 'ms'>): void {
    this.causes.set(ending, (this.causes.get(ending) ?? 0) + 1)
    let bins = this.times.get(verdict)
    if (bins === undefined) this.times.set(verdict, (bins = new TimeBins()))
    bins.add(ms)
  }
}

function charsOf({ row, details }: KeptRow): number {
  return row.length + details.length
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
