// `--fields` and `--time`: logs for what people run.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from 'vitest'
import { ROOT, Scratch, analyze, rows, run } from './run-cli.js'

const scratch = new Scratch()
const SAMPLE = 'samples/kill-sigkill-unread.pcap'

test.each(['ecs', 'otel'])('--fields %s: connections only, whatever --jobs', async (fields) => {
  const [one, three] = await Promise.all(
    ['1', '3'].map((jobs) =>
      analyze(['-f', 'ndjson', '--fields', fields, '--jobs', jobs, 'samples/']),
    ),
  )
  expect(three?.stdout).toBe(one?.stdout)
  const types = rows(one?.stdout ?? '').map((row) => row['tcp_teardown.type'])
  expect(new Set(types)).toEqual(new Set(['connection']))
  expect(types.length).toBeGreaterThan(100)
})

test('watch has them too', async () => {
  const { code, stdout } = await run(
    ['watch', '-f', 'ndjson', '--fields', 'ecs', '--time', 'epoch', '--columns', 'ended_at', '-'],
    { input: readFileSync(join(ROOT, SAMPLE)) },
  )
  expect(code).toBe(0)
  expect(rows(stdout)).toEqual([
    expect.objectContaining({ '@timestamp': expect.any(Number) as number }),
  ])
})

test('watch has log records of OTLP, those of analyze', async () => {
  const columns = ['--columns', 'ended_at,verdict']
  const [watched, analyzed] = await Promise.all([
    run(['watch', '-f', 'otlp', ...columns, '-'], { input: readFileSync(join(ROOT, SAMPLE)) }),
    analyze(['-f', 'otlp', ...columns, SAMPLE]),
  ])
  expect([watched.code, watched.stdout]).toEqual([0, analyzed.stdout])
  expect(watched.stdout).toContain('"timeUnixNano":"1795674634426810000"')
})

describe.concurrent('what does not go together is refused:', () => {
  test.each([
    [['-f', 'csv', '--fields', 'ecs'], '--fields goes with --format ndjson'],
    [['-f', 'csv', '--time', 'epoch'], '--time goes with --format ndjson'],
    [['-f', 'ndjson', '--fields', 'otel', '--types', 'incident'], 'lines of type connection only'],
    [['--fields', 'elastic'], "unknown 'elastic'"],
    [['--group-by', 'server', '-f', 'ndjson', '--fields', 'ecs'], 'cannot be used with'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await analyze([...args, SAMPLE])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })
})

test('DuckDB finds the rows of each form, times as times', async () => {
  const duck = await (await DuckDBInstance.create(':memory:')).connect()
  await duck.run("SET TimeZone = 'UTC'")
  const query = async (sql: string): Promise<unknown> =>
    (await duck.runAndReadAll(sql)).getRowObjectsJson()
  const written = async (name: string, ...args: string[]): Promise<string> => {
    const path = join(scratch.path, name)
    const { code } = await analyze(['-f', 'ndjson', '-o', path, ...args, SAMPLE])
    expect(code).toBe(0)
    return path
  }
  const ecs = await written('ecs.ndjson', '--fields', 'ecs')
  const otel = await written('otel.ndjson', '--fields', 'otel', '--time', 'epoch')
  const native = await written('native.ndjson', '--types', 'connection', '--time', 'epoch')
  const expected = [{ at: '2026-11-26 06:30:34', cause: 'unread_data' }]
  expect(
    await query(
      `SELECT strftime("@timestamp"::TIMESTAMP, '%Y-%m-%d %H:%M:%S') AS at, "event.reason" AS cause FROM '${ecs}'`,
    ),
  ).toEqual(expected)
  const ofEpoch = (time: string, cause: string, path: string): string =>
    `SELECT strftime(to_timestamp("${time}"), '%Y-%m-%d %H:%M:%S') AS at, "${cause}" AS cause FROM '${path}'`
  expect(await query(ofEpoch('timestamp', 'tcp_teardown.cause', otel))).toEqual(expected)
  expect(await query(ofEpoch('ended_at', 'cause', native))).toEqual(expected)
})
