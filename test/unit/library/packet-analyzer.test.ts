// The push form, and that it gives what the pull form gives.

import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Connection, PacketAnalyzer, type PacketAnalyzerOptions } from '../../../src/index.js'
import { buildPcap } from '../../support/capture-builder.js'
import { ethernet, ipv6, tcp } from '../wire/frames.js'
import { readClassicPcap } from '../../differential/classic-pcap.js'
import { CLOSED, OPEN, pull, recordsOf, RESET } from './captures.js'

/** An analyzer and what it has handed over. */
function collector(options: Partial<PacketAnalyzerOptions> = {}): {
  analyzer: PacketAnalyzer
  connections: Connection[]
} {
  const connections: Connection[] = []
  const onConnection = (connection: Connection): void => void connections.push(connection)
  return { analyzer: new PacketAnalyzer({ ...options, onConnection }), connections }
}

const SAMPLES = new URL('../../../samples/', import.meta.url)
const classic = readdirSync(SAMPLES).filter((name) => name.endsWith('.pcap'))

test.each(classic)('%s pushed equals %s pulled', async (name) => {
  const bytes = readFileSync(new URL(name, SAMPLES))
  const capture = readClassicPcap(bytes)
  if (capture === undefined) throw new Error('not a classic pcap')
  const { analyzer, connections } = collector({ name })
  for (const record of capture.records) analyzer.push({ ...record, linktype: capture.linktype })
  analyzer.finish()
  const pulled = await pull(new Uint8Array(bytes), { name })
  expect(connections).toEqual(pulled.connections)
  expect(analyzer.skipped.map(({ name: what, packets }) => [what, packets])).toEqual(
    pulled.report.skipped.map(({ name: what, packets }) => [what, packets]),
  )
})

test('packets may be views into larger buffers, used again for the next one', async () => {
  const records = recordsOf(CLOSED)
  const { analyzer, connections } = collector()
  const buffer = new Uint8Array(4096).fill(0xee)
  for (const { bytes, timeNs } of records) {
    buffer.set(bytes, 1001)
    analyzer.push({ bytes: buffer.subarray(1001, 1001 + bytes.length), timeNs })
  }
  analyzer.finish()
  expect(connections).toEqual((await pull(buildPcap(records))).connections)
})

test('the name is in the capture column, - by default', () => {
  for (const [options, name] of [
    [{ name: 'eth0' }, 'eth0'],
    [{}, '-'],
  ] as const) {
    const { analyzer, connections } = collector(options)
    for (const record of recordsOf(RESET)) analyzer.push(record)
    analyzer.finish()
    expect(connections.map((c) => c.capture)).toEqual([name])
  }
})

test('the first packet sets the clock, times before it are kept', () => {
  const { analyzer, connections } = collector()
  const [first, second] = recordsOf(RESET)
  if (first === undefined || second === undefined) throw new Error('too few records')
  analyzer.push(first)
  analyzer.push({ ...second, timeNs: first.timeNs - 1n })
  analyzer.finish()
  expect(connections[0]).toMatchObject({
    start_time: '2023-11-14T22:13:22.000000000Z',
    end_time: '2023-11-14T22:13:22.000000000Z',
    flags: ['time_back'],
  })
})

test('payload counts by the length of the packet, also when less was captured', () => {
  const { analyzer, connections } = collector()
  for (const { bytes, timeNs } of recordsOf(OPEN)) {
    analyzer.push({ bytes: bytes.subarray(0, 66), timeNs, origlen: bytes.length })
  }
  analyzer.finish()
  expect(connections[0]?.client_bytes).toBe(100)
})

describe('settle', () => {
  test('hands over what has ended, finish the rest, nothing twice', () => {
    const { analyzer, connections } = collector()
    const records = recordsOf(CLOSED, RESET, OPEN)
    const [first] = records
    if (first === undefined) throw new Error('no records')
    for (const record of records) analyzer.push(record)
    analyzer.settle(first.timeNs + 1_500_000_000n)
    expect(connections.map((c) => c.stream)).toEqual([0])
    analyzer.settle(first.timeNs + 60_000_000_000n)
    expect(connections.map((c) => c.stream)).toEqual([0, 1])
    analyzer.finish()
    expect(connections.map((c) => c.stream)).toEqual([0, 1, 2])
  })

  test('before the first packet does nothing', () => {
    const { analyzer, connections } = collector()
    analyzer.settle(5n)
    analyzer.finish()
    expect(connections).toEqual([])
  })
})

describe('finish', () => {
  test('may be called twice', () => {
    const { analyzer, connections } = collector()
    for (const record of recordsOf(RESET)) analyzer.push(record)
    analyzer.finish()
    analyzer.finish()
    expect(connections).toHaveLength(1)
  })

  test('is the end: a later packet is refused', () => {
    const { analyzer } = collector()
    analyzer.finish()
    expect(() => analyzer.push({ bytes: new Uint8Array(60), timeNs: 0n })).toThrow(
      expect.objectContaining({ name: 'TeardownError', code: 'ERR_OPTION' }),
    )
  })
})

test('connections are plain objects of their own', () => {
  const { analyzer, connections } = collector()
  for (const record of recordsOf(CLOSED, RESET)) analyzer.push(record)
  analyzer.finish()
  const [first, second] = connections
  expect(first).not.toBe(second)
  expect(first).toEqual(structuredClone(first))
  expect([first?.cause, second?.cause]).toEqual(['normal', 'abort'])
})

test('an exception of the handler reaches the caller', () => {
  const analyzer = new PacketAnalyzer({
    onConnection: () => {
      throw new Error('disk full')
    },
  })
  for (const record of recordsOf(RESET)) analyzer.push(record)
  expect(() => analyzer.finish()).toThrow('disk full')
})

test('an exception of the handler costs no packet and no other connection', () => {
  const records = recordsOf(CLOSED, RESET, OPEN)
  const calm = collector({ maxConnections: 1 })
  const seen: Connection[] = []
  const analyzer = new PacketAnalyzer({
    maxConnections: 1,
    onConnection: (connection) => {
      seen.push(connection)
      throw new Error(`no ${connection.stream}`)
    },
  })
  const errors: string[] = []
  function attempt(step: () => void): void {
    try {
      step()
    } catch (error) {
      errors.push((error as Error).message)
    }
  }
  for (const record of records) {
    calm.analyzer.push(record)
    attempt(() => analyzer.push(record))
  }
  calm.analyzer.finish()
  attempt(() => analyzer.finish())
  attempt(() => analyzer.finish())
  expect(seen).toEqual(calm.connections)
  expect(errors).toEqual(['no 0', 'no 1', 'no 2'])
})

test.each([
  { bytes: new Uint8Array(60), timeNs: 5 },
  { bytes: 'frame', timeNs: 5n },
  { timeNs: 5n },
])('what is no packet is refused and changes nothing: %o', (packet) => {
  const { analyzer, connections } = collector()
  expect(() => analyzer.push(packet as never)).toThrow(/a packet has bytes/)
  for (const record of recordsOf(RESET)) analyzer.push(record)
  analyzer.finish()
  expect(connections).toMatchObject([{ start_time: '2023-11-14T22:13:22.000000000Z' }])
})

test.each(['push', 'settle', 'finish'] as const)(
  '%s from within the handler is refused',
  (what) => {
    const messages: string[] = []
    const analyzer: PacketAnalyzer = new PacketAnalyzer({
      onConnection: () => {
        try {
          if (what === 'push') analyzer.push({ bytes: new Uint8Array(60), timeNs: 0n })
          else if (what === 'settle') analyzer.settle(1n)
          else analyzer.finish()
        } catch (error) {
          messages.push(`${(error as Error & { code: string }).code} ${(error as Error).message}`)
        }
      },
    })
    for (const record of recordsOf(RESET, OPEN)) analyzer.push(record)
    analyzer.finish()
    const message = `ERR_OPTION ${what}() called during a callback of the analyzer`
    expect(messages).toEqual([message, message])
  },
)

test.each([0, -1, NaN])('a table with room for %s connections is refused', (most) => {
  expect(() => collector({ maxConnections: most })).toThrow(
    /maxConnections: \S+ is no whole number, 1 or more/,
  )
  expect(() => collector({ maxHalfOpen: most })).toThrow(
    /maxHalfOpen: \S+ is no whole number, 1 or more/,
  )
})

test('the first segment of a side is no copy, even of nothing', () => {
  const { analyzer, connections } = collector()
  // All that a side remembers of its last segment is 0 before the first one; so is all of this one.
  const empty = ethernet(
    0x86dd,
    ipv6(tcp({ flags: 0, seq: 0, ack: 0, window: 0, payload: [] }), { hopLimit: 0 }),
  )
  analyzer.push({ timeNs: 1n, bytes: empty })
  analyzer.finish()
  expect(connections).toMatchObject([{ client_packets: 1 }])
  expect(connections[0]?.flags ?? []).not.toContain('duplicates')
})

test('a known kill is known in a capture whose clock begins at 0', () => {
  const records = recordsOf(RESET)
  const [{ timeNs: startNs } = { timeNs: 0n }] = records
  const { analyzer, connections } = collector({ killedAtNs: 1_000_000_000n })
  for (const { timeNs, bytes } of records) analyzer.push({ timeNs: timeNs - startNs, bytes })
  analyzer.finish()
  expect(connections).toMatchObject([{ kill_to_teardown_s: 1 }])
})
