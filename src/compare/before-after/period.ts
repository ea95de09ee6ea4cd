// One of the two times that are compared: what its captures hold, in bounded memory.

import type { IncidentKind } from '../../incidents/incident.js'
import { shownEndpoint } from '../../output/columns/address.js'
import type { ColumnSource } from '../../output/columns/column.js'
import { Sketch } from '../../output/endpoints/sketch.js'
import { EndpointStats } from '../../output/endpoints/stats.js'
import { firstTeardown } from '../../verdict/timings.js'
import { OutcomeCounts } from './outcomes.js'

/** By what the endings are compared besides. */
export const PERIOD_GROUPINGS = ['all', 'endpoint', 'port'] as const
/** One of them. */
export type PeriodGrouping = (typeof PERIOD_GROUPINGS)[number]

/** Kinds of outcomes. */
export type OutcomeKind = 'ending' | 'closer' | 'finding'

/** Endpoints that are told apart; the connections of all others are in no group. */
const MOST_GROUPS = 256
/** Clusters that may grow, a few hundred bytes each: of all connections, and of one group. */
const MOST_CLUSTERS = 16_384
const MOST_GROUP_CLUSTERS = 256
/** Connections that end at one server within this time are one cluster. */
const CLUSTER_NS = 1_000_000_000n

/** Takes the judged connections of one time. */
export class Period {
  readonly captures: readonly string[]
  readonly outcomes: OutcomeCounts = new OutcomeCounts(MOST_CLUSTERS)
  readonly groups: Map<string, OutcomeCounts> = new Map<string, OutcomeCounts>()
  /** Connections in no group, because there are too many. */
  ungrouped = 0
  readonly stats: EndpointStats = new EndpointStats()
  /** From the SYN to the last packet. */
  readonly lifetime: Sketch = new Sketch()
  readonly incidents: Map<string, number> = new Map<string, number>()
  readonly by: PeriodGrouping
  private readonly spans: (readonly [startMs: number, endMs: number])[] = []

  constructor(captures: readonly string[], by: PeriodGrouping) {
    this.captures = captures
    this.by = by
  }

  add(c: ColumnSource): void {
    const { e, j, baseNs } = c
    const server = 1 - e.clientSide
    const port = e.portOf(server)
    const endpoint = shownEndpoint(c, server)
    // Its end is when it began to be closed: what follows that, such as repeats of a FIN, drifts apart.
    const endNs = firstTeardown(j.derived)?.ns ?? e.endNs
    const second = (baseNs + BigInt(Math.round(endNs))) / CLUSTER_NS
    const cluster = `${endpoint} ${second}`
    const ending = outcomeName('ending', j.ending)
    const findings = new Set<string>(j.findings().map(({ code }) => outcomeName('finding', code)))
    this.outcomes.add(cluster, [ending, outcomeName('closer', j.closer), ...findings])
    if (this.by !== 'all')
      this.groupOf(this.by === 'port' ? String(port) : endpoint)?.add(cluster, [ending])
    this.stats.add(c)
    if (e.handshake.seen) this.lifetime.add(e.endNs - e.startNs)
  }

  addIncident(kind: IncidentKind): void {
    this.incidents.set(kind, (this.incidents.get(kind) ?? 0) + 1)
  }

  /** Adds the time that a capture covers. */
  addSpan(startMs: number, endMs: number): void {
    this.spans.push([startMs, endMs])
  }

  /** How long was captured, in s: what several captures cover counts once. NaN when no capture tells. */
  get durationS(): number {
    if (this.spans.length === 0) return NaN
    let [covered, until] = [0, -Infinity]
    for (const [start, end] of this.spans.sort(([a], [b]) => a - b)) {
      covered += Math.max(0, end - Math.max(start, until))
      until = Math.max(until, end)
    }
    return covered / 1000
  }

  private groupOf(name: string): OutcomeCounts | undefined {
    const known = this.groups.get(name)
    if (known !== undefined) return known
    if (this.groups.size >= MOST_GROUPS) {
      this.ungrouped++
      return undefined
    }
    const made = new OutcomeCounts(MOST_GROUP_CLUSTERS)
    this.groups.set(name, made)
    return made
  }
}

/** Outcomes of all kinds are counted together: the kind is part of the name. */
function outcomeName(kind: OutcomeKind, name: string): string {
  return `${kind} ${name}`
}

/** The outcomes of one kind that either of two counts has, by their own names. */
export function namesOfKind(kind: OutcomeKind, ...counts: readonly OutcomeCounts[]): string[] {
  const prefix = outcomeName(kind, '')
  const names = counts.flatMap((each) => each.outcomes())
  return [...new Set<string>(names)]
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .sort()
}

/** The tally of one outcome. */
export function tallyIn(
  counts: OutcomeCounts,
  kind: OutcomeKind,
  name: string,
): ReturnType<OutcomeCounts['tallyOf']> {
  return counts.tallyOf(outcomeName(kind, name))
}
