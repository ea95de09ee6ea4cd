// Filters, the same in every command about captures.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT, run } from './run-cli.js'

const RESTART = join(ROOT, 'samples/service-kill-restart.pcap')

interface Row {
  readonly stream: number
  readonly client_ip: string
  readonly client_port: number
  readonly server_port: number
  readonly verdict: string
  readonly cause: string
  readonly closer: string
  readonly confidence: string
  readonly ended_at: string
  readonly duration_s: number
  readonly flags?: readonly string[]
  readonly findings?: readonly { readonly code: string }[]
  readonly client_sees?: string
  readonly server_sees?: string
  readonly client_bytes: number
}

async function rowsOf(...args: string[]): Promise<Row[]> {
  const { stdout, stderr } = await run(['-f', 'ndjson', '--types', 'connection', ...args, RESTART])
  expect(stderr).toBe('')
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
}

/** The streams that `explain` shows, or how many fit when those are too many. */
async function explainedBy(...args: string[]): Promise<number[] | number> {
  const { stdout, stderr } = await run(['explain', RESTART, ...args])
  const many = /: (\d+) connections fit; choose one/.exec(stderr)?.[1]
  if (many !== undefined) return Number(many)
  return [...stdout.matchAll(/^\S+ {2}stream (\d+) /gm)].map(([, stream]) => Number(stream))
}

function codes({ findings }: Row): string[] {
  return (findings ?? []).map(({ code }) => code)
}

const KILLED_AT = '2026-11-26T12:37:57.9'

describe('leave the rows for which they hold', () => {
  test.each<[string, (row: Row) => boolean]>([
    ['--verdict handshake_failed', ({ verdict }) => verdict === 'handshake_failed'],
    ['--verdict !handshake_failed', ({ verdict }) => verdict !== 'handshake_failed'],
    ['--cause refused,unread_data', ({ cause }) => ['refused', 'unread_data'].includes(cause)],
    ['--closer !server', ({ closer }) => closer !== 'server'],
    ['--confidence certain', ({ confidence }) => confidence === 'certain'],
    ['--confidence !certain,!likely', ({ confidence }) => confidence === 'possible'],
    ['--finding unanswered_request', (row) => codes(row).includes('unanswered_request')],
    ['--sees ECONNREFUSED', (row) => row.client_sees === 'ECONNREFUSED'],
    ['--flag !ends_early', ({ flags }) => flags?.includes('ends_early') !== true],
    ['--host 10.50.0.0/16', () => true],
    ['--host !10.50.0.0/16', () => false],
    ['--server :8080', () => true],
    ['--client 10.50.104.1:39000', ({ client_port: port }) => port === 39_000],
    ['--client 10.50.104.0/24', () => true],
    ['--port 8000-8079', () => false],
    ['--port 8080,!0-1023', () => true],
    ['--stream 3,10-12', ({ stream }) => [3, 10, 11, 12].includes(stream)],
    ['--stream !0-9', ({ stream }) => stream > 9],
    [`--since ${KILLED_AT}Z`, ({ ended_at: time }) => time >= KILLED_AT],
    [`--until ${KILLED_AT.replace('T', ' ')}`, ({ ended_at: time }) => time <= KILLED_AT],
    ['--min-duration 100ms', ({ duration_s: s }) => s >= 0.1],
    ['--min-duration 0.1', ({ duration_s: s }) => s >= 0.1],
    ['--contains !GET /', ({ client_bytes: bytes }) => bytes === 0],
  ])('%s', async (option, holds) => {
    const all = await rowsOf()
    const [name = '', ...value] = option.split(' ')
    const left = all.filter(holds)
    expect(await rowsOf(name, value.join(' '))).toEqual(left)
    expect(await explainedBy(name, value.join(' '))).toEqual(
      left.length > 5 ? left.length : left.map(({ stream }) => stream).sort((a, b) => a - b),
    )
  })
})

test('a time before the end is one before the last packet', async () => {
  const { stdout } = await run(['-f', 'ndjson', '--types', 'capture', RESTART])
  const { end_time: end } = JSON.parse(stdout) as { end_time: string }
  const from = new Date(Date.parse(end) - 2000).toISOString().slice(0, -1)
  const all = await rowsOf()
  const late = await rowsOf('--since', '-2s')
  expect(late).toEqual(all.filter(({ ended_at: time }) => time.slice(0, 23) >= from))
  expect(late.length).toBeGreaterThan(0)
  expect(late.length).toBeLessThan(all.length)
})

test('a time of day is one of the capture, of clocks here with --local-time', async () => {
  const all = await rowsOf()
  const late = all.filter(({ ended_at: time }) => time >= KILLED_AT)
  expect(await rowsOf('--since', '12:37:57.9')).toEqual(late)
  const { stdout } = await run(['--summary', '--local-time', '--since', '18:07:57.9', RESTART], {
    env: { TZ: 'Asia/Kolkata' },
  })
  expect(stdout).toContain(`${late.length} connections selected by filters`)
})

test('a text of the payload: in analyze and in explain', async () => {
  const found = await rowsOf('--contains', 'GET /')
  expect(found.length).toBeGreaterThan(0)
  expect(found.every(({ verdict }) => verdict !== 'handshake_failed')).toBe(true)
  expect(await rowsOf('--contains', 'no such text')).toEqual([])
  const [first] = found
  const stream = ['--stream', String(first?.stream)]
  const { code, stdout } = await run(['explain', RESTART, '--contains', 'GET /', ...stream])
  expect(code).toBe(0)
  expect(stdout).toContain(`stream ${first?.stream} `)
  expect(stdout).not.toContain('GET /')
})

test('explain shows the few that are left, and lists many', async () => {
  const few = await run(['explain', RESTART, '--stream', '3,5'])
  expect([few.code, few.stderr]).toEqual([0, ''])
  expect([...few.stdout.matchAll(/ {2}stream (\d+) /g)].map(([, n]) => n)).toEqual(['3', '5'])
  const many = await run(['explain', RESTART, '--cause', 'refused'])
  expect(many.code).toBe(2)
  expect(many.stderr).toMatch(/18 connections fit; choose one with --stream N/)
})

test('the table lists the few that were asked for, whatever their ending', async () => {
  const ordinary = (await rowsOf('--cause', 'graceful_fin.normal'))[0]
  const { stdout } = await run(['--stream', String(ordinary?.stream), RESTART])
  expect(stdout).toMatch(/\n {4}stream \d+ /)
  expect((await run(['--cause', 'graceful_fin.normal', RESTART])).stdout).not.toMatch(
    /\n {4}stream /,
  )
})

test.each([
  [['--host', 'me'], /--host: 'me' is not an IPv4 or IPv6 address, or a network/],
  [['--server', '10.0.0.1:70000'], /--server: '10\.0\.0\.1:70000' is no end of a connection/],
  [['--port', '9-3'], /--port: '9-3' is neither a whole number up to 65535 nor a range/],
  [
    ['--confidence', 'sure'],
    /--confidence: unknown name 'sure'; it takes certain, likely, possible/,
  ],
  [['--since', 'yesterday'], /--since: 'yesterday' is neither seconds since 1970 nor a time/],
  [['--contains', ''], /--contains: it takes a text/],
  [['--contains', '!'], /--contains: it takes a text/],
  [['--flag', 'endsearly'], /--flag: unknown name 'endsearly'; did you mean ends_early/],
  [['--flag', 'x'], /--flag: unknown name 'x'; tcp-teardown explain flags lists all/],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await run([...args, RESTART])
  expect(code).toBe(2)
  expect(stderr).toMatch(message)
})

test('a time before the end of a pipe is refused', async () => {
  const { code, stderr } = await run(['--since', '-5m', '-'])
  expect(code).toBe(2)
  expect(stderr).toContain(
    'a time before the end of the capture needs files, whose times are known',
  )
})

test('a list given twice holds both; a text only once', async () => {
  const all = await rowsOf()
  expect(await rowsOf('--stream', '3', '--stream', '5-6')).toEqual(
    all.filter(({ stream }) => [3, 5, 6].includes(stream)),
  )
  const { code, stderr } = await run(['--contains', 'a', '--contains', 'b', RESTART])
  expect([code, stderr]).toEqual([2, expect.stringContaining('--contains: it can be given once')])
})

test('a value may begin like an option of the program', async () => {
  const args = ['-f', 'csv', '--columns', 'verdict', '--sort', '-verdict', '--limit', '1']
  const { code, stdout } = await run([...args, RESTART])
  expect([code, stdout]).toEqual([0, 'verdict\nrst_after_kill\n'])
})

test('endpoints says when no connection is left', async () => {
  const { stdout } = await run(['endpoints', '--stream', '9999', RESTART])
  expect(stdout).toBe('no connection fits\n')
})

test('the end of a watch tells totals from what filters let through', async () => {
  const { stdout } = await run(['watch', '--stream', '3', '--', 'cat', RESTART])
  expect(stdout).toMatch(/in all 39 connections, 348 packets; 1 selected by filters: /)
})

test('watch takes them too', async () => {
  const lines = async (...args: string[]): Promise<number> => {
    const { stdout } = await run(['watch', '-f', 'ndjson', ...args, '--', 'cat', RESTART])
    return stdout.split('\n').filter((line) => line.startsWith('{"type":"connection"')).length
  }
  expect(await lines('--contains', 'GET /')).toBe((await rowsOf('--contains', 'GET /')).length)
  expect(await lines('--server', ':8080', '--cause', '!refused')).toBe(
    (await rowsOf('--server', ':8080', '--cause', '!refused')).length,
  )
})

test('incidents are those that the connections are part of; how many others there are is said', async () => {
  const { stdout } = await run(['--cause', 'refused', RESTART])
  expect(stdout.indexOf('what they are part of')).toBeGreaterThan(
    stdout.indexOf('handshake_failed / refused'),
  )
  expect((await run([RESTART])).stdout).toContain('what happened\n')
  const [own] = await rowsOf('--closer', 'client', '--cause', 'normal')
  const other = await run(['--stream', String(own?.stream), RESTART])
  expect(other.stdout).not.toContain('died at')
  expect(other.stdout).toContain('  1 incident in the whole capture: shown without filters\n')
})

test('connections that are named one by one are all listed; of others it is said what is not', async () => {
  const named = Array.from({ length: 20 }, (_, i) => String(i)).join(',')
  const { stdout } = await run(['--stream', named, RESTART])
  expect(stdout.match(/\n {4}stream \d+ /g)).toHaveLength(20)
  const many = await run(['--port', '8080', RESTART])
  expect(many.stdout).toMatch(
    /\n {2}\d+ connections of other endings not listed: --all lists them\n/,
  )
})

test.each([
  ['2026-11-26', 'a day'],
  ['1795696677900', 'milliseconds since 1970'],
])('%s is %s', async (time) => {
  const all = await rowsOf()
  const from = new Date(/-/.test(time) ? time : Number(time)).toISOString().slice(0, -1)
  expect(await rowsOf('--since', time)).toEqual(all.filter(({ ended_at: at }) => at >= from))
})

test('a span that ends before it begins is refused', async () => {
  const { code, stderr } = await run(['--since', '2026-11-27', '--until', '2026-11-26', RESTART])
  expect([code, stderr]).toEqual([2, 'tcp-teardown: --since is later than --until\n'])
})

test('explain takes a time and one before the end together', async () => {
  const { code, stdout } = await run([
    'explain',
    join(ROOT, 'samples/fin-normal.pcap'),
    '--since',
    '2020-01-01',
    '--until',
    '-1us',
  ])
  expect([code, stdout]).toEqual([0, expect.stringContaining('stream 0')])
})
