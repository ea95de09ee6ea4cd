// The fast path of the packet loop: segments that simply come next, from the last of the handshake to the last of
// the close. observe.ts asks for it first. Its general path comes to the same; without this one and that of handshake.ts
// reading and tracking short connections takes 30 % longer.

import type { Segment } from '../wire/segment.js'
import { ACK, FIN } from '../wire/segment.js'
import { observeLateData } from './events/fin.js'
import { observeGoodbye } from './events/goodbye.js'
import { isClient, keepPayload } from './last-payload.js'
import { GOODBYE_MAX_BYTES, goodbyeKind, longPayloadHead, payloadHead } from './payload.js'
import { observePlainFin, observePlainFinAcked } from './plain-close.js'
import {
  CONN_REPORTED,
  SIDE_ACKED_MORE,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_EMPTY_ACK,
  SIDE_FIN,
  SIDE_FIN_ACKED,
  SIDE_IP_ID,
  SIDE_ISN_SET,
  SIDE_LAST_TWICE,
  SIDE_NXT_SET,
  SIDE_PLAIN_ACK,
  SIDE_PROBED,
  SIDE_RST,
  SIDE_SYN_DATA,
} from './record/bits.js'
import { CONN, CONN_CELLS, CONN_INTS, SIDE } from './record/connection.js'
import type { Records } from './record/fields.js'
import { seqAdd, seqAfter, seqDistance } from './seq.js'
import { ESTABLISHED, SYN_RECEIVED, SYN_SENT } from './state.js'
import type { ConnectionTable } from './table.js'
import { ZEEK_INACTIVE, concernsZeek, observeZeek, zeekState } from './views/zeek.js'

const PSH = 0x08
/** A side whose first and next sequence number are known. */
const KNOWN: number = SIDE_ISN_SET | SIDE_NXT_SET
/** What needs the general path, on either side. */
const SPECIAL: number = SIDE_RST | SIDE_PROBED | SIDE_SYN_DATA

/**
 * Whether a segment simply comes next, on a connection to which nothing special has happened: all but the two SYNs of
 * a usual connection. `me` and `peer` are the first words of its sender and of the other side.
 */
export function isPlainNext(
  { ints, floats }: Records,
  record: number,
  me: number,
  peer: number,
  side: number,
  seg: Segment,
  timeNs: number,
): boolean {
  const conn = record * CONN_INTS
  const { flags, seq, ack } = seg
  const mine = ints[me + SIDE.flags] as number
  const theirs = ints[peer + SIDE.flags] as number
  if (
    (flags & ~(PSH | FIN)) !== ACK ||
    seq !== ints[me + SIDE.nxt] ||
    seg.window === 0 ||
    (mine & KNOWN) !== KNOWN ||
    ((mine | theirs) & SPECIAL) !== 0 ||
    ((ints[conn + CONN.flags] as number) & CONN_REPORTED) !== 0 ||
    ((flags & FIN) !== 0 && (mine & SIDE_FIN) !== 0) ||
    ints[conn + CONN.teardownIndex] !== 0 ||
    timeNs < (floats[record * CONN_CELLS + CONN.endNs] as number) ||
    seg.malformed ||
    seg.headerCut ||
    // Zeek does not know a side yet that acknowledged a SYN before it answered it.
    zeekState(ints[conn + CONN.zeek] as number, side) === ZEEK_INACTIVE ||
    // The same once more may be a second copy.
    ((seg.payloadLen | (ints[me + SIDE.lastLen] as number)) === 0 &&
      ints[me + SIDE.lastSeq] === seq &&
      ints[me + SIDE.lastAck] === ack &&
      ((ints[me + SIDE.lastMeta] as number) & 0xff) === flags)
  ) {
    return false
  }
  const ahead = seqDistance(ack, ints[peer + SIDE.nxt] as number)
  const myState = ints[me + SIDE.state] as number
  const peerState = ints[peer + SIDE.state] as number
  // Open or closing: nothing of the peer is acknowledged that has not passed. One that has sent nothing yet has no SND.NXT.
  if (myState >= ESTABLISHED && peerState >= ESTABLISHED) {
    return (theirs & SIDE_ISN_SET) !== 0 && (ahead <= 0 || (theirs & SIDE_NXT_SET) === 0)
  }
  // The last of the handshake: all that the peer has sent is the SYN-ACK, and it is acknowledged.
  return (
    myState === SYN_SENT &&
    peerState === SYN_RECEIVED &&
    (flags & FIN) === 0 &&
    ahead === 0 &&
    seqDistance(ack, ints[peer + SIDE.isn] as number) === 1
  )
}

/** Applies a segment for which {@link isPlainNext} holds; true when it may have ended the connection. */
export function observePlainNext(
  table: ConnectionTable,
  record: number,
  me: number,
  peer: number,
  side: number,
  seg: Segment,
  view: DataView,
  frame: number,
  timeNs: number,
): boolean {
  const { ints, floats } = table.connections
  const conn = record * CONN_INTS
  const cells = record * CONN_CELLS
  const meF = me >>> 1
  const { flags, ack, payloadLen } = seg
  const theirs = ints[peer + SIDE.flags] as number
  floats[meF + SIDE.packets] = (floats[meF + SIDE.packets] as number) + 1
  floats[cells + CONN.endNs] = timeNs
  floats[cells + CONN.endFrame] = frame
  if (concernsZeek(ints[me + SIDE.zeekSeen] as number, flags, payloadLen))
    observeZeek(ints, conn, me, side, seg)
  let mine = (ints[me + SIDE.flags] as number) & ~SIDE_LAST_TWICE
  if (payloadLen > 0) {
    mine |= SIDE_DATA
    observePlainData(table, record, me, side, seg, view, frame, timeNs)
    if ((theirs & SIDE_FIN) !== 0)
      observeLateData(table.at(record), side, payloadLen, frame, timeNs)
  } else {
    mine |= (flags & FIN) === 0 ? SIDE_PLAIN_ACK | SIDE_EMPTY_ACK : SIDE_EMPTY_ACK
  }
  if ((mine & SIDE_ACK_SET) === 0) {
    ints[me + SIDE.acked] = ack
    mine |= SIDE_ACK_SET
  } else if (seqAfter(ack, ints[me + SIDE.acked] as number)) {
    ints[me + SIDE.acked] = ack
    mine |= SIDE_ACKED_MORE
  }
  if (seg.ipId > 0) mine |= SIDE_IP_ID
  ints[me + SIDE.flags] = mine
  keepLast(ints, floats, me, seg, frame, timeNs)
  if (ints[me + SIDE.state] === SYN_SENT) {
    floats[cells + CONN.handshakeNs] = timeNs
    floats[cells + CONN.handshakeFrame] = frame
    table.onAccept(record, 1 - side, timeNs)
    ints[me + SIDE.state] = ESTABLISHED
    ints[peer + SIDE.state] = ESTABLISHED
  }
  const coversFin =
    (theirs & (SIDE_FIN | SIDE_FIN_ACKED)) === SIDE_FIN &&
    observePlainFinAcked(table, record, me, peer, side, ack, frame, timeNs)
  if ((flags & FIN) === 0) return coversFin
  observePlainFin(table, record, me, peer, side, seg, frame, timeNs)
  return true
}

/** Applies the payload of such a segment. */
function observePlainData(
  table: ConnectionTable,
  record: number,
  me: number,
  side: number,
  seg: Segment,
  view: DataView,
  frame: number,
  timeNs: number,
): void {
  const { ints, floats } = table.connections
  const meF = me >>> 1
  const { payloadLen } = seg
  // Of long payload only the client's first bytes tell anything: a request.
  const isRead = payloadLen <= GOODBYE_MAX_BYTES || isClient(ints, record, side)
  const head = isRead ? payloadHead(seg, view) : longPayloadHead(seg, view)
  floats[meF + SIDE.bytes] = (floats[meF + SIDE.bytes] as number) + payloadLen
  ints[me + SIDE.nxt] = seqAdd(seg.seq, payloadLen)
  keepPayload(ints, record * CONN_INTS, side, seg, head)
  if (head !== 0 && goodbyeKind(head, payloadLen) !== 0)
    observeGoodbye(table.at(record), side, seg, view, frame, timeNs)
  floats[meF + SIDE.dataNs] = timeNs
  floats[meF + SIDE.dataFrame] = frame
}

/** Keeps what later segments of a side are compared with, of one that is no reset. */
export function keepLast(
  ints: Int32Array,
  floats: Float64Array,
  me: number,
  seg: Segment,
  frame: number,
  timeNs: number,
): void {
  const meta = metaOf(seg)
  ints[me + SIDE.lastSeq] = seg.seq
  ints[me + SIDE.lastAck] = seg.ack
  ints[me + SIDE.lastLen] = seg.payloadLen
  widenTtlRange(ints, me, meta)
  ints[me + SIDE.window] = seg.window
  ints[me + SIDE.lastMeta] = meta
  floats[(me >>> 1) + SIDE.lastNs] = timeNs
  floats[(me >>> 1) + SIDE.lastFrame] = frame
}

/** SideWords.lastMeta of a segment. */
export function metaOf({ flags, ttl, ipId }: Segment): number {
  return flags | (ttl << 8) | ((ipId + 1) << 16)
}

/** Takes the TTL of a segment into the range of its side; called before its `lastMeta` is kept. */
export function widenTtlRange(ints: Int32Array, me: number, meta: number): void {
  const range = ints[me + SIDE.ttlRange] as number
  if ((((ints[me + SIDE.lastMeta] as number) ^ meta) & 0xff00) === 0 && range !== 0) return
  const ttl = (meta >>> 8) & 0xff
  const low = range & 0xff
  const high = (range >>> 8) & 0xff
  if (range === 0) ints[me + SIDE.ttlRange] = ttl | (ttl << 8)
  else ints[me + SIDE.ttlRange] = Math.min(low, ttl) | (Math.max(high, ttl) << 8)
}
