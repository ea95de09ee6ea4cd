// SYNs and SYN-ACKs: roles, options, first sequence numbers. A first SYN and its SYN-ACK, as nearly every connection
// begins, have a fast path of their own, which comes to the same as the general one.

import { NatTwins } from '../context/nat-twins.js'
import type { Segment } from '../wire/segment.js'
import { ACK, SYN } from '../wire/segment.js'
import { TcpOptions, linuxWindowScale, readTcpOptions } from '../wire/tcp/options.js'
import { observeRetransmission } from './events/retransmission.js'
import {
  CONN_CLIENT_IS_SIDE_1,
  CONN_NAT_TWIN,
  CONN_ROLES_KNOWN,
  CONN_SIMULTANEOUS_OPEN,
  SIDE_ACK_SET,
  SIDE_ISN_SET,
  SIDE_MPTCP,
  SIDE_NXT_SET,
  SIDE_SYN,
  SIDE_SYN_ACK,
  SIDE_TFO,
  SIDE_TIMESTAMPS,
  SIDE_WINDOW_SCALE,
} from './record/bits.js'
import { CONN, CONN_CELLS, CONN_INTS, SIDE } from './record/connection.js'
import { seqAdd } from './seq.js'
import {
  LISTEN,
  SENT_SYN,
  SENT_SYN_ACK,
  SYN_RECEIVED,
  SYN_SENT,
  UNKNOWN,
  nextState,
} from './state.js'
import type { ConnectionTable } from './table.js'
import type { TrackedConnection } from './tracked.js'
import { observeZeek } from './views/zeek.js'

/** RFC 7323 §2.3. */
const WINDOW_SHIFT_MAX = 14

/** A side that has sent a SYN and nothing else, whatever its options. */
const ONLY_SYN: number = SIDE_ISN_SET | SIDE_NXT_SET | SIDE_SYN
const OPTIONS: number = SIDE_MPTCP | SIDE_TFO | SIDE_TIMESTAMPS | SIDE_WINDOW_SCALE

/** Applies SYNs and SYN-ACKs to the records of a table. */
export class Handshake {
  private readonly table: ConnectionTable
  private readonly options = new TcpOptions()
  private readonly twins = new NatTwins()

  constructor(table: ConnectionTable) {
    this.table = table
  }

  /** The fast path: applies the first SYN of a connection or the first SYN-ACK to it; false for anything else. */
  observeFirst(
    record: number,
    side: number,
    me: number,
    peer: number,
    seg: Segment,
    view: DataView,
    timeNs: number,
  ): boolean {
    const { ints } = this.table.connections
    const conn = record * CONN_INTS
    if (isFirstSyn(ints, conn, me, peer, seg)) {
      const bits = readSynOptions(ints, me, seg, view, this.options)
      observeFirstSyn(ints, conn, me, peer, side, bits, seg)
      return true
    }
    if (!isFirstSynAck(ints, conn, me, peer, seg)) return false
    const bits = readSynOptions(ints, me, seg, view, this.options)
    observeFirstSynAck(ints, conn, me, side, bits, seg)
    this.table.connections.floats[record * CONN_CELLS + CONN.synAckNs] = timeNs
    this.markTwins(ints, record, peer, me, timeNs)
    return true
  }

  /** Any SYN or SYN-ACK of side `n`: options, first sequence numbers. */
  observeSyn(
    c: TrackedConnection,
    n: number,
    seg: Segment,
    view: DataView,
    frame: number,
    timeNs: number,
  ): void {
    const me = c.side(n)
    const peer = c.side(1 - n)
    const isSynAck = (seg.flags & ACK) !== 0
    const bit = isSynAck ? SIDE_SYN_ACK : SIDE_SYN
    if (!isSynAck && peer.has(SIDE_SYN)) c.flags |= CONN_SIMULTANEOUS_OPEN
    let flags = me.flags | bit
    if (me.has(bit)) {
      observeRetransmission(c, n, seg.seq, 0, frame, timeNs)
      if (!isSynAck) this.observeSynRepeat(c, n)
    } else {
      if (isSynAck) {
        // A reset that passed before says nothing about the first sequence number.
        me.isn = seg.seq
        c.synAckNs = timeNs
      }
      const { ints } = me.own
      flags |= readSynOptions(ints, me.own.word, seg, view, this.options)
      if (isSynAck) this.markTwins(ints, c.record, peer.own.word, me.own.word, timeNs)
    }
    if ((flags & SIDE_NXT_SET) === 0) {
      me.nxt = seqAdd(seg.seq, 1)
      flags |= SIDE_NXT_SET
    }
    // What is sent again before the connection is open is no probe, whatever it was taken for.
    me.flags = flags
    me.state = nextState(me.state, isSynAck ? SENT_SYN_ACK : SENT_SYN)
  }

  private observeSynRepeat(c: TrackedConnection, n: number): void {
    c.openTeardown()
    c.side(n).synRepeats++
    const peer = c.side(1 - n)
    if (!peer.has(SIDE_SYN_ACK) && peer.packets === 0) {
      this.table.parties.silent(c.own.ints, c.record, 1 - n)
    }
  }

  /** The first SYN or SYN-ACK tells who is the client; `flags` are those of a segment of side `n`. */
  takeRoles(c: TrackedConnection, n: number, flags: number): void {
    if (c.has(CONN_ROLES_KNOWN)) return
    const client = (flags & ACK) !== 0 ? 1 - n : n
    c.flags |= client === 1 ? CONN_ROLES_KNOWN | CONN_CLIENT_IS_SIDE_1 : CONN_ROLES_KNOWN
    const server = c.side(1 - client)
    if (server.state === UNKNOWN) server.state = LISTEN
  }

  /** Marks a connection that is captured on both sides of a NAT, and its twin; called for its first SYN-ACK. */
  markTwins(
    ints: Int32Array,
    record: number,
    client: number,
    server: number,
    timeNs: number,
  ): void {
    const clientIsn = ints[client + SIDE.isn] as number
    const serverIsn = ints[server + SIDE.isn] as number
    this.markTwin(ints, record, clientIsn, serverIsn, timeNs)
  }

  /** The same for a connection whose first captured segment is no SYN: its copy has the same numbers. */
  markMidstreamTwins(record: number, seg: Segment, timeNs: number): void {
    this.markTwin(this.table.connections.ints, record, seg.seq, seg.ack, timeNs)
  }

  private markTwin(
    ints: Int32Array,
    record: number,
    clientIsn: number,
    serverIsn: number,
    timeNs: number,
  ): void {
    const conn = record * CONN_INTS
    const stream = ints[conn + CONN.streamLow] as number
    const twin = this.twins.add(clientIsn, serverIsn, record, stream, timeNs) * CONN_INTS
    if (twin < 0 || twin === conn || ints[twin + CONN.streamLow] !== this.twins.stream) return
    if (!sharesPort(ints[conn + CONN.ports] as number, ints[twin + CONN.ports] as number)) return
    ints[conn + CONN.flags] = (ints[conn + CONN.flags] as number) | CONN_NAT_TWIN
    ints[twin + CONN.flags] = (ints[twin + CONN.flags] as number) | CONN_NAT_TWIN
  }
}

/** NAT keeps at least one of the two ports almost always. */
function sharesPort(a: number, b: number): boolean {
  return a >>> 16 === b >>> 16 || (a & 0xffff) === (b & 0xffff)
}

/** Whether a SYN is the first segment of its connection, and as plain as most. */
function isFirstSyn(
  ints: Int32Array,
  conn: number,
  me: number,
  peer: number,
  seg: Segment,
): boolean {
  return (
    seg.flags === SYN &&
    seg.payloadLen === 0 &&
    seg.window !== 0 &&
    ((ints[me + SIDE.flags] as number) | (ints[peer + SIDE.flags] as number)) === 0 &&
    ints[me + SIDE.state] === UNKNOWN &&
    ints[peer + SIDE.state] === UNKNOWN &&
    ints[conn + CONN.teardownIndex] === 0
  )
}

/** Applies a SYN for which {@link isFirstSyn} holds. `options` are the SIDE_* bits of its options. */
function observeFirstSyn(
  ints: Int32Array,
  conn: number,
  me: number,
  peer: number,
  side: number,
  options: number,
  seg: Segment,
): void {
  const roles = side === 1 ? CONN_ROLES_KNOWN | CONN_CLIENT_IS_SIDE_1 : CONN_ROLES_KNOWN
  ints[conn + CONN.flags] = (ints[conn + CONN.flags] as number) | roles
  ints[me + SIDE.flags] = ONLY_SYN | options
  ints[me + SIDE.state] = SYN_SENT
  ints[me + SIDE.isn] = seg.seq
  ints[me + SIDE.nxt] = seqAdd(seg.seq, 1)
  ints[peer + SIDE.state] = LISTEN
  observeZeek(ints, conn, me, side, seg)
}

/** Whether a SYN-ACK is the first segment of its side, and answers the only one of the other. */
function isFirstSynAck(
  ints: Int32Array,
  conn: number,
  me: number,
  peer: number,
  seg: Segment,
): boolean {
  return (
    seg.flags === (SYN | ACK) &&
    seg.payloadLen === 0 &&
    seg.window !== 0 &&
    ints[me + SIDE.flags] === 0 &&
    ints[me + SIDE.state] === LISTEN &&
    ((ints[peer + SIDE.flags] as number) & ~OPTIONS) === ONLY_SYN &&
    ints[peer + SIDE.state] === SYN_SENT &&
    ints[peer + SIDE.nxt] === seg.ack &&
    ints[conn + CONN.teardownIndex] === 0
  )
}

/** Applies a SYN-ACK for which {@link isFirstSynAck} holds. */
function observeFirstSynAck(
  ints: Int32Array,
  conn: number,
  me: number,
  side: number,
  options: number,
  seg: Segment,
): void {
  ints[me + SIDE.flags] = SIDE_ISN_SET | SIDE_NXT_SET | SIDE_ACK_SET | SIDE_SYN_ACK | options
  ints[me + SIDE.state] = SYN_RECEIVED
  ints[me + SIDE.isn] = seg.seq
  ints[me + SIDE.nxt] = seqAdd(seg.seq, 1)
  ints[me + SIDE.acked] = seg.ack
  observeZeek(ints, conn, me, side, seg)
}

/** Reads the options of a SYN: the SIDE_* bits they set; the shift count of the window is stored. */
function readSynOptions(
  ints: Int32Array,
  me: number,
  seg: Segment,
  view: DataView,
  options: TcpOptions,
): number {
  const start = seg.tcpStart + 20
  const scale = linuxWindowScale(view, start, seg.optionsEnd)
  if (scale >= 0) {
    ints[me + SIDE.windowShift] = Math.min(scale, WINDOW_SHIFT_MAX)
    return SIDE_WINDOW_SCALE | SIDE_TIMESTAMPS
  }
  let bits = 0
  readTcpOptions(view, start, seg.optionsEnd, options)
  if (options.windowScale >= 0) {
    bits |= SIDE_WINDOW_SCALE
    ints[me + SIDE.windowShift] = Math.min(options.windowScale, WINDOW_SHIFT_MAX)
  }
  if (options.hasTimestamps) bits |= SIDE_TIMESTAMPS
  if (options.tfo) bits |= SIDE_TFO
  if (options.mptcp) bits |= SIDE_MPTCP
  return bits
}
