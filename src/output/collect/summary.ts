// Totals over all connections of a run: the `summary` line, and the head of the table.

import type { Collector } from '../../incidents/collector.js'
import { PLAIN_CLOSED, type PlainEnding } from '../../tcp/views/plain-ending.js'
import { ENDINGS, VERDICTS, endingOf, rowOf } from '../../verdict/endings.js'
import type { Rule } from '../../verdict/rule.js'
import { RULES } from '../../verdict/rules/order.js'
import { PLAIN_RULES } from '../../verdict/rules/plain.js'
import type { ColumnSource } from '../columns/column.js'
import { SCHEMA_NAME } from '../schema-name.js'

/** The last line of NDJSON output, `summary` of a JSON document. */
export interface Summary {
  readonly type: 'summary'
  readonly schema: string
  readonly captures: number
  /** Captures that could not be read, or not to their end. */
  readonly failed_captures: number
  /** Captures that were not begun, because the run was interrupted. */
  readonly unread_captures?: number
  readonly packets: number
  readonly tcp_packets: number
  readonly read_bytes: number
  /** Connections found. */
  readonly connections: number
  /** Connections that passed the filters; all counts below are of these. */
  readonly selected_connections: number
  readonly verdicts: Readonly<Record<string, number>>
  /** By `verdict.cause`. */
  readonly causes: Readonly<Record<string, number>>
  readonly closers: Readonly<Record<string, number>>
}

/** What is counted of captures. */
export interface ReadCounts {
  readonly captures: number
  readonly failed: number
  readonly unread?: number
  readonly packets: number
  readonly tcpPackets: number
  readonly readBytes: number
}

/** The counts of a {@link SummaryCollector} on their way between threads. */
export interface SummaryState {
  readonly connections: number
  readonly selected: number
  readonly rules: readonly (readonly [id: string, n: number])[]
  readonly closers: readonly (readonly [closer: string, n: number])[]
}

/** Counts of things by key. */
class Counts<K> {
  private readonly counts = new Map<K, { n: number }>()

  /** One look at the map for each: half the time of a get and a set. */
  add(key: K, n: number): void {
    const count = this.counts.get(key)
    if (count === undefined) this.counts.set(key, { n })
    else count.n += n
  }

  entries(): [K, number][] {
    return Array.from(this.counts, ([key, { n }]) => [key, n])
  }

  clear(): void {
    this.counts.clear()
  }
}

/** Counts endings. */
export class SummaryCollector implements Collector<ColumnSource, SummaryState> {
  connections = 0
  selected = 0
  /** By rule: comparing names for every connection would cost more than judging it. */
  private readonly rules = new Counts<Rule>()
  private readonly closers = new Counts<string>()

  add({ j }: ColumnSource): void {
    this.selected++
    this.rules.add(j.rule, 1)
    this.closers.add(j.closer, 1)
  }

  /** Adds one that ended as most do. */
  addPlain({ kind, isByServer }: PlainEnding): void {
    this.selected++
    this.rules.add(PLAIN_RULES[kind] as Rule, 1)
    this.closers.add(kind !== PLAIN_CLOSED ? 'none' : isByServer ? 'server' : 'client', 1)
  }

  /** Connections by `verdict.cause`, in the order of the taxonomy, zeros left out. */
  byCause(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const ending of ENDINGS.map(endingOf)) {
      const n = this.count((rule) => rule.ending === ending)
      if (n > 0) counts[ending] = n
    }
    return counts
  }

  /** Connections by verdict, in the order of the taxonomy, zeros included. */
  byVerdict(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { verdict } of VERDICTS) {
      counts[verdict] = this.count((rule) => rowOf(rule.ending).verdict === verdict)
    }
    return counts
  }

  /** The counts as plain data, and begins anew. */
  take(): SummaryState {
    const { connections, selected } = this
    const rules = this.rules.entries().map(([rule, n]) => [rule.id, n] as const)
    const closers = this.closers.entries()
    this.connections = this.selected = 0
    this.rules.clear()
    this.closers.clear()
    return { connections, selected, rules, closers }
  }

  /** Adds what another one counted. */
  absorb({ connections, selected, rules, closers }: SummaryState): void {
    this.connections += connections
    this.selected += selected
    for (const [id, n] of rules) {
      const rule = RULES.find((row) => row.id === id)
      if (rule !== undefined) this.rules.add(rule, n)
    }
    for (const [closer, n] of closers) this.closers.add(closer, n)
  }

  private count(which: (rule: Rule) => boolean): number {
    let sum = 0
    for (const [rule, n] of this.rules.entries()) if (which(rule)) sum += n
    return sum
  }

  byCloser(): Record<string, number> {
    return Object.fromEntries(this.closers.entries().sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** The line of totals over captures that have been read. */
  summary({ unread = 0, ...read }: ReadCounts): Summary {
    return {
      type: 'summary',
      schema: SCHEMA_NAME,
      captures: read.captures,
      failed_captures: read.failed,
      ...(unread === 0 ? {} : { unread_captures: unread }),
      packets: read.packets,
      tcp_packets: read.tcpPackets,
      read_bytes: read.readBytes,
      connections: this.connections,
      selected_connections: this.selected,
      verdicts: this.byVerdict(),
      causes: this.byCause(),
      closers: this.byCloser(),
    }
  }
}
