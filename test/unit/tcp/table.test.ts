// The table against the plainest model there is: a Map from the text of the two ends.

import { describe, expect, test } from 'vitest'
import { CONN_INTS, SIDE_INTS, SIDE_INTS_STEP } from '../../../src/tcp/record/connection.js'
import { TEARDOWN_INTS } from '../../../src/tcp/record/teardown.js'
import { ConnectionTable } from '../../../src/tcp/table.js'
import { type End, randomSource, segmentOf } from './segments.js'

const SIDES_END = SIDE_INTS + 2 * SIDE_INTS_STEP

const text = ({ ip, port }: End): string => `${String(ip)}|${port}`
const keyOf = (a: End, b: End): string => [text(a), text(b)].sort().join(' ')

function v4(last: number, port: number): End {
  return { ip: 0x0a000000 | last, port }
}

function v6(last: number, port: number): End {
  return { ip: [0x20010db8, 0, 0, last], port }
}

function streamOf(table: ConnectionTable, record: number): number | undefined {
  return table.at(record).streamLow
}

function add(table: ConnectionTable, from: End, to: End, stream: number): number {
  if (table.find(segmentOf(from, to)) !== -1) throw new Error('already in the table')
  const record = table.add(segmentOf(from, to))
  table.at(record).streamLow = stream
  return record
}

describe('one connection', () => {
  const ends = [
    ['IPv4', v4(1, 40_000), v4(2, 80)],
    ['IPv4, highest address and port', v4(0xf5ffffff, 65_535), v4(2, 65_535)],
    ['IPv6', v6(1, 40_000), v6(2, 80)],
    ['IPv6 that differs in one middle word', v6(1, 80), { ip: [0x20010db8, 1, 0, 1], port: 80 }],
    ['one host with itself', v4(1, 40_000), v4(1, 80)],
  ] as const
  test.each(ends)('%s is found from both ends', (_name, a, b) => {
    const table = new ConnectionTable()
    const record = add(table, a, b, 7)
    expect([table.find(segmentOf(a, b)), table.side]).toEqual([record, 0])
    expect([table.find(segmentOf(b, a)), table.side]).toEqual([record, 1])
    expect(table.size).toBe(1)
  })

  test.each(ends)('%s is not mistaken for one that shares all but one field', (_name, a, b) => {
    const table = new ConnectionTable()
    add(table, a, b, 7)
    const others: readonly (readonly [End, End])[] = [
      [{ ...a, port: a.port - 1 }, b],
      [a, { ...b, port: b.port - 1 }],
      [
        { ...a, port: b.port },
        { ...b, port: a.port - 1 },
      ],
    ]
    for (const [from, to] of others) expect(table.find(segmentOf(from, to))).toBe(-1)
  })

  test('an endpoint connected to itself has one record, and its segments are of side 0', () => {
    const table = new ConnectionTable()
    const self = v4(1, 5000)
    const record = add(table, self, self, 0)
    expect([table.find(segmentOf(self, self)), table.side]).toEqual([record, 0])
  })

  test('ports swapped between the same two hosts make another connection', () => {
    const table = new ConnectionTable()
    add(table, v4(1, 1000), v4(2, 2000), 0)
    expect(table.find(segmentOf(v4(1, 2000), v4(2, 1000)))).toBe(-1)
  })

  test('IPv4 and IPv6 with the same first word are two connections', () => {
    const table = new ConnectionTable()
    const six = (n: number): End => ({ ip: [n, 0, 0, 0], port: 80 })
    const old = add(table, v4(1, 80), v4(2, 80), 0)
    const other = add(table, six(0x0a000001), six(0x0a000002), 1)
    expect(other).not.toBe(old)
    expect(table.find(segmentOf(v4(1, 80), v4(2, 80)))).toBe(old)
  })
})

test('20,000 random steps agree with the model', () => {
  const random = randomSource(20_260_101)
  const end = (): End => {
    const port = 1 + random(60)
    return random(4) === 0 ? v6(random(6), port) : v4(random(6), port)
  }
  const table = new ConnectionTable()
  const model = new Map<string, { record: number; stream: number; first: string }>()
  const drop = (key: string, record: number): void => {
    table.unlink(record)
    table.release(record)
    model.delete(key)
  }
  for (let step = 0; step < 20_000; step++) {
    const a = end()
    const b = { ...end(), ip: random(8) === 0 ? a.ip : v4(random(6), 0).ip }
    if (typeof a.ip !== typeof b.ip) continue
    const key = keyOf(a, b)
    const known = model.get(key)
    const record = table.find(segmentOf(a, b))
    expect(record).toBe(known?.record ?? -1)
    if (known === undefined) {
      const made = add(table, a, b, step)
      model.set(key, { record: made, stream: step, first: text(a) })
    } else {
      expect(table.side).toBe(known.first === text(a) ? 0 : 1)
      expect(streamOf(table, record)).toBe(known.stream)
      if (random(3) === 0) drop(key, record)
    }
    expect(table.size).toBe(model.size)
  }
  expect(model.size).toBeGreaterThan(2000)
  expect(new Set(table.records())).toEqual(new Set([...model.values()].map((m) => m.record)))
  for (const [key, { record }] of model) drop(key, record)
  expect(table.size).toBe(0)
  expect(table.records()).toEqual([])
})

test('growth keeps every record and its contents', () => {
  const table = new ConnectionTable()
  const count = 30_000
  for (let i = 0; i < count; i++) {
    const record = add(table, v4(i, 40_000), v4(1 << 20, 80), i)
    table.at(record).startNs = i + 0.5
  }
  const wrong: number[] = []
  for (let i = 0; i < count; i++) {
    const record = table.find(segmentOf(v4(1 << 20, 80), v4(i, 40_000)))
    const { startNs } = table.at(record)
    if (streamOf(table, record) !== i || startNs !== i + 0.5) wrong.push(i)
  }
  expect(wrong).toEqual([])
  expect(table.size).toBe(count)
})

test('a record is zero when it is used again, its teardown record too', () => {
  const table = new ConnectionTable()
  const old = add(table, v4(1, 1), v4(2, 2), 3)
  table.at(old).openTeardown()
  const teardown = table.at(old).teardownIndex - 1
  table.at(old).openTeardown()
  expect(table.at(old).teardownIndex - 1).toBe(teardown)
  const { connections, teardowns } = table
  connections.ints.fill(-1, old * CONN_INTS + SIDE_INTS, old * CONN_INTS + SIDES_END)
  teardowns.ints.fill(-1, teardown * TEARDOWN_INTS, (teardown + 1) * TEARDOWN_INTS)
  table.unlink(old)
  table.release(old)

  const again = add(table, v4(3, 3), v4(4, 4), 0)
  expect(again).toBe(old)
  const sides = connections.ints.slice(again * CONN_INTS + SIDE_INTS, again * CONN_INTS + SIDES_END)
  expect(sides.every((word) => word === 0)).toBe(true)
  expect(table.at(again).teardownIndex).toBe(0)
  table.at(again).openTeardown()
  const torn = table.at(again).teardownIndex - 1
  expect(torn).toBe(teardown)
  const words = teardowns.ints.slice(torn * TEARDOWN_INTS, (torn + 1) * TEARDOWN_INTS)
  expect(words.every((word) => word === 0)).toBe(true)
})

test('an unlinked record keeps its contents until it is released', () => {
  const table = new ConnectionTable()
  const old = add(table, v4(1, 1), v4(2, 2), 41)
  table.unlink(old)
  const renewed = add(table, v4(1, 1), v4(2, 2), 42)
  expect(renewed).not.toBe(old)
  expect([streamOf(table, old), streamOf(table, renewed)]).toEqual([41, 42])
})

test('a record can be unlinked twice without harm to others', () => {
  const table = new ConnectionTable()
  const old = add(table, v4(1, 1), v4(2, 2), 0)
  const other = add(table, v4(3, 3), v4(4, 4), 1)
  table.unlink(old)
  table.unlink(old)
  expect(table.find(segmentOf(v4(4, 4), v4(3, 3)))).toBe(other)
})
