// The pull form of the library: an async iterable of connections.

import { TeardownError, type TeardownErrorCode } from '../base/errors.js'
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
import { type AnalyzeOptions, checkOptions } from './options.js'

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
 * The connections of one capture, once, and what it tells as a whole.
 *
 * The promises resolve when the capture has been read to its end or damage. A loop that is left early has the rest read without
 * it; inside the loop they would wait for the loop itself. Bad input or an aborted signal is no rejection: see `error` of the
 * report.
 */
export class CaptureConnections implements AsyncIterable<Connection> {
  /** What the capture is. */
  get report(): Promise<CaptureReport> {
    return this.whole(({ report }) => report)
  }

  /** Counts over the connections that are wanted. */
  get totals(): Promise<Summary> {
    return this.whole(({ totals }) => totals)
  }

  /** What several connections tell together, whether they are wanted or not. */
  get incidents(): Promise<readonly IncidentRow[]> {
    return this.whole(({ incidents }) => incidents)
  }

  private readonly reading: Promise<CaptureReading & CaptureTotals>
  private readonly isAnonymous: boolean
  private readonly signal: AbortSignal | undefined
  /** A loop has begun. */
  private isTaken = false
  /** Somebody waits for what the capture tells as a whole. */
  private isAwaited = false
  private waiting: Connection[] = []
  private ended = false
  /** The taker has left the loop: the rest is read for the report only. */
  private left = false
  /** Wakes the side that waits for the other: the reader for room, the iteration for connections. */
  private wakeReader: (() => void) | undefined
  private wakeTaker: (() => void) | undefined

  /** Made by {@link analyzeCapture} and {@link analyzeMerged}. */
  constructor(read: Reader, { filters = {}, ...options }: AnalyzeOptions) {
    checkOptions(options)
    this.isAnonymous = options.anonymizer !== undefined
    this.signal = options.signal
    // A signal may live longer than many captures: it is let go at the end of each.
    const wake = (): void => this.wakeReader?.()
    options.signal?.addEventListener('abort', wake, { once: true })
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
        options.signal?.removeEventListener('abort', wake)
        if (this.isAwaited && !this.isTaken) this.leave()
        this.wakeTaker?.()
      })
    // With nobody listening a rejection, which would be a bug, would end the process; the iteration rethrows it.
    this.reading.catch(() => undefined)
  }

  /**
   * Begins the one loop over the connections.
   *
   * @throws {TeardownError} ERR_OPTION for a second one, and when they have been let go.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Connection, void, undefined> {
    if (this.isTaken || this.left) {
      const why = this.isTaken ? 'there has been a loop' : 'what they tell was waited for first'
      throw new TeardownError('ERR_OPTION', `the connections of a capture come once: ${why}`)
    }
    this.isTaken = true
    const connections = this.take()
    return {
      next: () => connections.next(),
      // Of a generator that has not begun nothing would run.
      return: () => {
        this.leave()
        return connections.return()
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  private async *take(): AsyncGenerator<Connection, void, undefined> {
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

  private whole<T>(of: (all: CaptureReading & CaptureTotals) => T): Promise<T> {
    this.isAwaited = true
    if (!this.isTaken) this.wakeReader?.()
    const promise = this.reading.then(of)
    promise.catch(() => undefined)
    return promise
  }

  /** Lets the reading wait until connections have been taken. */
  private async pause(): Promise<void> {
    while (this.waiting.length > MAX_WAITING && this.signal?.aborted !== true) {
      // Nobody takes them, and somebody waits for the end.
      if (this.isAwaited && !this.isTaken) return this.leave()
      await new Promise<void>((resolve) => {
        this.wakeReader = resolve
      })
    }
  }
}

function countsOf({ report }: CaptureReading): Parameters<CaptureFindings['end']>[1] {
  return {
    captures: 1,
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
