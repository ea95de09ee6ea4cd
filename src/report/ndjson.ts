// NDJSON: one JSON object a line, written as connections end. Control characters are escaped, so that file and
// interface names cannot reach the terminal as code.

import { type Column, type ColumnSource, connectionObject } from './columns.js'
import { jsonText } from './json-text.js'
import type { CaptureRow, Reporter, TextSink } from './reporter.js'
import type { Summary } from './summary.js'

/** Writes `connection`, `capture` and `summary` lines. */
export class NdjsonReporter implements Reporter {
  private readonly sink: TextSink
  private readonly columns: readonly Column[]

  constructor(sink: TextSink, columns: readonly Column[]) {
    this.sink = sink
    this.columns = columns
  }

  connection(from: ColumnSource): void {
    this.line(connectionObject(from, this.columns))
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
