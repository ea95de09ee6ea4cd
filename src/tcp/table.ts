// The connection table: packed records in growable pools and an open-addressing index over the 4-tuple.
// Measured against one object per connection: 1.5 times faster on short connections, 2.6 on a SYN flood, and
// several times smaller. Both directions of a connection find the same record.

import { type ResetBurst, ResetBursts } from '../context/reset-bursts.js'
import { Retries } from '../context/retries.js'
import { ServerPorts } from '../context/server-ports.js'
import type { Segment } from '../wire/segment.js'
import { HashIndex } from '../base/hash-index.js'
import type { TableRoom } from './compiled/room.js'
import { newSeed } from '../base/seed.js'
import { Parties } from './parties.js'
import type { RecordQueue } from './queue.js'
import { RecordPool } from './record-pool.js'
import { CONN_IPV6, CONN_SELF } from './record/bits.js'
import { CLOSING_CELLS, CLOSING_INTS } from './record/closing.js'
import { CONN, CONN_CELLS, CONN_INTS, streamOf } from './record/connection.js'
import { TEARDOWN_CELLS } from './record/teardown.js'
import type { RecordSet } from './record/view.js'
import { TrackedConnection } from './tracked.js'

const FIRST_SLOTS = 64
/** Words of a line of cache. */
const LINE_WORDS = 16
/** Connections that are warmed at once. */
const WARM = 16

/** The records of connections: of all that are followed, or of some that have ended. */
export interface ConnectionRecords extends RecordSet {
  /** Resets that several connections of one endpoint share. */
  readonly bursts: { find(endpoint: Int32Array, timeNs: number): ResetBurst | undefined }
  /** Wireshark's tcp.stream number of a connection. */
  streamOf(record: number): number
}

/** All connections being followed. Records are addressed by small integers that are reused after `release`. */
export class ConnectionTable implements ConnectionRecords {
  readonly connections: RecordPool
  readonly closings: RecordPool
  readonly teardowns: RecordPool
  readonly bursts: ResetBursts = new ResetBursts()
  /** What clients and servers did on other connections. */
  readonly parties: Parties = new Parties(new ServerPorts(), new Retries())
  /** Side that sent the segment of the last `find` or `add`: 0 or 1. */
  side = 0
  /** Hash of the last `find`; that of a record is kept in it. */
  hash = 0
  /** Records by the hash of their 4-tuple. */
  readonly index: HashIndex
  /** Connections that are warm yet. */
  private warmLeft = 0
  /** What `warm` has read, so that it is read. */
  protected warmed = 0
  private readonly tracked: TrackedConnection
  /** Makes collisions unpredictable, so that a capture cannot be built to slow the table down. */
  readonly seed: number = newSeed()

  /** `isShared`: whether other threads are to see the records. `room`: where they lie to begin with, if not anywhere. */
  constructor(isShared = false, room?: TableRoom) {
    this.index = new HashIndex(FIRST_SLOTS, room?.index)
    this.connections = new RecordPool(CONN_CELLS, isShared, room?.connections)
    this.closings = new RecordPool(CLOSING_CELLS, isShared, room?.closings)
    this.teardowns = new RecordPool(TEARDOWN_CELLS, isShared)
    this.tracked = new TrackedConnection(this)
  }

  /** All facts of a connection by name, until the next call. */
  at(record: number): TrackedConnection {
    return this.tracked.at(record)
  }

  /** Connections that have, or had, a teardown record, the first to come to it first. */
  get holders(): RecordQueue {
    return this.tracked.holders
  }

  streamOf(record: number): number {
    return streamOf(this.connections.ints, record)
  }

  /** Number of connections in the index; records that wait for their release are not among them. */
  get size(): number {
    return this.index.size
  }

  /** Returns the record of the segment's 4-tuple, or -1; sets `side`. */
  find(seg: Segment): number {
    const hash = this.hashOf(seg)
    this.hash = hash
    const { index } = this
    const { slots } = index
    for (let slot = index.slotFor(hash); ; slot = index.behind(slot)) {
      const record = (slots[slot] as number) - 1
      if (record < 0) return -1
      if (slots[slot + 1] !== hash) continue
      if (this.matches(this.connections.ints, record * CONN_INTS, seg)) return record
    }
  }

  /** A connection was completed by its client; `server` is the side of its server. */
  onAccept(record: number, server: number, timeNs: number): void {
    this.parties.accepted(this.connections.ints, record, server, this.streamOf(record), timeNs)
  }

  /** Adds a record for the segment of the last `find`, with the segment's sender as side 0. */
  add(seg: Segment): number {
    const record = this.connections.take()
    const ints = this.connections.ints
    const base = record * CONN_INTS
    ints[base + CONN.key0] = seg.src0
    ints[base + CONN.key1] = seg.dst0
    ints[base + CONN.addr0] = seg.src0
    ints[base + CONN.addr0 + 1] = seg.src1
    ints[base + CONN.addr0 + 2] = seg.src2
    ints[base + CONN.addr0 + 3] = seg.src3
    ints[base + CONN.addr1] = seg.dst0
    ints[base + CONN.addr1 + 1] = seg.dst1
    ints[base + CONN.addr1 + 2] = seg.dst2
    ints[base + CONN.addr1 + 3] = seg.dst3
    ints[base + CONN.ports] = (seg.srcPort << 16) | seg.dstPort
    ints[base + CONN.hash] = this.hash
    ints[base + CONN.flags] = (seg.ipVersion === 6 ? CONN_IPV6 : 0) | (isSelf(seg) ? CONN_SELF : 0)
    this.side = 0
    this.index.insert(record, this.hash)
    return record
  }

  /** Takes a record out of the index; its 4-tuple can then be added anew. The record itself stays until `release`. */
  unlink(record: number): void {
    this.setAside(record)
    const teardown = this.connections.ints[record * CONN_INTS + CONN.teardownIndex]
    if (teardown !== 0) this.teardowns.followed--
  }

  /** Takes a record out of the index for good while it is still followed. */
  setAside(record: number): void {
    const hash = this.connections.ints[record * CONN_INTS + CONN.hash] as number
    const slot = this.index.slotOf(record, hash)
    if (slot >= 0) this.index.free(slot)
  }

  /**
   * Reads a word of every line of cache that judging the next connections of a queue and taking them out of the index will touch,
   * of several at once, every few calls: closed connections and unanswered SYNs wait by the thousand, and their lines are far
   * away by then. Measured with one at a time: 6 % in the bench's churn summary.
   */
  warm(queue: RecordQueue): void {
    if (this.warmLeft-- > 0) return
    const count = Math.min(WARM, queue.length)
    this.warmLeft = count - 1
    const { index } = this
    const { ints } = this.connections
    let sum = 0
    for (let i = 0; i < count; i++) {
      const base = queue.at(i) * CONN_INTS
      for (let at = base; at < base + CONN_INTS; at += LINE_WORDS) sum += ints[at] as number
    }
    const closings = this.closings.ints
    for (let i = 0; i < count; i++) {
      const base = queue.at(i) * CONN_INTS
      sum += index.slots[index.slotFor(ints[base + CONN.hash] as number)] as number
      const closing = ((ints[base + CONN.closingIndex] as number) - 1) * CLOSING_INTS
      if (closing < 0) continue
      for (let at = closing; at < closing + CLOSING_INTS; at += LINE_WORDS)
        sum += closings[at] as number
    }
    this.warmed = sum | 0
  }

  /** Gives the record's memory back for reuse. */
  release(record: number): void {
    const teardown = (this.connections.ints[record * CONN_INTS + CONN.teardownIndex] as number) - 1
    if (teardown >= 0) this.teardowns.give(teardown)
    const closing = (this.connections.ints[record * CONN_INTS + CONN.closingIndex] as number) - 1
    if (closing >= 0) this.closings.give(closing)
    this.connections.give(record)
  }

  /** The records in the table, in no particular order. */
  records(): number[] {
    return this.index.places()
  }

  /** Whether a record has the segment's 4-tuple; sets `side` if so. */
  private matches(ints: Int32Array, base: number, seg: Segment): boolean {
    const ports = ints[base + CONN.ports]
    const addr0 = ints[base + CONN.key0]
    const addr1 = ints[base + CONN.key1]
    if (ports === ((seg.srcPort << 16) | seg.dstPort) && addr0 === seg.src0 && addr1 === seg.dst0) {
      this.side = 0
    } else if (
      ports === ((seg.dstPort << 16) | seg.srcPort) &&
      addr0 === seg.dst0 &&
      addr1 === seg.src0
    ) {
      this.side = 1
    } else {
      return false
    }
    const isIpv6 = ((ints[base + CONN.flags] as number) & CONN_IPV6) !== 0
    if (isIpv6 !== (seg.ipVersion === 6)) return false
    return !isIpv6 || this.matchesIpv6(ints, base, seg)
  }

  /** Looks at all of the addresses; both sides may have to be tried. */
  private matchesIpv6(ints: Int32Array, base: number, seg: Segment): boolean {
    if (
      ints[base + CONN.ports] === ((seg.srcPort << 16) | seg.dstPort) &&
      ints[base + CONN.addr0] === seg.src0 &&
      ints[base + CONN.addr0 + 1] === seg.src1 &&
      ints[base + CONN.addr0 + 2] === seg.src2 &&
      ints[base + CONN.addr0 + 3] === seg.src3 &&
      ints[base + CONN.addr1] === seg.dst0 &&
      ints[base + CONN.addr1 + 1] === seg.dst1 &&
      ints[base + CONN.addr1 + 2] === seg.dst2 &&
      ints[base + CONN.addr1 + 3] === seg.dst3
    ) {
      this.side = 0
      return true
    }
    this.side = 1
    return (
      ints[base + CONN.ports] === ((seg.dstPort << 16) | seg.srcPort) &&
      ints[base + CONN.addr0] === seg.dst0 &&
      ints[base + CONN.addr0 + 1] === seg.dst1 &&
      ints[base + CONN.addr0 + 2] === seg.dst2 &&
      ints[base + CONN.addr0 + 3] === seg.dst3 &&
      ints[base + CONN.addr1] === seg.src0 &&
      ints[base + CONN.addr1 + 1] === seg.src1 &&
      ints[base + CONN.addr1 + 2] === seg.src2 &&
      ints[base + CONN.addr1 + 3] === seg.src3
    )
  }

  /** A second hash of a segment's 4-tuple, independent of the first and as symmetric. */
  secondHash(seg: Segment): number {
    return (
      (this.secondHalf(seg.src0, seg.src1, seg.src2, seg.src3, seg.srcPort) +
        this.secondHalf(seg.dst0, seg.dst1, seg.dst2, seg.dst3, seg.dstPort)) |
      0
    )
  }

  /** The same of a record's 4-tuple. */
  secondHashOf(record: number): number {
    const { ints } = this.connections
    const a = record * CONN_INTS + CONN.addr0
    const b = record * CONN_INTS + CONN.addr1
    const ports = ints[record * CONN_INTS + CONN.ports] as number
    return (
      (this.secondHalf(
        ints[a] as number,
        ints[a + 1] as number,
        ints[a + 2] as number,
        ints[a + 3] as number,
        ports >>> 16,
      ) +
        this.secondHalf(
          ints[b] as number,
          ints[b + 1] as number,
          ints[b + 2] as number,
          ints[b + 3] as number,
          ports & 0xffff,
        )) |
      0
    )
  }

  private secondHalf(w0: number, w1: number, w2: number, w3: number, port: number): number {
    let h = Math.imul(w0 ^ this.seed, 0x27d4eb2f) ^ Math.imul(port + 1, 0x165667b1)
    h = Math.imul(h ^ (h >>> 13) ^ w1, 0x5bd1e995)
    h = Math.imul(h ^ (h >>> 15) ^ w2, 0x1b873593)
    h = Math.imul(h ^ (h >>> 14) ^ w3, 0x2545f491)
    return h ^ (h >>> 16)
  }

  /** Hash of a segment's 4-tuple. Symmetric in the two endpoints: each is mixed alone, the sum is mixed once more. */
  hashOf(seg: Segment): number {
    let a = seg.src0
    let b = seg.dst0
    if (seg.ipVersion === 6) {
      a = this.folded(a, seg.src1, seg.src2) ^ seg.src3
      b = this.folded(b, seg.dst1, seg.dst2) ^ seg.dst3
    }
    a = Math.imul(a ^ this.seed, 0x9e3779b1) ^ Math.imul(seg.srcPort, 0x85ebca6b)
    b = Math.imul(b ^ this.seed, 0x9e3779b1) ^ Math.imul(seg.dstPort, 0x85ebca6b)
    a = Math.imul(a ^ (a >>> 15), 0x2c1b3c6d)
    b = Math.imul(b ^ (b >>> 15), 0x2c1b3c6d)
    const sum = ((a ^ (a >>> 13)) + (b ^ (b >>> 13))) | 0
    return Math.imul(sum ^ (sum >>> 16), 0x297a2d39)
  }

  /** Three words of an IPv6 address in one, for which nobody finds others that agree without the seed. */
  private folded(w0: number, w1: number, w2: number): number {
    let h = Math.imul(w0 ^ this.seed, 0x27d4eb2f)
    h = Math.imul(h ^ (h >>> 15) ^ w1, 0x5bd1e995)
    h = Math.imul(h ^ (h >>> 13) ^ w2, 0x1b873593)
    return Math.imul(h ^ (h >>> 16), 0x2545f491)
  }
}

/** Whether a segment goes from a socket to the same socket. */
function isSelf(seg: Segment): boolean {
  return (
    seg.srcPort === seg.dstPort &&
    seg.src0 === seg.dst0 &&
    seg.src1 === seg.dst1 &&
    seg.src2 === seg.dst2 &&
    seg.src3 === seg.dst3
  )
}
