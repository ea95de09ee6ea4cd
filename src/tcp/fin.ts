// FINs: when each side's FIN passed, when it was acknowledged, and what the peer still sent behind it.

import type { Segment } from '../wire/segment.js'
import * as L from './layout.js'
import { sideFloats, sideInts, teardownFloats, teardownInts } from './positions.js'
import { observeResent } from './resend.js'
import { FIN_ACKED, RCVD_FIN, SENT_FIN, nextState } from './state.js'
import type { ConnectionTable } from './table.js'

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
  const teardown = table.teardownOf(record)
  const me = sideInts(record, side)
  const ints = table.connections.ints
  const t = teardownInts(teardown, side)
  const tf = teardownFloats(teardown, side)
  const words = table.teardowns.ints
  const times = table.teardowns.floats
  const flags = ints[me + L.SIDE_FLAGS] as number
  words[t + L.FIN_COUNT] = (words[t + L.FIN_COUNT] as number) + 1
  times[tf + L.FIN_LAST_NS_F] = timeNs
  times[tf + L.FIN_LAST_FRAME_F] = frame
  if ((flags & L.SIDE_FIN) !== 0) {
    observeResent(table, record, side, finSeq, 0, frame, timeNs)
    return
  }
  markIdleSince(table, record, teardown)
  ints[me + L.SIDE_FLAGS] = flags | L.SIDE_FIN
  words[t + L.FIN_SEQ] = finSeq
  words[t + L.FIN_ACK] = seg.ack
  const peer = sideInts(record, 1 - side)
  const peerSent = ((ints[peer + L.SIDE_FLAGS] as number) & L.SIDE_NXT_SET) !== 0
  words[t + L.FIN_PEER_NXT] = peerSent ? (ints[peer + L.NXT] as number) : seg.ack
  times[tf + L.FIN_NS_F] = timeNs
  times[tf + L.FIN_FRAME_F] = frame
  const behind = (finSeq + 1) | 0
  if (((behind - (ints[me + L.NXT] as number)) | 0) > 0) ints[me + L.NXT] = behind
  ints[me + L.STATE] = nextState(ints[me + L.STATE] as number, SENT_FIN)
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
  const flags = ints[peer + L.SIDE_FLAGS] as number
  if ((flags & L.SIDE_FIN_ACKED) !== 0) return false
  const teardown = table.teardownOf(record)
  const finSeq = table.teardowns.ints[teardownInts(teardown, 1 - side) + L.FIN_SEQ] as number
  if (((ack - finSeq) | 0) <= 0) return false
  ints[peer + L.SIDE_FLAGS] = flags | L.SIDE_FIN_ACKED
  const tf = teardownFloats(teardown, 1 - side)
  table.teardowns.floats[tf + L.FIN_ACKED_NS_F] = timeNs
  table.teardowns.floats[tf + L.FIN_ACKED_FRAME_F] = frame
  ints[me + L.STATE] = nextState(ints[me + L.STATE] as number, RCVD_FIN)
  ints[peer + L.STATE] = nextState(ints[peer + L.STATE] as number, FIN_ACKED)
  return true
}

/** New payload of `side` after the peer's FIN has passed. */
export function observeLateData(
  table: ConnectionTable,
  record: number,
  side: number,
  octets: number,
  ack: number,
  frame: number,
  timeNs: number,
): void {
  const teardown = table.teardownOf(record)
  const t = teardownInts(teardown, side)
  const tf = teardownFloats(teardown, side)
  const words = table.teardowns.ints
  const times = table.teardowns.floats
  words[t + L.LATE_BYTES] = (words[t + L.LATE_BYTES] as number) + octets
  if (times[tf + L.LATE_FRAME_F] !== 0) return
  times[tf + L.LATE_NS_F] = timeNs
  times[tf + L.LATE_FRAME_F] = frame
  const finSeq = words[teardownInts(teardown, 1 - side) + L.FIN_SEQ] as number
  if (((ack - finSeq) | 0) > 0) words[t + L.LATE_META] = L.LATE_ACKS_FIN
}

/** Remembers the last sign of use before the first teardown segment: payload of either side, else the opening. */
export function markIdleSince(table: ConnectionTable, record: number, teardown: number): void {
  const at = teardown * L.TEARDOWN_CELLS
  const times = table.teardowns.floats
  if (times[at + L.IDLE_SINCE_FRAME_F] !== 0) return
  const floats = table.connections.floats
  const cells = record * L.CONN_CELLS
  let frame = floats[cells + L.START_FRAME_F] as number
  let ns = floats[cells + L.START_NS_F] as number
  if ((floats[cells + L.HANDSHAKE_FRAME_F] as number) > frame) {
    frame = floats[cells + L.HANDSHAKE_FRAME_F] as number
    ns = floats[cells + L.HANDSHAKE_NS_F] as number
  }
  for (let side = 0; side < 2; side++) {
    const sf = sideFloats(record, side)
    if ((floats[sf + L.DATA_FRAME_F] as number) <= frame) continue
    frame = floats[sf + L.DATA_FRAME_F] as number
    ns = floats[sf + L.DATA_NS_F] as number
  }
  times[at + L.IDLE_SINCE_FRAME_F] = frame
  times[at + L.IDLE_SINCE_NS_F] = ns
}
