// NDJSON: one JSON object a line, written as connections end. Control characters are escaped, so that file and
// interface names cannot reach the terminal as code.

import type { Column, ColumnSource } from '../columns/column.js'
import { JsonRow } from './json-row.js'
import { jsonText } from './json-text.js'
import { RowReporter } from './row-reporter.js'
import type { CaptureRow, Reporter, TextSink } from './reporter.js'
import type { Summary } from '../collect/summary.js'

const NEWLINE = 0x0a

/** Writes `connection`, `capture` and `summary` lines. */
export class NdjsonReporter extends RowReporter implements Reporter {
  private readonly row: JsonRow

  constructor(sink: TextSink, columns: readonly Column[]) {
    super(sink)
    this.row = new JsonRow(columns)
  }

  connection(from: ColumnSource): void {
    this.row.write(from, this.out)
    this.out.octet(NEWLINE)
    this.endRow()
  }

  capture(report: CaptureRow): void {
    this.line(report)
  }

  finish(summary: Summary): void {
    this.line(summary)
  }

  private line(value: object): void {
    this.text(`${jsonText(value)}\n`)
  }
}
