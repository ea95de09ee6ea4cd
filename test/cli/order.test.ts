// Rows in the order of a column, and counts by what connections have in common: what anybody would make of the rows.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT, run } from './run-cli.js'

const CAPTURES = ['service-kill-restart', 'kill-many'].map((name) =>
  join(ROOT, `samples/${name}.pcap`),
)

type Row = Readonly<Record<string, string | number | boolean | undefined>>

async function rowsOf(...args: string[]): Promise<Row[]> {
  const { stdout, stderr } = await run([...args, '-f', 'ndjson', ...CAPTURES])
  expect(stderr).toBe('')
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
}

const CONNECTIONS = ['--types', 'connection']

function compared(a: Row, b: Row, key: string): number {
  const [left, right] = [a[key], b[key]]
  if (left === undefined || right === undefined)
    return Number(left === undefined) - Number(right === undefined)
  return left < right ? -1 : left > right ? 1 : 0
}

describe('--sort', () => {
  test('of counts', async () => {
    const counts = await rowsOf('--group-by', 'port', '--sort', 'refused')
    const { stdout } = await run([
      'endpoints',
      '--by',
      'port',
      '--sort',
      'refused',
      '-f',
      'ndjson',
      ...CAPTURES,
    ])
    expect(counts).toEqual(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Row),
    )
  })

  test.each([
    [['--sort', 'refused', '-f', 'csv'], '--sort refused goes with --group-by'],
    [
      ['--sort', 'time', '--group-by', 'port'],
      '--sort start_time goes with rows; counts are sorted by trouble, ',
    ],
    [['--sort', 'duraton', '-f', 'csv'], "--sort: unknown column 'duraton'; did you mean duration"],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await run([...args, ...CAPTURES])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  test.each(['start_time', 'duration_s', 'cause', 'trigger_to_rst_s', 'client_ip', 'flags'])(
    '%s: rows as they come, sorted; those without the value last',
    async (key) => {
      const rows = await rowsOf(...CONNECTIONS)
      const sorted = [...rows].sort((a, b) => compared(a, b, key))
      expect(await rowsOf(...CONNECTIONS, '--sort', key)).toEqual(sorted)
    },
  )

  test('the largest first, and as many as are asked for', async () => {
    const rows = await rowsOf(...CONNECTIONS)
    const sorted = [...rows].sort((a, b) => -compared(a, b, 'duration_s'))
    expect(await rowsOf(...CONNECTIONS, '--sort', '-duration')).toEqual(sorted)
    expect(await rowsOf(...CONNECTIONS, '--sort', '-duration', '--limit', '5')).toEqual(
      sorted.slice(0, 5),
    )
  })

  test('totals are those of all', async () => {
    const [summary] = await rowsOf('--types', 'summary', '--limit', '1')
    expect(summary).toMatchObject({ connections: (await rowsOf(...CONNECTIONS)).length })
    expect(await rowsOf(...CONNECTIONS, '--limit', '2')).toEqual(
      (await rowsOf(...CONNECTIONS)).slice(0, 2),
    )
  })

  test.each(['csv', 'json'])('in %s', async (format) => {
    const args = ['-f', format, '--columns', 'stream', '--sort', '-stream', '--limit', '2']
    const { stdout } = await run([...args, CAPTURES[1] ?? ''])
    expect([...stdout.matchAll(/^(?:\{"stream":)?(\d+)\}?,?$/gm)].map(([, n]) => n)).toEqual([
      '12',
      '11',
    ])
  })

  test('a table without rows has none to sort', async () => {
    const { code, stderr } = await run(['--sort', 'stream', ...CAPTURES])
    expect([code, stderr]).toEqual([
      2,
      'tcp-teardown: --sort goes with rows: --columns, or -f ndjson, json or csv\n',
    ])
  })
})

describe('--group-by', () => {
  const KEYS: Readonly<Record<string, (row: Row) => string>> = {
    server: (row) => `${row['server_ip']}:${row['server_port']}`,
    client: (row) => String(row['client_ip']),
    port: (row) => String(row['server_port']),
    minute: (row) => `${String(row['ended_at']).slice(0, 16)}Z`,
    capture: (row) => String(row['capture']),
    verdict: (row) => String(row['verdict']),
    cause: (row) => `${row['verdict']}.${row['cause']}`,
  }

  test.each(Object.keys(KEYS))('%s counts the rows', async (by) => {
    const counts = new Map<string, number>()
    for (const row of await rowsOf(...CONNECTIONS)) {
      const key = KEYS[by]?.(row) ?? ''
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    const groups = await rowsOf('--group-by', by)
    expect(groups.every(({ type, by: name }) => type === 'group' && name === by)).toBe(true)
    expect(new Map(groups.map(({ endpoint, connections }) => [endpoint, connections]))).toEqual(
      counts,
    )
  })

  test('of those that filters leave, also as a table', async () => {
    const { stdout } = await run(['--group-by', 'minute', '--cause', 'refused', ...CAPTURES])
    expect(stdout).toMatch(/^ended in the minute +conns/)
    expect(stdout).toMatch(/\n2026-11-26T12:37Z +18 /)
  })
})
