// The pipelines of the guide: what of them can be run is run as it is printed, the rest is parsed and held against our names.

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { COLUMNS, COLUMN_KEYS } from '../../src/output/columns/columns.js'
import type { ColumnKind } from '../../src/output/columns/column.js'
import { PcapngBuilder } from '../support/capture-builder.js'
import { missing } from '../support/installed.js'
import { scenarioFrames } from '../support/scenario.js'
import { ROOT, type Row, Scratch, analyze, connections, rows } from './run-cli.js'

const scratch = new Scratch()
const SAMPLE = join(ROOT, 'samples/kill-many.pcap')
const [, section = ''] =
  /\n## Into a log store\?\n([^]*?)\n## /.exec(readFileSync(join(ROOT, 'docs/guide.md'), 'utf8')) ??
  []

/** The blocks of a language in the section. */
function blocks(language: string): string[] {
  const found = section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))
  return Array.from(found, ([, text = '']) => text)
}

/** The block of a language in which a text stands. */
function block(language: string, text: string): string {
  return blocks(language).find((each) => each.includes(text)) ?? ''
}

let expected: Row[] = []

beforeAll(async () => {
  expected = connections((await analyze(['-f', 'ndjson', 'samples/'])).stdout)
  mkdirSync(join(scratch.path, 'bin'))
  symlinkSync(join(ROOT, 'bin/tcp-teardown.js'), join(scratch.path, 'bin/tcp-teardown'))
})

/** A capture of a connection at times behind the year 9999. */
function brokenClock(): Uint8Array {
  const tsoffset = 300_000_000_000n
  const builder = new PcapngBuilder().section().interface({ tsresol: 9, tsoffset })
  const frames = scenarioFrames('0.000 > S 0:0(0)\n0.001 < R. 0:0(0) ack 1 win 0 nots')
  for (const { timeNs, bytes } of frames)
    builder.packet({ timeNs: timeNs + tsoffset * 1_000_000_000n, bytes })
  return builder.take()
}

/** Runs a command as a shell does, with our program in the path. */
async function shell(command: string): Promise<{ code: number | null; said: string }> {
  const env = { ...process.env, PATH: `${join(scratch.path, 'bin')}:${process.env['PATH']}` }
  const child = spawn('sh', ['-c', command], { env, cwd: scratch.path })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += part))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, said }
}

const isWindows = process.platform === 'win32'

test.skipIf(isWindows)('the commands of a watch write what the pipelines read', async () => {
  const commands = block('sh', 'watch').trim().split('\n')
  expect(commands).toHaveLength(3)
  for (const command of commands) {
    const here = command
      .replace('tcpdump -i any -U -w - tcp', `cat ${SAMPLE}`)
      .replace('/var/log/tcp-teardown/', '')
    expect(await shell(here)).toEqual({ code: 0, said: '' })
  }
  const lines = (name: string): Row[] => rows(readFileSync(join(scratch.path, name), 'utf8'))
  expect(lines('native.ndjson').filter(({ type }) => type === 'connection')).toHaveLength(13)
  const ecs = lines('ecs.ndjson').filter((row) => typeof row['@timestamp'] === 'string')
  const otlp = lines('otlp.jsonl').filter((row) => Array.isArray(row['resourceLogs']))
  expect([ecs.length, otlp.length]).toEqual([13, 13])
})

describe('Elasticsearch', () => {
  test('gets lines from Filebeat', () => {
    const config = parse(block('yaml', 'filebeat')) as {
      'filebeat.inputs': { type: string; parsers: object[]; paths: string[] }[]
      'output.elasticsearch': { index: string }
    }
    expect(config['filebeat.inputs']).toEqual([
      expect.objectContaining({
        type: 'filestream',
        parsers: [
          { ndjson: { target: '', overwrite_keys: true, expand_keys: true, add_error_key: true } },
        ],
      }),
    ])
    // The name of a data stream has three parts, and the second is event.dataset.
    expect(config['output.elasticsearch'].index).toBe('logs-tcp_teardown.connection-default')
  })

  const NO_TOOLS = missing('jq', ['--version']) ?? missing('curl', ['--version'])
  test.skipIf(isWindows || NO_TOOLS !== undefined)('gets them by its bulk interface', async () => {
    const bodies: string[] = []
    const paths: (string | undefined)[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => (body += part))
      request.on('end', () => {
        paths.push(`${request.method} ${request.url} ${request.headers['content-type']}`)
        bodies.push(body)
        response.end('{}')
      })
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const command = block('sh', '_bulk')
      .replace('localhost:9200', `127.0.0.1:${port}`)
      .replace('capture.pcap', SAMPLE)
      .replace('curl', 'curl -s')
    const { code } = await shell(command)
    server.close()
    expect([code, paths]).toEqual([
      0,
      ['POST /logs-tcp_teardown.connection-default/_bulk application/x-ndjson'],
    ])
    const lines = rows(bodies[0] ?? '')
    expect(lines).toHaveLength(26)
    const actions = lines.filter((_line, at) => at % 2 === 0).map((line) => JSON.stringify(line))
    expect(new Set(actions)).toEqual(new Set(['{"create":{}}']))
    expect(lines[1]).toMatchObject({ 'event.dataset': 'tcp_teardown.connection' })
  })

  test('gets no word where a time should be', async () => {
    const path = await scratch.file('clock.pcapng', brokenClock())
    const columns = 'start_time,end_time,ended_at,stream'
    const ecs = (time: string): string[] => [
      '-f',
      'ndjson',
      '--fields',
      'ecs',
      '--time',
      time,
      '--columns',
      columns,
      path,
    ]
    const [iso, epoch, native] = await Promise.all([
      analyze(ecs('iso')),
      analyze(ecs('epoch')),
      analyze(['-f', 'ndjson', path]),
    ])
    const [row = {}] = rows(iso.stdout)
    expect(row).toMatchObject({ 'tcp_teardown.stream': 0 })
    expect(Object.keys(row).filter((key) => /^(@timestamp|event\.(start|end))$/.test(key))).toEqual(
      [],
    )
    expect(typeof rows(epoch.stdout)[0]?.['@timestamp']).toBe('number')
    expect(connections(native.stdout)[0]?.['ended_at']).toBe('after year 9999')
  })

  test('takes the type of each field from its first value, and every later one has it', async () => {
    const { stdout } = await analyze(['-f', 'ndjson', '--fields', 'ecs', 'samples/'])
    const types = new Map<string, Set<string>>()
    // A decimal point makes a double; JSON.parse does not see it.
    const pointed = stdout.replaceAll(/(?<=":)(-?\d+\.\d+)(?=[,}])/g, '{"double":"$1"}')
    for (const row of rows(pointed)) collectTypes('', row, types)
    expect(types.size).toBeGreaterThan(60)
    expect([...types].filter(([, each]) => each.size > 1)).toEqual([])
    expect(types.get('tcp_teardown.teardown_s')).toEqual(new Set(['double']))
    expect(types.get('event.duration')).toEqual(new Set(['number']))
  })
})

/** The types of all values, by the path of their field; lists have those of their items. */
function collectTypes(path: string, value: unknown, types: Map<string, Set<string>>): void {
  if (Array.isArray(value)) {
    for (const item of value) collectTypes(path, item, types)
  } else if (typeof value === 'object' && value !== null && !('double' in value)) {
    const before = path === '' ? '' : `${path}.`
    for (const [key, part] of Object.entries(value)) collectTypes(before + key, part, types)
  } else {
    const known = types.get(path) ?? new Set<string>()
    types.set(path, known.add(typeof value === 'object' ? 'double' : typeof value))
  }
}

describe('ClickHouse', () => {
  const sql = block('sql', 'CREATE TABLE')
  const columns = [...sql.matchAll(/^ {2}(\w+) ([A-Z].*?),?$/gm)].map(
    ([, name = '', type = '']) => [name, type] as const,
  )
  /** Types that fit a kind of column. */
  const FITTING: Partial<Record<ColumnKind, RegExp>> = {
    word: /^(LowCardinality\()?String\)?$/,
    prose: /^String$/,
    address: /^String$/,
    integer: /^UInt(16|64)$/,
    seconds: /^(Nullable\()?Float64\)?$/,
    time: /^DateTime64\(9, 'UTC'\)$/,
    words: /^Array\(String\)$/,
  }

  test('has a table of our columns, absent ones as null or empty', () => {
    expect(columns.length).toBeGreaterThan(15)
    for (const [name, type] of columns) {
      const column = COLUMNS.find(({ key }) => key === name)
      expect([name, type]).toEqual([
        name,
        expect.stringMatching(FITTING[column?.kind ?? 'word'] ?? /^$/),
      ])
      if (column?.kind === 'seconds')
        expect([name, type.startsWith('Nullable')]).toEqual([name, !column.always])
    }
  })

  test('is answered for by DuckDB, with the same table: it finds the numbers of JSON', async () => {
    const duck = await (await DuckDBInstance.create(':memory:')).connect()
    await duck.run("SET TimeZone = 'UTC'")
    const path = join(scratch.path, 'connections.ndjson')
    await analyze(['-f', 'ndjson', '--types', 'connection', '-o', path, 'samples/'])
    const typed = columns.map(([name, type]) => `${name} ${duckType(type)}`).join(', ')
    const names = columns.map(([name]) => name).join(', ')
    await duck.run(`CREATE TABLE endings (${typed})`)
    const shape = columns.map(([name, type]) => `${name}: '${duckType(type)}'`).join(', ')
    await duck.run(
      `INSERT INTO endings SELECT ${names} FROM read_json('${path}', format = 'nd', columns = {${shape}})`,
    )
    const [found] = (
      await duck.runAndReadAll(
        `SELECT count(*)::INT AS n, sum(client_bytes)::INT AS bytes, count(fin_to_fin_s)::INT AS closed,
           round(sum(duration_s), 6) AS seconds, strftime(min(ended_at), '%Y-%m-%dT%H:%M:%S') AS first
         FROM endings`,
      )
    ).getRowObjectsJson()
    const sum = (key: string): number =>
      expected.reduce((all, row) => all + ((row[key] ?? 0) as number), 0)
    expect(found).toEqual({
      n: expected.length,
      bytes: sum('client_bytes'),
      closed: expected.filter((row) => row['fin_to_fin_s'] !== undefined).length,
      seconds: Number(sum('duration_s').toFixed(6)),
      first: String(expected.map((row) => row['ended_at']).sort()[0]).slice(0, 19),
    })
  })
})

/** What DuckDB calls a type of ClickHouse. */
function duckType(type: string): string {
  const inner = /^(?:LowCardinality|Nullable)\((.*)\)$/.exec(type)?.[1] ?? type
  if (inner.startsWith('DateTime64')) return 'TIMESTAMP'
  const names: Readonly<Record<string, string>> = {
    String: 'VARCHAR',
    UInt16: 'USMALLINT',
    UInt64: 'UBIGINT',
    Float64: 'DOUBLE',
    'Array(String)': 'VARCHAR[]',
  }
  return names[inner] ?? inner
}

test('Loki: labels, times and queries are of our fields', () => {
  const config = block('alloy', 'loki.process')
  expect(config.split('{').length).toBe(config.split('}').length)
  const named = /expressions = \{(.*)\}/.exec(config)?.[1] ?? ''
  const fields = Array.from(named.matchAll(/(\w+) = ""/g), ([, name = '']) => name)
  expect(fields.filter((name) => !COLUMN_KEYS.includes(name))).toEqual([])
  const labels = Array.from(
    (/values = \{(.*)\}/.exec(config)?.[1] ?? '').matchAll(/(\w+) = ""/g),
    ([, name = '']) => name,
  )
  expect(labels.filter((name) => !fields.includes(name))).toEqual([])
  expect(config).toMatch(/source +=\s*"ended_at"/)
  const queries = block('logql', 'job=')
  const asked = Array.from(
    queries.matchAll(/(\w+) ?=(?= ?["\d])|\(?\.(\w+)\}\}/g),
    ([, a, b]) => a ?? b ?? '',
  )
  expect(asked.filter((name) => name !== 'job' && !COLUMN_KEYS.includes(name))).toEqual([])
  expect(asked).toContain('explanation')
})

test('Splunk: the time is found by its format', () => {
  const settings = Object.fromEntries(
    block('ini', 'TIME_FORMAT')
      .split('\n')
      .filter((line) => line.includes(' = '))
      .map((line) => line.split(' = ', 2)),
  ) as Readonly<Record<string, string>>
  const digits: Readonly<Record<string, string>> = { '%Y': '\\d{4}', '%9N': '\\d{9}', '%Z': 'Z' }
  const format = settings['TIME_FORMAT']
    ?.replaceAll('.', '\\.')
    .replaceAll(/%\d?\w/g, (code) => digits[code] ?? '\\d\\d')
  const times = expected.map((row) => String(row[settings['TIMESTAMP_FIELDS'] ?? '']))
  expect(times.filter((time) => !new RegExp(`^${format}$`).test(time))).toEqual([])
  expect(settings).toMatchObject({ INDEXED_EXTRACTIONS: 'json', KV_MODE: 'none' })
})

test('OpenTelemetry: a pipeline of what is declared, from the beginning of the files', () => {
  interface Collector {
    receivers: Record<string, { include: string[]; start_at: string }>
    exporters: object
    service: { pipelines: { logs: { receivers: string[]; exporters: string[] } } }
  }
  const { receivers, exporters, service } = parse(block('yaml', 'otlpjsonfile')) as Collector
  const { logs } = service.pipelines
  expect(Object.keys(receivers)).toEqual(logs.receivers)
  expect(Object.keys(exporters)).toEqual(logs.exporters)
  expect(receivers['otlpjsonfile']).toMatchObject({ start_at: 'beginning' })
})

test.skipIf(isWindows)('a shell can read every command', () => {
  for (const text of blocks('sh')) {
    const { status, stderr } = spawnSync('sh', ['-n', '-c', text], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  }
})
