// What every output format does: take connections one by one, captures as they are done, and a summary at the end.

import type { ColumnSource } from './column.js'
import type { Summary } from './summary.js'

/** Where a reporter writes to. */
export interface TextSink {
  write(text: string): void
  /** Takes octets of UTF-8, which are valid during the call only. */
  writeOctets(octets: Uint8Array): void
}

/** The `capture` line of the output, as far as reports for people look into it; its fields are made by the engine. */
export interface CaptureRow {
  readonly capture: string
  readonly linktypes: readonly number[]
  readonly dropped_packets?: number
  readonly late_packets?: number
  readonly evicted_connections?: number
  readonly skipped: readonly { readonly name: string; readonly packets: number }[]
}

/** One output format. Calls come in the order: connections and captures mixed, then `finish` once. */
export interface Reporter {
  /** Takes a connection; it is only valid during the call. */
  connection(from: ColumnSource): void
  capture(report: CaptureRow): void
  finish(summary: Summary): void
}

/** Version of the output, in every document. */
export const SCHEMA_NAME = 'tcp-teardown/1'
