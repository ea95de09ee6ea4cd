// Lines on their way out: held until they are many, or until somebody wants to see them.

import { ByteWriter } from '../bytes/writer.js'
import type { Summary } from '../collect/summary.js'
import type { ColumnSource } from '../columns/column.js'
import type { CaptureRow } from '../formats/format.js'
import type { IncidentRow } from '../incidents/row.js'
import type { ByteSink } from '../row-writer.js'
import type { FileRow, IntervalRow, LiveFormat } from './format.js'

const HELD_BYTES = 1 << 15

/** Writes lines in one format. */
export class LiveWriter {
  private readonly format: LiveFormat
  private readonly sink: ByteSink
  private readonly out = new ByteWriter()

  constructor(format: LiveFormat, sink: ByteSink) {
    this.format = format
    this.sink = sink
  }

  connection(c: ColumnSource): void {
    this.format.connection(c, this.out)
    if (this.out.length >= HELD_BYTES) this.pass()
  }

  incident(row: IncidentRow): void {
    this.format.incident(row, this.out)
  }

  interval(row: IntervalRow): void {
    this.format.interval(row, this.out)
  }

  file(row: FileRow): void {
    this.format.file(row, this.out)
  }

  end(report: CaptureRow, summary: Summary): void {
    this.format.end(report, summary, this.out)
    this.pass()
  }

  /** Hands over what is held. */
  pass(): void {
    if (this.out.length === 0) return
    this.sink.writeBytes(this.out.written())
    this.out.clear()
  }
}
