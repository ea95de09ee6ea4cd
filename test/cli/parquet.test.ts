// Parquet, read back by DuckDB and hyparquet: the rows of NDJSON, typed.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet'
import { beforeAll, describe, expect, test } from 'vitest'
import { COLUMNS } from '../../src/output/columns/columns.js'
import { epochNs } from '../../src/output/bytes/time.js'
import { ROOT, type Row, Scratch, analyze, connections, run } from './run-cli.js'

const scratch = new Scratch()
let duck: DuckDBConnection
let path = ''
let expected: Row[] = []

beforeAll(async () => {
  path = join(scratch.path, 'endings.parquet')
  const [written, ndjson] = await Promise.all([
    analyze(['-f', 'parquet', '-o', path, 'samples/']),
    analyze(['-f', 'ndjson', 'samples/']),
  ])
  if (written.code !== 0) throw new Error(written.stderr)
  expected = connections(ndjson.stdout)
  duck = await (await DuckDBInstance.create(':memory:')).connect()
  await duck.run("SET TimeZone = 'UTC'")
})

async function query(sql: string): Promise<Record<string, unknown>[]> {
  return (await duck.runAndReadAll(sql)).getRowObjectsJson()
}

const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/

/** A value as both sides are compared: digits as text, times cut to the microseconds that DuckDB keeps, nothing for null. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, part]) => part !== null)
    return Object.fromEntries(entries.map(([key, part]) => [key, plain(part)]))
  }
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string' || !TIME.test(value)) return value
  const [, second = '', fraction = ''] = /^(.{19})(?:\.(\d+))?/.exec(value) ?? []
  return `${second.replace('T', ' ')}.${fraction.slice(0, 6).padEnd(6, '0')}`
}

describe('DuckDB', () => {
  test('finds the rows of NDJSON, in their order', async () => {
    const rows = await query(`SELECT * FROM '${path}'`)
    expect(rows.length).toBe(expected.length)
    expect(rows.map(plain)).toEqual(expected.map(plain))
  })

  test('finds types', async () => {
    const rows = await query(
      `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '${path}')`,
    )
    const types = Object.fromEntries(
      rows.map((row) => [row['column_name'] as string, row['column_type']]),
    )
    expect(Object.keys(types)).toEqual(COLUMNS.map(({ key }) => key))
    expect(types).toMatchObject({
      stream: 'BIGINT',
      client_guessed: 'BOOLEAN',
      duration_s: 'DOUBLE',
      start_time: 'TIMESTAMP WITH TIME ZONE',
      flags: 'VARCHAR[]',
      evidence: 'STRUCT(packet BIGINT, "time" TIMESTAMP WITH TIME ZONE, shows VARCHAR)[]',
    })
  })

  const guide = readFileSync(join(ROOT, 'docs/guide.md'), 'utf8')
  const [, asked = ''] = guide.split('\n## What can SQL tell me?\n')
  const questions = [...asked.matchAll(/^([^\n]*)\n\n```sql\n(.*?)```$/gms)].map(
    ([, question = '', sql = '']) => [question, sql] as const,
  )

  test('is asked ten questions by the guide', () => {
    expect(questions).toHaveLength(10)
  })

  test.each(questions)('answers: %s', async (_question, sql) => {
    expect(sql).toContain("'endings.parquet'")
    const rows = await query(sql.replaceAll("'endings.parquet'", `'${path}'`))
    expect(rows.length).toBeGreaterThan(0)
  })
})

describe('hyparquet', () => {
  const file = (): ArrayBuffer => Uint8Array.from(readFileSync(path)).buffer

  test('finds times to the nanosecond', async () => {
    const rows = await parquetReadObjects({
      file: file(),
      columns: ['start_time'],
      parsers: { timestampFromNanoseconds: (ns: bigint) => ns } as never,
    })
    const nsOf = (text: string): bigint =>
      epochNs(BigInt(Date.parse(`${text.slice(0, 19)}Z`)) * 1_000_000n, Number(text.slice(20, 29)))
    expect(rows.map((row) => row['start_time'] as bigint)).toEqual(
      expected.map((row) => nsOf(row['start_time'] as string)),
    )
  })

  test('finds the name of the schema, and columns that are nullable', () => {
    const metadata = parquetMetadata(file())
    expect(metadata.key_value_metadata).toEqual([{ key: 'schema', value: 'tcp-teardown/2' }])
    const { children } = parquetSchema(metadata)
    expect(new Set(children.map(({ element }) => element.repetition_type))).toEqual(
      new Set(['OPTIONAL']),
    )
  })
})

test('chosen columns, filters, a pipe, a file a capture: the same rows', async () => {
  const args = ['-f', 'parquet', '--columns', 'stream,verdict', '--verdict', 'rst_after_kill']
  const folder = join(scratch.path, 'results')
  const sample = 'samples/kill-sigkill-unread.pcap'
  const aside = join(scratch.path, 'aside.parquet')
  await analyze([...args, '-o', aside, sample])
  await analyze([...args, '--out-dir', folder, sample, 'samples/fin-normal.pcap'])
  const row = { stream: '0', verdict: 'rst_after_kill' }
  expect(await query(`SELECT * FROM '${aside}'`)).toEqual([row])
  const results = join(folder, 'samples/kill-sigkill-unread.pcap.parquet')
  expect(readFileSync(results).equals(readFileSync(aside))).toBe(true)
  const none = join(folder, 'samples/fin-normal.pcap.parquet')
  expect(await query(`SELECT count(*)::INT AS n FROM '${none}'`)).toEqual([{ n: 0 }])
})

test('the help names it', async () => {
  expect((await run(['analyze', '--help'])).stdout).toContain('"parquet"')
})
