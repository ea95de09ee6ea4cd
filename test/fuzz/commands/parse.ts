// Results as programs read them back, strictly: whatever is not well formed is a find.

import { expectThat } from '../broken.js'

/** A row of results: a connection, a capture, the summary. */
export interface Row {
  readonly type?: string
  readonly [key: string]: unknown
}

/** What a capture's row says of its damage. */
export interface Problem {
  readonly code: string
}

/** The row of a capture. */
export interface CaptureRow extends Row {
  readonly capture: string
  readonly packets: number
  readonly tcp_packets: number
  readonly connections: number
  readonly late_packets?: number
  readonly skipped: readonly { readonly name: string; readonly packets: number }[]
  readonly error?: Problem
}

/** Totals. */
export interface SummaryRow extends Row {
  readonly captures: number
  readonly connections: number
  readonly selected_connections: number
  readonly tcp_packets: number
  readonly verdicts: Readonly<Record<string, number>>
}

/** All of a run. */
export interface Results {
  readonly connections: readonly Row[]
  readonly captures: readonly CaptureRow[]
  readonly summary: SummaryRow
}

const WELL_FORMED = 'results are well formed'
const DECODER = new TextDecoder('utf-8', { fatal: true })

/** UTF-8 as text. */
export function textOf(bytes: Uint8Array): string {
  try {
    return DECODER.decode(bytes)
  } catch {
    expectThat(false, WELL_FORMED, 'no UTF-8')
    return ''
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    expectThat(false, WELL_FORMED, `no JSON: ${text.slice(0, 300)}`)
    return undefined
  }
}

/** Lines that are all ended. */
export function linesOf(text: string): string[] {
  if (text === '') return []
  expectThat(text.endsWith('\n'), WELL_FORMED, `the last line is not ended: ${text.slice(-80)}`)
  return text.slice(0, -1).split('\n')
}

/** One JSON object. */
export function objectOf(text: string): Row {
  return jsonOf(text) as Row
}

/** Types of lines that are no connections. */
const OTHER_LINES: ReadonlySet<unknown> = new Set(['incident', 'capture', 'summary'])

/** NDJSON. With chosen columns a connection need not say its type. */
export function ndjsonResults(text: string): Results {
  const rows = linesOf(text).map((line) => jsonOf(line) as Row)
  const summary = rows.at(-1)
  expectThat(summary?.type === 'summary', WELL_FORMED, 'the summary is not the last line')
  const captures = rows.filter(({ type }) => type === 'capture')
  const connections = rows.filter(({ type }) => !OTHER_LINES.has(type))
  return {
    connections,
    captures: captures as CaptureRow[],
    summary: summary as SummaryRow,
  }
}

/** The one document of `--format json`. */
export function jsonResults(text: string): Results {
  const document = jsonOf(text) as Results & { schema: string; incidents: unknown }
  const keys = Object.keys(document).join()
  expectThat(keys === 'schema,connections,incidents,captures,summary', WELL_FORMED, keys)
  return document
}

/** CSV by RFC 4180: a header, and rows of as many cells. A connection is always one line. */
export function csvRows(text: string): { header: string[]; rows: string[][] } {
  const [header = [], ...rows] = linesOf(text).map(csvCells)
  for (const row of rows) {
    const found = `${row.length} cells, ${header.length} in the header: ${row.join()}`
    expectThat(row.length === header.length, WELL_FORMED, found)
  }
  return { header, rows }
}

const CELL = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y

function csvCells(line: string): string[] {
  const cells: string[] = []
  CELL.lastIndex = 0
  for (;;) {
    const found = CELL.exec(line)
    expectThat(found !== null, WELL_FORMED, `no CSV: ${line}`)
    const [, quoted, bare = '', end] = found as RegExpExecArray
    cells.push(quoted?.replaceAll('""', '"') ?? bare)
    if (end === '') return cells
  }
}

/** What a table says in numbers. */
export interface Table {
  readonly connections: number
  readonly captures: number
  readonly tcpPackets: number
  readonly verdicts: Readonly<Record<string, number>>
  /** Connections that are listed. */
  readonly listed: number
}

const HEAD = /^([\d,]+) connections?(?: in ([\d,]+) captures?)?, ([\d,]+) TCP packets?$/
const SHARE = /^ {2}(\w+) +([\d,]+) +[\d.]+ % {2}/

/** The table, without colours. */
export function tableOf(text: string): Table {
  const lines = linesOf(text)
  const head = HEAD.exec(lines[0] ?? '')
  expectThat(head !== null, WELL_FORMED, `no head: ${lines[0]}`)
  const [, connections = '', captures = '1', tcpPackets = ''] = head as RegExpExecArray
  const shares = lines.map((line) => SHARE.exec(line)).filter((found) => found !== null)
  return {
    connections: numberOf(connections),
    captures: numberOf(captures),
    tcpPackets: numberOf(tcpPackets),
    verdicts: Object.fromEntries(shares.map(([, name = '', n = '']) => [name, numberOf(n)])),
    listed: text.match(/^ {4}stream \d+ /gm)?.length ?? 0,
  }
}

function numberOf(text: string): number {
  return Number(text.replaceAll(',', ''))
}
