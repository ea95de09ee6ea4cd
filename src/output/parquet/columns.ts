// How columns lie in a Parquet file: the elements of its schema by kind, and the value of each kind from that of a JSON row.

import type { ParquetWriter } from 'hyparquet-writer'
import { isNamedTime } from '../bytes/time.js'
import type { Column, ColumnKind } from '../columns/column.js'

/** An element of a Parquet schema. */
export type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number]

/** What a value is made of: of a list the form of its items, of a record that of its fields. */
interface Form {
  readonly elements: (name: string, isOptional: boolean) => SchemaElement[]
  /** From JSON to what the writer takes. */
  readonly value: (json: unknown) => unknown
}

function leaf(element: Omit<SchemaElement, 'name'>, value: Form['value']): Form {
  return {
    elements: (name, isOptional) => [
      { ...element, name, repetition_type: isOptional ? 'OPTIONAL' : 'REQUIRED' },
    ],
    value,
  }
}

const TEXT = leaf(
  { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  (json) => json,
)
const WHOLE = leaf({ type: 'INT64' }, (json) => BigInt(json as number))
const SECONDS = leaf({ type: 'DOUBLE' }, (json) => json)
const FLAG = leaf({ type: 'BOOLEAN' }, (json) => json)
const TIME = leaf(
  {
    type: 'INT64',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' },
  },
  (json) => nsOf(json as string),
)

/** The three levels that readers agree on. */
function list(item: Form): Form {
  return {
    elements: (name) => [
      {
        name,
        repetition_type: 'OPTIONAL',
        num_children: 1,
        converted_type: 'LIST',
        logical_type: { type: 'LIST' },
      },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...item.elements('element', false),
    ],
    value: (json) => (json as unknown[]).map(item.value),
  }
}

/** A record; fields of `always` are in every one. */
function record(fields: Readonly<Record<string, Form>>, always: ReadonlySet<string>): Form {
  const entries = Object.entries(fields)
  return {
    elements: (name) => [
      { name, repetition_type: 'REQUIRED', num_children: entries.length },
      ...entries.flatMap(([key, form]) => form.elements(key, !always.has(key))),
    ],
    value: (json) => {
      const from = json as Readonly<Record<string, unknown>>
      const made: Record<string, unknown> = {}
      for (const [key, form] of entries) {
        const value = from[key]
        made[key] = value === undefined ? null : form.value(value)
      }
      return made
    },
  }
}

const EVIDENCE = record(
  { packet: WHOLE, time: TIME, shows: TEXT },
  new Set<string>(['packet', 'shows']),
)
const FINDING = record(
  {
    code: TEXT,
    packet: WHOLE,
    time: TIME,
    side: TEXT,
    count: WHOLE,
    seconds: SECONDS,
    bytes: WHOLE,
    says: TEXT,
  },
  new Set<string>(['code', 'packet', 'says']),
)

const FORMS: Readonly<Record<ColumnKind, Form>> = {
  word: TEXT,
  prose: TEXT,
  address: TEXT,
  integer: WHOLE,
  seconds: SECONDS,
  time: TIME,
  boolean: FLAG,
  words: list(TEXT),
  evidence: list(EVIDENCE),
  findings: list(FINDING),
}

const COMPARED: ReadonlySet<string> = new Set<string>([
  'word',
  'address',
  'integer',
  'seconds',
  'time',
])

/** A column of the file, and the values of the row group that is being filled. */
export class ParquetColumn {
  readonly name: string
  data: unknown[] = []
  /** Whether rows are looked for by its values, so that readers gain by knowing the least and the greatest of a row group. */
  readonly isCompared: boolean
  private readonly form: Form

  constructor({ key, kind }: Column) {
    this.name = key
    this.form = FORMS[kind]
    this.isCompared = COMPARED.has(kind)
  }

  /** Its part of the schema. Every column may be absent: some times are on no calendar. */
  elements(): SchemaElement[] {
    return this.form.elements(this.name, true)
  }

  /** Adds the value of a row. */
  add(row: Readonly<Record<string, unknown>>): void {
    const json = row[this.name]
    this.data.push(json === undefined ? null : this.form.value(json))
  }
}

const NS_PER_MS = 1_000_000n
/** What 64 bits of ns can name: from 1677 to 2262. */
const MOST_NS = 2n ** 63n - 1n
const SECOND_LENGTH = 'YYYY-MM-DDTHH:MM:SS'.length

/** The second that was last: the times of a row are those of few. */
const last = { text: '', ns: 0n as bigint | null }

/** Ns since 1970; null for a time that cannot be told in 64 bits. */
function nsOf(text: string): bigint | null {
  const second = text.slice(0, SECOND_LENGTH)
  if (second !== last.text) {
    // Of a time on no calendar Date.parse would make one: it finds a year in `before year 0`.
    const ms = isNamedTime(text) ? NaN : Date.parse(`${second}Z`)
    last.text = second
    last.ns = Number.isNaN(ms) ? null : BigInt(ms) * NS_PER_MS
  }
  if (last.ns === null) return null
  const ns = last.ns + BigInt(text.slice(SECOND_LENGTH + 1, -1))
  return ns > MOST_NS || ns < -MOST_NS ? null : ns
}
