// What every output format does: take connections one by one, captures as they are done, and a summary at the end.

import type { ColumnSource } from '../columns/column.js'
import type { Summary } from '../collect/summary.js'

/** Where a reporter writes to. */
export interface TextSink {
  write(text: string): void
  /** Takes octets of UTF-8, which are valid during the call only. */
  writeOctets(octets: Uint8Array): void
  /** Somebody watches: nothing is to be held back. */
  readonly immediate?: boolean
}

/** The `capture` line of the output, as far as reports for people look into it; its fields are made by the engine. */
export interface CaptureRow {
  readonly capture: string
  readonly linktypes: readonly number[]
  readonly dropped_packets?: number
  readonly clock_steps?: number
  readonly late_packets?: number
  readonly evicted_connections?: number
  readonly skipped: readonly { readonly name: string; readonly packets: number }[]
  readonly error?: { readonly code: string; readonly message: string }
}

/** What a reporter keeps for the end, as plain data that can go from one thread to another. */
export interface ReporterState {
  /** Rows written. */
  readonly rows: number
  /** Texts to list by `verdict.cause`, and how many there were in all. */
  readonly listed: readonly (readonly [name: string, count: number, texts: readonly string[]])[]
}

/**
 * One output format. Calls come in the order: connections and captures mixed, then `finish` once. Several reporters of
 * one kind can share the work: one takes the connections of a capture and writes into a sink of its own; what it wrote
 * and its state are then given to the one that writes the whole.
 */
export interface Reporter {
  /** Takes a connection; it is only valid during the call. */
  connection(from: ColumnSource): void
  capture(report: CaptureRow): void
  /** Gives away what was kept, and begins anew. What was written belongs with it. */
  takeState(): ReporterState
  /** Begins to take over what another reporter has written: its octets follow through `absorbOctets`. */
  absorb(state: ReporterState): void
  absorbOctets(octets: Uint8Array): void
  finish(summary: Summary): void
}

/** Version of the output, in every document. */
export const SCHEMA_NAME = 'tcp-teardown/1'
