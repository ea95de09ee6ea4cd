// One watch: connections and incidents are told as they become certain, and every now and then how many there were.

import type { EndedConnection } from '../engine/ended-connection.js'
import type { ConnectionFilter } from '../engine/filter.js'
import type { PipelineSettings } from '../engine/pipeline.js'
import { isoTime } from '../output/bytes/time.js'
import { isNotableConnection } from '../output/collect/groups.js'
import { SummaryCollector } from '../output/collect/summary.js'
import type { LiveWriter } from '../output/live/writer.js'
import type { IncidentRow } from '../output/incidents/row.js'
import { IncidentWatch } from './incident-watch.js'
import { MetricsCollector } from '../output/metrics/collector.js'
import type { MetricsSource } from '../output/metrics/families.js'
import { LiveAnalysis } from './live-analysis.js'

/** How often connections are handed over. */
const TICK_MS = 250
const NS_PER_MS = 1_000_000n

/** What is told. */
export interface SessionOptions extends PipelineSettings {
  readonly filter: ConnectionFilter
  /** Only connections worth a look. */
  readonly isNotable: boolean
  /** How often it is told how many there were. */
  readonly intervalMs: number
  /** Metrics are asked for, see `WatchSession.metrics`. */
  readonly countsMetrics: boolean
}

/** Tells of one timeline. */
export class WatchSession {
  readonly analysis: LiveAnalysis
  /** Aborted by what the taker of the lines throws, in a timer, where nobody could catch it. */
  readonly failure: AbortController = new AbortController()
  private readonly options: SessionOptions
  private readonly writer: LiveWriter
  private readonly onTick: () => void
  private readonly incidents: IncidentWatch
  private readonly interval = new SummaryCollector()
  private readonly total = new SummaryCollector()
  private readonly timer: NodeJS.Timeout
  private intervalAtMs = performance.now()
  private intervalPackets = 0
  private intervalIncidents = 0
  private readonly counts: MetricsCollector | undefined
  /** Incidents told, by kind. */
  private readonly kinds = new Map<string, number>()

  /** `onTick` is called when lines have been handed over. */
  constructor(name: string, options: SessionOptions, writer: LiveWriter, onTick: () => void) {
    this.options = options
    this.writer = writer
    this.onTick = onTick
    this.counts = options.countsMetrics ? new MetricsCollector() : undefined
    this.incidents = new IncidentWatch(name, options.anonymizer)
    this.analysis = new LiveAnalysis(name, { onConnection: (c) => this.take(c) }, options)
    this.timer = setInterval(() => this.tick(), TICK_MS)
  }

  /** A capture of a folder is begun. */
  begin(path: string): void {
    this.writer.file({ type: 'file', path, first_packet: this.analysis.packets + 1 })
  }

  /** Tells all that is left. */
  finish(): void {
    clearInterval(this.timer)
    const { analysis, total, writer } = this
    const nowNs = analysis.nowNs
    const report = analysis.finish()
    this.tellIncidents(this.incidents.finish(nowNs))
    this.addInterval()
    const summary = total.summary({
      captures: analysis.captures,
      failed: Number(report.error !== undefined),
      packets: report.packets,
      tcpPackets: report.tcp_packets,
      readBytes: report.read_bytes,
    })
    writer.end(report, summary)
    this.onTick()
  }

  /** What is known now; undefined where no metrics are asked for. */
  metrics(): MetricsSource | undefined {
    const { analysis } = this
    const counts = this.counts?.counts()
    if (counts === undefined) return undefined
    return {
      counts,
      incidents: this.kinds,
      connections: this.total.connections + this.interval.connections,
      openConnections: analysis.openConnections,
      packets: analysis.packets,
      tcpPackets: analysis.tcpPackets,
      readBytes: analysis.readBytes,
      captures: analysis.captures,
      failedCaptures: analysis.problems,
      droppedPackets: analysis.droppedPackets,
      endpointsNamed: 'first',
    }
  }

  /** Gives up: nothing more is told. */
  stop(): void {
    clearInterval(this.timer)
  }

  private take(c: EndedConnection): void {
    this.incidents.add(c)
    this.interval.connections++
    const { filter, isNotable } = this.options
    if (!filter(c)) return
    this.interval.add(c)
    this.counts?.add(c)
    if (!isNotable || isNotableConnection(c)) this.writer.connection(c)
  }

  private tick(): void {
    try {
      this.analysis.settle()
      this.lookForIncidents()
      if (performance.now() - this.intervalAtMs >= this.options.intervalMs) this.tellInterval()
      this.writer.pass()
      this.onTick()
    } catch (error) {
      this.stop()
      this.failure.abort(error)
    }
  }

  private lookForIncidents(): void {
    const { analysis, incidents } = this
    const rows = incidents.look(analysis.nowNs, (visit) => analysis.survey(visit))
    this.tellIncidents(rows)
  }

  private tellIncidents(rows: readonly IncidentRow[]): void {
    for (const row of rows) {
      this.kinds.set(row.kind, (this.kinds.get(row.kind) ?? 0) + 1)
      this.writer.incident(row)
    }
  }

  private tellInterval(): void {
    const { analysis, interval, incidents } = this
    const nowMs = performance.now()
    const time =
      analysis.packets === 0
        ? isoTime(BigInt(Date.now()) * NS_PER_MS, 0)
        : isoTime(analysis.baseNs, analysis.nowNs)
    this.writer.interval({
      type: 'interval',
      time,
      duration_s: Math.round(nowMs - this.intervalAtMs) / 1000,
      packets: analysis.packets - this.intervalPackets,
      connections: interval.connections,
      selected_connections: interval.selected,
      causes: interval.byCause(),
      open_connections: analysis.openConnections,
      incidents: incidents.incidents - this.intervalIncidents,
    })
    this.intervalAtMs = nowMs
    this.intervalPackets = analysis.packets
    this.intervalIncidents = incidents.incidents
    this.addInterval()
  }

  private addInterval(): void {
    this.total.absorb(this.interval.take())
  }
}
