// The pull form of the library: an async iterable of connections.

import { TeardownError } from '../base/errors.js'
import type { CaptureSource } from '../capture/source.js'
import type { ColumnSource } from '../output/columns/column.js'
import { type AnalyzeOptions, analyzeSource } from './analyze-source.js'
import { type Connection, connectionOf } from './connection.js'
import type { ConnectionHandler } from './ended-connection.js'
import type { CaptureReport } from './report.js'

/** Ends that are no surprise: an interrupted or rotated capture, and what the caller asked for. */
const QUIET_ERRORS: ReadonlySet<string> = new Set(['ERR_CAPTURE_TRUNCATED', 'ERR_INTERRUPTED'])

/** Connections that may wait to be taken before the reading pauses. */
const MAX_WAITING = 1024

/** The connections of one capture, and its report when all of them have been taken. */
export class CaptureConnections implements AsyncIterable<Connection>, ConnectionHandler {
  /**
   * Resolves when the capture has been read to its end or damage, and all connections have been taken.
   * Bad input or an aborted signal is no rejection: see `report.error`.
   */
  readonly report: Promise<CaptureReport>
  private waiting: Connection[] = []
  private ended = false
  /** The taker has left the loop: the rest is read for the report only. */
  private left = false
  /** Wakes the side that waits for the other: the reader for room, the iteration for connections. */
  private wakeReader: (() => void) | undefined
  private wakeTaker: (() => void) | undefined

  constructor(source: CaptureSource, options: AnalyzeOptions) {
    this.report = analyzeSource(source, this, { ...options, pause: () => this.pause() }).finally(
      () => {
        this.ended = true
        this.wakeTaker?.()
      },
    )
    // With nobody listening a rejection, which would be a bug, would end the process; the iteration rethrows it.
    this.report.catch(() => undefined)
  }

  onConnection(from: ColumnSource): void {
    if (this.left) return
    this.waiting.push(connectionOf(from))
    this.wakeTaker?.()
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
      this.left = true
      this.waiting = []
      this.wakeReader?.()
    }
    const { error } = await this.report
    if (error !== undefined && !QUIET_ERRORS.has(error.code)) {
      throw new TeardownError(error.code, error.message)
    }
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

/**
 * Analyzes a capture given as a path, `-` for standard input, or bytes in any split such as a readable stream.
 * Connections come as their endings are settled, the open ones at the end. The reading waits for slow takers.
 * The iteration throws a TeardownError after the last connection if the capture could not be read or is damaged; a
 * capture that is merely cut short is no error, but its report says so.
 *
 * @example
 * for await (const c of analyzeCapture('capture.pcap')) console.log(c.stream, c.verdict, c.explanation)
 */
export function analyzeCapture(
  source: CaptureSource,
  options: AnalyzeOptions = {},
): CaptureConnections {
  return new CaptureConnections(source, options)
}
