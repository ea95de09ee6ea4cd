// Every form of rows, read back by somebody else's reader: it finds the values of NDJSON, on the samples, at times far from
// ours, and under names that mean something to a reader.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { parquetReadObjects } from 'hyparquet'
import { beforeAll, describe, expect, test } from 'vitest'
import { PcapngBuilder } from '../support/capture-builder.js'
import { attributesOf, plainValue, recordsOf } from '../support/otlp-records.js'
import { scenarioFrames } from '../support/scenario.js'
import { readZeekLog } from '../support/zeek-log.js'
import { type Row, Scratch, analyze, connections, rows } from './run-cli.js'

const scratch = new Scratch()

/** Opened, used, and closed a hundred days and a second later. */
const LONG = `
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
0.010 > P. 1:101(100) ack 1
9504001.000000007 > F. 101:101(0) ack 1
9504001.000000008 < F. 1:1(0) ack 102
9504001.000000009 > . 102:102(0) ack 2`

/** Names that a reader could take for something else. */
const NAMES = [
  'true',
  'null',
  'NaN',
  '1e5',
  '2026-11-26',
  'a,b',
  'a;b',
  'say "hi"',
  "'q",
  'µ 日本',
  'a\\b',
  '%41#f?q',
]

const YEAR_S = 31_556_952n

/** A capture whose clock is some years beside that of the scenario. */
function captureAt(years: bigint): Uint8Array {
  const tsoffset = years * YEAR_S
  const builder = new PcapngBuilder().section().interface({ tsresol: 9, tsoffset })
  for (const { timeNs, bytes } of scenarioFrames(LONG))
    builder.packet({ timeNs: timeNs + tsoffset * 1_000_000_000n, bytes })
  return builder.take()
}

/** Years beside 2023: before Christ, before 1677 (64 bits of ns), before 1970, of 2038, behind 2262, behind 9999. */
const YEARS = [-3000n, -400n, -100n, 0n, 15n, 300n, 9000n]

/** What is read, by name. */
const SOURCES: Record<string, string> = { samples: join(import.meta.dirname, '../../samples') }
const expected: Record<string, Row[]> = {}

beforeAll(async () => {
  const times = join(scratch.path, 'times')
  const names = join(scratch.path, 'names')
  for (const folder of [times, names]) mkdirSync(folder)
  for (const years of YEARS) writeFileSync(join(times, `${years}.pcapng`), captureAt(years))
  for (const name of NAMES) writeFileSync(join(names, name), captureAt(0n))
  Object.assign(SOURCES, { times, names })
  for (const [name, folder] of Object.entries(SOURCES))
    expected[name] = connections((await analyze(['-f', 'ndjson', folder])).stdout)
})

/** Rows of a source in a form. */
async function written(source: string, format: string, ...args: string[]): Promise<string> {
  const path = join(scratch.path, `${source}.${format}`)
  const { code, stderr } = await analyze(['-f', format, '-o', path, ...args, SOURCES[source] ?? ''])
  expect([code, stderr.replace(/^tcp-teardown: passed over .*\n/, '')]).toEqual([0, ''])
  return path
}

describe.each(['samples', 'times', 'names'])('of %s,', (source) => {
  test('a reader of CSV finds the values of JSON', async () => {
    const text = readFileSync(await written(source, 'csv'), 'utf8')
    const found: Record<string, string>[] = parse(text, { columns: true })
    expect(found).toEqual((expected[source] ?? []).map((row) => cellsOf(row, found[0] ?? {})))
  })

  test('a reader of Parquet finds them, times to the ns', async () => {
    const bytes = readFileSync(await written(source, 'parquet'))
    const found = await parquetReadObjects({
      file: Uint8Array.from(bytes).buffer,
      parsers: { timestampFromNanoseconds: (ns: bigint) => ns } as never,
    })
    expect(found.map(plain)).toEqual((expected[source] ?? []).map(plain))
  })

  test("a reader of Zeek's logs, by their header lines, finds them; so does one of JSON", async () => {
    const columns = ['--columns', 'capture,stream,explanation,client_guessed,flags,fin_to_fin_s']
    const found = readZeekLog(readFileSync(await written(source, 'zeek', ...columns), 'utf8'))
    expect(found).toHaveLength(expected[source]?.length ?? NaN)
    for (const [at, row] of (expected[source] ?? []).entries()) {
      expect(found[at]).toMatchObject(zeekOf(row))
    }
    const objects = rows(readFileSync(await written(source, 'zeek-json', ...columns), 'utf8'))
    expect(objects).toEqual(found.map((row) => JSON.parse(JSON.stringify(row)) as Row))
  })

  test('a reader of OTLP finds what stands under the names of OpenTelemetry', async () => {
    const records = recordsOf(readFileSync(await written(source, 'otlp'), 'utf8'))
    const { stdout } = await analyze(['-f', 'ndjson', '--fields', 'otel', SOURCES[source] ?? ''])
    const named = rows(stdout)
    expect(records).toHaveLength(named.length)
    for (const [at, { attributes, body, timeUnixNano }] of records.entries()) {
      const {
        timestamp,
        event_name: _n,
        severity_text: _t,
        severity_number: _s,
        ...row
      } = named[at] ?? ({} as Row)
      expect({ ...attributesOf(attributes as unknown[]), body: plainValue(body) }).toEqual(row)
      const ns = exactNs((timestamp ?? '') as string)
      expect(timeUnixNano).toBe(ns === undefined || ns < 0n ? '0' : String(ns))
    }
  })
})

/** What a log of Zeek has of a row: times cut to the µs, spans rounded to it. */
function zeekOf(row: Row): object {
  const micros = (seconds: unknown): number | undefined =>
    seconds === undefined ? undefined : Math.round((seconds as number) * 1e6) / 1e6
  const ns = exactNs(row['start_time'] as string)
  return {
    ...(ns === undefined ? {} : { ts: Number(floorDivided(ns, 1000n)) / 1e6 }),
    'id.orig_h': row['client_ip'],
    'id.orig_p': row['client_port'],
    'id.resp_h': row['server_ip'],
    'id.resp_p': row['server_port'],
    duration: micros(row['duration_s']),
    orig_bytes: row['client_bytes'],
    resp_pkts: row['server_packets'],
    conn_state: row['conn_state'],
    capture: row.capture,
    stream: row.stream,
    explanation: row['explanation'],
    client_guessed: row['client_guessed'],
    flags: row['flags'],
    fin_to_fin_s: micros(row['fin_to_fin_s']),
  }
}

function floorDivided(value: bigint, by: bigint): bigint {
  const rest = ((value % by) + by) % by
  return (value - rest) / by
}

/** A value as both sides are compared: digits as text, times as their ns, nothing for null. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([key, part]) => [key, plain(part)] as const)
    return Object.fromEntries(parts.filter(([, part]) => part !== undefined && part !== null))
  }
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return typeof value === 'string' && TIME.test(value) ? nsOf(value) : value
}

test('of standard input, too: its name is no formula', async () => {
  const input = readFileSync(join(SOURCES['samples'] ?? '', 'fin-normal.pcap'))
  const { stdout } = await analyze(['-f', 'csv', '--columns', 'capture,stream', '-'], { input })
  expect(parse(stdout, { columns: true })).toEqual([{ capture: '-', stream: '0' }])
})

describe('CSV', () => {
  const KILLED = join(import.meta.dirname, '../../samples/kill-many.pcap')

  test.each([
    ['incidents', ['--types', 'incident']],
    ['counts', ['--group-by', 'server']],
  ])('of %s has the values of JSON', async (_what, args) => {
    const [csv, json] = await Promise.all(
      ['csv', 'ndjson'].map((format) => analyze(['-f', format, ...args, KILLED])),
    )
    const found: Record<string, string>[] = parse(csv?.stdout ?? '', { columns: true })
    expect(found).toHaveLength(1)
    expect(found).toEqual(rows(json?.stdout ?? '').map((row) => cellsOf(row, found[0] ?? {})))
  })

  test.each([[[]], [['--types', 'incident']], [['--group-by', 'server']]])(
    'has a byte order mark with --bom, once: %j',
    async (args) => {
      const [bare, marked] = await Promise.all(
        [args, ['--bom', ...args]].map((all) => analyze(['-f', 'csv', ...all, KILLED])),
      )
      expect(marked?.stdout).toBe(`\ufeff${bare?.stdout}`)
      expect(parse(marked?.stdout ?? '', { columns: true, bom: true })).toEqual(
        parse(bare?.stdout ?? '', { columns: true }),
      )
    },
  )

  test.each(['ndjson', 'html', 'table'])('--bom does not go with %s', async (format) => {
    const { code, stderr } = await analyze(['-f', format, '--bom', KILLED])
    expect([code, stderr]).toEqual([2, expect.stringContaining('--bom')])
  })
})

/** A row as cells of CSV: empty where nothing is known, lists joined. */
function cellsOf(row: Row, keys: object): Record<string, string> {
  return Object.fromEntries(Object.keys(keys).map((key) => [key, cellOf(row[key])]))
}

function cellOf(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value)
      .map(([name, n]) => `${name} ${n as number}`)
      .join(';')
  }
  if (!Array.isArray(value))
    return typeof value === 'number' ? digits(value) : `${value as string | boolean}`
  return value
    .map((item: unknown) => {
      if (typeof item === 'string' || typeof item === 'number') return item
      const { code, packet, shows } = item as { code?: string; packet: number; shows: string }
      return code ?? `${packet} ${shows}`
    })
    .join(';')
}

/** A number without an exponent. */
function digits(value: number): string {
  return Math.abs(value) < 1e-6 && value !== 0 ? value.toFixed(9).replace(/0+$/, '') : String(value)
}

/** Times of JSON. */
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z|before year 0|after year 9999)$/

/** Digits of the ns since 1970; undefined where 64 bits do not hold them, and for a time on no calendar. */
function nsOf(text: string): string | undefined {
  const ns = exactNs(text)
  return ns === undefined || ns !== BigInt.asIntN(64, ns) ? undefined : String(ns)
}

/** Ns since 1970; undefined for a time on no calendar. */
function exactNs(text: string): bigint | undefined {
  const ms = Date.parse(`${text.slice(0, 19)}Z`)
  if (!text.endsWith('Z') || Number.isNaN(ms)) return undefined
  return BigInt(ms) * 1_000_000n + BigInt(text.slice(20, 29))
}
