// Runs scenarios through an output format, as the command does.

import { CaptureClock } from '../../../../src/capture/clock.js'
import { Pipeline } from '../../../../src/engine/pipeline.js'
import { ConnectionWriter, type WriterOptions } from '../../../../src/engine/connection-writer.js'
import type { EndedConnection } from '../../../../src/engine/ended-connection.js'
import type { Summary, SummaryCollector } from '../../../../src/output/collect/summary.js'
import type { CaptureRow } from '../../../../src/output/formats/format.js'
import { SCHEMA_NAME } from '../../../../src/output/schema-name.js'
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
export function eachConnection(runs: readonly Run[], take: (from: EndedConnection) => void): void {
  for (const { text, name, options } of runs) {
    const clock = new CaptureClock()
    const analysis = new Pipeline(name ?? 'run.pcap', clock, { onConnection: take })
    for (const { bytes, timeNs } of scenarioFrames(text, options)) {
      clock.baseNs ??= timeNs
      const view = new DataView(bytes.buffer)
      analysis.onRecord(view, 0, bytes.length, bytes.length, 1, Number(timeNs - clock.baseNs))
    }
    analysis.finish()
  }
}

/** How connections are written, unless a test wants it otherwise. */
const OPTIONS: WriterOptions = {
  format: 'table',
  columns: undefined,
  types: undefined,
  summaryOnly: false,
  all: false,
  top: 5,
  nameCaptures: true,
  width: 80,
  rows: undefined,
  fields: 'native',
  isEpoch: false,
  hasMark: false,
  isLocalTime: false,
  colour: false,
  filter: {},
  order: undefined,
  limit: undefined,
  failOn: [],
}

/** What a format writes about captures with one connection each. */
export function reported(runs: readonly Run[], options: Partial<WriterOptions>): string {
  let text = ''
  const decoder = new TextDecoder()
  const sink = { writeBytes: (bytes: Uint8Array) => void (text += decoder.decode(bytes)) }
  const writer = new ConnectionWriter({ ...OPTIONS, ...options }, sink, () => undefined)
  writer.begin()
  for (const run of runs) {
    eachConnection([run], (c) => writer.onConnection(c))
    const row = { type: 'capture', capture: run.name ?? 'run.pcap', linktypes: [1], skipped: [] }
    writer.capture({ ...row, ...run.facts })
  }
  writer.end(summaryOf(writer.summary, runs.length))
  return text
}

/** The summary line of what was counted, with made-up totals. */
export function summaryOf(counts: SummaryCollector, captures: number): Summary {
  return {
    type: 'summary',
    schema: SCHEMA_NAME,
    captures,
    failed_captures: 0,
    packets: 12_345,
    tcp_packets: 1234,
    read_bytes: 1_000_000,
    connections: counts.connections,
    selected_connections: counts.selected,
    verdicts: counts.byVerdict(),
    causes: counts.byCause(),
    closers: counts.byCloser(),
  }
}

/** Code points of the control and format characters in a text, line ends left out. */
export function controlsIn(text: string): string[] {
  const found = text.match(/[\p{Cc}\p{Cf}]/gu) ?? []
  return found.filter((c) => c !== '\n').map((c) => `U+${c.codePointAt(0)?.toString(16)}`)
}
