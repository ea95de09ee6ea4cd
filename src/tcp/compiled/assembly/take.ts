// The packet path of segments that simply come next, over the records of a table: what fast-path.ts, plain-close.ts and the
// fast path of handshake.ts come to. What it refuses it leaves untouched, for these to decide.

import { hasRoom as hasClosingRoom, observeFin, observeFinAcked } from './closing'
import {
  ACCEPTED,
  ANSWERED,
  COMPLETED,
  CONN_ANSWERED_HEAD,
  CONN_ANSWERS,
  CONN_CLIENT_IS_SIDE_1,
  CONN_DATA_ACK,
  CONN_DATA_HEAD,
  CONN_DATA_LEN,
  CONN_END_FRAME,
  CONN_END_NS,
  CONN_FLAGS,
  CONN_HALF_OPEN,
  CONN_HANDSHAKE_FRAME,
  CONN_HANDSHAKE_NS,
  CONN_LAST_DATA,
  CONN_LAST_DATA_0,
  CONN_REPORTED,
  CONN_ROLES_KNOWN,
  CONN_SIZE,
  CONN_START_FRAME,
  CONN_START_NS,
  CONN_SYN_ACK_NS,
  CONN_TEARDOWN_INDEX,
  CONN_WATCHES_OLD,
  CONN_ZEEK,
  ESTABLISHED,
  LISTEN,
  MAY_END,
  OPENED,
  SIDES,
  SIDE_ACKED,
  SIDE_ACKED_MORE,
  SIDE_ACK_SET,
  SIDE_BYTES,
  SIDE_DATA,
  SIDE_DATA_FRAME,
  SIDE_DATA_NS,
  SIDE_EMPTY_ACK,
  SIDE_FIN,
  SIDE_FIN_ACKED,
  SIDE_FLAGS,
  SIDE_IP_ID,
  SIDE_ISN,
  SIDE_ISN_SET,
  SIDE_LAST_ACK,
  SIDE_LAST_FRAME,
  SIDE_LAST_LEN,
  SIDE_LAST_META,
  SIDE_LAST_NS,
  SIDE_LAST_SEQ,
  SIDE_LAST_TWICE,
  SIDE_MPTCP,
  SIDE_NXT,
  SIDE_NXT_SET,
  SIDE_PACKETS,
  SIDE_PLAIN_ACK,
  SIDE_PROBED,
  SIDE_RST,
  SIDE_SIZE,
  SIDE_STATE,
  SIDE_SYN,
  SIDE_SYN_ACK,
  SIDE_SYN_DATA,
  SIDE_TFO,
  SIDE_TIMESTAMPS,
  SIDE_TTL_RANGE,
  SIDE_WINDOW,
  SIDE_WINDOW_SCALE,
  SIDE_WINDOW_SHIFT,
  SIDE_ZEEK_SEEN,
  SYN_RECEIVED,
  SYN_SENT,
  TAKEN_RECORD,
  TAKEN_SIDE,
} from './layout'
import { float, int, setFloat, setInt } from './memory'
import { bits as options, readOptions, windowShift } from './options'
import { head, readHead } from './payload'
import * as seg from './segment'
import { add, connections, find, hasRoom, side } from './table'
import { concernsZeek, observeZeek, zeekState } from './zeek'

const FIN: i32 = 0x01
const SYN: i32 = 0x02
const RST: i32 = 0x04
const PSH: i32 = 0x08
const ACK: i32 = 0x10
const KNOWN: i32 = SIDE_ISN_SET | SIDE_NXT_SET
const SPECIAL: i32 = SIDE_RST | SIDE_PROBED | SIDE_SYN_DATA
const ONLY_SYN: i32 = SIDE_ISN_SET | SIDE_NXT_SET | SIDE_SYN
const OPTIONS: i32 = SIDE_MPTCP | SIDE_TFO | SIDE_TIMESTAMPS | SIDE_WINDOW_SCALE

/** What `take` returns when it has done nothing: the segment is for the other paths. */
export const REFUSED: i32 = -1

/** Where the words of the segment taken last lie. */
let taken: usize = 0

/** Tells where the words lie of what was taken last. */
export function placeTaken(at: usize): void {
  taken = at
}

/** Takes the frame between two addresses; returns what is left to do, in bits of exchange.ts, or REFUSED. */
export function take(start: usize, end: usize, origlen: i32, linktype: i32, frame: f64, timeNs: f64): i32 {
  if (!seg.decode(start, end, origlen, linktype)) return REFUSED
  if ((seg.flags & RST) != 0 || seg.windowSize == 0) return REFUSED
  const conn = find()
  if (conn == 0) return open(frame, timeNs)
  const flags = int(conn, CONN_FLAGS)
  if (
    (flags & (CONN_REPORTED | CONN_WATCHES_OLD)) != 0 ||
    int(conn, CONN_TEARDOWN_INDEX) != 0 ||
    timeNs < float(conn, CONN_END_NS)
  ) {
    return REFUSED
  }
  const me = conn + SIDES + <usize>side * SIDE_SIZE
  const peer = conn + SIDES + <usize>(1 - side) * SIDE_SIZE
  setInt(taken, TAKEN_RECORD, recordAt(conn))
  setInt(taken, TAKEN_SIDE, side)
  if ((seg.flags & ~(PSH | FIN)) == ACK && isPlainNext(conn, me, peer)) {
    if (seg.payloadLen > 0) {
      if ((int(peer, SIDE_FLAGS) & SIDE_FIN) != 0) return REFUSED
      const client = (flags & CONN_CLIENT_IS_SIDE_1) == 0 ? 0 : 1
      if (!readHead(client == side)) return REFUSED
    }
    if ((seg.flags & FIN) != 0 && !hasClosingRoom(conn)) return REFUSED
    return observePlainNext(conn, me, peer, frame, timeNs)
  }
  if (!isFirstSynAck(me, peer)) return REFUSED
  return observeFirstSynAck(conn, me, frame, timeNs)
}

/** Opens a connection for its first SYN. */
@inline
function open(frame: f64, timeNs: f64): i32 {
  const isSelf = seg.srcPort == seg.dstPort && seg.src0 == seg.dst0
  if (
    seg.flags != SYN ||
    seg.payloadLen != 0 ||
    seg.isTagged ||
    isSelf ||
    !hasRoom() ||
    !readOptions()
  ) {
    return REFUSED
  }
  const conn = add()
  const me = conn + SIDES
  const peer = me + SIDE_SIZE
  setInt(taken, TAKEN_RECORD, recordAt(conn))
  setInt(taken, TAKEN_SIDE, side)
  setFloat(conn, CONN_START_NS, timeNs)
  setFloat(conn, CONN_START_FRAME, frame)
  setInt(conn, CONN_FLAGS, int(conn, CONN_FLAGS) | CONN_ROLES_KNOWN)
  setInt(me, SIDE_FLAGS, ONLY_SYN | options)
  setInt(me, SIDE_STATE, SYN_SENT)
  setInt(peer, SIDE_STATE, LISTEN)
  observeSyn(conn, me, frame, timeNs)
  return OPENED
}

@inline
function recordAt(conn: usize): i32 {
  return <i32>(<u32>(conn - connections) / CONN_SIZE)
}

@inline
function isPlainNext(conn: usize, me: usize, peer: usize): bool {
  const mine = int(me, SIDE_FLAGS)
  const theirs = int(peer, SIDE_FLAGS)
  if (
    seg.seq != int(me, SIDE_NXT) ||
    (mine & KNOWN) != KNOWN ||
    ((mine | theirs) & SPECIAL) != 0 ||
    ((seg.flags & FIN) != 0 && (mine & SIDE_FIN) != 0) ||
    zeekState(int(conn, CONN_ZEEK), side) == 0 ||
    ((seg.payloadLen | int(me, SIDE_LAST_LEN)) == 0 &&
      int(me, SIDE_LAST_SEQ) == seg.seq &&
      int(me, SIDE_LAST_ACK) == seg.ack &&
      (int(me, SIDE_LAST_META) & 0xff) == seg.flags)
  ) {
    return false
  }
  const ahead = seg.ack - int(peer, SIDE_NXT)
  const myState = int(me, SIDE_STATE)
  const peerState = int(peer, SIDE_STATE)
  if (myState >= ESTABLISHED && peerState >= ESTABLISHED)
    return (theirs & SIDE_ISN_SET) != 0 && (ahead <= 0 || (theirs & SIDE_NXT_SET) == 0)
  return (
    myState == SYN_SENT &&
    peerState == SYN_RECEIVED &&
    (seg.flags & FIN) == 0 &&
    ahead == 0 &&
    seg.ack - int(peer, SIDE_ISN) == 1
  )
}

@inline
function observePlainNext(conn: usize, me: usize, peer: usize, frame: f64, timeNs: f64): i32 {
  const theirs = int(peer, SIDE_FLAGS)
  let left = 0
  setFloat(me, SIDE_PACKETS, float(me, SIDE_PACKETS) + 1)
  setFloat(conn, CONN_END_NS, timeNs)
  setFloat(conn, CONN_END_FRAME, frame)
  if (side == 0 && (int(conn, CONN_FLAGS) & CONN_HALF_OPEN) != 0) left |= COMPLETED
  if (concernsZeek(int(me, SIDE_ZEEK_SEEN))) observeZeek(conn, me, side)
  let mine = int(me, SIDE_FLAGS) & ~SIDE_LAST_TWICE
  if (seg.payloadLen > 0) {
    mine |= SIDE_DATA
    observeData(conn, me, frame, timeNs)
  } else {
    mine |= (seg.flags & FIN) == 0 ? SIDE_PLAIN_ACK | SIDE_EMPTY_ACK : SIDE_EMPTY_ACK
  }
  if ((mine & SIDE_ACK_SET) == 0) {
    setInt(me, SIDE_ACKED, seg.ack)
    mine |= SIDE_ACK_SET
  } else if (seg.ack - int(me, SIDE_ACKED) > 0) {
    setInt(me, SIDE_ACKED, seg.ack)
    mine |= SIDE_ACKED_MORE
  }
  if (seg.hasIpId) mine |= SIDE_IP_ID
  setInt(me, SIDE_FLAGS, mine)
  keepLast(me, frame, timeNs)
  if (int(me, SIDE_STATE) == SYN_SENT) {
    setFloat(conn, CONN_HANDSHAKE_NS, timeNs)
    setFloat(conn, CONN_HANDSHAKE_FRAME, frame)
    setInt(me, SIDE_STATE, ESTABLISHED)
    setInt(peer, SIDE_STATE, ESTABLISHED)
    left |= ACCEPTED
  }
  if ((theirs & (SIDE_FIN | SIDE_FIN_ACKED)) == SIDE_FIN && observeFinAcked(conn, me, peer, side, frame, timeNs))
    left |= MAY_END
  if ((seg.flags & FIN) == 0) return left
  observeFin(conn, me, peer, side, frame, timeNs)
  return left | MAY_END
}

@inline
function observeData(conn: usize, me: usize, frame: f64, timeNs: f64): void {
  const len = seg.payloadLen
  setFloat(me, SIDE_BYTES, float(me, SIDE_BYTES) + <f64>len)
  setInt(me, SIDE_NXT, seg.seq + len)
  const flags = int(conn, CONN_FLAGS)
  const mine = CONN_LAST_DATA_0 << side
  if ((flags & mine) == 0) {
    setInt(conn, CONN_FLAGS, (flags & ~CONN_LAST_DATA) | mine)
    const client = (flags & CONN_CLIENT_IS_SIDE_1) == 0 ? 0 : 1
    if ((flags & CONN_LAST_DATA) != 0 && side != client) {
      setInt(conn, CONN_ANSWERS, int(conn, CONN_ANSWERS) + 1)
      setInt(conn, CONN_ANSWERED_HEAD, int(conn, CONN_DATA_HEAD))
    }
  }
  setInt(conn, CONN_DATA_HEAD, head)
  setInt(conn, CONN_DATA_LEN, len)
  setInt(conn, CONN_DATA_ACK, seg.ack)
  setFloat(me, SIDE_DATA_NS, timeNs)
  setFloat(me, SIDE_DATA_FRAME, frame)
}

@inline
function keepLast(me: usize, frame: f64, timeNs: f64): void {
  const meta = seg.meta
  const range = int(me, SIDE_TTL_RANGE)
  if (range == 0 || ((int(me, SIDE_LAST_META) ^ meta) & 0xff00) != 0) {
    const ttl = (meta >>> 8) & 0xff
    if (range == 0) setInt(me, SIDE_TTL_RANGE, ttl | (ttl << 8))
    else setInt(me, SIDE_TTL_RANGE, min(range & 0xff, ttl) | (max((range >>> 8) & 0xff, ttl) << 8))
  }
  setInt(me, SIDE_LAST_SEQ, seg.seq)
  setInt(me, SIDE_LAST_ACK, seg.ack)
  setInt(me, SIDE_LAST_LEN, seg.payloadLen)
  setInt(me, SIDE_WINDOW, seg.windowSize)
  setInt(me, SIDE_LAST_META, meta)
  setFloat(me, SIDE_LAST_NS, timeNs)
  setFloat(me, SIDE_LAST_FRAME, frame)
}

@inline
function isFirstSynAck(me: usize, peer: usize): bool {
  return (
    seg.flags == (SYN | ACK) &&
    seg.payloadLen == 0 &&
    int(me, SIDE_FLAGS) == 0 &&
    int(me, SIDE_STATE) == LISTEN &&
    (int(peer, SIDE_FLAGS) & ~OPTIONS) == ONLY_SYN &&
    int(peer, SIDE_STATE) == SYN_SENT &&
    int(peer, SIDE_NXT) == seg.ack &&
    float(me, SIDE_PACKETS) == 0 &&
    readOptions()
  )
}

@inline
function observeFirstSynAck(conn: usize, me: usize, frame: f64, timeNs: f64): i32 {
  setInt(me, SIDE_FLAGS, SIDE_ISN_SET | SIDE_NXT_SET | SIDE_ACK_SET | SIDE_SYN_ACK | options)
  setInt(me, SIDE_STATE, SYN_RECEIVED)
  setInt(me, SIDE_ACKED, seg.ack)
  setFloat(conn, CONN_SYN_ACK_NS, timeNs)
  observeSyn(conn, me, frame, timeNs)
  return ANSWERED
}

/** What a first SYN and its SYN-ACK have in common. */
@inline
function observeSyn(conn: usize, me: usize, frame: f64, timeNs: f64): void {
  setFloat(me, SIDE_PACKETS, 1)
  setFloat(conn, CONN_END_NS, timeNs)
  setFloat(conn, CONN_END_FRAME, frame)
  setInt(me, SIDE_WINDOW_SHIFT, windowShift)
  setInt(me, SIDE_ISN, seg.seq)
  setInt(me, SIDE_NXT, seg.seq + 1)
  observeZeek(conn, me, side)
  keepLast(me, frame, timeNs)
}
