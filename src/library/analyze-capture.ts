// The pull form of the library: an async iterable of connections.

import type { TeardownErrorCode } from '../base/errors.js'
import type { CaptureSource } from '../capture/source.js'
import { readMerged } from '../engine/analyze-merged.js'
import {
  type AnalyzeOptions as EngineOptions,
  type CaptureReading,
  readSource,
} from '../engine/analyze-source.js'
import { type Connection, connectionOf } from '../engine/connection.js'
import type { ConnectionHandler } from '../engine/ended-connection.js'
import type { PipelineSettings } from '../engine/pipeline.js'
import type { CaptureReport } from '../engine/report.js'
import type { Summary } from '../output/collect/summary.js'
import type { IncidentRow } from '../output/incidents/row.js'
import { type CaptureTotals, CaptureFindings } from './findings.js'
import { filterOptionsOf } from './filters.js'
import type { AnalyzeOptions } from './options.js'

/** Ends that are no surprise: an interrupted or rotated capture, and what the caller asked for. */
const QUIET_ERRORS: ReadonlySet<TeardownErrorCode> = new Set<TeardownErrorCode>([
  'ERR_CAPTURE_TRUNCATED',
  'ERR_INTERRUPTED',
])

/** Connections that may wait to be taken before the reading pauses. */
const MAX_WAITING = 1024

/** Reads a capture, and has its connections handled. */
type Reader = (
  handler: ConnectionHandler,
  options: EngineOptions & PipelineSettings,
) => Promise<CaptureReading>

/**
 * The connections of one capture, and what it tells as a whole.
 *
 * The promises resolve when the capture has been read to its end or damage and all connections have been taken; leaving
 * the loop early has the rest read without them. Bad input or an aborted signal is no rejection: see `error` of the report.
 */
export class CaptureConnections implements AsyncIterable<Connection> {
  /** What the capture is. */
  readonly report: Promise<CaptureReport>
  /** Counts over the connections that are wanted. */
  readonly totals: Promise<Summary>
  /** What several connections tell together, whether they are wanted or not. */
  readonly incidents: Promise<readonly IncidentRow[]>
  private readonly reading: Promise<CaptureReading & CaptureTotals>
  private readonly isAnonymous: boolean
  private waiting: Connection[] = []
  private ended = false
  /** The taker has left the loop: the rest is read for the report only. */
  private left = false
  /** Wakes the side that waits for the other: the reader for room, the iteration for connections. */
  private wakeReader: (() => void) | undefined
  private wakeTaker: (() => void) | undefined

  /** Made by {@link analyzeCapture} and {@link analyzeMerged}. */
  constructor(read: Reader, { filters = {}, ...options }: AnalyzeOptions) {
    this.isAnonymous = options.anonymizer !== undefined
    const wanted = filterOptionsOf(filters)
    const findings = new CaptureFindings(wanted, options.anonymizer, (from) => {
      if (this.left) return
      this.waiting.push(connectionOf(from))
      this.wakeTaker?.()
    })
    const settings = { ...options, contains: wanted.contains?.bytes, pause: () => this.pause() }
    this.reading = read(findings, settings)
      .then((reading) => ({
        ...reading,
        ...findings.end(reading.report.capture, countsOf(reading)),
      }))
      .finally(() => {
        this.ended = true
        this.wakeTaker?.()
      })
    this.report = this.reading.then(({ report }) => report)
    this.totals = this.reading.then(({ totals }) => totals)
    this.incidents = this.reading.then(({ incidents }) => incidents)
    // With nobody listening a rejection, which would be a bug, would end the process; the iteration rethrows it.
    for (const promise of [this.report, this.totals, this.incidents]) promise.catch(() => undefined)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Connection, void, undefined> {
    try {
      for (;;) {
        const taken = this.waiting
        this.waiting = []
        this.wakeReader?.()
        yield* taken
        if (this.waiting.length > 0) continue
        if (this.ended) break
        await new Promise<void>((resolve) => {
          this.wakeTaker = resolve
        })
      }
    } finally {
      this.leave()
    }
    const { problem } = await this.reading
    if (problem === undefined || QUIET_ERRORS.has(problem.code)) return
    throw this.isAnonymous ? problem.withoutCopies() : problem
  }

  /** Reads on without the connections that have not been taken, and gives what the capture tells as a whole. */
  async finish(): Promise<CaptureTotals & { readonly report: CaptureReport }> {
    this.leave()
    const { report, totals, incidents } = await this.reading
    return { report, totals, incidents }
  }

  private leave(): void {
    this.left = true
    this.waiting = []
    this.wakeReader?.()
  }

  /** Lets the reading wait until connections have been taken. */
  private async pause(): Promise<void> {
    while (this.waiting.length > MAX_WAITING) {
      await new Promise<void>((resolve) => {
        this.wakeReader = resolve
      })
    }
  }
}

function countsOf({ report }: CaptureReading): Parameters<CaptureFindings['end']>[1] {
  return {
    captures: report.merged_captures ?? 1,
    failed: report.error === undefined ? 0 : 1,
    packets: report.packets,
    tcpPackets: report.tcp_packets,
    readBytes: report.read_bytes,
  }
}

/**
 * Analyzes a capture given as a path, `-` for standard input, or bytes in any split such as a readable stream.
 *
 * Connections come as their endings are settled, the open ones at the end. The reading waits for slow takers. After the
 * last connection the iteration throws if the capture could not be read or is damaged: a {@link CaptureError} with the
 * offset of the damage, or a TeardownError. A capture that is merely cut short is no error, but its report says so.
 *
 * @throws {TeardownError} ERR_OPTION for a filter or a bound that cannot be.
 * @example
 * for await (const c of analyzeCapture('capture.pcap')) console.log(c.stream, c.verdict, c.explanation)
 */
export function analyzeCapture(
  source: CaptureSource,
  options: AnalyzeOptions = {},
): CaptureConnections {
  return new CaptureConnections(
    (handler, settings) => readSource(source, handler, settings),
    options,
  )
}

/**
 * Analyzes several captures as one, by time: connections live on from one file to the next, as `analyze --merge` has it.
 * Packet numbers are those of all records together. What is true of {@link analyzeCapture} is true of it.
 *
 * @example
 * const ring = analyzeMerged(['ring.pcap0', 'ring.pcap1'])
 * for await (const c of ring) console.log(c.stream, c.verdict)
 */
export function analyzeMerged(
  paths: readonly string[],
  options: Omit<AnalyzeOptions, 'live'> = {},
): CaptureConnections {
  return new CaptureConnections(
    (handler, settings) => readMerged(paths, handler, settings),
    options,
  )
}
