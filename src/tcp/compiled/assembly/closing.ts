// FINs that simply come next, and their acknowledgments: as tcp/plain-close.ts.

import {
  CLOSING_SIZE,
  CLOSING_IDLE_SINCE_FRAME,
  CLOSING_IDLE_SINCE_HEAD,
  CLOSING_IDLE_SINCE_LEN,
  CLOSING_IDLE_SINCE_NS,
  CLOSING_IDLE_SINCE_SIDE,
  CLOSING_SIDES,
  CLOSING_SIDE_SIZE,
  CLOSING_SIDE_FIN_ACK,
  CLOSING_SIDE_FIN_ACKED_FRAME,
  CLOSING_SIDE_FIN_ACKED_NS,
  CLOSING_SIDE_FIN_COUNT,
  CLOSING_SIDE_FIN_FRAME,
  CLOSING_SIDE_FIN_LAST_FRAME,
  CLOSING_SIDE_FIN_LAST_NS,
  CLOSING_SIDE_FIN_NS,
  CLOSING_SIDE_FIN_PEER_NXT,
  CLOSING_SIDE_FIN_SEQ,
  CONN_CLOSING_INDEX,
  CONN_DATA_HEAD,
  CONN_DATA_LEN,
  CONN_HANDSHAKE_FRAME,
  CONN_HANDSHAKE_NS,
  CONN_START_FRAME,
  CONN_START_NS,
  EVENT_COUNT,
  FIN_ACKED,
  RCVD_FIN,
  SENT_FIN,
  SIDES,
  SIDE_SIZE,
  SIDE_DATA_FRAME,
  SIDE_DATA_NS,
  SIDE_FIN,
  SIDE_FIN_ACKED,
  SIDE_FLAGS,
  SIDE_NXT,
  SIDE_NXT_SET,
  SIDE_STATE,
} from './layout'
import { float, int, setFloat, setInt } from './memory'
import { hasFree, take } from './pool'
import * as seg from './segment'

let closings: usize = 0
let closingPool: usize = 0
let nextState: usize = 0

/** Tells where the records lie, the head of those that are free, and the state machine. */
export function placeClosings(at: usize, pool: usize, states: usize): void {
  closings = at
  closingPool = pool
  nextState = states
}

/** Applies the first FIN of a side. */
export function observeFin(conn: usize, me: usize, peer: usize, side: i32, frame: f64, timeNs: f64): void {
  const closing = closingOf(conn)
  markIdleSince(conn, closing)
  const mine = sideOf(closing, side)
  const finSeq = seg.seq + seg.payloadLen
  const hasPeerSent = (int(peer, SIDE_FLAGS) & SIDE_NXT_SET) != 0
  setInt(mine, CLOSING_SIDE_FIN_COUNT, 1)
  setInt(mine, CLOSING_SIDE_FIN_SEQ, finSeq)
  setInt(mine, CLOSING_SIDE_FIN_ACK, seg.ack)
  setInt(mine, CLOSING_SIDE_FIN_PEER_NXT, hasPeerSent ? int(peer, SIDE_NXT) : seg.ack)
  setFloat(mine, CLOSING_SIDE_FIN_NS, timeNs)
  setFloat(mine, CLOSING_SIDE_FIN_FRAME, frame)
  setFloat(mine, CLOSING_SIDE_FIN_LAST_NS, timeNs)
  setFloat(mine, CLOSING_SIDE_FIN_LAST_FRAME, frame)
  setInt(me, SIDE_FLAGS, int(me, SIDE_FLAGS) | SIDE_FIN)
  setInt(me, SIDE_NXT, finSeq + 1)
  advance(me, SENT_FIN)
}

/** Applies an acknowledgment of a side whose peer's FIN was not acknowledged yet; true when it covers that FIN. */
export function observeFinAcked(conn: usize, me: usize, peer: usize, side: i32, frame: f64, timeNs: f64): bool {
  const theirs = sideOf(closingOf(conn), 1 - side)
  if (seg.ack - int(theirs, CLOSING_SIDE_FIN_SEQ) <= 0) return false
  setFloat(theirs, CLOSING_SIDE_FIN_ACKED_NS, timeNs)
  setFloat(theirs, CLOSING_SIDE_FIN_ACKED_FRAME, frame)
  setInt(peer, SIDE_FLAGS, int(peer, SIDE_FLAGS) | SIDE_FIN_ACKED)
  advance(me, RCVD_FIN)
  advance(peer, FIN_ACKED)
  return true
}

/** Whether a FIN finds room for what is kept of it. */
export function hasRoom(conn: usize): bool {
  return int(conn, CONN_CLOSING_INDEX) != 0 || hasFree(closingPool)
}

function closingOf(conn: usize): usize {
  let index = int(conn, CONN_CLOSING_INDEX)
  if (index == 0) {
    index = take(closingPool, closings, CLOSING_SIZE) + 1
    setInt(conn, CONN_CLOSING_INDEX, index)
  }
  return closings + <usize>(<u32>(index - 1) * CLOSING_SIZE)
}

@inline
function sideOf(closing: usize, side: i32): usize {
  return closing + CLOSING_SIDES + <usize>side * CLOSING_SIDE_SIZE
}

/** Keeps the last sign of use before the first FIN. */
function markIdleSince(conn: usize, closing: usize): void {
  if (float(closing, CLOSING_IDLE_SINCE_FRAME) != 0) return
  let frame = float(conn, CONN_START_FRAME)
  let ns = float(conn, CONN_START_NS)
  if (float(conn, CONN_HANDSHAKE_FRAME) > frame) {
    frame = float(conn, CONN_HANDSHAKE_FRAME)
    ns = float(conn, CONN_HANDSHAKE_NS)
  }
  for (let side = 0; side < 2; side++) {
    const at = conn + SIDES + <usize>side * SIDE_SIZE
    if (float(at, SIDE_DATA_FRAME) <= frame) continue
    frame = float(at, SIDE_DATA_FRAME)
    ns = float(at, SIDE_DATA_NS)
    setInt(closing, CLOSING_IDLE_SINCE_SIDE, side + 1)
    setInt(closing, CLOSING_IDLE_SINCE_HEAD, int(conn, CONN_DATA_HEAD))
    setInt(closing, CLOSING_IDLE_SINCE_LEN, int(conn, CONN_DATA_LEN))
  }
  setFloat(closing, CLOSING_IDLE_SINCE_NS, ns)
  setFloat(closing, CLOSING_IDLE_SINCE_FRAME, frame)
}

@inline
function advance(side: usize, event: i32): void {
  setInt(side, SIDE_STATE, <i32>load<u8>(nextState + <usize>(int(side, SIDE_STATE) * EVENT_COUNT + event)))
}
