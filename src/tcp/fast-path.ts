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
import {
  CONN,
  CONN_CELLS,
  CONN_INTS,
  SIDE,
  SIDE_CELLS,
  SIDE_CELLS_STEP,
} from './record/connection.js'
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
 * a usual connection.
 */
export function isPlainNext(
  ints: Int32Array,
  conn: number,
  me: number,
  peer: number,
  side: number,
  seg: Segment,
): boolean {
  const { flags } = seg
  const mine = ints[me + SIDE.flags] as number
  const theirs = ints[peer + SIDE.flags] as number
  if (
    (flags & ~(PSH | FIN)) !== ACK ||
    (mine & KNOWN) !== KNOWN ||
    ((mine | theirs) & SPECIAL) !== 0 ||
    ((flags & FIN) !== 0 && (mine & SIDE_FIN) !== 0) ||
    seg.window === 0 ||
    ints[conn + CONN.teardownIndex] !== 0 ||
    seg.seq !== ints[me + SIDE.nxt] ||
    // Zeek does not know a side yet that acknowledged a SYN before it answered it.
    zeekState(ints[conn + CONN.zeek] as number, side) === ZEEK_INACTIVE
  ) {
    return false
  }
  const ahead = seqDistance(seg.ack, ints[peer + SIDE.nxt] as number)
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
    seqDistance(seg.ack, ints[peer + SIDE.isn] as number) === 1
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
  const { flags, ack, payloadLen } = seg
  const theirs = ints[peer + SIDE.flags] as number
  let mine = (ints[me + SIDE.flags] as number) & ~SIDE_LAST_TWICE
  if (concernsZeek(ints[me + SIDE.zeekSeen] as number, flags, payloadLen)) {
    observeZeek(ints, record * CONN_INTS, me, side, seg)
  }
  if (payloadLen > 0) {
    const data = record * CONN_CELLS + SIDE_CELLS + side * SIDE_CELLS_STEP
    // Of long payload only the client's first bytes tell anything: a request.
    const isRead = payloadLen <= GOODBYE_MAX_BYTES || isClient(ints, record, side)
    const head = isRead ? payloadHead(seg, view) : longPayloadHead(seg, view)
    ints[me + SIDE.nxt] = seqAdd(seg.seq, payloadLen)
    keepPayload(ints, record * CONN_INTS, side, seg, head)
    if (head !== 0 && goodbyeKind(head, payloadLen) !== 0) {
      observeGoodbye(table.at(record), side, seg, view, frame, timeNs)
    }
    floats[data + SIDE.dataNs] = timeNs
    floats[data + SIDE.dataFrame] = frame
    mine |= SIDE_DATA
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
  if (ints[me + SIDE.state] === SYN_SENT) {
    const cells = record * CONN_CELLS
    floats[cells + CONN.handshakeNs] = timeNs
    floats[cells + CONN.handshakeFrame] = frame
    table.onAccept(record, 1 - side, timeNs)
    ints[me + SIDE.state] = ESTABLISHED
    ints[peer + SIDE.state] = ESTABLISHED
  }
  let mayEnd = false
  if ((theirs & (SIDE_FIN | SIDE_FIN_ACKED)) === SIDE_FIN) {
    mayEnd = observePlainFinAcked(table, record, me, peer, side, ack, frame, timeNs)
  }
  if ((flags & FIN) === 0) return mayEnd
  observePlainFin(table, record, me, peer, side, seg, frame, timeNs)
  return true
}
