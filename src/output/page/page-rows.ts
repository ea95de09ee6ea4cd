// Rows of a page: arrays of values in the order of the page's columns. What the table does not show waits in the details.

import { firstTeardown } from '../../verdict/timings.js'
import { type Column, type ColumnSource, type ColumnValue, readColumn } from '../columns/column.js'
import { COLUMNS, columnsOf } from '../columns/columns.js'
import { filterParts } from '../columns/wireshark-filter.js'
import { credibleSpan } from '../anonymize/claims.js'
import type { PageEvidence, PageFilter, PageFinding } from './page-data.js'

/** What filters, sorts and shows in the table. */
const IN_TABLE = [
  'capture',
  'stream',
  'client_ip',
  'client_port',
  'server_ip',
  'server_port',
  'verdict',
  'cause',
  'closer',
  'confidence',
  'ended_at',
  'duration_s',
  'client_bytes',
  'server_bytes',
  'client_sees',
  'server_sees',
  'findings',
  'flags',
  'idle_before_teardown_s',
  'fin_to_fin_s',
  'last_data_to_rst_s',
  'client_close_wait_s',
  'server_close_wait_s',
] as const

/** Columns that no page shows: names of other tools, and what is the same for all. */
const LEFT_OUT: ReadonlySet<string> = new Set<string>([
  'type',
  'kernel_reasons',
  'conn_state',
  'history',
  'completeness',
  // What follows from others.
  'start_time',
  'end_time',
  'wireshark_filter',
])

/** Keys of the values of a row. */
export const PAGE_COLUMNS: readonly string[] = IN_TABLE

const ROW_COLUMNS = columnsOf(IN_TABLE)
const DETAIL_COLUMNS = COLUMNS.filter(
  ({ key, kind }) => !LEFT_OUT.has(key) && (kind === 'findings' || !PAGE_COLUMNS.includes(key)),
)

/**
 * Keys of the values of a connection's details. `filter` is what its display filter is made of, `opened_s` lies between its
 * first packet and `ended_at`.
 */
export const PAGE_DETAIL_COLUMNS: readonly string[] = [
  ...DETAIL_COLUMNS.map(({ key }) => key),
  'opened_s',
  'filter',
]

/** The row of a connection as JSON. `capture` is the place of its capture; findings are their codes. */
export function pageRow(c: ColumnSource, capture: number): string {
  const values = ROW_COLUMNS.map((column) => {
    if (column.key === 'capture') return capture
    if (column.kind !== 'findings') return shortened(column, readColumn(column, c)) ?? null
    const codes = new Set<string>(c.j.findings().map(({ code }) => code))
    return codes.size === 0 ? null : Array.from(codes)
  })
  return JSON.stringify(values)
}

/** The details of a connection as JSON. */
export function pageDetails(c: ColumnSource): string {
  const { addresses, frames } = filterParts(c)
  // Both addresses and ports are in the row: which of them comes first is all that is left to say.
  const clientFirst = c.e.clientSide === 0
  const filter: PageFilter = [...frames, clientFirst, addresses !== undefined]
  const values = DETAIL_COLUMNS.map((column) => detailOf(column, c) ?? null)
  const opened = secondsSince(c, firstTeardown(c.j.derived)?.ns ?? c.e.end.ns)
  return JSON.stringify([...values, opened, filter])
}

/** Times would be most of a page: packets of evidence have theirs since the first one, findings have their packet. */
function detailOf(column: Column, c: ColumnSource): unknown {
  if (column.key === 'evidence') {
    return c.j
      .evidence()
      .map(({ frame, ns, shows }): PageEvidence => [frame, secondsSince(c, ns), shows])
  }
  if (column.kind === 'findings')
    return c.j.findings().map(({ code, frame, says }): PageFinding => [code, frame, says])
  return shortened(column, readColumn(column, c))
}

/** Seconds from the first packet to a time, to the µs. */
function secondsSince({ anonymizer, e }: ColumnSource, ns: number): number {
  const since = ns - e.start.ns
  return Math.round((anonymizer === undefined ? since : credibleSpan(since)) / 1e3) / 1e6
}

/** Spans with twice the digits that are shown. */
function shortened(column: Column, value: ColumnValue): ColumnValue {
  return typeof value === 'number' && column.kind === 'seconds'
    ? Number(value.toPrecision(6))
    : value
}
