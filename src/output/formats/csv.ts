// CSV by RFC 4180, with formulas defused: a cell that a spreadsheet would run gets a quote in front. CSV has no escapes, so
// control characters are replaced, and a connection is always one line. Connections only.
// Written as octets, see bytes/writer.ts: numbers, times and addresses need no quotes.

import { shownIpv4 } from '../columns/address.js'
import type { ByteWriter } from '../bytes/writer.js'
import {
  type Column,
  type ColumnSource,
  type ColumnValue,
  type EvidenceRow,
  readColumn,
} from '../columns/column.js'
import { printable } from '../../base/printable.js'
import { RowReporter } from './row-reporter.js'
import type { CaptureRow, Reporter, TextSink } from './reporter.js'
import type { Summary } from '../collect/summary.js'

const COMMA = 0x2c
const NEWLINE = 0x0a
/** What spreadsheets take for the beginning of a formula, and white space that hides one. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/
const NEEDS_QUOTES = /[",]|^\s|\s$/

/** Writes a header line and a line per connection. Lists are joined with `;`. */
export class CsvReporter extends RowReporter implements Reporter {
  private readonly columns: readonly Column[]

  constructor(sink: TextSink, columns: readonly Column[]) {
    super(sink)
    this.columns = columns
    this.text(`${columns.map(({ key }) => key).join(',')}\n`)
  }

  connection(from: ColumnSource): void {
    const { out, columns } = this
    for (let i = 0; i < columns.length; i++) {
      if (i > 0) out.octet(COMMA)
      writeCell(columns[i] as Column, from, out)
    }
    out.octet(NEWLINE)
    this.endRow()
  }

  capture(_report: CaptureRow): void {
    // A file of connections holds nothing else.
  }

  finish(_summary: Summary): void {
    this.pass()
  }
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
  let text = printable(typeof value === 'object' ? value.map(part).join(';') : String(value))
  if (FORMULA.test(text)) text = `'${text}`
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function part(value: string | EvidenceRow): string {
  return typeof value === 'string' ? value : `${value.packet} ${value.shows}`
}
