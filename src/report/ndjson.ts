// NDJSON: one JSON object a line, written as connections end. Control characters are escaped, so that file and
// interface names cannot reach the terminal as code.

import type { Column, ColumnSource } from './columns.js'
import { ConnectionJson, jsonText } from './json-text.js'
import type { CaptureRow, Reporter, TextSink } from './reporter.js'
import type { Summary } from './summary.js'

/** Writes `connection`, `capture` and `summary` lines. */
export class NdjsonReporter implements Reporter {
  private readonly sink: TextSink
  private readonly connections: ConnectionJson

  constructor(sink: TextSink, columns: readonly Column[]) {
    this.sink = sink
    this.connections = new ConnectionJson(columns)
  }

  connection(from: ColumnSource): void {
    this.sink.write(`${this.connections.text(from)}\n`)
  }

  capture(report: CaptureRow): void {
    this.line(report)
  }

  finish(summary: Summary): void {
    this.line(summary)
  }

  private line(value: object): void {
    this.sink.write(`${jsonText(value)}\n`)
  }
}
