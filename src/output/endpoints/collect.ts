// Counts connections by server endpoint, client, port or network, and by spans of time.

import { TeardownError } from '../../base/errors.js'
import { firstTeardown } from '../../verdict/timings.js'
import { isoTime } from '../bytes/time.js'
import { shownAddress, shownEndpoint } from '../columns/address.js'
import type { ColumnSource } from '../columns/column.js'
import type { Collector } from '../../incidents/collector.js'
import { EndpointStats, type StatsState } from './stats.js'

/** By what connections are counted. */
export const GROUPINGS = [
  'server',
  'client',
  'port',
  'subnet',
  'minute',
  'capture',
  'verdict',
  'cause',
] as const
/** One of them. */
export type Grouping = (typeof GROUPINGS)[number]

/** By what endpoints are ordered, the most first. */
export const ORDERS = [
  'trouble',
  'connections',
  'resets',
  'refused',
  'unanswered',
  'close-wait',
  'name',
] as const
/** One of them. */
export type Order = (typeof ORDERS)[number]

const VALUES: Readonly<Record<Order, (stats: EndpointStats) => number>> = {
  trouble: ({ trouble }) => trouble,
  connections: ({ connections }) => connections,
  resets: ({ resets }) => resets,
  refused: ({ refused }) => refused,
  unanswered: ({ unanswered, requestsUnanswered }) => unanswered + requestsUnanswered,
  name: () => 0,
  'close-wait': ({ causes }) => causes.get('lingering_established.close_wait') ?? 0,
}

/** Endpoints that are told apart; the connections of all others are counted together. */
const MOST_ENDPOINTS = 1 << 16
/** Spans of time of one endpoint. */
const MOST_SPANS = 10_000
const OTHERS = '(others)'

/** One endpoint. */
export interface EndpointGroup {
  readonly name: string
  readonly total: EndpointStats
  /** By spans of time: the key times the length of a span is its beginning, ns since 1970. */
  readonly spans: ReadonlyMap<number, EndpointStats>
}

interface GrowingGroup extends EndpointGroup {
  readonly spans: Map<number, EndpointStats>
}

/** What an {@link EndpointCollector} has counted, as plain data that may be written as JSON. */
export type EndpointsState = readonly {
  readonly name: string
  readonly total: StatsState
  readonly spans: readonly (readonly [at: number, StatsState])[]
}[]

/** Takes judged connections. */
export class EndpointCollector implements Collector<ColumnSource, EndpointsState> {
  private readonly by: Grouping
  private readonly overNs: number | undefined
  private readonly groups = new Map<string, GrowingGroup>()

  /** `overNs`: length of a span of time; undefined for totals only. */
  constructor(by: Grouping, overNs: number | undefined) {
    this.by = by
    this.overNs = overNs
  }

  add(c: ColumnSource): void {
    const group = this.groupOf(NAMES[this.by](c))
    group.total.add(c)
    if (this.overNs === undefined) return
    // A connection belongs where it ended.
    const ns = Number(c.baseNs) + c.e.endNs
    this.spanOf(group, Math.floor(ns / this.overNs)).add(c)
  }

  /** The counts, and begins anew. */
  take(): EndpointsState {
    const state = Array.from(this.groups.values(), ({ name, total, spans }) => ({
      name,
      total: total.state(),
      spans: Array.from(spans, ([at, stats]) => [at, stats.state()] as const),
    }))
    this.groups.clear()
    return state
  }

  /** Adds what another one has counted. */
  absorb(state: EndpointsState): void {
    for (const { name, total, spans } of state) {
      const group = this.groupOf(name)
      group.total.absorb(total)
      for (const [at, stats] of spans) this.spanOf(group, at).absorb(stats)
    }
  }

  /** All groups, in an order; the largest first where that leaves it open. */
  all(order: Order): EndpointGroup[] {
    const valueOf = VALUES[order]
    return [...this.groups.values()].sort(
      (a, b) =>
        Number(a.name === OTHERS) - Number(b.name === OTHERS) ||
        valueOf(b.total) - valueOf(a.total) ||
        (order === 'name' ? 0 : b.total.connections - a.total.connections) ||
        (a.name < b.name ? -1 : 1),
    )
  }

  private groupOf(name: string): GrowingGroup {
    const known = this.groups.get(name)
    if (known !== undefined) return known
    if (this.groups.size >= MOST_ENDPOINTS && name !== OTHERS) return this.groupOf(OTHERS)
    const made = { name, total: new EndpointStats(), spans: new Map<number, EndpointStats>() }
    this.groups.set(name, made)
    return made
  }

  private spanOf({ spans }: GrowingGroup, at: number): EndpointStats {
    const known = spans.get(at)
    if (known !== undefined) return known
    if (spans.size >= MOST_SPANS)
      throw new TeardownError(
        'ERR_OPTION',
        `--over: more than ${MOST_SPANS} spans of time: take longer ones`,
      )
    const made = new EndpointStats()
    spans.set(at, made)
    return made
  }
}

const NAMES: Readonly<Record<Grouping, (c: ColumnSource) => string>> = {
  server: (c) => shownEndpoint(c, 1 - c.e.clientSide),
  client: (c) => shownAddress(c, c.e.clientSide),
  port: (c) => String(c.e.portOf(1 - c.e.clientSide)),
  subnet: (c) => subnetOf(shownAddress(c, c.e.clientSide)),
  minute: ({ e, j, baseNs }) =>
    `${isoTime(baseNs, firstTeardown(j.derived)?.ns ?? e.endNs).slice(0, 16)}Z`,
  capture: ({ captureName }) => captureName,
  verdict: ({ j }) => j.verdict,
  cause: ({ j }) => j.ending,
}

/** The network of a client: 24 bits of an IPv4 address, 64 of an IPv6 address. */
export function subnetOf(address: string): string {
  if (!address.includes(':')) return `${address.split('.').slice(0, 3).join('.')}.0/24`
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const behind = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros =
    tail === undefined ? [] : Array.from({ length: 8 - before.length - behind.length }, () => '0')
  const groups = [...before, ...zeros, ...behind].slice(0, 4)
  while (groups.at(-1) === '0') groups.pop()
  return `${groups.join(':')}::/64`
}
