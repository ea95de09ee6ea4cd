// What the formats have in common that write a row a connection: rows are collected and written many at once, and rows
// made elsewhere are simply passed on.

import { ByteWriter } from '../bytes/writer.js'
import type { ReporterState, TextSink } from './reporter.js'

/** Handing each row of 1,400 octets over alone costs 0.6 µs. */
const HELD_BYTES = 1 << 15

/** The base of reporters that write connections as they come. */
export abstract class RowReporter {
  /** Rows that have not been written yet. */
  protected readonly out: ByteWriter = new ByteWriter()
  /** Rows made since the beginning, or since `takeState`. */
  protected rows = 0
  private readonly sink: TextSink

  constructor(sink: TextSink) {
    this.sink = sink
  }

  takeState(): ReporterState {
    this.pass()
    const { rows } = this
    this.rows = 0
    return { rows, listed: [] }
  }

  absorb(state: ReporterState): void {
    this.pass()
    this.rows += state.rows
  }

  absorbOctets(octets: Uint8Array): void {
    this.pass()
    this.sink.writeOctets(octets)
  }

  /** Says that `out` has one more row. */
  protected endRow(): void {
    this.rows++
    if (this.out.length >= HELD_BYTES || this.sink.immediate === true) this.pass()
  }

  /** Writes what is no row. */
  protected text(text: string): void {
    this.pass()
    this.sink.write(text)
  }

  /** Writes the rows there are. */
  protected pass(): void {
    if (this.out.length === 0) return
    this.sink.writeOctets(this.out.written())
    this.out.clear()
  }
}
