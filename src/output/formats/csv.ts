// CSV by RFC 4180, with formulas defused: a cell that a spreadsheet would run gets a quote in front. CSV has no escapes, so
// control characters are replaced, and a connection is always one line. Connections, or incidents when only these are wanted.
// Lines end with LF, as those of all formats: every spreadsheet takes them.
// Written as bytes, see bytes/writer.ts: numbers, times and addresses need no quotes.

import { printable } from '../../base/text.js'
import type { EvidenceItem } from '../../verdict/phrases.js'
import { type Fragment, fragment } from '../bytes/fragment.js'
import type { ByteWriter } from '../bytes/writer.js'
import { shownIpv4 } from '../columns/address.js'
import {
  type Column,
  type ColumnSource,
  type ColumnValue,
  type EvidenceRow,
  type FindingItem,
  type RawValue,
  readColumn,
} from '../columns/column.js'
import { columnsOf } from '../columns/columns.js'
import { INCIDENT_FIELDS } from '../incidents/row.js'
import { type Format, type FormatOptions, type FormatRow, isWanted } from './format.js'

const COMMA = 0x2c
const NEWLINE = 0x0a
const QUOTE = 0x22
const SEMICOLON = 0x3b
/** Texts of a column that are kept ready. */
const MAX_WORDS = 4096
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
  const cells = columns.map((column) => new Cell(column))
  return {
    head: (out) => out.text(csvHead(columns, hasMark)),
    row: (c, out) => {
      for (let i = 0; i < cells.length; i++) {
        if (i > 0) out.byte(COMMA)
        ;(cells[i] as Cell).write(c, out)
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

/** Writes one column. Texts that come again and again are kept as bytes: made anew for each row they took half of its time. */
class Cell {
  private readonly column: Column
  private readonly known = new Map<RawValue, Fragment>()

  constructor(column: Column) {
    this.column = column
  }

  write(from: ColumnSource, out: ByteWriter): void {
    const { column } = this
    const raw = column.raw(from)
    if (raw === undefined || raw === '' || Number.isNaN(raw)) return
    switch (column.kind) {
      case 'integer':
        return out.integer(raw as number)
      case 'seconds':
        return out.seconds(raw as number)
      case 'time':
        return out.isoTime(from.baseNs, raw as number)
      case 'address':
        return this.address(raw as number, from, out)
      case 'prose':
        return writeProse(raw as string, out)
      case 'evidence':
        return this.evidence(raw as readonly EvidenceItem[], out)
      case 'word':
      case 'words':
      case 'boolean':
        return out.fragment(this.known.get(raw) ?? this.keep(raw, cell(readColumn(column, from))))
      case 'findings':
        return out.text(cell(readColumn(column, from)))
    }
  }

  private address(side: number, from: ColumnSource, out: ByteWriter): void {
    const word = shownIpv4(from, side)
    if (word === undefined) out.text(cell(readColumn(this.column, from)))
    else out.ipv4(word)
  }

  private evidence(items: readonly EvidenceItem[], out: ByteWriter): void {
    const isQuoted = items.some(({ shows }) => NEEDS_QUOTES.test(shows))
    if (isQuoted) out.byte(QUOTE)
    for (const [at, { frame, shows }] of items.entries()) {
      if (at > 0) out.byte(SEMICOLON)
      out.integer(frame)
      out.fragment(this.known.get(shows) ?? this.keep(shows, ` ${doubled(printable(shows))}`))
    }
    if (isQuoted) out.byte(QUOTE)
  }

  private keep(raw: RawValue, text: string): Fragment {
    const made = fragment(text)
    if (this.known.size < MAX_WORDS) this.known.set(raw, made)
    return made
  }
}

/** A text of our own, in which nothing steers a terminal and which begins with a word. */
function writeProse(text: string, out: ByteWriter): void {
  if (!NEEDS_QUOTES.test(text)) return out.prose(text)
  out.byte(QUOTE)
  out.prose(doubled(text))
  out.byte(QUOTE)
}

/** One cell, quoted where RFC 4180 §2.6 asks for it. */
function cell(value: ColumnValue): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  let text = printable(typeof value === 'object' ? value.map(part).join(';') : String(value))
  if (FORMULA.test(text)) text = `'${text}`
  return NEEDS_QUOTES.test(text) ? `"${doubled(text)}"` : text
}

/** With every quote twice. */
function doubled(text: string): string {
  return text.includes('"') ? text.replaceAll('"', '""') : text
}

function part(value: string | EvidenceRow | FindingItem): string {
  if (typeof value === 'string') return value
  return 'code' in value ? value.code : `${value.packet} ${value.shows}`
}
