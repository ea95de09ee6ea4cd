// Rows of a format on their way to a file, a terminal or another thread: collected, and written many at once.

import { ByteWriter } from './bytes/writer.js'
import type { ColumnSource } from './columns/column.js'
import type { PlainEnding } from '../tcp/views/plain-ending.js'
import type { CaptureRow, Format, IncidentLine, Totals } from './formats/format.js'
import type { PlainContext } from './formats/plain-row.js'

/** Where bytes go. */
export interface ByteSink {
  /** Takes bytes of UTF-8, which are valid during the call only. */
  writeBytes(bytes: Uint8Array): void
  /** Somebody watches: nothing is to be held back. */
  readonly immediate?: boolean
}

/** Handing each row of 1,400 bytes over alone costs 0.6 µs. */
const HELD_BYTES = 1 << 15

/** Writes one document, or the rows that one thread makes for it. */
export class RowWriter {
  private readonly format: Format
  private readonly sink: ByteSink
  private readonly out = new ByteWriter()
  /** Rows written since the beginning, or since `takeRows`. */
  private rows = 0

  constructor(format: Format, sink: ByteSink) {
    this.format = format
    this.sink = sink
  }

  /** Begins the document; not called where only rows are made for one. */
  begin(): void {
    this.format.head?.(this.out)
    this.pass()
  }

  /** Writes the row of a connection, if the format has rows. */
  row(c: ColumnSource): void {
    const { format, out } = this
    if (format.row === undefined) return
    if (this.rows > 0 && format.between !== undefined) out.text(format.between)
    format.row(c, out)
    this.rows++
    if (out.length >= HELD_BYTES || this.sink.immediate === true) this.pass()
  }

  /** Writes the row of a connection that was simply closed, if that is possible without judging it. */
  plainRow(p: PlainEnding, context: PlainContext): boolean {
    const { format, out } = this
    if (format.plainRow === undefined) return false
    const start = out.length
    if (this.rows > 0 && format.between !== undefined) out.text(format.between)
    if (!format.plainRow(p, context, out)) {
      out.cutTo(start)
      return false
    }
    this.rows++
    if (out.length >= HELD_BYTES || this.sink.immediate === true) this.pass()
    return true
  }

  /** Whether it writes such rows. */
  get writesPlainRows(): boolean {
    return this.format.plainRow !== undefined
  }

  /** Writes a row that was made before. */
  madeRow(bytes: Uint8Array): void {
    const { format, out } = this
    if (this.rows > 0 && format.between !== undefined) out.text(format.between)
    out.append(bytes)
    this.rows++
    if (out.length >= HELD_BYTES) this.pass()
  }

  incident(incident: IncidentLine): void {
    this.format.incident?.(incident, this.out)
    this.pass()
  }

  capture(report: CaptureRow): void {
    this.format.capture?.(report, this.out)
    this.pass()
  }

  end(totals: Totals): void {
    this.format.tail?.(totals, this.out)
    this.pass()
  }

  /** Hands the rows over to the sink and forgets how many they were. */
  takeRows(): number {
    this.pass()
    const { rows } = this
    this.rows = 0
    return rows
  }

  /** Begins to add rows that were made elsewhere: their bytes follow through `absorbBytes`. */
  absorb(rows: number): void {
    const { between } = this.format
    if (this.rows > 0 && rows > 0 && between !== undefined) this.out.text(between)
    this.pass()
    this.rows += rows
  }

  absorbBytes(bytes: Uint8Array): void {
    this.sink.writeBytes(bytes)
  }

  private pass(): void {
    if (this.out.length === 0) return
    this.sink.writeBytes(this.out.written())
    this.out.clear()
  }
}
