// Follows every connection of a capture: finds the record of a segment's 4-tuple, opens and closes connections the way
// Wireshark numbers its streams, and hands ended ones over. What a segment means for its connection is observe.ts.

import type { Segment } from '../wire/segment.js'
import { ACK, FIN, RST, SYN } from '../wire/segment.js'
import { ACCEPTED, COMPLETED, MAY_END, OPENED, ANSWERED } from './compiled/exchange.js'
import { Candidates } from './candidates.js'
import { observeIcmp } from './events/icmp.js'
import {
  MAX_CLOSED,
  MAX_CONNECTIONS,
  MAX_HALF_OPEN,
  MAX_TEARDOWNS,
  TEARDOWN_SHARE,
  type TrackerLimits,
} from './limits.js'
import { HalfOpen } from './half-open.js'
import { Neighbours } from './neighbours.js'
import { Observer } from './observe.js'
import { RecordQueue } from './queue.js'
import {
  CONN_EVICTED,
  CONN_HALF_OPEN,
  CONN_QUEUED,
  CONN_REPORTED,
  CONN_SUPERSEDED,
  CONN_WATCHES_OLD,
  SIDE_ISN_SET,
} from './record/bits.js'
import {
  CONN,
  CONN_CELLS,
  CONN_INTS,
  SIDE,
  SIDE_INTS,
  SIDE_INTS_STEP,
  STREAM_HIGH_UNIT,
  STREAM_LOW,
} from './record/connection.js'
import { CLOSED, LISTEN, TIME_WAIT } from './state.js'
import { inStreamOrder, packetsOf } from './stream-order.js'
import { ConnectionTable } from './table.js'
import { Tombstones } from './tombstones.js'

/** The segment that the compiled path took last. */
interface Taken {
  readonly record: number
  readonly side: number
}

/** Takes connections whose end is known, or that the tracker has to give up. */
export interface EndHandler {
  /**
   * Takes one, whose `record` is valid during the call.
   *
   * @returns True to keep the record: nothing changes in it but its stream number, until the handler releases it.
   */
  onEnd(record: number): boolean
}

/** Connections of one timeline of packets. */
export class Tracker {
  readonly table: ConnectionTable
  /** Streams numbered so far. */
  streams = 0
  /** Segments that came after their connection had been reported; they are in none of its counts. */
  latePackets = 0
  /** Segments of the connections reported so far. */
  reportedPackets = 0
  /** Connections given up because a bound was reached. */
  evicted = 0
  private readonly observer: Observer
  private readonly neighbours: Neighbours
  private readonly handler: EndHandler
  private readonly closed = new RecordQueue()
  private readonly tombstones = new Tombstones()
  /** Tombstones set; without any there is nothing to look up. */
  private buried = 0
  private readonly halfOpen: HalfOpen
  private readonly maxClosed: number
  readonly maxConnections: number
  private readonly maxTeardowns: number
  private readonly candidates: Candidates
  /** How many entries of `closed`, from the oldest, have been reported by `settle`. */
  private settled = 0

  constructor(handler: EndHandler, limits: TrackerLimits = {}) {
    this.handler = handler
    this.table = new ConnectionTable(limits.isShared, limits.room)
    this.observer = new Observer(this.table)
    this.candidates = new Candidates(this.table)
    this.neighbours = new Neighbours(this.table, this.observer)
    this.maxClosed = limits.maxClosed ?? MAX_CLOSED
    this.halfOpen = new HalfOpen(this.table, limits.maxHalfOpen ?? MAX_HALF_OPEN)
    this.maxConnections = limits.maxConnections ?? MAX_CONNECTIONS
    this.maxTeardowns =
      limits.maxTeardowns ?? Math.max(MAX_TEARDOWNS, this.maxConnections / TEARDOWN_SHARE)
  }

  /** Takes the next segment. `view` is the buffer it was decoded from. */
  onSegment(seg: Segment, view: DataView, frame: number, timeNs: number): void {
    const { table } = this
    let record = table.find(seg)
    if (record < 0) {
      if (this.isStraggler(seg)) {
        this.latePackets++
        return
      }
      record = this.open(seg, frame, timeNs)
      if ((seg.flags & (SYN | FIN | RST)) !== SYN) this.begin(record, seg, timeNs)
    } else if ((seg.flags & (SYN | ACK)) === SYN && this.startsAnew(record, seg)) {
      record = this.supersede(record, seg, frame, timeNs)
    }
    const flags = table.connections.ints[record * CONN_INTS + CONN.flags] as number
    if ((flags & CONN_WATCHES_OLD) !== 0) this.watchOld(record, seg, view, frame, timeNs)
    if ((flags & CONN_HALF_OPEN) !== 0 && table.side === 0 && (seg.flags & (SYN | RST)) === 0) {
      this.halfOpen.complete(record, flags)
    }
    const mayEnd = this.observer.observe(record, table.side, seg, view, frame, timeNs)
    if (mayEnd) this.afterEndEvent(record)
    if (table.teardowns.followed > this.maxTeardowns) this.evictHolder()
  }

  /** Does what the compiled path has left to do of a segment that it took. */
  afterCompiled({ record, side }: Taken, left: number, timeNs: number): void {
    if (left === 0) return
    const { table } = this
    if ((left & OPENED) !== 0) {
      this.number(record)
      this.addHalfOpen(record)
    }
    if ((left & COMPLETED) !== 0) {
      const flags = table.connections.ints[record * CONN_INTS + CONN.flags] as number
      this.halfOpen.complete(record, flags)
    }
    if ((left & ANSWERED) !== 0) this.observer.markTwins(record, side, timeNs)
    if ((left & ACCEPTED) !== 0) table.onAccept(record, 1 - side, timeNs)
    if ((left & MAY_END) !== 0) this.afterEndEvent(record)
  }

  /** Takes the TCP header quoted in an ICMP error: evidence for its connection, not a packet of it. */
  onIcmpError(quoted: Segment, kind: number, frame: number, timeNs: number): void {
    let record = this.table.find(quoted)
    if (record < 0) {
      // Wireshark numbers a stream for a quoted header it has not met, if enough of it is there.
      if (quoted.headerCut) return
      record = this.open(quoted, frame, timeNs)
      if ((quoted.flags & (SYN | ACK)) !== SYN) this.addHalfOpen(record)
    }
    observeIcmp(this.table.at(record), this.table.side, quoted, kind, frame, timeNs)
  }

  /** Reports closed connections that have been quiet since `untilNs`; they stay for stragglers. For live input. */
  settle(untilNs: number): void {
    const { ints, floats } = this.table.connections
    while (this.settled < this.closed.length) {
      const record = this.closed.at(this.settled)
      const stream = this.closed.stampAt(this.settled)
      const base = record * CONN_INTS
      if (ints[base + CONN.streamLow] === stream && this.isClosed(record)) {
        if ((floats[record * CONN_CELLS + CONN.endNs] as number) > untilNs) return
        this.report(record)
      }
      this.settled++
    }
  }

  /** Reports everything that is left, in stream order. The tracker is empty afterwards. */
  finish(): void {
    for (const record of inStreamOrder(this.table)) this.forget(record)
  }

  /** Connections that are followed and not closed, without counting through them: of ports used again some too few. */
  get openCount(): number {
    return Math.max(0, this.table.size - this.closed.length)
  }

  /** A segment of a closed connection whose record is gone. A SYN is never one: it opens the 4-tuple anew. */
  private isStraggler(seg: Segment): boolean {
    if (this.buried === 0 || (seg.flags & SYN) !== 0) return false
    return this.tombstones.has(this.table.hash, this.table.secondHash(seg))
  }

  private open(seg: Segment, frame: number, timeNs: number): number {
    if (this.table.size >= this.maxConnections) {
      // Closed ones are only kept for stragglers.
      while (this.closed.length > 0 && this.table.size >= this.maxConnections)
        this.dropOldestClosed()
      if (this.table.size >= this.maxConnections) this.evict(this.candidates.quietest())
    }
    const record = this.table.add(seg)
    const { ints, floats } = this.table.connections
    const base = record * CONN_INTS
    ints[base + CONN.encapsulation] = seg.encapsulation
    const cells = record * CONN_CELLS
    floats[cells + CONN.startNs] = timeNs
    floats[cells + CONN.startFrame] = frame
    floats[cells + CONN.endNs] = timeNs
    floats[cells + CONN.endFrame] = frame
    this.number(record)
    if ((seg.flags & (SYN | ACK)) === SYN) this.addHalfOpen(record)
    return record
  }

  /** Gives a new connection its stream number. */
  private number(record: number): void {
    const { ints } = this.table.connections
    const base = record * CONN_INTS
    const low = this.streams & STREAM_LOW
    ints[base + CONN.streamLow] = low
    ints[base + CONN.streamHigh] =
      this.streams > STREAM_LOW ? Math.floor(this.streams / STREAM_HIGH_UNIT) : 0
    this.streams++
    this.candidates.add(record, low)
  }

  /** Wireshark's rule for reused ports: a SYN with another initial sequence number starts a new stream. */
  private startsAnew(record: number, seg: Segment): boolean {
    const { ints } = this.table.connections
    const side = record * CONN_INTS + SIDE_INTS + this.table.side * SIDE_INTS_STEP
    if (((ints[side + SIDE.flags] as number) & SIDE_ISN_SET) === 0) return false
    return ints[side + SIDE.isn] !== seg.seq
  }

  /** Opens a connection in place of one with the same addresses and ports; one that is open is watched from now on. */
  private supersede(record: number, seg: Segment, frame: number, timeNs: number): number {
    const { table, neighbours } = this
    const isWatched = neighbours.isOpen(record) && neighbours.watched(record) < 0
    const at = record * CONN_INTS + CONN.flags
    const flags = table.connections.ints[at] as number
    if (isWatched && (flags & CONN_REPORTED) === 0) {
      if ((flags & CONN_HALF_OPEN) !== 0) this.halfOpen.complete(record, flags)
      table.setAside(record)
      const made = this.open(seg, frame, timeNs)
      neighbours.follow(made, neighbours.describe(record))
      neighbours.watch(made, record)
      return made
    }
    if (!this.isClosed(record)) table.connections.ints[at] = flags | CONN_SUPERSEDED
    // What it was is told before its record is given away.
    const before = neighbours.describe(record)
    this.drop(record)
    const made = this.open(seg, frame, timeNs)
    neighbours.follow(made, before)
    return made
  }

  /** The first segment of a connection is no SYN: it may belong to another one, or be captured twice. */
  private begin(record: number, seg: Segment, timeNs: number): void {
    if ((seg.flags & (FIN | RST)) !== 0) this.neighbours.findKin(record, seg)
    else if ((seg.flags & ACK) !== 0) this.observer.markMidstreamTwins(record, seg, timeNs)
  }

  private watchOld(
    record: number,
    seg: Segment,
    view: DataView,
    frame: number,
    timeNs: number,
  ): void {
    const { neighbours, table } = this
    const old = neighbours.watched(record)
    if (neighbours.observeOld(record, old, table.side, seg, view, frame, timeNs))
      this.leaveOld(record)
  }

  /** Reports the connection that the one in `record` watches, if it watches one. */
  private leaveOld(record: number): void {
    const old = this.neighbours.watched(record)
    if (old < 0) return
    this.neighbours.leave(record, old)
    this.drop(old)
  }

  /**
   * Drops a connection that is not closed. A tombstone of an earlier one may lie under it, from before its SYN; packets that
   * still come are its own now, and begin a connection in the middle.
   */
  private giveUp(record: number): void {
    if (this.buried > 0) {
      const hash = this.table.connections.ints[record * CONN_INTS + CONN.hash] as number
      this.tombstones.remove(hash, this.table.secondHashOf(record))
    }
    this.drop(record)
  }

  /** Reports a connection if that has not happened, and forgets it. */
  private drop(record: number): void {
    const flags = this.table.connections.ints[record * CONN_INTS + CONN.flags] as number
    if ((flags & CONN_HALF_OPEN) !== 0) this.halfOpen.leave()
    this.forget(record)
  }

  private forget(record: number): void {
    this.leaveOld(record)
    const isKept = this.report(record)
    this.table.unlink(record)
    this.table.connections.ints[record * CONN_INTS + CONN.streamLow] = -1
    if (!isKept) this.table.release(record)
  }

  /** Hands a connection over, once; true when its taker keeps the record. */
  private report(record: number): boolean {
    const at = record * CONN_INTS + CONN.flags
    const { ints, floats } = this.table.connections
    if (((ints[at] as number) & CONN_REPORTED) !== 0) return false
    ints[at] = (ints[at] as number) | CONN_REPORTED
    // A record that only an ICMP error made has no packets of its own and is no connection.
    const packets = packetsOf(floats, record)
    if (packets === 0) return false
    this.reportedPackets += packets
    this.neighbours.complete(record)
    return this.handler.onEnd(record)
  }

  private isClosed(record: number): boolean {
    const { ints } = this.table.connections
    const side = record * CONN_INTS + SIDE_INTS
    return bothOver(
      ints[side + SIDE.state] as number,
      ints[side + SIDE_INTS_STEP + SIDE.state] as number,
    )
  }

  private afterEndEvent(record: number): void {
    const { ints } = this.table.connections
    const at = record * CONN_INTS + CONN.flags
    const flags = ints[at] as number
    if ((flags & CONN_REPORTED) !== 0) this.latePackets++
    if ((flags & CONN_QUEUED) !== 0 || !this.isClosed(record)) return
    ints[at] = flags | CONN_QUEUED
    this.closed.push(record, ints[record * CONN_INTS + CONN.streamLow] as number)
    if (this.closed.length > this.maxClosed) this.dropOldestClosed()
  }

  private dropOldestClosed(): void {
    this.table.warm(this.closed)
    const stream = this.closed.stampAt(0)
    const record = this.closed.shift()
    if (this.settled > 0) this.settled--
    const { ints } = this.table.connections
    const base = record * CONN_INTS
    if (ints[base + CONN.streamLow] !== stream) return
    ints[base + CONN.flags] = (ints[base + CONN.flags] as number) & ~CONN_QUEUED
    if (!this.isClosed(record)) return
    this.tombstones.add(ints[base + CONN.hash] as number, this.table.secondHashOf(record))
    this.buried++
    this.drop(record)
  }

  /** Bounds half-open connections: beyond that the oldest is judged as it stands. */
  private addHalfOpen(record: number): void {
    const { halfOpen } = this
    halfOpen.add(record)
    for (let oldest = halfOpen.tooMany(); oldest >= 0; oldest = halfOpen.tooMany()) {
      this.evicted++
      const at = oldest * CONN_INTS + CONN.flags
      const { ints } = this.table.connections
      ints[at] = (ints[at] as number) | CONN_EVICTED
      this.giveUp(oldest)
    }
  }

  /** What happens to few connections takes large records: where it happens to most, the first of them is given up. */
  private evictHolder(): void {
    const { holders } = this.table
    while (holders.length > 0) {
      const stream = holders.stampAt(0)
      const record = holders.shift()
      if (this.table.connections.ints[record * CONN_INTS + CONN.streamLow] !== stream) continue
      this.evict(record)
      return
    }
  }

  private evict(record: number): void {
    if (record < 0) return
    const { ints } = this.table.connections
    const at = record * CONN_INTS + CONN.flags
    if (((ints[at] as number) & CONN_REPORTED) === 0 && !this.isClosed(record)) {
      this.evicted++
      ints[at] = (ints[at] as number) | CONN_EVICTED
    }
    this.giveUp(record)
  }
}

/** True when no packet leads out of the two states: the connection is gone, or only waits for its names to be free. */
function bothOver(a: number, b: number): boolean {
  if (a === LISTEN) return b === CLOSED
  if (b === LISTEN) return a === CLOSED
  return (a === CLOSED || a === TIME_WAIT) && (b === CLOSED || b === TIME_WAIT)
}
