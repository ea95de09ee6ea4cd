// CSV by RFC 4180, with formulas defused: a cell that a spreadsheet would run gets a quote in front. Connections only.

import { stringify } from 'csv-stringify/sync'
import type { Column, ColumnSource, ColumnValue, EvidenceRow } from './columns.js'
import type { CaptureRow, Reporter, TextSink } from './reporter.js'
import type { Summary } from './summary.js'

/** Rows that are turned to text at once: csv-stringify costs much per call and little per row. */
const BATCH_ROWS = 256

/** Writes a header line and a line per connection. Lists are joined with `;`. */
export class CsvReporter implements Reporter {
  private readonly sink: TextSink
  private readonly columns: readonly Column[]
  private rows: string[][] = []

  constructor(sink: TextSink, columns: readonly Column[]) {
    this.sink = sink
    this.columns = columns
    this.rows.push(columns.map((column) => column.key))
  }

  connection(from: ColumnSource): void {
    this.rows.push(this.columns.map((column) => cell(column.read(from))))
    if (this.rows.length >= BATCH_ROWS) this.flush()
  }

  capture(_report: CaptureRow): void {
    this.flush()
  }

  finish(_summary: Summary): void {
    this.flush()
  }

  private flush(): void {
    if (this.rows.length === 0) return
    this.sink.write(stringify(this.rows, { escape_formulas: true }))
    this.rows = []
  }
}

function cell(value: ColumnValue): string {
  if (value === undefined) return ''
  if (typeof value === 'object') return value.map(part).join(';')
  return String(value)
}

function part(value: string | EvidenceRow): string {
  return typeof value === 'string' ? value : `${value.packet} ${value.shows}`
}
