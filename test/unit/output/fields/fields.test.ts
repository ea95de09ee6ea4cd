// Columns under the names of others, and times as numbers.

import { expect, test } from 'vitest'
import { ALL_COLUMNS, COLUMNS, COLUMN_KEYS } from '../../../../src/output/columns/columns.js'
import type { ColumnKind } from '../../../../src/output/columns/column.js'
import { fieldColumns, namesOf } from '../../../../src/output/fields/columns.js'
import {
  FOREIGN_NAMES,
  IN_NS,
  MADE_FIELDS,
  OWN_PREFIX,
} from '../../../../src/output/fields/names.js'
import { NORMAL, REFUSED, reported } from '../formats/reporting.js'

const RUNS = [{ text: NORMAL }, { text: REFUSED }]
type Object = Readonly<Record<string, unknown>>

function objects(options: Parameters<typeof reported>[1]): Object[] {
  const text = reported(RUNS, { format: 'ndjson', types: ['connection'], ...options })
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Object)
}

test('names are those of columns', () => {
  const wrong = FOREIGN_NAMES.filter(({ column }) => !COLUMN_KEYS.includes(column))
  expect(wrong).toEqual([])
})

/** Fields of the Elastic Common Schema and their types, as its list has them. */
const ECS_TYPES: Readonly<Record<string, string>> = {
  '@timestamp': 'date',
  message: 'match_only_text',
  'ecs.version': 'keyword',
  'event.action': 'keyword',
  'event.category': 'keyword array',
  'event.dataset': 'keyword',
  'event.duration': 'long',
  'event.end': 'date',
  'event.kind': 'keyword',
  'event.outcome': 'keyword',
  'event.reason': 'keyword',
  'event.start': 'date',
  'event.type': 'keyword array',
  'log.file.path': 'keyword',
  'network.transport': 'keyword',
  'network.type': 'keyword',
  ...Object.fromEntries(
    ['client', 'server', 'source', 'destination'].flatMap((side) => [
      [`${side}.ip`, 'ip'],
      [`${side}.port`, 'long'],
      [`${side}.bytes`, 'long'],
      [`${side}.packets`, 'long'],
    ]),
  ),
}

/** What is written for each kind of column. */
const WRITTEN: Readonly<Partial<Record<ColumnKind, string>>> = {
  word: 'keyword',
  words: 'keyword array',
  prose: 'match_only_text',
  address: 'ip',
  integer: 'long',
  time: 'date',
}

test('ecs: names and types are those of its list', () => {
  const foreign = fieldColumns(ALL_COLUMNS, 'ecs').filter(({ key }) => !key.startsWith(OWN_PREFIX))
  const written = foreign.map(({ key, kind }) => [key, WRITTEN[kind]])
  expect(Object.fromEntries(written)).toEqual(ECS_TYPES)
})

test.each(['ecs', 'otel'] as const)('%s: every field has a name of its own', (set) => {
  const names = fieldColumns(ALL_COLUMNS, set).map(({ key }) => key)
  expect(new Set(names).size).toBe(names.length)
  // Elasticsearch cannot have a value where there are fields below it.
  const above = names.filter((name) => names.some((other) => other.startsWith(`${name}.`)))
  expect(above).toEqual([])
})

test.each(['ecs', 'otel'] as const)('%s: the values are those of our columns', (set) => {
  const native = objects({})
  const named = objects({ fields: set })
  for (const [at, row] of native.entries()) {
    for (const [key, value] of Object.entries(row)) {
      for (const name of namesOf(key, set)) {
        const expected = IN_NS.has(name) ? Math.round((value as number) * 1e9) : value
        expect([name, named[at]?.[name]]).toEqual([name, expected])
      }
    }
    const made = MADE_FIELDS.filter((field) => field.set === set)
    expect(Object.keys(named[at] ?? {})).toHaveLength(
      made.length + Object.keys(row).flatMap((key) => namesOf(key, set)).length,
    )
  }
})

test('ecs: constants, an outcome, both pairs of ends', () => {
  const [normal, refused] = objects({ fields: 'ecs', columns: ['client_ip', 'ended_at'] })
  expect(normal).toEqual({
    'ecs.version': '9.0.0',
    'event.kind': 'event',
    'event.category': ['network'],
    'event.type': ['connection', 'end'],
    'event.dataset': 'tcp_teardown.connection',
    'event.outcome': 'success',
    'network.transport': 'tcp',
    'network.type': 'ipv4',
    'source.ip': '10.0.0.1',
    'client.ip': '10.0.0.1',
    '@timestamp': '2023-11-14T22:13:21.000000000Z',
  })
  expect(refused).toMatchObject({ 'event.outcome': 'failure' })
})

test.each([
  ['ecs', '@timestamp'],
  ['otel', 'timestamp'],
] as const)('%s: every row has its time, whatever columns are chosen', (fields, name) => {
  const [row = {}] = objects({ fields, columns: ['stream'] })
  expect(row).toMatchObject({ [name]: '2023-11-14T22:13:21.000000000Z', 'tcp_teardown.stream': 0 })
})

test('otel: severities', () => {
  const rows = objects({ fields: 'otel', columns: ['explanation'] })
  expect(rows.map((row) => row['severity_number'])).toEqual([9, expect.any(Number)])
  expect(rows[0]).toMatchObject({ severity_text: 'INFO', body: expect.any(String) as string })
})

test.each([
  ['ecs', false],
  ['otel', true],
] as const)('%s: spans have a decimal point, also whole ones', (fields, isEpoch) => {
  // Idle for whole 8 s before the close, which is a finding too.
  const text = NORMAL.replaceAll(/^1\.\d+/gm, '8.020')
  const line = reported([{ text }], { format: 'ndjson', types: ['connection'], fields, isEpoch })
  expect(line).toContain('"tcp_teardown.idle_before_teardown_s":8.0,')
  expect(line).toContain('"seconds":8.0,')
  const spans = line.match(/(?<=_s":|"seconds":)[^,}]+/g) ?? []
  expect(spans.length).toBeGreaterThan(4)
  expect(spans.filter((span) => !/[.e]/.test(span))).toEqual([])
  expect(reported([{ text }], { format: 'ndjson', types: ['connection'] })).toContain(
    '"idle_before_teardown_s":8,',
  )
})

test('times as numbers are the same times, with all digits', () => {
  const columns = COLUMNS.map(({ key }) => key)
  const text = reported(RUNS, { format: 'ndjson', types: ['connection'], isEpoch: true, columns })
  const asText = text.replaceAll(/(\d{10}\.\d{9})(?=[,}\]])/g, '"$1"')
  const rows = asText
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Object)
  expect(rows.map(withIsoTimes)).toEqual(objects({ columns }))
  expect(() => JSON.parse(text.split('\n')[0] ?? '') as Object).not.toThrow()
})

/** Texts of seconds since 1970 as ISO 8601. */
function withIsoTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withIsoTimes)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withIsoTimes(part)]))
  }
  const [, seconds, nanos] = /^(\d{10})\.(\d{9})$/.exec(String(value)) ?? []
  if (seconds === undefined) return value
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${nanos}Z`
}
