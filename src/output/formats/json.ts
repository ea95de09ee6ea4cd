// One JSON document. Connections are written as they end, so that no run has to fit into memory; captures and summary
// therefore come last.

import type { Column, ColumnSource } from '../columns/column.js'
import { JsonRow } from './json-row.js'
import { jsonText } from './json-text.js'
import { RowReporter } from './row-reporter.js'
import {
  type CaptureRow,
  type Reporter,
  type ReporterState,
  SCHEMA_NAME,
  type TextSink,
} from './reporter.js'
import type { Summary } from '../collect/summary.js'

/** Writes `{schema, connections, incidents, captures, summary}`. */
export class JsonReporter extends RowReporter implements Reporter {
  private readonly row: JsonRow
  private readonly captures: CaptureRow[] = []

  constructor(sink: TextSink, columns: readonly Column[]) {
    super(sink)
    this.row = new JsonRow(columns)
    this.text(`{"schema":${JSON.stringify(SCHEMA_NAME)},"connections":[`)
  }

  connection(from: ColumnSource): void {
    this.out.text(this.rows === 0 ? '\n' : ',\n')
    this.row.write(from, this.out)
    this.endRow()
  }

  override absorb(state: ReporterState): void {
    // Its first row has no comma in front.
    if (this.rows > 0 && state.rows > 0) this.text(',')
    super.absorb(state)
  }

  capture(report: CaptureRow): void {
    this.captures.push(report)
  }

  finish(summary: Summary): void {
    const captures = this.captures.map((capture) => jsonText(capture)).join(',\n')
    this.text(`\n],"incidents":[],"captures":[\n${captures}\n],"summary":${jsonText(summary)}}\n`)
  }
}
