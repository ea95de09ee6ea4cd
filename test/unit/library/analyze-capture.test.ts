// The pull form: connections of a capture in any form and split, its report, damage, interruption.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Connection, analyzeCapture } from '../../../src/index.js'
import { PcapngBuilder, buildPcap, buildPcapng, concat } from '../../support/capture-builder.js'
import { readClassicPcap } from '../../differential/classic-pcap.js'
import {
  CLOSED,
  chunked,
  endings,
  OPEN,
  pull,
  recordsOf,
  RESET,
  threeConnections,
} from './captures.js'
import { runs } from '../../support/runs.js'

const SAMPLES = new URL('../../../samples/', import.meta.url)
const THREE_ENDINGS = ['graceful_fin.normal', 'rst_abort.abort', 'lingering_established.active']

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tcp-teardown-'))
})
afterAll(() => rm(folder, { recursive: true }))

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

describe('the report of a capture', () => {
  test('has its facts', async () => {
    const records = recordsOf(CLOSED, RESET, OPEN)
    const bytes = buildPcap(records, { format: 'pcap-ns', snaplen: 4096 })
    const { connections, report } = await pull(bytes)
    expect(endings(connections)).toEqual(THREE_ENDINGS)
    expect(connections.map((c) => c.stream)).toEqual([0, 1, 2])
    expect(report).toEqual({
      type: 'capture',
      capture: '-',
      format: 'pcap-ns',
      linktypes: [1],
      snaplen_bytes: 4096,
      packets: 17,
      tcp_packets: 17,
      wire_bytes: records.reduce((sum, record) => sum + record.bytes.length, 0),
      read_bytes: bytes.length,
      start_time: '2023-11-14T22:13:20.000000000Z',
      end_time: '2023-11-14T22:13:26.001000000Z',
      duration_s: 6.001,
      connections: 3,
      skipped: [],
    })
  })

  test('counts frames that are no segments, with the place of the first', async () => {
    const arp = { timeNs: 1n, bytes: new Uint8Array(60).fill(8, 12, 13).fill(6, 13, 14) }
    const bytes = buildPcap([...recordsOf(CLOSED).slice(0, 1), arp, arp])
    const { report } = await pull(bytes)
    const [first] = recordsOf(CLOSED)
    const place = 24 + 16 + (first?.bytes.length ?? NaN) + 16
    expect(report.skipped).toEqual([{ name: 'not-ip', packets: 2, first_offset_bytes: place }])
    expect([report.packets, report.tcp_packets]).toEqual([3, 1])
  })

  test('names interfaces and what they dropped', async () => {
    const capture = new PcapngBuilder().section().interface({ name: 'eth0' }).interface({})
    for (const record of recordsOf(CLOSED)) capture.packet(record)
    capture.statistics(0, { ifrecv: 100n, ifdrop: 3n, osdrop: 4n })
    const { report } = await pull(capture.take())
    expect(report).toMatchObject({ format: 'pcapng', interfaces: ['eth0'], dropped_packets: 7 })
  })

  test('counts bytes on the wire, not captured ones', async () => {
    const records = recordsOf(CLOSED).map(({ timeNs, bytes }) => ({
      timeNs,
      bytes: bytes.subarray(0, 54),
      origlen: 1000,
    }))
    const { report } = await pull(buildPcap(records))
    expect(report.wire_bytes).toBe(8000)
  })

  test('names the capture as it was asked to', async () => {
    const { connections, report } = await pull(threeConnections(), { name: 'x y' })
    expect([report.capture, connections[0]?.capture]).toEqual(['x y', 'x y'])
  })

  test('of an empty capture has no times and no connections', async () => {
    const { connections, report } = await pull(buildPcap([]))
    expect(connections).toEqual([])
    expect(report).toMatchObject({ packets: 0, connections: 0 })
    expect(Object.keys(report).filter((key) => /time|duration|error/.test(key))).toEqual([])
  })
})

describe('where bytes come from makes no difference', () => {
  test('file, gzip file, stream, gzip stream', async () => {
    const bytes = threeConnections()
    const options = { name: 'same' }
    const expected = await pull(bytes, options)
    const plain = await pull(fileOf('plain.bin', bytes), options)
    expect(plain).toEqual(expected)
    const packed = gzipSync(bytes)
    for (const source of [fileOf('packed.bin', packed), chunked(packed, 7)]) {
      const { connections, report } = await pull(source, options)
      expect(connections).toEqual(expected.connections)
      expect(report).toEqual({ ...expected.report, compression: 'gzip' })
    }
  })

  test.each([1, 2, 3, 16, 24, 25, 1000])('chunks of %i bytes', async (size) => {
    const bytes = threeConnections()
    expect(await pull(chunked(bytes, size))).toEqual(await pull(bytes))
  })

  const samples = ['fin-normal.pcap', 'ipv6.pcapng', 'vxlan.pcap', 'kill-sigkill-unread.pcap']
  test.each(samples)('any split of %s', async (name) => {
    const bytes = new Uint8Array(readFileSync(new URL(name, SAMPLES)))
    const expected = await pull(bytes)
    const cuts = fc.uniqueArray(fc.nat(bytes.length), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const sorted = [0, ...places.sort((a, b) => a - b), bytes.length]
        const parts = sorted.map((at, i) => bytes.subarray(at, sorted[i + 1] ?? at))
        async function* stream(): AsyncGenerator<Uint8Array, void, undefined> {
          yield* parts
        }
        expect(concat(parts)).toEqual(bytes)
        expect(await pull(stream())).toEqual(expected)
      }),
      { numRuns: runs(25) },
    )
  })
})

describe('the form of the capture makes no difference', () => {
  const records = recordsOf(CLOSED, RESET, OPEN)
  const forms = [
    ['µs pcap, big-endian', buildPcap(records, { littleEndian: false })],
    ['µs pcap, little-endian', buildPcap(records)],
    ['ns pcap, big-endian', buildPcap(records, { format: 'pcap-ns', littleEndian: false })],
    ['modified pcap', buildPcap(records, { format: 'pcap-modified' })],
    ['pcapng, big-endian', buildPcapng(records, false)],
    ['pcapng, little-endian', buildPcapng(records, true)],
  ] as const
  test.each(forms)('%s', async (_name, bytes) => {
    const { connections } = await pull(threeConnections())
    expect((await pull(bytes)).connections).toEqual(connections)
  })

  const classic = readdirSync(SAMPLES).filter((name) => name.endsWith('.pcap'))
  test.each(classic)('%s written as pcapng', async (name) => {
    const capture = readClassicPcap(readFileSync(new URL(name, SAMPLES)))
    if (capture === undefined) throw new Error('not a classic pcap')
    const { linktype, snaplen, records: list } = capture
    const pcapng = new PcapngBuilder().section({ littleEndian: false })
    pcapng.interface({ linktype, snaplen, tsresol: 9 })
    for (const record of list) pcapng.packet(record)
    const path = new URL(name, SAMPLES).pathname
    const expected = await pull(path, { name })
    expect(expected.connections.length).toBeGreaterThan(0)
    expect((await pull(pcapng.take(), { name })).connections).toEqual(expected.connections)
  })
})

describe('damage', () => {
  const bytes = threeConnections()
  const lastRecord = bytes.length - 16 - (recordsOf(CLOSED, RESET, OPEN).at(-1)?.bytes.length ?? 0)

  test.each([1, 10, 16, 20, 60])('a capture that lacks its last %i bytes', async (missing) => {
    const { connections, report } = await pull(bytes.subarray(0, bytes.length - missing))
    expect(endings(connections).slice(0, 2)).toEqual(THREE_ENDINGS.slice(0, 2))
    expect(connections[2]).toMatchObject({ stream: 2, server_packets: 1 })
    expect(report).toMatchObject({ packets: 16, connections: 3, read_bytes: lastRecord })
    expect(report.error).toMatchObject({
      code: 'ERR_CAPTURE_TRUNCATED',
      offset_bytes: lastRecord,
    })
    expect(report.error?.message).toContain(`at byte ${lastRecord}`)
  })

  test('a record with an impossible length', async () => {
    const broken = bytes.slice()
    new DataView(broken.buffer).setUint32(lastRecord + 8, 0xffff_fff0, true)
    const { connections, report } = await pull(broken)
    expect(connections).toHaveLength(3)
    expect(report.packets).toBe(16)
    expect(report.error).toMatchObject({ code: 'ERR_CAPTURE_LENGTH', offset_bytes: lastRecord })
  })

  test('no capture at all', async () => {
    const { connections, report } = await pull(new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'))
    expect(connections).toEqual([])
    expect(report.error).toMatchObject({ code: 'ERR_CAPTURE_FORMAT', offset_bytes: 0 })
  })

  test('a missing file', async () => {
    const path = join(folder, 'missing.pcap')
    const { report } = await pull(path)
    expect(report).toMatchObject({ capture: path, packets: 0, error: { code: 'ERR_READ' } })
    expect(report.error?.message).toBe(`cannot read ${path}: no such file or directory`)
  })

  test('a cut gzip', async () => {
    const packed = gzipSync(bytes)
    const { report } = await pull(packed.subarray(0, packed.length - 12))
    expect(['ERR_DECOMPRESS', 'ERR_CAPTURE_TRUNCATED']).toContain(report.error?.code)
  })

  test('a stream that fails', async () => {
    async function* failing(): AsyncGenerator<Uint8Array, void, undefined> {
      yield bytes.subarray(0, lastRecord)
      throw new Error('cable pulled')
    }
    const { connections, report } = await pull(failing())
    expect(endings(connections).slice(0, 2)).toEqual(THREE_ENDINGS.slice(0, 2))
    expect(report.error?.code).toBe('ERR_READ')
    expect(report.error?.message).toContain('cable pulled')
  })
})

describe('the iteration', () => {
  test('throws behind the last connection when a capture cannot be read', async () => {
    const { report, thrown } = await pull('no/such.pcap')
    expect(thrown).toMatchObject({ name: 'TeardownError', code: 'ERR_READ' })
    expect((thrown as Error).message).toBe(report.error?.message)
  })

  test('does not throw when a capture is merely cut short', async () => {
    const { report, thrown } = await pull(threeConnections().subarray(0, -5))
    expect(report.error?.code).toBe('ERR_CAPTURE_TRUNCATED')
    expect(thrown).toBeUndefined()
  })

  test('does not throw when it was interrupted', async () => {
    const { thrown } = await pull(threeConnections(), { signal: AbortSignal.abort() })
    expect(thrown).toBeUndefined()
  })
})

/** A stream that gives bytes and then stays silent until it is ended. */
function silentAfter(
  bytes: Uint8Array,
): AsyncIterable<Uint8Array> & { end: () => void; silent: Promise<void> } {
  let end = (): void => undefined
  let fallSilent = (): void => undefined
  const over = new Promise<void>((resolve) => (end = resolve))
  /** Resolves when all bytes have been taken and more are asked for. */
  const silent = new Promise<void>((resolve) => (fallSilent = resolve))
  async function* stream(): AsyncGenerator<Uint8Array, void, undefined> {
    yield bytes
    fallSilent()
    await over
  }
  return Object.assign(stream(), { end, silent })
}

/** A promise of which can be asked whether it has been kept. */
function watched<T>(promise: Promise<T>): { promise: Promise<T>; settled: boolean } {
  const watch = { promise, settled: false }
  void promise.then(() => (watch.settled = true))
  return watch
}

describe('a signal', () => {
  test('that was given before stops at once', async () => {
    const { connections, report } = await pull(threeConnections(), { signal: AbortSignal.abort() })
    expect(connections).toEqual([])
    expect(report).toMatchObject({ packets: 0, error: { code: 'ERR_INTERRUPTED' } })
  })

  test('stops the reading between chunks; what was read is reported', async () => {
    const stop = new AbortController()
    const bytes = buildPcap(recordsOf(CLOSED, RESET))
    async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
      yield bytes
      for (let i = 0; ; i++) {
        if (i === 3) stop.abort()
        yield buildPcap(recordsOf(OPEN)).subarray(24)
      }
    }
    const { connections, report } = await pull(endless(), { signal: stop.signal })
    expect(endings(connections).slice(0, 2)).toEqual(THREE_ENDINGS.slice(0, 2))
    expect(report.error?.code).toBe('ERR_INTERRUPTED')
    expect(report.packets).toBeGreaterThanOrEqual(12)
  })
})

describe('connections are handed over early', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] }))
  afterEach(() => void vi.useRealTimers())

  test('of a live source, a second after their end', async () => {
    // The last packet is of the time 6.001: the second connection ends at 4.000, this one at 5.402.
    const late = recordsOf(CLOSED.replaceAll(/^1\.00/gm, '5.40'), RESET, OPEN)
    const source = silentAfter(buildPcap(late, { format: 'pcap-ns' }))
    const iterator = analyzeCapture(source, { live: true })[Symbol.asyncIterator]()
    const first = iterator.next()
    await source.silent
    await vi.advanceTimersByTimeAsync(250)
    expect((await first).value).toMatchObject({ stream: 1, cause: 'abort' })
    const second = watched(iterator.next())
    await vi.advanceTimersByTimeAsync(250)
    expect(second.settled).toBe(false)
    await vi.advanceTimersByTimeAsync(250)
    expect((await second.promise).value).toMatchObject({ stream: 0, cause: 'normal' })
    source.end()
    const third = await iterator.next()
    expect(third.value).toMatchObject({ stream: 2 })
    expect((await iterator.next()).done).toBe(true)
  })

  test('but not of other sources', async () => {
    const source = silentAfter(threeConnections())
    const iterator = analyzeCapture(source)[Symbol.asyncIterator]()
    const first = watched(iterator.next())
    await source.silent
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(first.settled).toBe(false)
    source.end()
    expect((await first.promise).value).toMatchObject({ stream: 0 })
  })

  test('a live source gives the same in the end', async () => {
    const bytes = threeConnections()
    expect(await pull(bytes, { live: true })).toEqual(await pull(bytes))
  })
})

/** Some MB of unanswered SYNs, each of another client, in chunks. */
const FLOOD_CHUNKS = 5
const CHUNK_SYNS = 10_000

async function* flood(): AsyncGenerator<Uint8Array, void, undefined> {
  const [syn] = recordsOf(RESET)
  if (syn === undefined) return
  yield buildPcap([])
  const record = buildPcap([syn]).slice(24)
  const chunk = new Uint8Array(record.length * CHUNK_SYNS)
  const view = new DataView(chunk.buffer)
  for (let n = 0; n < FLOOD_CHUNKS; n++) {
    for (let i = 0; i < CHUNK_SYNS; i++) {
      chunk.set(record, i * record.length)
      view.setUint32(i * record.length + 16 + 14 + 12, 0x0b00_0000 + n * CHUNK_SYNS + i)
    }
    yield chunk
  }
}

describe('a slow taker', () => {
  test('makes the reading wait', async () => {
    let packets = 0
    const capture = analyzeCapture(flood(), {
      maxHalfOpen: 10,
      onProgress: (progress) => void (packets = progress.packets),
    })
    // Nothing here waits for anything outside: what is not read after so many turns has to wait for the taker.
    for (let n = 0; n < 20 * FLOOD_CHUNKS; n++) await turn()
    const readSoFar = packets
    expect(readSoFar).toBeGreaterThanOrEqual(CHUNK_SYNS)
    let taken = 0
    for await (const connection of capture)
      taken += Number(connection.verdict === 'handshake_failed')
    expect(taken).toBe(FLOOD_CHUNKS * CHUNK_SYNS)
    expect((await capture.report).packets).toBe(FLOOD_CHUNKS * CHUNK_SYNS)
    expect(readSoFar).toBeLessThan(FLOOD_CHUNKS * CHUNK_SYNS)
  })

  test('may leave early, and the report still comes', async () => {
    const capture = analyzeCapture(flood(), { maxHalfOpen: 10 })
    let first: Connection | undefined
    for await (const connection of capture) {
      first = connection
      break
    }
    expect(first?.verdict).toBe('handshake_failed')
    expect((await capture.report).packets).toBeGreaterThan(0)
  })
})

test('the idle threshold can be set', async () => {
  const bytes = buildPcap(recordsOf(OPEN, '9.000 end'))
  expect(endings((await pull(bytes, { idleS: 2 })).connections)).toEqual([
    'lingering_established.idle',
  ])
  expect(endings((await pull(bytes, { idleS: 5 })).connections)).toEqual([
    'lingering_established.active',
  ])
})

test('progress comes at the end, with the size of a file', async () => {
  const path = fileOf('progress.pcap', threeConnections())
  const seen: unknown[] = []
  await pull(path, { onProgress: (progress) => seen.push(progress) })
  const bytes = threeConnections().length
  expect(seen.at(-1)).toEqual({ readBytes: bytes, totalBytes: bytes, packets: 17, connections: 3 })
})
