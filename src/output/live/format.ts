// What is written while a capture goes on: a line for each connection that is over, for each incident, and for each span
// of time.

import type { ByteWriter } from '../bytes/writer.js'
import type { Summary } from '../collect/summary.js'
import type { ColumnSource } from '../columns/column.js'
import type { CaptureRow } from '../formats/format.js'
import type { IncidentRow } from '../incidents/row.js'

/** What has happened since the last line of this type. */
export interface IntervalRow {
  readonly type: 'interval'
  /** Time of the capture; before the first packet that of the clock. */
  readonly time: string
  /** Seconds since the last one. */
  readonly duration_s: number
  readonly packets: number
  /** Connections that are over. */
  readonly connections: number
  /** Those of them that passed the filters; the causes are of these. */
  readonly selected_connections: number
  /** By `verdict.cause`. */
  readonly causes: Readonly<Record<string, number>>
  /** Connections that are not over. */
  readonly open_connections: number
  readonly incidents: number
}

/** A capture of a folder is begun. */
export interface FileRow {
  readonly type: 'file'
  readonly path: string
  /** Number of its first packet: packets are numbered through. */
  readonly first_packet: number
}

/** How lines are written. */
export interface LiveFormat {
  connection(c: ColumnSource, out: ByteWriter): void
  incident(row: IncidentRow, out: ByteWriter): void
  interval(row: IntervalRow, out: ByteWriter): void
  file(row: FileRow, out: ByteWriter): void
  /** All that was read. */
  end(report: CaptureRow, summary: Summary, out: ByteWriter): void
}
