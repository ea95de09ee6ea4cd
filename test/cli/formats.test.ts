// What goes to standard output, in each format.

import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { COLUMNS } from '../../src/output/columns/columns.js'
import { analyze, connections, rows, run } from './run-cli.js'

const REUSED = 'samples/ports-reused.pcap'
const REFUSED = 'samples/handshake-refused.pcap'

test('ndjson: connections, the capture, the summary; nothing on stderr', async () => {
  const { code, stdout, stderr } = await analyze(['-f', 'ndjson', REUSED, REFUSED])
  expect([code, stderr]).toEqual([0, ''])
  const lines = rows(stdout)
  expect(lines.filter(({ type }) => type === 'capture').map(({ capture }) => capture)).toEqual([
    REUSED,
    REFUSED,
  ])
  expect(lines.at(-1)).toMatchObject({ type: 'summary', captures: 2, failed_captures: 0 })
  expect(lines.at(-1)?.['connections']).toBe(connections(stdout).length)
})

test('ndjson holds what the golden files hold', async () => {
  const { stdout } = await analyze(['-f', 'ndjson', REUSED])
  const golden = JSON.parse(readFileSync(`${REUSED}.json`, 'utf8')) as object[]
  expect(connections(stdout)).toEqual(golden.map((row) => Object.assign(row, { capture: REUSED })))
})

test('json: one document with the same rows', async () => {
  const [json, ndjson] = await Promise.all([
    analyze(['-f', 'json', REUSED, REFUSED]),
    analyze(['-f', 'ndjson', REUSED, REFUSED]),
  ])
  expect([json.code, json.stderr]).toEqual([0, ''])
  const document = JSON.parse(json.stdout) as Record<string, unknown>
  const lines = rows(ndjson.stdout)
  expect(document).toMatchObject({ schema: 'tcp-teardown/2', summary: lines.at(-1) })
  expect(document['connections']).toEqual(connections(ndjson.stdout))
  expect(document['captures']).toEqual(lines.filter(({ type }) => type === 'capture'))
})

test('csv: a line of all keys and a line a connection', async () => {
  const { code, stdout, stderr } = await analyze(['-f', 'csv', REFUSED])
  expect([code, stderr]).toEqual([0, ''])
  const [head, first, ...others] = stdout.split(/\r?\n/)
  expect(head?.split(',')).toEqual(COLUMNS.map((column) => column.key))
  expect(first).toMatch(/^connection,samples\/handshake-refused\.pcap,0,/)
  expect(others).toEqual([''])
})

test('table: totals, then the notable connections', async () => {
  const { code, stdout, stderr } = await analyze([REFUSED])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^1 connection, 2 TCP packets\n/)
  expect(stdout).toContain('handshake_failed / refused')
  expect(stdout).not.toContain('\u001b')
})

describe.concurrent('--summary', () => {
  test('of the table leaves the list out', async () => {
    const { stdout } = await analyze(['--summary', REFUSED])
    expect(stdout).toContain('handshake_failed')
    expect(stdout).not.toContain('handshake_failed / refused')
  })

  test('of ndjson leaves connections out, and counts them', async () => {
    const { stdout } = await analyze(['--summary', '-f', 'ndjson', REFUSED])
    expect(rows(stdout).map(({ type }) => type)).toEqual(['capture', 'summary'])
    expect(rows(stdout)[1]).toMatchObject({ connections: 1, verdicts: { handshake_failed: 1 } })
  })
})

describe.concurrent('--columns', () => {
  test('of ndjson', async () => {
    const { stdout } = await analyze(['-f', 'ndjson', '--columns', 'verdict,stream', REFUSED])
    const [row = {}] = rows(stdout)
    // A line may keep its type, so that it can be told from those of captures and the summary.
    expect(Object.entries(row).filter(([key]) => key !== 'type')).toEqual([
      ['verdict', 'handshake_failed'],
      ['stream', 0],
    ])
  })

  test('of csv, blanks around names do not matter', async () => {
    const { stdout } = await analyze(['-f', 'csv', '--columns', 'stream, verdict', REFUSED])
    expect(stdout.split(/\r?\n/)).toEqual(['stream,verdict', '0,handshake_failed', ''])
  })

  test('of the table are one line a connection', async () => {
    const { stdout } = await analyze(['--columns', 'stream,verdict', REFUSED])
    expect(stdout.split('\n').map((line) => line.trim().split(/\s+/))).toEqual([
      ['stream', 'verdict'],
      ['0', 'handshake_failed'],
      [''],
    ])
  })
})

describe.concurrent('--color', () => {
  test('always colours, and only that', async () => {
    const [plain, coloured] = await Promise.all([
      analyze([REFUSED]),
      analyze(['--color', 'always', REFUSED]),
    ])
    expect(coloured.stdout).toContain('\u001b[')
    expect(stripVTControlCharacters(coloured.stdout)).toBe(plain.stdout)
  })

  test.each([
    [{ FORCE_COLOR: '1' }, [], true],
    [{ FORCE_COLOR: '0' }, [], false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, [], false],
    [{ FORCE_COLOR: '1' }, ['--color', 'never'], false],
    [{ NO_COLOR: '1' }, ['--color', 'always'], true],
  ])('%j with %j', async (env, args, coloured) => {
    const { stdout } = await analyze([...args, REFUSED], { env })
    expect(stdout.includes('\u001b[')).toBe(coloured)
  })
})

test('--all and --top', async () => {
  const capture = 'samples/kill-listener-unaccepted.pcap'
  const [all, top] = await Promise.all([
    analyze(['--all', capture]),
    analyze(['--top', '1', capture]),
  ])
  const listed = (text: string): number => text.match(/→/g)?.length ?? 0
  expect(all.stdout).toContain('connections')
  expect(listed(all.stdout)).toBeGreaterThan(listed(top.stdout))
  expect(top.stdout).toContain('more like these')
})

test('--help and --version go to standard output', async () => {
  const [help, analyzeHelp, version] = await Promise.all([
    run(['--help']),
    analyze(['--help']),
    run(['--version']),
  ])
  expect([help.code, analyzeHelp.code, version.code]).toEqual([0, 0, 0])
  expect(help.stdout).toContain('analyze')
  for (const option of ['--format', '--fail-on', '--strict', '--columns', '--idle']) {
    expect(analyzeHelp.stdout).toContain(option)
  }
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(help.stderr + analyzeHelp.stderr + version.stderr).toBe('')
})
