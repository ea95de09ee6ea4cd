// One run of `analyze` over its captures: totals, warnings and the exit code.

import { count } from '../../base/text.js'
import type { ConnectionWriter } from '../../engine/connection-writer.js'
import type { CaptureReport } from '../../engine/report.js'
import type { IncidentRow } from '../../output/incidents/row.js'
import type { Summary } from '../../output/collect/summary.js'
import { warn } from '../context.js'
import { Failures } from './batch-end.js'
import { type FailLimit, exceeded } from '../fail-on.js'
import { EXIT_DONE, EXIT_ERROR, EXIT_MATCHED } from '../exit-codes.js'

/** Packets that are cut at less hold no more than their beginnings. */
const WHOLE_PACKET_BYTES = 1500

/** An interruption leaves half, of anything but a live source. */
export function isHalf({ error }: CaptureReport): boolean {
  return error?.code === 'ERR_INTERRUPTED'
}

/** How a run is judged. */
export interface RunOptions {
  readonly strict: boolean
  readonly warns: boolean
  readonly limits: readonly FailLimit[]
  /** A text is looked for in payload. */
  readonly isSearching: boolean
}

/** Knows the incidents of a capture that has been read. */
export interface IncidentSource {
  take(capture: string): readonly IncidentRow[]
}

/** Totals, warnings and the exit code of a run. */
export class AnalyzeRun {
  private readonly writer: ConnectionWriter
  private readonly incidents: IncidentSource
  private readonly strict: boolean
  private readonly totals = { captures: 0, failed: 0, packets: 0, tcpPackets: 0, readBytes: 0 }
  private failed = false
  private unread = 0
  private half = false
  private readonly warns: boolean
  private readonly limits: readonly FailLimit[]
  private readonly isSearching: boolean
  private readonly kinds = new Map<string, number>()
  /** Captures that could not be read to their end: the first are told when they come, all by kind at the end. */
  private readonly failures = new Failures()

  constructor(
    writer: ConnectionWriter,
    incidents: IncidentSource,
    { strict, warns, limits, isSearching }: RunOptions,
  ) {
    this.writer = writer
    this.incidents = incidents
    this.strict = strict
    this.warns = warns
    this.limits = limits
    this.isSearching = isSearching
  }

  /** 2 for trouble, else 1 when a rule of `--fail-on` matched, else 0. */
  get exitCode(): number {
    if (this.failed) return EXIT_ERROR
    return this.writer.matched ? EXIT_MATCHED : EXIT_DONE
  }

  /** Whether an interruption left captures unread, or half read. */
  get isHalf(): boolean {
    return this.half || this.unread > 0
  }

  /** Adds a capture whose connections have been reported. */
  add(read: CaptureReport, live = false): void {
    // That is how the reading of a live source ends.
    const { error, ...whole } = read
    const report = live && error?.code === 'ERR_INTERRUPTED' ? whole : read
    this.half ||= isHalf(report)
    this.totals.captures++
    this.totals.packets += report.packets
    this.totals.tcpPackets += report.tcp_packets
    this.totals.readBytes += report.read_bytes
    for (const incident of this.incidents.take(report.capture)) {
      this.kinds.set(incident.kind, (this.kinds.get(incident.kind) ?? 0) + 1)
      this.writer.incident(incident)
    }
    this.writer.capture(report)
    const { snaplen_bytes: snaplen = Infinity } = report
    if (this.isSearching && this.warns && snaplen < WHOLE_PACKET_BYTES)
      warn(
        `${report.capture}: packets are cut at ${snaplen} bytes: --contains finds nothing beyond`,
      )
    this.judge(report)
  }

  /** Counts in what an earlier run found of captures that this one leaves out. */
  remember({ matched, cutShort }: { matched: boolean; cutShort: boolean }): void {
    this.writer.matched ||= matched
    this.failed ||= cutShort && this.strict
  }

  /** Counts captures that were not even begun, because the run was interrupted. */
  leaveOut(captures: number): void {
    this.unread += captures
  }

  /** Something could not be written that is no result. */
  fail(): void {
    this.failed = true
  }

  /** Writes what stands at the end, and returns the totals. */
  finish(): Summary {
    const summary = this.summary()
    this.writer.end(summary)
    this.tellLimits(summary)
    if (this.unread > 0 && this.warns)
      warn(`interrupted: ${count(this.unread, 'capture')} not read`)
    const [failed, ...kinds] = this.failures.lines(summary.captures)
    if (failed !== undefined && this.warns) warn(failed, kinds)
    return summary
  }

  private tellLimits(summary: Summary): void {
    const lines = exceeded(this.limits, { summary, incidents: this.kinds })
    if (lines.length > 0) this.writer.matched = true
    if (this.warns) for (const line of lines) warn(line)
  }

  private judge(report: CaptureReport): void {
    const { capture, error, merged_captures: parts } = report
    if (error === undefined) return
    this.totals.failed++
    const isTold = this.failures.add(report)
    // A capture that stops inside a record is what an interrupted or rotated one looks like: everything before it counts.
    if (error.code !== 'ERR_CAPTURE_TRUNCATED' || this.strict) this.failed = true
    if (!this.warns || !isTold) return
    // What cannot be read is named by the error itself, and so are the captures of a merged timeline.
    const where = parts === undefined && error.code !== 'ERR_READ' ? `${capture}: ` : ''
    warn(where + error.message)
  }

  private summary(): Summary {
    return this.writer.summary.summary({ ...this.totals, unread: this.unread })
  }
}
