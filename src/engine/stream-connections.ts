// The pull form of the library: an async iterable of connections.

import type { CaptureSource } from '../capture/source.js'
import { type AnalyzeOptions, analyzeSource } from './analyze.js'
import type { CaptureReport } from './capture-report.js'
import { type Connection, connectionOf } from './connection.js'

/** The connections of one capture, and its report when all of them have been taken. */
export interface CaptureConnections extends AsyncIterable<Connection> {
  /** Resolves when the capture has been read to its end or damage. Never rejects for bad input: see `report.error`. */
  readonly report: Promise<CaptureReport>
}

/**
 * Analyzes a capture given as a path, `-` for standard input, or octets in any split such as a readable stream.
 * Connections come as their endings are settled, the open ones at the end.
 *
 * @example
 * for await (const c of analyzeCapture('capture.pcap')) console.log(c.stream, c.verdict, c.explanation)
 */
export function analyzeCapture(
  source: CaptureSource,
  options: AnalyzeOptions = {},
): CaptureConnections {
  const queue: Connection[] = []
  let wake = (): void => undefined
  let ended = false
  const report = analyzeSource(
    source,
    {
      onConnection: (from) => {
        queue.push(connectionOf(from))
        wake()
      },
    },
    options,
  ).finally(() => {
    ended = true
    wake()
  })
  // Without a listener a rejection (an aborted signal) would end the process; it surfaces in the iteration below.
  report.catch(() => undefined)
  async function* connections(): AsyncGenerator<Connection, void, undefined> {
    for (;;) {
      while (queue.length > 0) yield* queue.splice(0)
      if (ended) break
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    await report
  }
  return { report, [Symbol.asyncIterator]: connections }
}
