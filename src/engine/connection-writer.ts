// What becomes of ended connections in one thread: filtered, counted, written as rows. The thread that owns the document
// begins and ends it, and takes over what others have written for it.

import { type DigestHandler, DigestWriter } from '../incidents/digest.js'
import { GroupCollector, type GroupsState } from '../output/collect/groups.js'
import { SummaryCollector, type SummaryState } from '../output/collect/summary.js'
import type { Summary } from '../output/collect/summary.js'
import type { CaptureRow, FormatOptions, IncidentLine, Totals } from '../output/formats/format.js'
import { MetricsCollector, type MetricsState } from '../output/metrics/collector.js'
import { formatNamed } from '../output/formats/index.js'
import { ALL_COLUMNS } from '../output/columns/columns.js'
import { type RowOrder, SortedRows } from '../output/sorted-rows.js'
import { RowStore } from './row-store.js'
import { type ByteSink, RowWriter } from '../output/row-writer.js'
import { tableStyle } from '../output/style.js'
import type { CaptureFacts, ConnectionHandler, EndedConnection } from './ended-connection.js'
import type { PlainEnding } from '../tcp/views/plain-ending.js'
import {
  type ConnectionFilter,
  type FilterOptions,
  connectionFilter,
  endingMatches,
} from './filter.js'

/** Which connections are written, and how: plain data, which can go to other threads. */
export interface WriterOptions extends Omit<FormatOptions, 'style' | 'isFiltered'> {
  /** Name of the output format. */
  readonly format: string
  readonly colour: boolean
  readonly filter: FilterOptions
  /** Order of the rows; undefined for that of the endings. */
  readonly order: RowOrder | undefined
  /** Rows at most; undefined for all. */
  readonly limit: number | undefined
  /** Endings after which the run counts as failed. */
  readonly failOn: readonly string[]
}

/** What came of some connections, as plain data; the bytes that were written for them go beside it. */
export interface WrittenState {
  readonly rows: number
  readonly summary: SummaryState
  readonly groups: GroupsState
  /** Of formats that show metrics. */
  readonly metrics?: MetricsState | undefined
  /** A connection with an ending of `failOn` was among them. */
  readonly matched: boolean
}

/** The state of no connections. */
export const NOTHING_WRITTEN: WrittenState = {
  rows: 0,
  summary: { connections: 0, selected: 0, rules: [], closers: [] },
  groups: new Map(),
  matched: false,
}

/** Filters that leave so few connections asked for them: all are listed. */
const FEW = 10
const NO_GROUPS: Totals['groups'] = new Map()

/** Connections that were asked for by number: so many are listed at most. */
const MOST_NAMED = 100

/** How many streams the filters name one by one. */
function streamsNamed({ stream }: FilterOptions): number {
  const named = (stream?.any ?? []).reduce((sum, { from, to }) => sum + to - from + 1, 0)
  return Math.min(named, MOST_NAMED)
}

/** Takes judged connections. */
export class ConnectionWriter implements ConnectionHandler {
  readonly summary: SummaryCollector = new SummaryCollector()
  /** A connection with an ending of `failOn` was seen. */
  matched = false
  private readonly digests: DigestWriter
  private readonly groups: GroupCollector | undefined
  private readonly metrics: MetricsCollector | undefined
  private readonly rows: RowWriter
  private readonly sorted: SortedRows | undefined
  private rowsLeft: number
  private readonly filter: ConnectionFilter
  private readonly failOn: readonly string[]
  private readonly summaryOnly: boolean

  /** `onDigests` takes a digest of every connection, whatever the filters say. */
  constructor(options: WriterOptions, sink: ByteSink, onDigests: DigestHandler) {
    const { all, top, failOn, summaryOnly } = options
    const style = tableStyle(options.colour)
    const isFiltered = Object.keys(options.filter).length > 0
    const format = formatNamed(options.format).make({ ...options, isFiltered, style })
    this.digests = new DigestWriter(onDigests)
    this.rows = new RowWriter(format, sink)
    this.rowsLeft = options.limit ?? Infinity
    const column = ALL_COLUMNS.find(({ key }) => key === options.order?.column)
    if (options.order !== undefined && column !== undefined) {
      this.sorted = new SortedRows(format, column, options.order, this.rowsLeft, new RowStore())
    }
    this.filter = connectionFilter(options.filter)
    this.failOn = failOn
    this.summaryOnly = summaryOnly
    this.metrics = format.showsMetrics === true ? new MetricsCollector() : undefined
    const isPlain =
      !isFiltered &&
      failOn.length === 0 &&
      this.metrics === undefined &&
      (summaryOnly || (this.rows.writesPlainRows && options.order === undefined))
    if (isPlain) this.onPlainEnding = (plain, capture) => this.addPlain(plain, capture)
    if (format.showsGroups === true && !summaryOnly)
      this.groups = new GroupCollector({
        all,
        top,
        few: isFiltered ? Math.max(FEW, streamsNamed(options.filter)) : 0,
      })
  }

  /** Undefined where more is wanted of connections than to be counted or written. */
  readonly onPlainEnding: ConnectionHandler['onPlainEnding']

  private addPlain(plain: PlainEnding, capture: CaptureFacts): boolean {
    if (!this.summaryOnly && this.rowsLeft > 0) {
      const { captureDrops, isClockSet, isUnchanged } = capture
      if (captureDrops || isClockSet || !isUnchanged) return false
      if (!this.rows.plainRow(plain, capture)) return false
      this.rowsLeft--
    }
    this.digests.addPlain(plain, capture)
    this.summary.connections++
    this.summary.addPlain(plain)
    return true
  }

  onConnection(c: EndedConnection): void {
    this.digests.add(c)
    this.summary.connections++
    if (!this.filter(c)) return
    this.summary.add(c)
    if (this.failOn.length > 0 && endingMatches(this.failOn, c)) this.matched = true
    this.metrics?.add(c)
    if (this.summaryOnly) return
    this.groups?.add(c)
    if (this.sorted !== undefined) this.sorted.add(c)
    else if (this.rowsLeft > 0) {
      this.rowsLeft--
      this.rows.row(c)
    }
  }

  /** Hands over the digests of the connections so far. */
  flushDigests(): void {
    this.digests.flush()
  }

  /** Begins the document. */
  begin(): void {
    this.rows.begin()
  }

  /** Adds an incident of the capture that is added next. */
  incident(incident: IncidentLine): void {
    this.rows.incident(incident)
  }

  /** Adds a capture that has been read. */
  capture(report: CaptureRow): void {
    this.metrics?.counts()
    this.rows.capture(report)
  }

  /** Ends the document. */
  end(summary: Summary): void {
    this.sorted?.empty((bytes) => this.rows.madeRow(bytes))
    this.rows.end({
      summary,
      groups: this.groups?.all(summary.selected_connections) ?? NO_GROUPS,
      counts: this.metrics?.counts(),
    })
  }

  /** Gives away what came of the connections since the last call. */
  take(): WrittenState {
    this.digests.flush()
    const { matched } = this
    this.matched = false
    return {
      rows: this.rows.takeRows(),
      summary: this.summary.take(),
      groups: this.groups?.take() ?? NOTHING_WRITTEN.groups,
      metrics: this.metrics?.take(),
      matched,
    }
  }

  /** Adds connections that were written elsewhere; their bytes follow through `absorbBytes`. */
  absorb({ rows, summary, groups, metrics, matched }: WrittenState): void {
    this.summary.absorb(summary)
    this.matched ||= matched
    this.groups?.absorb(groups)
    if (metrics !== undefined) this.metrics?.absorb(metrics)
    this.rows.absorb(rows)
  }

  absorbBytes(bytes: Uint8Array): void {
    this.rows.absorbBytes(bytes)
  }
}
