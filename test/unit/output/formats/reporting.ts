// Runs scenarios through a reporter, as the command does.

import { CaptureClock } from '../../../../src/capture/record.js'
import { Analysis } from '../../../../src/engine/pipeline.js'
import type { ColumnSource } from '../../../../src/output/columns/column.js'
import {
  type CaptureRow,
  type Reporter,
  SCHEMA_NAME,
  type TextSink,
} from '../../../../src/output/formats/reporter.js'
import { type Summary, Tally } from '../../../../src/output/collect/summary.js'
import { type ScenarioOptions, scenarioFrames } from '../../../support/scenario.js'

/** Connections that ended well: opened at 0 s, closed by the client at 1 s. */
export const NORMAL = `
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
0.010 > P. 1:101(100) ack 1
0.020 < P. 1:201(200) ack 101
0.021 > . 101:101(0) ack 201
1.000 > F. 101:101(0) ack 201
1.001 < F. 201:201(0) ack 102
1.002 > . 102:102(0) ack 202`

/** A connection attempt that meets a closed port. */
export const REFUSED = `
0.000 > S 0:0(0)
0.001 < R. 0:0(0) ack 1 win 0 nots`

/** One capture with one connection. */
export interface Run {
  readonly text: string
  readonly name?: string
  readonly options?: ScenarioOptions
  /** What is said about the capture besides. */
  readonly facts?: Partial<CaptureRow>
}

/** Calls `take` with the connections of each capture, which are valid during the call only. */
export function eachConnection(runs: readonly Run[], take: (from: ColumnSource) => void): void {
  for (const { text, name, options } of runs) {
    const clock = new CaptureClock()
    const analysis = new Analysis(name ?? 'run.pcap', clock, { onConnection: take })
    for (const { bytes, timeNs } of scenarioFrames(text, options)) {
      clock.baseNs ??= timeNs
      const view = new DataView(bytes.buffer)
      analysis.onRecord(view, 0, bytes.length, bytes.length, 1, Number(timeNs - clock.baseNs))
    }
    analysis.finish()
  }
}

/** What a reporter writes about captures with one connection each. */
export function reported(make: (sink: TextSink) => Reporter, runs: readonly Run[]): string {
  let text = ''
  const reporter = make({
    write: (part) => void (text += part),
    writeOctets: (octets) => void (text += new TextDecoder().decode(octets)),
  })
  const tally = new Tally()
  for (const run of runs) {
    eachConnection([run], (from) => {
      tally.connections++
      tally.add(from)
      reporter.connection(from)
    })
    const row = { type: 'capture', capture: run.name ?? 'run.pcap', linktypes: [1], skipped: [] }
    reporter.capture({ ...row, ...run.facts })
  }
  reporter.finish(summaryOf(tally, runs.length))
  return text
}

/** The summary line of a tally, with made-up totals. */
export function summaryOf(tally: Tally, captures: number): Summary {
  return {
    type: 'summary',
    schema: SCHEMA_NAME,
    captures,
    failed_captures: 0,
    packets: 12_345,
    tcp_packets: 1234,
    read_bytes: 1_000_000,
    connections: tally.connections,
    selected_connections: tally.selected,
    verdicts: tally.byVerdict(),
    causes: tally.byCause(),
    closers: tally.byCloser(),
  }
}

/** Code points of the control and format characters in a text, line ends left out. */
export function controlsIn(text: string): string[] {
  const found = text.match(/[\p{Cc}\p{Cf}]/gu) ?? []
  return found.filter((c) => c !== '\n').map((c) => `U+${c.codePointAt(0)?.toString(16)}`)
}
