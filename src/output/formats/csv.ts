// CSV by RFC 4180, with formulas defused: a cell that a spreadsheet would run gets a quote in front. CSV has no escapes, so
// control characters are replaced, and a connection is always one line. Connections, or incidents when only these are wanted.
// Lines end with LF, as those of all formats: every spreadsheet takes them.
// Written as bytes, see bytes/writer.ts: numbers, times and addresses need no quotes.

import { printable } from '../../base/text.js'
import type { ByteWriter } from '../bytes/writer.js'
import { shownIpv4 } from '../columns/address.js'
import {
  type Column,
  type ColumnSource,
  type ColumnValue,
  type EvidenceRow,
  type FindingItem,
  readColumn,
} from '../columns/column.js'
import { columnsOf } from '../columns/columns.js'
import { INCIDENT_FIELDS } from '../incidents/row.js'
import { type Format, type FormatOptions, type FormatRow, isWanted } from './format.js'

const COMMA = 0x2c
const NEWLINE = 0x0a
/** What spreadsheets take for the beginning of a formula, and white space that hides one; `-` alone is standard input. */
const FORMULA = /^(?!-$)\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/
/** Without it Excel takes UTF-8 for the code page of the system. */
const BYTE_ORDER_MARK = '\ufeff'
const NEEDS_QUOTES = /[",]|^\s|\s$/

/** A header line and a line for each connection. Lists are joined with `;`. */
export const CSV: FormatRow = {
  name: 'csv',
  extension: 'csv',
  writesRows: ({ summaryOnly, types }) => !summaryOnly && isWanted('connection', types),
  make: csvFormat,
}

function csvFormat({ columns: keys, types, hasMark }: FormatOptions): Format {
  if (!isWanted('connection', types)) return incidentsFormat(hasMark)
  const columns = columnsOf(keys)
  return {
    head: (out) => out.text(csvHead(columns, hasMark)),
    row: (c, out) => {
      for (let i = 0; i < columns.length; i++) {
        if (i > 0) out.byte(COMMA)
        writeCell(columns[i] as Column, c, out)
      }
      out.byte(NEWLINE)
    },
  }
}

/** The line of names. */
export function csvHead(columns: readonly { readonly key: string }[], hasMark: boolean): string {
  return `${hasMark ? BYTE_ORDER_MARK : ''}${columns.map(({ key }) => key).join(',')}\n`
}

function incidentsFormat(hasMark: boolean): Format {
  return {
    head: (out) => out.text(csvHead(INCIDENT_FIELDS, hasMark)),
    incident: (incident, out) => {
      const values = new Map<string, unknown>(Object.entries(incident))
      out.text(`${INCIDENT_FIELDS.map(({ key }) => csvCell(values.get(key))).join(',')}\n`)
    },
  }
}

/** A cell of a line that is no connection; of counts `name n`. */
export function csvCell(value: unknown): string {
  return cell(plainOf(value))
}

function plainOf(value: unknown): string | number | undefined {
  if (Array.isArray(value)) return value.join(';')
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, n]) => `${name} ${n}`)
      .join(';')
  }
  return typeof value === 'string' || typeof value === 'number' ? value : undefined
}

function writeCell(column: Column, from: ColumnSource, out: ByteWriter): void {
  const { kind } = column
  if (kind !== 'integer' && kind !== 'seconds' && kind !== 'time' && kind !== 'address') {
    out.text(cell(readColumn(column, from)))
    return
  }
  const raw = column.raw(from) as number | undefined
  if (raw === undefined || Number.isNaN(raw)) return
  if (kind === 'integer') out.integer(raw)
  else if (kind === 'seconds') out.seconds(raw)
  else if (kind === 'time') out.isoTime(from.baseNs, raw)
  else writeAddress(column, raw, from, out)
}

function writeAddress(column: Column, side: number, from: ColumnSource, out: ByteWriter): void {
  const word = shownIpv4(from, side)
  if (word === undefined) out.text(cell(readColumn(column, from)))
  else out.ipv4(word)
}

/** One cell, quoted where RFC 4180 §2.6 asks for it. */
function cell(value: ColumnValue): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  let text = printable(typeof value === 'object' ? value.map(part).join(';') : String(value))
  if (FORMULA.test(text)) text = `'${text}`
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function part(value: string | EvidenceRow | FindingItem): string {
  if (typeof value === 'string') return value
  return 'code' in value ? value.code : `${value.packet} ${value.shows}`
}
