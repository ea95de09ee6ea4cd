// FINs: when each side's FIN passed, when it was acknowledged, and what the peer still sent behind it.

import type { Segment } from '../../wire/segment.js'
import {
  CLOSING_CELLS,
  CONN_CELLS,
  DATA_FRAME_F,
  DATA_NS_F,
  FIN_ACK,
  FIN_ACKED_FRAME_F,
  FIN_ACKED_NS_F,
  FIN_COUNT,
  FIN_FRAME_F,
  FIN_LAST_FRAME_F,
  FIN_LAST_NS_F,
  FIN_NS_F,
  FIN_PEER_NXT,
  FIN_SEQ,
  HANDSHAKE_FRAME_F,
  HANDSHAKE_NS_F,
  IDLE_SINCE_FRAME_F,
  IDLE_SINCE_NS_F,
  LATE_BYTES_F,
  LATE_FRAME_F,
  LATE_NS_F,
  NXT,
  SIDE_FIN,
  SIDE_FIN_ACKED,
  SIDE_FLAGS,
  SIDE_NXT_SET,
  START_FRAME_F,
  START_NS_F,
  STATE,
} from '../layout.js'
import { sideFloats, sideInts, closingFloats, closingInts } from '../positions.js'
import { observeResent } from './retransmission.js'
import { FIN_ACKED, RCVD_FIN, SENT_FIN, nextState } from '../state.js'
import type { ConnectionTable } from '../table.js'
import { seqAdd, seqAfter } from '../seq.js'

/** A FIN of `side`, whose octet has sequence number `finSeq`. */
export function observeFin(
  table: ConnectionTable,
  record: number,
  side: number,
  finSeq: number,
  seg: Segment,
  frame: number,
  timeNs: number,
): void {
  const closing = table.closingOf(record)
  const me = sideInts(record, side)
  const ints = table.connections.ints
  const t = closingInts(closing, side)
  const tf = closingFloats(closing, side)
  const words = table.closings.ints
  const times = table.closings.floats
  const flags = ints[me + SIDE_FLAGS] as number
  words[t + FIN_COUNT] = (words[t + FIN_COUNT] as number) + 1
  times[tf + FIN_LAST_NS_F] = timeNs
  times[tf + FIN_LAST_FRAME_F] = frame
  if ((flags & SIDE_FIN) !== 0) {
    observeResent(table, record, side, finSeq, 0, frame, timeNs)
    return
  }
  markIdleSince(table, record)
  ints[me + SIDE_FLAGS] = flags | SIDE_FIN
  words[t + FIN_SEQ] = finSeq
  words[t + FIN_ACK] = seg.ack
  const peer = sideInts(record, 1 - side)
  const peerSent = ((ints[peer + SIDE_FLAGS] as number) & SIDE_NXT_SET) !== 0
  words[t + FIN_PEER_NXT] = peerSent ? (ints[peer + NXT] as number) : seg.ack
  times[tf + FIN_NS_F] = timeNs
  times[tf + FIN_FRAME_F] = frame
  const behind = seqAdd(finSeq, 1)
  if (seqAfter(behind, ints[me + NXT] as number)) ints[me + NXT] = behind
  ints[me + STATE] = nextState(ints[me + STATE] as number, SENT_FIN)
}

/** `side` acknowledged up to `ack` while the peer has sent a FIN. Returns true when that first covers the FIN. */
export function observeFinAcked(
  table: ConnectionTable,
  record: number,
  side: number,
  ack: number,
  frame: number,
  timeNs: number,
): boolean {
  const me = sideInts(record, side)
  const peer = sideInts(record, 1 - side)
  const ints = table.connections.ints
  const flags = ints[peer + SIDE_FLAGS] as number
  if ((flags & SIDE_FIN_ACKED) !== 0) return false
  const closing = table.closingOf(record)
  const finSeq = table.closings.ints[closingInts(closing, 1 - side) + FIN_SEQ] as number
  if (!seqAfter(ack, finSeq)) return false
  ints[peer + SIDE_FLAGS] = flags | SIDE_FIN_ACKED
  const tf = closingFloats(closing, 1 - side)
  table.closings.floats[tf + FIN_ACKED_NS_F] = timeNs
  table.closings.floats[tf + FIN_ACKED_FRAME_F] = frame
  ints[me + STATE] = nextState(ints[me + STATE] as number, RCVD_FIN)
  ints[peer + STATE] = nextState(ints[peer + STATE] as number, FIN_ACKED)
  return true
}

/** New payload of `side` after the peer's FIN has passed. */
export function observeLateData(
  table: ConnectionTable,
  record: number,
  side: number,
  octets: number,
  frame: number,
  timeNs: number,
): void {
  const tf = closingFloats(table.closingOf(record), side)
  const times = table.closings.floats
  times[tf + LATE_BYTES_F] = (times[tf + LATE_BYTES_F] as number) + octets
  if (times[tf + LATE_FRAME_F] !== 0) return
  times[tf + LATE_NS_F] = timeNs
  times[tf + LATE_FRAME_F] = frame
}

/** Remembers the last sign of use before the first teardown segment: payload of either side, else the opening. */
export function markIdleSince(table: ConnectionTable, record: number): void {
  const at = table.closingOf(record) * CLOSING_CELLS
  const times = table.closings.floats
  if (times[at + IDLE_SINCE_FRAME_F] !== 0) return
  const floats = table.connections.floats
  const cells = record * CONN_CELLS
  let frame = floats[cells + START_FRAME_F] as number
  let ns = floats[cells + START_NS_F] as number
  if ((floats[cells + HANDSHAKE_FRAME_F] as number) > frame) {
    frame = floats[cells + HANDSHAKE_FRAME_F] as number
    ns = floats[cells + HANDSHAKE_NS_F] as number
  }
  for (let side = 0; side < 2; side++) {
    const sf = sideFloats(record, side)
    if ((floats[sf + DATA_FRAME_F] as number) <= frame) continue
    frame = floats[sf + DATA_FRAME_F] as number
    ns = floats[sf + DATA_NS_F] as number
  }
  times[at + IDLE_SINCE_FRAME_F] = frame
  times[at + IDLE_SINCE_NS_F] = ns
}
