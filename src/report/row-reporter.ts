// What the formats have in common that write a row a connection: rows made elsewhere are simply passed on.

import type { ReporterState, TextSink } from './reporter.js'

/** The base of reporters that write connections as they come. */
export abstract class RowReporter {
  protected readonly sink: TextSink
  /** Rows written since the beginning, or since `takeState`. */
  protected rows = 0

  constructor(sink: TextSink) {
    this.sink = sink
  }

  takeState(): ReporterState {
    const { rows } = this
    this.rows = 0
    return { rows, listed: [] }
  }

  absorb(state: ReporterState): void {
    this.rows += state.rows
  }

  absorbOctets(octets: Uint8Array): void {
    this.sink.writeOctets(octets)
  }
}
