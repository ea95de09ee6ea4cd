// Which segments make one connection, when it is handed over, and that memory follows live connections.

import { describe, expect, test } from 'vitest'
import {
  CONN_EVICTED,
  CONN_REUSED_PORTS,
  CONN_SIMULTANEOUS_OPEN,
  CONN_SUPERSEDED,
} from '../../../src/tcp/record/bits.js'
import type { TrackerLimits } from '../../../src/tcp/limits.js'
import { Tracker } from '../../../src/tcp/tracker.js'
import { ACK, FIN, RST, SYN } from '../../../src/wire/segment.js'
import { runs } from '../../support/runs.js'
import { type End, type Fields, NO_OPTIONS, segmentOf } from './segments.js'

const SERVER: End = { ip: 0x0a00ffff, port: 80 }
const CLIENT = client(1)
const ISN = 1000
const SERVER_ISN = 500_000

function client(n: number): End {
  return { ip: 0x0a000000 + (n >>> 15), port: 1024 + (n & 0x7fff) }
}

/** A connection as it was handed over. */
interface Ended {
  readonly stream: number
  readonly packets: number
  readonly connFlags: number
}

/** A tracker, the frames given to it, and the connections it handed over. */
class Feed {
  readonly ended: Ended[] = []
  readonly tracker: Tracker
  private frame = 0

  constructor(limits: TrackerLimits = {}) {
    this.tracker = new Tracker(this, limits)
  }

  onEnd(record: number): boolean {
    this.ended.push(this.read(record))
    return false
  }

  /** Gives a segment; the clock runs one ms a frame. */
  segment(from: End, to: End, fields: Fields): void {
    this.frame++
    const segment = segmentOf(from, to, fields)
    this.tracker.onSegment(segment, NO_OPTIONS, this.frame, this.frame * 1e6)
  }

  icmp(from: End, to: End, fields: Fields): void {
    this.frame++
    const quoted = segmentOf(from, to, fields)
    this.tracker.onIcmpError(quoted, 0x0301, this.frame, this.frame * 1e6)
  }

  syn(from: End, seq = ISN): void {
    this.segment(from, SERVER, { flags: SYN, seq })
  }

  /** SYN, SYN-ACK, ACK. */
  open(from: End, seq = ISN): void {
    this.syn(from, seq)
    this.segment(SERVER, from, { flags: SYN | ACK, seq: SERVER_ISN, ack: seq + 1 })
    this.segment(from, SERVER, { flags: ACK, seq: seq + 1, ack: SERVER_ISN + 1 })
  }

  /** FIN of the client, FIN of the server, last ACK. */
  close(from: End, seq = ISN): void {
    this.segment(from, SERVER, { flags: FIN | ACK, seq: seq + 1, ack: SERVER_ISN + 1 })
    this.segment(SERVER, from, { flags: FIN | ACK, seq: SERVER_ISN + 1, ack: seq + 2 })
    this.lastAck(from, seq)
  }

  /** RST of the server. */
  reset(from: End): void {
    this.segment(SERVER, from, { flags: RST | ACK, seq: SERVER_ISN + 1, ack: ISN + 1 })
  }

  lastAck(from: End, seq = ISN): void {
    this.segment(from, SERVER, { flags: ACK, seq: seq + 2, ack: SERVER_ISN + 2 })
  }

  get streams(): number[] {
    return this.ended.map((e) => e.stream)
  }

  private read(record: number): Ended {
    const c = this.tracker.table.at(record)
    return {
      stream: c.streamNumber,
      packets: c.side(0).packets + c.side(1).packets,
      connFlags: c.flags,
    }
  }
}

const has = (ended: Ended | undefined, flag: number): boolean =>
  ((ended?.connFlags ?? 0) & flag) !== 0

describe('streams are numbered as Wireshark does', () => {
  test('in the order of their first packets', () => {
    const feed = new Feed()
    feed.syn(client(2))
    feed.syn(client(1))
    feed.segment(SERVER, client(2), { flags: SYN | ACK, seq: 5, ack: ISN + 1 })
    feed.syn(client(3))
    feed.tracker.finish()
    expect(feed.ended.map((e) => [e.stream, e.packets])).toEqual([
      [0, 2],
      [1, 1],
      [2, 1],
    ])
  })

  test('the same SYN again is a retransmission', () => {
    const feed = new Feed()
    feed.syn(CLIENT)
    feed.syn(CLIENT)
    feed.tracker.finish()
    expect(feed.ended.map((e) => e.packets)).toEqual([2])
  })

  test('the same SYN again after the close still belongs to the old stream', () => {
    const feed = new Feed()
    feed.open(CLIENT)
    feed.close(CLIENT)
    feed.syn(CLIENT)
    feed.tracker.finish()
    expect(feed.ended.map((e) => e.packets)).toEqual([7])
  })

  test('a SYN with another number starts the next stream, whatever the old one was doing', () => {
    const feed = new Feed()
    feed.open(CLIENT)
    feed.syn(CLIENT, ISN + 70_000)
    feed.tracker.finish()
    expect(feed.ended.map((e) => [e.stream, e.packets])).toEqual([
      [0, 3],
      [1, 1],
    ])
    expect(has(feed.ended[0], CONN_SUPERSEDED)).toBe(true)
    expect(has(feed.ended[1], CONN_REUSED_PORTS)).toBe(true)
  })

  test('a closed connection whose ports are used again was not superseded', () => {
    const feed = new Feed()
    feed.open(CLIENT)
    feed.close(CLIENT)
    feed.open(CLIENT, ISN + 70_000)
    feed.tracker.finish()
    expect(feed.streams).toEqual([0, 1])
    expect(has(feed.ended[0], CONN_SUPERSEDED)).toBe(false)
    expect(has(feed.ended[1], CONN_REUSED_PORTS)).toBe(true)
  })

  test.each([
    ['SYN-ACK', SYN | ACK],
    ['RST', RST],
    ['FIN', FIN | ACK],
    ['ACK', ACK],
  ])('a %s with any number does not', (_name, flags) => {
    const feed = new Feed()
    feed.open(CLIENT)
    feed.segment(CLIENT, SERVER, { flags, seq: ISN + 9_000_000, ack: 1 })
    feed.segment(SERVER, CLIENT, { flags, seq: SERVER_ISN + 9_000_000, ack: 1 })
    feed.tracker.finish()
    expect(feed.ended.map((e) => e.packets)).toEqual([5])
  })

  test('a SYN of the other side, which had not sent one, opens simultaneously', () => {
    const feed = new Feed()
    feed.syn(CLIENT)
    feed.segment(SERVER, CLIENT, { flags: SYN, seq: 99 })
    feed.tracker.finish()
    expect(feed.ended.map((e) => e.packets)).toEqual([2])
    expect(has(feed.ended[0], CONN_SIMULTANEOUS_OPEN)).toBe(true)
  })

  test('a capture that begins midstream has a first sequence number, and a later SYN another', () => {
    const feed = new Feed()
    feed.segment(CLIENT, SERVER, { flags: ACK, seq: 5000, ack: 1, payloadLen: 10 })
    feed.syn(CLIENT, 4999)
    feed.syn(CLIENT, 6000)
    feed.tracker.finish()
    expect(feed.ended.map((e) => e.packets)).toEqual([2, 1])
  })
})

test('streams are numbered on beyond 31 and 32 bits, closed and reported as ever', () => {
  for (const first of [2 ** 31 - 2, 2 ** 32 - 2]) {
    const feed = new Feed({ maxClosed: 2 })
    feed.tracker.streams = first
    for (let n = 0; n < 5; n++) {
      feed.open(client(n))
      feed.close(client(n))
    }
    feed.tracker.finish()
    expect(feed.ended.map(({ stream }) => stream)).toEqual([0, 1, 2, 3, 4].map((n) => first + n))
    expect(feed.tracker.table.size).toBe(0)
  }
})

describe('TCP headers quoted by ICMP errors', () => {
  test('are no packets of their connection', () => {
    const feed = new Feed()
    feed.syn(CLIENT)
    feed.icmp(CLIENT, SERVER, { flags: SYN, seq: ISN })
    feed.tracker.finish()
    expect(feed.ended.map((e) => e.packets)).toEqual([1])
  })

  test('take a stream number when nothing else is known of the connection, but are none', () => {
    const feed = new Feed()
    feed.icmp(client(1), SERVER, { flags: SYN, seq: ISN })
    feed.syn(client(2))
    feed.tracker.finish()
    expect(feed.streams).toEqual([1])
  })

  test('lend that number to the connection when its packets do come', () => {
    const feed = new Feed()
    feed.icmp(client(1), SERVER, { flags: SYN, seq: ISN })
    feed.syn(client(2))
    feed.syn(client(1))
    feed.tracker.finish()
    expect(feed.streams).toEqual([0, 1])
  })

  test('with their first eight bytes only take none', () => {
    const feed = new Feed()
    feed.icmp(client(1), SERVER, { flags: SYN, seq: ISN, headerCut: true })
    feed.syn(client(2))
    feed.tracker.finish()
    expect(feed.streams).toEqual([0])
  })
})

describe('memory', () => {
  const count = runs(20_000)
  test(`${count} short connections leave only the last closed ones in the table`, () => {
    const feed = new Feed({ maxClosed: 500 })
    let peak = 0
    for (let i = 0; i < count; i++) {
      feed.open(client(i))
      feed.reset(client(i))
      peak = Math.max(peak, feed.tracker.table.size)
    }
    expect(peak).toBeLessThanOrEqual(501)
    expect(feed.ended.length).toBe(count - 500)
    expect(feed.tracker.evicted).toBe(0)
    feed.tracker.finish()
    expect(feed.tracker.table.size).toBe(0)
    expect(feed.tracker.table.teardowns.used).toBe(0)
    expect(new Set(feed.streams).size).toBe(count)
    expect(feed.ended.every((e) => e.packets === 4)).toBe(true)
  })

  test('connections ended by FINs are let go as well', () => {
    const feed = new Feed({ maxClosed: 10 })
    for (let i = 0; i < 100; i++) {
      feed.open(client(i))
      feed.close(client(i))
    }
    expect(feed.tracker.table.size).toBe(10)
  })

  test('open connections are never let go', () => {
    const feed = new Feed({ maxClosed: 5, maxHalfOpen: 5 })
    for (let i = 0; i < 50; i++) feed.open(client(i))
    for (let i = 50; i < 150; i++) {
      feed.open(client(i))
      feed.close(client(i))
    }
    expect(feed.tracker.table.size).toBe(55)
    expect(feed.tracker.evicted).toBe(0)
    feed.tracker.finish()
    expect(feed.ended.filter((e) => e.packets === 3).length).toBe(50)
  })

  test('half-open connections are bounded; the oldest is given up and says so', () => {
    const feed = new Feed({ maxHalfOpen: 100 })
    for (let i = 0; i < 1000; i++) feed.syn(client(i))
    expect(feed.tracker.table.size).toBe(100)
    expect(feed.tracker.evicted).toBe(900)
    expect(feed.streams).toEqual(Array.from({ length: 900 }, (_, i) => i))
    expect(feed.ended.every((e) => has(e, CONN_EVICTED))).toBe(true)
    feed.tracker.finish()
    expect(feed.streams).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    expect(has(feed.ended[999], CONN_EVICTED)).toBe(false)
  })

  test('a SYN-ACK alone does not complete a handshake: such connections are bounded, too', () => {
    const feed = new Feed({ maxHalfOpen: 100 })
    for (let i = 0; i < 1000; i++) {
      feed.syn(client(i))
      feed.segment(SERVER, client(i), { flags: SYN | ACK, seq: SERVER_ISN, ack: ISN + 1 })
    }
    expect(feed.tracker.table.size).toBe(100)
    expect(feed.tracker.evicted).toBe(900)
  })

  test('completed handshakes do not count, also when an older one is not', () => {
    const feed = new Feed({ maxHalfOpen: 100 })
    feed.syn(client(0))
    for (let i = 1; i < 5000; i++) feed.open(client(i))
    expect(feed.tracker.evicted).toBe(0)
    feed.tracker.finish()
    expect(feed.streams.length).toBe(5000)
  })

  test('refused connections do not count once they are closed and let go', () => {
    const feed = new Feed({ maxHalfOpen: 100, maxClosed: 10 })
    for (let i = 0; i < 5000; i++) {
      feed.syn(client(i))
      feed.segment(SERVER, client(i), { flags: RST | ACK, seq: 0, ack: ISN + 1 })
    }
    expect(feed.tracker.evicted).toBe(0)
    expect(feed.tracker.table.size).toBe(10)
    feed.tracker.finish()
    expect(new Set(feed.streams).size).toBe(5000)
  })

  test('handshakes whose ports are used again do not count twice', () => {
    const feed = new Feed({ maxHalfOpen: 100 })
    for (let i = 0; i < 5000; i++) feed.syn(client(i % 50), ISN + i)
    expect(feed.tracker.evicted).toBe(0)
    expect(feed.tracker.table.size).toBe(50)
  })

  test('a flood does not push out connections that are open', () => {
    const feed = new Feed({ maxHalfOpen: 100 })
    for (let i = 0; i < 2000; i++) {
      if (i % 2 === 0) feed.open(client(i))
      else feed.syn(client(i))
    }
    expect(feed.ended.every((e) => has(e, CONN_EVICTED) && e.packets === 1)).toBe(true)
    expect(feed.tracker.table.size).toBeLessThanOrEqual(1000 + 100)
  })
})

describe('stragglers', () => {
  test('join their closed connection while it is kept', () => {
    const feed = new Feed({ maxClosed: 2 })
    feed.open(CLIENT)
    feed.close(CLIENT)
    feed.open(client(2))
    feed.close(client(2))
    feed.lastAck(CLIENT)
    feed.tracker.finish()
    expect(feed.ended.map((e) => [e.stream, e.packets])).toEqual([
      [0, 7],
      [1, 6],
    ])
    expect(feed.tracker.latePackets).toBe(0)
  })

  test('of a connection that was let go are counted, and are no new stream', () => {
    const feed = new Feed({ maxClosed: 1 })
    for (const n of [1, 2, 3]) {
      feed.open(client(n))
      feed.close(client(n))
    }
    feed.lastAck(client(1))
    feed.tracker.finish()
    expect([...feed.streams].sort()).toEqual([0, 1, 2])
    expect(feed.tracker.latePackets).toBe(1)
  })

  test('a SYN on the ports of a connection that was let go opens them anew', () => {
    const feed = new Feed({ maxClosed: 1 })
    for (const n of [1, 2, 3]) {
      feed.open(client(n))
      feed.close(client(n))
    }
    feed.open(client(1))
    feed.lastAck(client(1))
    feed.tracker.finish()
    expect([...feed.streams].sort()).toEqual([0, 1, 2, 3])
    expect(feed.tracker.latePackets).toBe(0)
  })
})

describe('settle', () => {
  test('reports a closed connection once, when it has been quiet long enough', () => {
    const feed = new Feed()
    feed.open(CLIENT)
    feed.close(CLIENT)
    feed.tracker.settle(5e6)
    expect(feed.streams).toEqual([])
    feed.tracker.settle(6e6)
    expect(feed.streams).toEqual([0])
    feed.tracker.settle(9e9)
    feed.tracker.finish()
    expect(feed.streams).toEqual([0])
  })

  test('leaves open connections alone', () => {
    const feed = new Feed()
    feed.open(CLIENT)
    feed.syn(client(2))
    feed.tracker.settle(9e9)
    expect(feed.streams).toEqual([])
  })

  test('later packets of a reported connection are counted, and open no stream', () => {
    const feed = new Feed()
    feed.open(CLIENT)
    feed.close(CLIENT)
    feed.tracker.settle(9e9)
    feed.lastAck(CLIENT)
    feed.segment(SERVER, CLIENT, { flags: RST, seq: SERVER_ISN + 2 })
    expect(feed.tracker.latePackets).toBe(2)
    expect(feed.tracker.streams).toBe(1)
    feed.tracker.finish()
    expect(feed.streams).toEqual([0])
  })

  test('ports of a reported connection can be used again', () => {
    const feed = new Feed()
    feed.open(CLIENT)
    feed.close(CLIENT)
    feed.tracker.settle(9e9)
    feed.open(CLIENT, ISN + 70_000)
    feed.close(CLIENT, ISN + 70_000)
    feed.tracker.settle(9e9)
    expect(feed.streams).toEqual([0, 1])
    expect(feed.ended.map((e) => e.packets)).toEqual([6, 6])
  })

  test('keeps reporting while old ones leave the table', () => {
    const feed = new Feed({ maxClosed: 3 })
    for (let i = 0; i < 50; i++) {
      feed.open(client(i))
      feed.close(client(i))
      if (i % 4 === 1) feed.tracker.settle(9e12)
    }
    feed.tracker.finish()
    expect(feed.streams).toEqual(Array.from({ length: 50 }, (_, i) => i))
  })
})

test('after finish the table is empty', () => {
  const feed = new Feed()
  for (let i = 0; i < 20; i++) feed.open(client(i))
  feed.tracker.finish()
  expect(feed.tracker.table.size).toBe(0)
  expect(feed.streams.length).toBe(20)
})

describe('the bound of the table', () => {
  test('connections that never end are judged early, the quiet ones first', () => {
    const feed = new Feed({ maxConnections: 100 })
    for (let n = 0; n < 1000; n++) {
      feed.open(client(n))
      // One of them goes on talking.
      feed.segment(client(0), SERVER, { flags: ACK, seq: ISN + 1, ack: SERVER_ISN + 1 })
    }
    expect(feed.tracker.table.size).toBeLessThanOrEqual(100)
    expect(feed.tracker.evicted).toBe(900)
    expect(feed.ended.every(({ connFlags }) => (connFlags & CONN_EVICTED) !== 0)).toBe(true)
    expect(feed.ended.map(({ stream }) => stream)).not.toContain(0)
    feed.tracker.finish()
    expect(new Set(feed.ended.map(({ stream }) => stream)).size).toBe(1000)
  })

  test('of those to which much has happened, the first are judged early', () => {
    const feed = new Feed({ maxTeardowns: 10, maxClosed: 3 })
    // Ahead of what is expected: it ends nothing, but is kept.
    function resetAhead(n: number): void {
      feed.segment(client(n), SERVER, { flags: RST, seq: ISN + 500 })
    }
    for (let n = 0; n < 100; n++) feed.open(client(n))
    for (let n = 0; n < 60; n++) resetAhead(n)
    expect(feed.tracker.evicted).toBe(50)
    expect(feed.streams).toEqual(Array.from({ length: 50 }, (_, n) => n))
    // Those that have closed since make room for others.
    for (let n = 50; n < 60; n++) feed.close(client(n))
    expect(feed.tracker.table.teardowns.followed).toBe(3)
    for (let n = 60; n < 70; n++) resetAhead(n)
    expect(feed.tracker.evicted).toBe(50)
    feed.tracker.finish()
    expect(feed.ended).toHaveLength(100)
  })

  test('what is remembered of their order follows how many there are', () => {
    const feed = new Feed({ maxClosed: 1 })
    for (let n = 0; n < 20_000; n++) {
      feed.segment(client(n % 100), SERVER, { flags: SYN, seq: n })
      feed.segment(SERVER, client(n % 100), { flags: RST | ACK, seq: 0, ack: n + 1 })
    }
    expect(feed.tracker.table.holders.length).toBeLessThan(2000)
  })

  test('closed connections make room without being flagged', () => {
    const feed = new Feed({ maxConnections: 50 })
    for (let n = 0; n < 500; n++) {
      feed.open(client(n))
      feed.close(client(n))
    }
    feed.tracker.finish()
    expect(feed.tracker.table.size).toBe(0)
    expect(feed.ended).toHaveLength(500)
    expect(feed.ended.filter(({ connFlags }) => (connFlags & CONN_EVICTED) !== 0)).toEqual([])
  })
})
