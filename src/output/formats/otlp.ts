// Log records of OpenTelemetry: OTLP in its JSON encoding, a LogsData object a line, as the collector's otlpjsonfile receiver reads
// it. Names are those of `--fields otel`. Only connections.

import type { EvidenceItem } from '../../verdict/phrases.js'
import { type Fragment, fragment } from '../bytes/fragment.js'
import { epochNs, isoSeconds } from '../bytes/time.js'
import type { ByteWriter } from '../bytes/writer.js'
import { shownAddress } from '../columns/address.js'
import {
  type Column,
  type ColumnKind,
  type ColumnSource,
  type RawValue,
  readColumn,
} from '../columns/column.js'
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
const BEFORE: Fragment = fragment(
  `{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"tcp-teardown"}}]},"scopeLogs":[{"scope":{"name":"tcp-teardown"},"logRecords":[{`,
)
const ATTRIBUTES: Fragment = fragment('"attributes":')
const AFTER: Fragment = fragment(']}]}]}]}\n')
const COMMA = 0x2c
const OPEN_LIST = 0x5b
/** Words of a column that are kept ready. */
const MAX_WORDS = 4096

/** Writes one member of a record. */
type Member = (from: ColumnSource, out: ByteWriter) => void

/** Members of a record that are no attributes, by the names of the fields. */
const MEMBERS: Readonly<Record<string, (column: Column) => Member>> = {
  timestamp: (column) => (from, out) => {
    out.text(`"timeUnixNano":"${unixNanos(from, column.raw(from) as number)}"`)
  },
  severity_text: (column) => wordMember('severityText', column),
  severity_number: (column) => wordMember('severityNumber', column),
  event_name: (column) => wordMember('eventName', column),
  body: (column) => {
    const opening = fragment('"body":{"stringValue":"')
    const end = fragment('"}')
    return (from, out) => {
      out.fragment(opening)
      out.prose(column.raw(from) as string)
      out.fragment(end)
    }
  },
}

/** A member of few values. */
function wordMember(name: string, column: Column): Member {
  const known = new Map<RawValue, Fragment>()
  return (from, out) => {
    const raw = column.raw(from)
    let made = known.get(raw)
    if (made === undefined) known.set(raw, (made = fragment(`"${name}":${jsonText(raw)}`)))
    out.fragment(made)
  }
}

function otlpFormat({ columns, types }: FormatOptions): Format {
  return isWanted('connection', types) ? { row: otlpLine(columns) } : {}
}

/** Writes the line of a connection, with the columns of some keys, of undefined those of every row. */
export function otlpLine(
  columns: FormatOptions['columns'],
): (from: ColumnSource, out: ByteWriter) => void {
  const fields = fieldColumns(columnsOf(columns), 'otel')
  const members = fields.flatMap((column) => MEMBERS[column.key]?.(column) ?? [])
  const cells = fields.filter(({ key }) => !(key in MEMBERS)).map((column) => new Attribute(column))
  return (from, out) => {
    out.fragment(BEFORE)
    for (const member of members) {
      member(from, out)
      out.byte(COMMA)
    }
    out.fragment(ATTRIBUTES)
    const start = out.length
    for (let i = 0; i < cells.length; i++) (cells[i] as Attribute).write(from, out)
    // Every attribute has a comma in front; in place of the first one the list begins.
    if (out.length === start) out.byte(OPEN_LIST)
    else out.replace(start, OPEN_LIST)
    out.fragment(AFTER)
  }
}

/** What stands between the key and the value, by kind. */
const OPENING: Readonly<Record<ColumnKind, string>> = {
  integer: '{"intValue":"',
  seconds: '{"doubleValue":',
  time: '{"stringValue":"',
  prose: '{"stringValue":"',
  address: '{"stringValue":"',
  boolean: '{"boolValue":true',
  evidence: '{"arrayValue":{"values":[',
  word: '',
  words: '',
  findings: '',
}
const TEXT_END: Fragment = fragment('"}}')
const NUMBER_END: Fragment = fragment('}}')
const LIST_END: Fragment = fragment(']}}}')
const PACKET: Fragment = fragment('{"kvlistValue":{"values":[{"key":"packet","value":{"intValue":"')
const NEXT_PACKET: Fragment = fragment(
  ',{"kvlistValue":{"values":[{"key":"packet","value":{"intValue":"',
)
const TIME: Fragment = fragment('"}},{"key":"time","value":{"stringValue":"')

/** Writes one column as an attribute, as bytes: made of objects it took twice the time of a row of NDJSON. */
class Attribute {
  private readonly column: Column
  private readonly key: string
  private readonly opening: Fragment
  /** What comes again and again: a word with its key, what evidence shows. */
  private readonly known = new Map<RawValue, Fragment>()

  constructor(column: Column) {
    this.column = column
    this.key = `,{"key":${jsonText(column.key)},"value":`
    this.opening = fragment(`${this.key}${OPENING[column.kind]}`)
  }

  write(from: ColumnSource, out: ByteWriter): void {
    const { kind } = this.column
    const raw = this.column.raw(from)
    if (raw === undefined || raw === '' || Number.isNaN(raw)) return
    switch (kind) {
      case 'word':
      case 'words':
        return out.fragment(this.known.get(raw) ?? this.keep(raw, this.whole(raw)))
      case 'findings':
        return out.text(this.whole(readColumn(this.column, from)))
      case 'time':
        // As in rows under these names: a word is no time.
        if (isoSeconds(from.baseNs, raw as number).isNamed) return
        out.fragment(this.opening)
        out.isoTime(from.baseNs, raw as number)
        return out.fragment(TEXT_END)
      case 'integer':
        out.fragment(this.opening)
        out.integer(raw as number)
        return out.fragment(TEXT_END)
      case 'seconds':
        out.fragment(this.opening)
        out.seconds(raw as number)
        return out.fragment(NUMBER_END)
      case 'boolean':
        out.fragment(this.opening)
        return out.fragment(NUMBER_END)
      case 'prose':
        out.fragment(this.opening)
        out.prose(raw as string)
        return out.fragment(TEXT_END)
      case 'address':
        out.fragment(this.opening)
        out.text(shownAddress(from, raw as number))
        return out.fragment(TEXT_END)
      case 'evidence':
        out.fragment(this.opening)
        return this.evidence(raw as readonly EvidenceItem[], from, out)
    }
  }

  private evidence(items: readonly EvidenceItem[], from: ColumnSource, out: ByteWriter): void {
    for (let i = 0; i < items.length; i++) {
      const { frame, ns, shows } = items[i] as EvidenceItem
      out.fragment(i === 0 ? PACKET : NEXT_PACKET)
      out.integer(frame)
      out.fragment(TIME)
      out.isoTime(from.baseNs, ns)
      out.fragment(
        this.known.get(shows) ??
          this.keep(shows, `"}},{"key":"shows","value":{"stringValue":${jsonText(shows)}}}]}}`),
      )
    }
    out.fragment(LIST_END)
  }

  /** Key and value in one. */
  private whole(value: unknown): string {
    return `${this.key}${jsonText(anyValue(value, false))}}`
  }

  private keep(raw: RawValue, text: string): Fragment {
    const made = fragment(text)
    if (this.known.size < MAX_WORDS) this.known.set(raw, made)
    return made
  }
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
