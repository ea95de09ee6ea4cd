// Zeek's conn.log, as its own writers have it: TSV with header lines, and a JSON object a line. Only connections.

import type { ByteWriter } from '../bytes/writer.js'
import type { ColumnSource } from '../columns/column.js'
import { type Format, type FormatOptions, type FormatRow, isWanted } from './format.js'
import { jsonText } from './json-text.js'
import { type ZeekField, type ZeekType, type ZeekValue, zeekFields } from './zeek-fields.js'

/** Behind Zeek's own fields, where no columns are chosen. */
const OWN_COLUMNS: readonly string[] = ['verdict', 'cause', 'closer']

const SEPARATOR = '\t'
const SET_SEPARATOR = ','
const EMPTY = '(empty)'
const UNSET = '-'
/**
 * When the log was opened and closed. No clock is read: the same captures give the same bytes, and nobody looks at these
 * lines but people.
 */
const NO_TIME = '1970-01-01-00-00-00'

/** TSV. */
export const ZEEK: FormatRow = {
  name: 'zeek',
  extension: 'log',
  columns: OWN_COLUMNS,
  writesRows: ({ summaryOnly, types }) => !summaryOnly && isWanted('connection', types),
  make: tsvFormat,
}

/** NDJSON with Zeek's names. */
export const ZEEK_JSON: FormatRow = {
  ...ZEEK,
  name: 'zeek-json',
  extension: 'json.log',
  make: jsonFormat,
}

function tsvFormat({ columns, types }: FormatOptions): Format {
  const fields = zeekFields(columns ?? OWN_COLUMNS)
  return {
    head: (out) => out.text(headText(fields)),
    ...rowsOf(types, (from, out) => {
      const cells = fields.map(({ value }) => tsvCell(value(from)))
      out.text(`${cells.join(SEPARATOR)}\n`)
    }),
    tail: (_totals, out) => out.text(`#close${SEPARATOR}${NO_TIME}\n`),
  }
}

function rowsOf(
  types: FormatOptions['types'],
  row: (from: ColumnSource, out: ByteWriter) => void,
): Pick<Format, 'row'> {
  return isWanted('connection', types) ? { row } : {}
}

function headText(fields: readonly ZeekField[]): string {
  const lines = [
    // Only this line has a blank: the separator is not known before.
    '#separator \\x09',
    ['#set_separator', SET_SEPARATOR],
    ['#empty_field', EMPTY],
    ['#unset_field', UNSET],
    ['#path', 'conn'],
    ['#open', NO_TIME],
    ['#fields', ...fields.map(({ name }) => name)],
    ['#types', ...fields.map(({ type }) => type)],
  ]
  return lines.map((line) => `${typeof line === 'string' ? line : line.join(SEPARATOR)}\n`).join('')
}

function tsvCell(value: ZeekValue): string {
  if (value === undefined) return UNSET
  if (typeof value === 'string') return escaped(value, /[^\x20-\x7e]|\\/gu)
  if (value.length === 0) return EMPTY
  return value.map((item) => escaped(item, /[^\x20-\x7e]|[\\,]/gu)).join(SET_SEPARATOR)
}

/** A text in which some characters, and what would be taken for no value, stand as `\xNN`, one for each byte. */
function escaped(text: string, unsafe: RegExp): string {
  if (text === UNSET || text === EMPTY) return hexText(text.charAt(0)) + text.slice(1)
  return text.replace(unsafe, hexText)
}

const encoder = new TextEncoder()

function hexText(text: string): string {
  return Array.from(
    encoder.encode(text),
    (byte) => `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('')
}

function jsonFormat({ columns, types }: FormatOptions): Format {
  const fields = zeekFields(columns ?? OWN_COLUMNS).map(({ name, type, value }) => ({
    key: `${JSON.stringify(name)}:`,
    type,
    value,
  }))
  return rowsOf(types, (from, out) => {
    let text = ''
    for (const { key, type, value } of fields) {
      const cell = value(from)
      if (cell !== undefined) text += `${text === '' ? '' : ','}${key}${jsonCell(cell, type)}`
    }
    out.text(`{${text}}\n`)
  })
}

/** Types whose values are their digits. */
const NUMBERS: ReadonlySet<string> = new Set<string>(['time', 'interval', 'count', 'port'])

function jsonCell(value: Exclude<ZeekValue, undefined>, type: ZeekType): string {
  if (typeof value !== 'string') return jsonText(value)
  if (type === 'bool') return String(value === 'T')
  return NUMBERS.has(type) ? value : jsonText(value)
}
