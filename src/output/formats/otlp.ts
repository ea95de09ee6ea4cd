// Log records of OpenTelemetry: OTLP in its JSON encoding, a LogsData object a line, as the collector's otlpjsonfile receiver reads
// it. Names are those of `--fields otel`. Only connections.

import { epochNs, isNamedTime } from '../bytes/time.js'
import type { ByteWriter } from '../bytes/writer.js'
import { type Column, type ColumnSource, readColumn } from '../columns/column.js'
import { columnsOf } from '../columns/columns.js'
import { fieldColumns } from '../fields/columns.js'
import { type Format, type FormatOptions, type FormatRow, isWanted } from './format.js'
import { jsonText } from './json-text.js'
import { NDJSON } from './ndjson.js'

/** A line for each connection. */
export const OTLP: FormatRow = {
  name: 'otlp',
  extension: 'jsonl',
  writesRows: NDJSON.writesRows,
  make: otlpFormat,
}

/** What stands around a record. */
const BEFORE = `{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"tcp-teardown"}}]},"scopeLogs":[{"scope":{"name":"tcp-teardown"},"logRecords":[{`
const AFTER = '}]}]}]}\n'

/** Members of a record that are no attributes, by the names of the fields. */
const MEMBERS: Readonly<Record<string, (column: Column, from: ColumnSource) => string>> = {
  timestamp: (column, from) => `"timeUnixNano":"${unixNanos(from, column.raw(from) as number)}"`,
  severity_text: (column, from) => `"severityText":${jsonText(readColumn(column, from))}`,
  severity_number: (column, from) => `"severityNumber":${jsonText(readColumn(column, from))}`,
  event_name: (column, from) => `"eventName":${jsonText(readColumn(column, from))}`,
  body: (column, from) => `"body":${jsonText(anyValue(readColumn(column, from), false))}`,
}

function otlpFormat({ columns, types }: FormatOptions): Format {
  return isWanted('connection', types) ? { row: otlpLine(columns) } : {}
}

/** Writes the line of a connection, with the columns of some keys, of undefined those of every row. */
export function otlpLine(
  columns: FormatOptions['columns'],
): (from: ColumnSource, out: ByteWriter) => void {
  const fields = fieldColumns(columnsOf(columns), 'otel')
  const members = fields.filter(({ key }) => key in MEMBERS)
  const attributes = fields.filter(({ key }) => !(key in MEMBERS))
  return (from, out) => {
    const parts = members.map((column) => MEMBERS[column.key]?.(column, from))
    const pairs = attributes.flatMap((column) => attributeOf(column, from))
    out.text(`${BEFORE}${parts.join(',')},"attributes":${jsonText(pairs)}${AFTER}`)
  }
}

/** A key and its value. */
interface KeyValue {
  readonly key: string
  readonly value: object
}

function attributeOf(column: Column, from: ColumnSource): KeyValue[] {
  const value = readColumn(column, from)
  // As in rows under these names: a word is no time.
  if (value === undefined || (column.kind === 'time' && isNamedTime(value as string))) return []
  return [{ key: column.key, value: anyValue(value, column.kind === 'seconds') }]
}

/** An AnyValue: whole numbers are texts, as 64 bits do not fit into a number of JSON. */
function anyValue(value: unknown, isDouble: boolean): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return isDouble ? { doubleValue: value } : { intValue: String(value) }
  if (Array.isArray(value))
    return { arrayValue: { values: value.map((each) => anyValue(each, false)) } }
  const values = Object.entries(value as object).map(([key, part]) => ({
    key,
    value: anyValue(part, key === 'seconds'),
  }))
  return { kvlistValue: { values } }
}

/** 64 bits, unsigned; 0, which stands for an unknown time, for what they cannot name. */
function unixNanos({ baseNs }: ColumnSource, ns: number): bigint {
  const at = epochNs(baseNs, ns)
  return at < 0n || at >= 1n << 64n ? 0n : at
}
