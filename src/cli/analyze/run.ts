// One run of `analyze` over its captures: counts, reports, warnings and the exit code.

import { EXIT_DONE, EXIT_ERROR, EXIT_MATCHED } from '../exit-codes.js'
import { type Progress, analyzeSource } from '../../engine/analyze-source.js'
import type { HandOver } from '../../engine/pipeline.js'
import { analyzeMerged } from '../../engine/analyze-merged.js'
import type { CaptureReport } from '../../engine/report.js'
import { CryptoPan } from '../../output/anonymize/crypto-pan.js'
import type { ColumnSource } from '../../output/columns/column.js'
import { printable } from '../../base/printable.js'
import { type Reporter, type ReporterState, SCHEMA_NAME } from '../../output/formats/reporter.js'
import { type Summary, Tally, type TallyState } from '../../output/collect/summary.js'
import { endingMatches } from './filters.js'
import type { AnalyzeSettings } from './settings.js'

const READ_BUFFER_BYTES = 1 << 20

/** Paths of a capture, or of several that are to be one. */
export type Timeline = readonly string[]

/** What came of some connections, as plain data; the octets that were written for them go beside it. */
export interface ConnectionsPart {
  readonly state: ReporterState
  readonly tally: TallyState
  readonly matched: boolean
}

/** The same of a whole capture. */
export interface CapturePart extends ConnectionsPart {
  readonly report: CaptureReport
}

/** What is said of a capture that could not be analyzed, for a reason that does not lie in it. */
export function failedPart(
  path: string,
  code: 'ERR_WORKER' | 'ERR_WRITE',
  message: string,
): CapturePart {
  return {
    report: {
      type: 'capture',
      capture: path,
      linktypes: [],
      packets: 0,
      tcp_packets: 0,
      wire_bytes: 0,
      read_bytes: 0,
      connections: 0,
      skipped: [],
      error: { code, message },
    },
    state: { rows: 0, listed: [] },
    tally: { connections: 0, selected: 0, rules: [], closers: [] },
    matched: false,
  }
}

/** An interruption is how the reading of a live source ends; of anything else it leaves half. */
export function isHalf({ error }: CaptureReport, live: boolean): boolean {
  return error?.code === 'ERR_INTERRUPTED' && !live
}

/** How a capture is to be read. */
export interface ReadingOptions {
  readonly live: boolean
  readonly signal: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /** Has connections judged elsewhere. */
  readonly handOver?: HandOver
  readonly pause?: () => Promise<void>
}

/** Replaces addresses as the settings ask for it. */
export function anonymizerOf({ anonymizeKey }: AnalyzeSettings): CryptoPan | undefined {
  return anonymizeKey === undefined ? undefined : new CryptoPan(anonymizeKey)
}

/** Judges captures one after another and passes connections on to a reporter. */
export class CaptureJudge {
  private readonly settings: AnalyzeSettings
  private readonly reporter: Reporter
  readonly tally: Tally = new Tally()
  /** A connection with an ending of `--fail-on` was seen. */
  matched = false
  /** One read buffer for all captures: a new one for each costs more than a small capture. */
  private readonly buffer = new ArrayBuffer(READ_BUFFER_BYTES)
  private readonly anonymizer: CryptoPan | undefined

  constructor(settings: AnalyzeSettings, reporter: Reporter) {
    this.settings = settings
    this.reporter = reporter
    this.anonymizer = anonymizerOf(settings)
  }

  /** Reads one capture, or several as one. */
  async judge([path = '-', ...others]: Timeline, options: ReadingOptions): Promise<CaptureReport> {
    const { idleS, killedAtNs, maxConnections, maxHalfOpen, maxLayers } = this.settings
    const limits = { maxConnections, maxHalfOpen, maxLayers }
    const { anonymizer } = this
    const analysis = { ...options, ...limits, idleS, killedAtNs, anonymizer }
    if (others.length > 0) return analyzeMerged([path, ...others], this, analysis)
    return analyzeSource(path, this, { ...analysis, buffer: this.buffer })
  }

  /** Takes a judged connection. */
  onConnection(connection: ColumnSource): void {
    this.tally.connections++
    if (!this.settings.filter(connection)) return
    this.tally.add(connection)
    const { failOn } = this.settings
    if (failOn.length > 0 && endingMatches(failOn, connection)) this.matched = true
    if (!this.settings.summaryOnly) this.reporter.connection(connection)
  }

  /** The same where the reporter writes the results itself, and keeps what it has to keep. */
  takeHere(report: CaptureReport): Omit<CapturePart, 'state'> {
    const { matched } = this
    this.matched = false
    return { report, tally: this.tally.take(), matched }
  }

  /** What came of the captures since the last call. */
  take(report: CaptureReport): CapturePart {
    return { ...this.takeConnections(), report }
  }

  /** What came of the connections since the last call. */
  takeConnections(): ConnectionsPart {
    const { matched } = this
    this.matched = false
    return { tally: this.tally.take(), matched, state: this.reporter.takeState() }
  }

  /** Adds connections that were judged elsewhere, and what was written for them. */
  absorb({ tally, matched, state }: ConnectionsPart, octets: Uint8Array): void {
    this.tally.absorb(tally)
    this.matched ||= matched
    this.reporter.absorb(state)
    if (octets.length > 0) this.reporter.absorbOctets(octets)
  }
}

/** Totals, warnings and the exit code of a run. */
export class AnalyzeRun {
  private readonly settings: AnalyzeSettings
  private readonly reporter: Reporter
  private readonly tally = new Tally()
  private readonly totals = { captures: 0, failed: 0, packets: 0, tcpPackets: 0, readBytes: 0 }
  private matched = false
  private failed = false
  private unread = 0
  private half = false

  private readonly warns: boolean

  constructor(
    settings: AnalyzeSettings,
    reporter: Reporter,
    { warns }: { readonly warns: boolean } = { warns: true },
  ) {
    this.settings = settings
    this.reporter = reporter
    this.warns = warns
  }

  /** 2 for trouble, else 1 when a rule of `--fail-on` matched, else 0. */
  get exitCode(): number {
    if (this.failed) return EXIT_ERROR
    return this.matched ? EXIT_MATCHED : EXIT_DONE
  }

  /** Whether an interruption left captures unread, or half read. */
  get isHalf(): boolean {
    return this.half || this.unread > 0
  }

  /** Adds a capture whose connections have been reported. */
  add({ report, tally, matched }: Omit<CapturePart, 'state'>, live = false): void {
    this.half ||= isHalf(report, live)
    this.tally.absorb(tally)
    this.matched ||= matched
    this.totals.captures++
    this.totals.packets += report.packets
    this.totals.tcpPackets += report.tcp_packets
    this.totals.readBytes += report.read_bytes
    this.reporter.capture(report)
    this.warn(report)
  }

  /** Counts in what an earlier run found of captures that this one leaves out. */
  remember({ matched, cutShort }: { matched: boolean; cutShort: boolean }): void {
    this.matched ||= matched
    this.failed ||= cutShort && this.settings.strict
  }

  /** Counts captures that were not even begun, because the run was interrupted. */
  leaveOut(captures: number): void {
    this.unread += captures
  }

  /** Something could not be written that is no result. */
  fail(): void {
    this.failed = true
  }

  finish(): void {
    this.reporter.finish(this.summary())
    if (this.unread === 0 || !this.warns) return
    const captures = `${this.unread} capture${this.unread === 1 ? '' : 's'}`
    process.stderr.write(`tcp-teardown: interrupted: ${captures} not read\n`)
  }

  private warn({ capture, error, merged_captures: parts }: CaptureReport): void {
    if (error === undefined) return
    this.totals.failed++
    // A capture that stops inside a record is what an interrupted or rotated one looks like: everything before it counts.
    if (error.code !== 'ERR_CAPTURE_TRUNCATED' || this.settings.strict) this.failed = true
    if (!this.warns) return
    // The problems of a merged timeline name their captures themselves.
    const where = parts === undefined ? `${printable(capture)}: ` : ''
    process.stderr.write(`tcp-teardown: ${where}${printable(error.message)}\n`)
  }

  private summary(): Summary {
    return {
      type: 'summary',
      schema: SCHEMA_NAME,
      captures: this.totals.captures,
      failed_captures: this.totals.failed,
      ...(this.unread === 0 ? {} : { unread_captures: this.unread }),
      packets: this.totals.packets,
      tcp_packets: this.totals.tcpPackets,
      read_bytes: this.totals.readBytes,
      connections: this.tally.connections,
      selected_connections: this.tally.selected,
      verdicts: this.tally.byVerdict(),
      causes: this.tally.byCause(),
      closers: this.tally.byCloser(),
    }
  }
}
