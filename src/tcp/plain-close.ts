// The fast path of a close: a first FIN that simply comes next, and the acknowledgment of one. Nearly every connection has
// two of each; with the accessors of events/fin.ts, which comes to the same, short connections take 5 % longer.

import type { Segment } from '../wire/segment.js'
import { SIDE_FIN, SIDE_FIN_ACKED, SIDE_NXT_SET } from './record/bits.js'
import {
  CLOSING,
  CLOSING_CELLS,
  CLOSING_INTS,
  CLOSING_SIDE,
  closingInts,
} from './record/closing.js'
import {
  CONN,
  CONN_CELLS,
  CONN_INTS,
  SIDE,
  SIDE_CELLS,
  SIDE_CELLS_STEP,
} from './record/connection.js'
import { seqAdd, seqAfter } from './seq.js'
import { EVENT_COUNT, FIN_ACKED, NEXT_STATE, RCVD_FIN, SENT_FIN } from './state.js'
import type { ConnectionTable } from './table.js'

/** Applies the first FIN of a side, whose sequence number is the next one. */
export function observePlainFin(
  table: ConnectionTable,
  record: number,
  me: number,
  peer: number,
  side: number,
  seg: Segment,
  frame: number,
  timeNs: number,
): void {
  const { ints } = table.connections
  const index = closingOf(table, record)
  const words = table.closings.ints
  const times = table.closings.floats
  markIdleSince(table, record, index)
  const mine = closingInts(index, side)
  const mineF = mine >>> 1
  const finSeq = seqAdd(seg.seq, seg.payloadLen)
  const hasPeerSent = ((ints[peer + SIDE.flags] as number) & SIDE_NXT_SET) !== 0
  words[mine + CLOSING_SIDE.finCount] = 1
  words[mine + CLOSING_SIDE.finSeq] = finSeq
  words[mine + CLOSING_SIDE.finAck] = seg.ack
  words[mine + CLOSING_SIDE.finPeerNxt] = hasPeerSent ? (ints[peer + SIDE.nxt] as number) : seg.ack
  times[mineF + CLOSING_SIDE.finNs] = timeNs
  times[mineF + CLOSING_SIDE.finFrame] = frame
  times[mineF + CLOSING_SIDE.finLastNs] = timeNs
  times[mineF + CLOSING_SIDE.finLastFrame] = frame
  ints[me + SIDE.flags] = (ints[me + SIDE.flags] as number) | SIDE_FIN
  ints[me + SIDE.nxt] = seqAdd(finSeq, 1)
  advance(ints, me, SENT_FIN)
}

/** Applies an acknowledgment of a side whose peer's FIN was not acknowledged yet; true when it covers that FIN. */
export function observePlainFinAcked(
  table: ConnectionTable,
  record: number,
  me: number,
  peer: number,
  side: number,
  ack: number,
  frame: number,
  timeNs: number,
): boolean {
  const { ints } = table.connections
  const theirs = closingInts(closingOf(table, record), 1 - side)
  if (!seqAfter(ack, table.closings.ints[theirs + CLOSING_SIDE.finSeq] as number)) return false
  const times = table.closings.floats
  times[(theirs >>> 1) + CLOSING_SIDE.finAckedNs] = timeNs
  times[(theirs >>> 1) + CLOSING_SIDE.finAckedFrame] = frame
  ints[peer + SIDE.flags] = (ints[peer + SIDE.flags] as number) | SIDE_FIN_ACKED
  advance(ints, me, RCVD_FIN)
  advance(ints, peer, FIN_ACKED)
  return true
}

/** The closing record of a connection, made when it has none yet. */
function closingOf(table: ConnectionTable, record: number): number {
  const at = record * CONN_INTS + CONN.closingIndex
  const index = (table.connections.ints[at] as number) - 1
  if (index >= 0) return index
  const made = table.closings.take()
  table.connections.ints[at] = made + 1
  return made
}

/** Keeps the last sign of use before the first teardown segment: payload of either side, else the opening. */
function markIdleSince(table: ConnectionTable, record: number, index: number): void {
  const times = table.closings.floats
  const closing = index * CLOSING_CELLS
  if (times[closing + CLOSING.idleSinceFrame] !== 0) return
  const { floats } = table.connections
  const conn = record * CONN_CELLS
  let at = conn + CONN.startNs
  if ((floats[conn + CONN.handshakeFrame] as number) > (floats[at + 1] as number)) {
    at = conn + CONN.handshakeNs
  }
  for (let side = 0; side < 2; side++) {
    const data = conn + SIDE_CELLS + side * SIDE_CELLS_STEP + SIDE.dataNs
    if ((floats[data + 1] as number) <= (floats[at + 1] as number)) continue
    at = data
    const { ints } = table.connections
    const from = record * CONN_INTS
    const to = index * CLOSING_INTS
    const words = table.closings.ints
    words[to + CLOSING.idleSinceSide] = side + 1
    words[to + CLOSING.idleSinceHead] = ints[from + CONN.dataHead] as number
    words[to + CLOSING.idleSinceLen] = ints[from + CONN.dataLen] as number
  }
  // The frame of a time lies in the next cell.
  times[closing + CLOSING.idleSinceNs] = floats[at] as number
  times[closing + CLOSING.idleSinceFrame] = floats[at + 1] as number
}

function advance(ints: Int32Array, side: number, event: number): void {
  const state = ints[side + SIDE.state] as number
  ints[side + SIDE.state] = NEXT_STATE[state * EVENT_COUNT + event] as number
}
