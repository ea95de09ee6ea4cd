// What an output format is: bytes for the beginning of a document, for each connection, for each capture, and for the end.
// A format knows nothing of threads, files or counting. To add one: a file beside this one, and its row in index.ts.

import type { ByteWriter } from '../bytes/writer.js'
import type { Ending } from '../../verdict/endings.js'
import type { EndingGroup } from '../collect/groups.js'
import type { Summary } from '../collect/summary.js'
import type { ConnectionCounts } from '../metrics/collector.js'
import type { FieldSet } from '../fields/names.js'
import type { ColumnSource } from '../columns/column.js'
import type { PlainEnding } from '../../tcp/views/plain-ending.js'
import type { Style } from '../style.js'
import type { PlainContext } from './plain-row.js'

/** The `capture` line of the output, as far as formats for people look into it; its fields are made by the engine. */
export interface CaptureRow {
  readonly capture: string
  readonly linktypes: readonly number[]
  readonly start_time?: string
  readonly end_time?: string
  readonly dropped_packets?: number
  readonly untimed_packets?: number
  readonly clock_steps?: number
  readonly late_packets?: number
  readonly evicted_connections?: number
  readonly skipped: readonly { readonly name: string; readonly packets: number }[]
  readonly error?: { readonly code: string; readonly message: string }
}

/** An incident as formats for people look into it; its fields are made by `incidents/`. */
export interface IncidentLine {
  readonly type: 'incident'
  readonly capture: string
  readonly id: number
  readonly kind: string
  readonly endpoint: string
  readonly confidence: string
  readonly explanation: string
  readonly start_time: string
  readonly connections: number
  /** Connections refused while it lasted, which are none of them. */
  readonly refused?: number
  /** Streams of the first of them. */
  readonly streams: readonly number[]
}

/** What is known when all captures have been read. */
export interface Totals {
  readonly summary: Summary
  /** Connections by ending, for formats that show them. */
  readonly groups: ReadonlyMap<Ending, EndingGroup>
  /** What metrics count of connections, for formats that show them. */
  readonly counts: ConnectionCounts | undefined
}

/** Bytes of one document. Calls come in the order: head, rows and captures mixed, tail. */
export interface Format {
  /** Begins the document. */
  readonly head?: (out: ByteWriter) => void
  /** Adds a connection, which is valid during the call only. Rows of one document may be made by several threads. */
  readonly row?: (c: ColumnSource, out: ByteWriter) => void
  /**
   * The same of a connection that was simply closed, known by its records alone; false where it has to be judged for its row:
   * what has been added by then is to be forgotten.
   */
  readonly plainRow?:
    ((p: PlainEnding, context: PlainContext, out: ByteWriter) => boolean) | undefined
  /** Stands between two rows. */
  readonly between?: string
  /** Whether it shows connections by ending, with examples. */
  readonly showsGroups?: boolean
  /** Whether it shows metrics. */
  readonly showsMetrics?: boolean
  /** Adds an incident of the capture whose connections came last; before that capture. */
  readonly incident?: (incident: IncidentLine, out: ByteWriter) => void
  /** Takes note of a capture that has been read. */
  readonly capture?: (report: CaptureRow, out: ByteWriter) => void
  /** Ends the document. */
  readonly tail?: (totals: Totals, out: ByteWriter) => void
}

/** Settings of all formats. */
export interface FormatOptions {
  /** Keys of the wanted columns; undefined for all of them. */
  readonly columns: readonly string[] | undefined
  /** Types of the lines that are wanted; undefined for those the format has. */
  readonly types: readonly string[] | undefined
  /** Only totals: no connection is written. */
  readonly summaryOnly: boolean
  /** List every connection, not only the notable ones (table). */
  readonly all: boolean
  /** Connections listed of one ending; the rest is counted (table). */
  readonly top: number
  /** Name the capture of each connection: there are several. */
  readonly nameCaptures: boolean
  /** Some connections are left out by filters, and incidents are of all. */
  readonly isFiltered: boolean
  /** Whose names the fields of connections have (NDJSON). */
  readonly fields: FieldSet
  /** Times of connections in seconds since 1970, not in ISO 8601 (NDJSON). */
  readonly isEpoch: boolean
  /** The text begins with a byte order mark (CSV). */
  readonly hasMark: boolean
  /** Times for people as clocks here show them, not in UTC. */
  readonly isLocalTime: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Lines of a terminal on which what was first has gone when more follow; undefined where it has not. */
  readonly rows: number | undefined
  readonly style: Style
}

/** Types of lines. */
export const LINE_TYPES = ['connection', 'incident', 'capture', 'summary'] as const

/** Whether lines of a type are wanted. */
export function isWanted(
  type: (typeof LINE_TYPES)[number],
  types: readonly string[] | undefined,
): boolean {
  return types === undefined || types.includes(type)
}

/** Makes a file that is no text of what a format writes. */
export interface Encoder {
  /** Takes bytes of the format, which are valid during the call only. */
  writeBytes(bytes: Uint8Array): void
  /** Ends the file. */
  end(): void
}

/** A format as it can be chosen. */
export interface FormatRow {
  readonly name: string
  /** Keys of the columns that it shows where none are chosen; undefined for those of every row. */
  readonly columns?: readonly string[]
  /** Of result files. */
  readonly extension: string
  /** Whether every connection costs a row, so that other threads are worth their start. */
  readonly writesRows: (
    options: Pick<FormatOptions, 'columns' | 'summaryOnly' | 'all' | 'types'>,
  ) => boolean
  readonly make: (options: FormatOptions) => Format
  /** For files that are no text: what becomes of the format's bytes before they are written. */
  readonly encode?: (
    columns: FormatOptions['columns'],
    write: (bytes: Uint8Array) => void,
  ) => Promise<Encoder>
}
