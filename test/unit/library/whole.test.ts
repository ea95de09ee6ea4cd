// What the library tells of captures as a whole: totals, incidents, merged captures, damage with its place.

import { getEventListeners } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import {
  CaptureError,
  type Connection,
  CryptoPan,
  PacketAnalyzer,
  type Summary,
  analyzeCapture,
  analyzeMerged,
  explainConnections,
  mergeTotals,
} from '../../../src/index.js'
import { run } from '../../cli/run-cli.js'
import { readClassicPcap } from '../../differential/classic-pcap.js'
import { buildPcap } from '../../support/capture-builder.js'
import { CLOSED, chunked, recordsOf, threeConnections } from './captures.js'

const SAMPLES = fileURLToPath(new URL('../../../samples/', import.meta.url))
const KILL = `${SAMPLES}kill-sigkill-unread.pcap`
const RESTART = `${SAMPLES}service-kill-restart.pcap`
const CLOSED_TWICE = [`${SAMPLES}fin-normal.pcap`, `${SAMPLES}handshake-refused.pcap`]

/** The lines of the command of one type. */
async function lines(type: string, ...args: readonly string[]): Promise<unknown[]> {
  const { stdout } = await run(['analyze', ...args, '-f', 'ndjson'])
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string })
  return rows.filter((row) => row.type === type)
}

async function listOf(from: AsyncIterable<Connection>): Promise<Connection[]> {
  const list: Connection[] = []
  for await (const connection of from) list.push(connection)
  return list
}

test('connections, totals and incidents are those of the command', async () => {
  const capture = analyzeCapture(RESTART)
  expect(await listOf(capture)).toEqual(await lines('connection', RESTART))
  expect(await capture.incidents).toEqual(await lines('incident', RESTART))
  expect([await capture.totals]).toEqual(await lines('summary', RESTART))
  expect((await capture.incidents).length).toBeGreaterThan(0)
})

test('filters count in the totals, and incidents are told of all', async () => {
  const capture = analyzeCapture(RESTART, { filters: { verdict: 'graceful_fin' } })
  const args = [RESTART, '--verdict', 'graceful_fin']
  expect(await listOf(capture)).toEqual(await lines('connection', ...args))
  expect([await capture.totals]).toEqual(await lines('summary', ...args))
  const all = analyzeCapture(RESTART)
  await listOf(all)
  expect(await capture.incidents).toEqual(await all.incidents)
})

test('captures that are merged are those of --merge', async () => {
  const merged = analyzeMerged(CLOSED_TWICE)
  expect(await listOf(merged)).toEqual(await lines('connection', ...CLOSED_TWICE, '--merge'))
  expect([await merged.report]).toEqual(await lines('capture', ...CLOSED_TWICE, '--merge'))
})

test('totals that are added up are those of one run', async () => {
  const paths = [RESTART, ...CLOSED_TWICE]
  const totals: Summary[] = []
  for (const path of paths) {
    const capture = analyzeCapture(path)
    await listOf(capture)
    totals.push(await capture.totals)
  }
  const [expected] = await lines('summary', ...paths)
  // The order of names counts too.
  expect(JSON.stringify(mergeTotals(totals))).toBe(JSON.stringify(expected))
  expect(() => mergeTotals([])).toThrow(/no totals/)
})

test('what a capture tells needs no loop, however many connections it has', async () => {
  // More than wait to be taken.
  const talks = Array.from({ length: 3000 }, () => CLOSED)
  const capture = analyzeCapture(chunked(buildPcap(recordsOf(...talks)), 4096))
  const { totals, report, incidents } = await capture.finish()
  expect([totals.connections, totals.verdicts['graceful_fin']]).toEqual([3000, 3000])
  expect([await capture.report, await capture.incidents]).toEqual([report, incidents])
  expect(() => capture[Symbol.asyncIterator]()).toThrow('come once')
})

const MANY = (): AsyncGenerator<Uint8Array, void, undefined> =>
  chunked(buildPcap(recordsOf(...Array.from({ length: 9000 }, () => CLOSED))), 4096)

test('what is waited for without a loop comes, and a loop behind it is told', async () => {
  for (const source of [MANY(), chunked(threeConnections())]) {
    const capture = analyzeCapture(source)
    const { connections } = await capture.totals
    expect(connections).toBeGreaterThan(2)
    expect(() => capture[Symbol.asyncIterator]()).toThrow('what they tell was waited for first')
  }
})

test('a promise that is asked for before the loop keeps no connection from it', async () => {
  const capture = analyzeCapture(MANY())
  const { report } = capture
  expect((await listOf(capture)).length).toBe((await report).connections)
})

test('a second loop is told, and one that ends before it begins lets go', async () => {
  const capture = analyzeCapture(MANY())
  const connections = capture[Symbol.asyncIterator]()
  expect(() => capture[Symbol.asyncIterator]()).toThrow('there has been a loop')
  await connections.return?.()
  expect((await capture.totals).connections).toBe(9000)
})

test('a signal ends the waiting for a silent source, and for a taker that does not come', async () => {
  async function* silent(): AsyncGenerator<Uint8Array, void, undefined> {
    yield threeConnections().subarray(0, 1000)
    await new Promise(() => undefined)
  }
  const one = new AbortController()
  const waiting = analyzeCapture(silent(), { signal: one.signal })
  const ended = listOf(waiting)
  setTimeout(() => one.abort(), 10)
  await ended
  expect((await waiting.report).error?.code).toBe('ERR_INTERRUPTED')

  const other = new AbortController()
  const many = analyzeCapture(MANY(), { signal: other.signal })
  await many[Symbol.asyncIterator]().next()
  setTimeout(() => other.abort(), 50)
  expect((await many.report).error?.code).toBe('ERR_INTERRUPTED')
})

test('a signal that comes between two chunks is not missed', async () => {
  for (let turns = 0; turns < 30; turns++) {
    const stop = new AbortController()
    async function* silentThen(): AsyncGenerator<Uint8Array, void, undefined> {
      yield threeConnections()
      let turn = Promise.resolve()
      for (let i = 0; i < turns; i++) turn = turn.then(() => undefined)
      void turn.then(() => stop.abort())
      yield new Uint8Array(0)
      await new Promise(() => undefined)
    }
    const { error } = await analyzeCapture(silentThen(), { signal: stop.signal }).report
    expect(error?.code).toBe('ERR_INTERRUPTED')
  }
})

test('a signal is let go with each capture', async () => {
  const stop = new AbortController()
  for (const source of [KILL, MANY(), chunked(threeConnections(), 100)]) {
    await listOf(analyzeCapture(source, { signal: stop.signal }))
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  }
})

test('pushed packets give the same', async () => {
  const { readFileSync } = await import('node:fs')
  const bytes = new Uint8Array(readFileSync(KILL))
  const pushed: Connection[] = []
  const analyzer = new PacketAnalyzer({
    onConnection: (connection) => pushed.push(connection),
    filters: { verdict: '!graceful_fin' },
    name: KILL,
  })
  for (const packet of readClassicPcap(bytes)?.records ?? []) analyzer.push(packet)
  const { totals, incidents } = analyzer.finish()
  const capture = analyzeCapture(KILL, { filters: { verdict: '!graceful_fin' } })
  expect(pushed).toEqual(await listOf(capture))
  expect(incidents).toEqual(await capture.incidents)
  expect({ ...totals, read_bytes: 0 }).toEqual({ ...(await capture.totals), read_bytes: 0 })
  expect(analyzer.finish()).toEqual({ totals, incidents })
})

test('damage is thrown with its place, behind what could be read', async () => {
  // The lengths of the first record.
  const damaged = threeConnections()
  damaged.fill(0xff, 24 + 8, 24 + 16)
  const capture = analyzeCapture(chunked(damaged))
  const error: unknown = await listOf(capture).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(CaptureError)
  const { error: told } = await capture.report
  expect(error).toMatchObject({
    code: told?.code,
    message: told?.message,
    offset: told?.offset_bytes,
    expected: told?.expected,
    found: told?.found,
  })
  expect((error as CaptureError).offset).toBe(24)
})

test('damage copies nothing out of the capture where addresses are replaced', async () => {
  const damaged = threeConnections()
  damaged.fill(0xff, 24 + 8, 24 + 16)
  const anonymizer = new CryptoPan(new Uint8Array(32))
  const error: unknown = await listOf(analyzeCapture(chunked(damaged), { anonymizer })).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(CaptureError)
  const { message, found, offset, cause } = error as CaptureError
  expect([offset, cause]).toEqual([24, undefined])
  expect(`${message} ${found}`).not.toMatch(/4294967295|0xffffffff/)
  expect(found).toMatch(/hidden/)
})

test('a capture that is not there is told as such', async () => {
  await expect(listOf(analyzeCapture('/no/such.pcap'))).rejects.toMatchObject({
    code: 'ERR_READ',
    message: expect.stringContaining('/no/such.pcap') as string,
  })
})

test('a connection is explained as the command does', async () => {
  const { stdout } = await run(['explain', KILL, '--stream', '0', '-f', 'json'])
  const { connections, report } = await explainConnections(KILL, { filters: { stream: 0 } })
  expect(connections).toEqual([JSON.parse(stdout)])
  expect(report).toMatchObject({ type: 'capture', capture: KILL })
})

test('explained connections come by stream, from bytes too', async () => {
  const { connections } = await explainConnections(() => chunked(threeConnections(), 100))
  expect(connections.map((each) => each.connection.stream)).toEqual([0, 1, 2])
  expect(connections.map(({ packets }) => packets.length)).toEqual([8, 4, 5])
})

test('connections are explained only as many as may be', async () => {
  const source = (): AsyncIterable<Uint8Array> => chunked(threeConnections())
  await expect(explainConnections(source, { most: 2 })).rejects.toThrow(
    '3 connections fit, and 2 may be explained',
  )
  await expect(explainConnections('-')).rejects.toThrow('cannot be read twice')
})

test.each<[options: object, message: RegExp]>([
  [{ idleS: NaN }, /^idleS: NaN is not a number of seconds/],
  [{ idleS: -1 }, /^idleS/],
  [{ maxConnections: 1.5 }, /^maxConnections: 1.5 is no whole number, 1 or more/],
  [{ maxClosed: 0 }, /^maxClosed/],
  [{ killedAtNs: 5 }, /^killedAtNs: .*bigint/],
])('%o is told at once', async (options, message) => {
  expect(() => analyzeCapture(KILL, options)).toThrow(message)
  expect(() => new PacketAnalyzer({ onConnection: () => undefined, ...options })).toThrow(message)
  await expect(explainConnections(KILL, options)).rejects.toThrow(message)
})
