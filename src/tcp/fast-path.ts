// The straight path of the packet loop: segments that simply come next, from the last of the handshake to the last of
// the close. observe.ts asks for it first. Its general path comes to the same; without this one and that of handshake.ts
// reading and tracking short connections takes 30 % longer.

import type { Segment } from '../wire/segment.js'
import { ACK, FIN } from '../wire/segment.js'
import { observeFin, observeFinAcked, observeLateData } from './events/fin.js'
import {
  ACKED,
  CONN_CELLS,
  CONN_INTS,
  DATA_FRAME_F,
  DATA_NS_F,
  HANDSHAKE_FRAME_F,
  HANDSHAKE_NS_F,
  ISN,
  NXT,
  SIDE_ACKED_MORE,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_EMPTY_ACK,
  SIDE_FIN,
  SIDE_FIN_ACKED,
  SIDE_FLAGS,
  SIDE_FLOATS,
  SIDE_FLOATS_STEP,
  SIDE_IP_ID,
  SIDE_ISN_SET,
  SIDE_NXT_SET,
  SIDE_PLAIN_ACK,
  SIDE_PROBED,
  SIDE_RST,
  SIDE_SYN_DATA,
  STATE,
  TEARDOWN,
  ZEEK,
  ZEEK_SEEN,
} from './layout.js'
import { ESTABLISHED, SYN_RECEIVED, SYN_SENT } from './state.js'
import type { ConnectionTable } from './table.js'
import { addFirst, closeZeek, SEEN_ACK, SEEN_DATA, ZEEK_INACTIVE, zeekState } from './views/zeek.js'
import { seqAdd, seqAfter, seqDistance } from './seq.js'

const PSH = 0x08
/** A side whose first and next sequence number are known. */
const KNOWN: number = SIDE_ISN_SET | SIDE_NXT_SET
/** What needs the general path, on either side. */
const SPECIAL: number = SIDE_RST | SIDE_PROBED | SIDE_SYN_DATA

/**
 * Whether a segment simply comes next, on a connection to which nothing special has happened: all but the two SYNs of
 * a usual connection.
 */
export function isInStep(
  ints: Int32Array,
  conn: number,
  me: number,
  peer: number,
  side: number,
  seg: Segment,
): boolean {
  const { flags } = seg
  const mine = ints[me + SIDE_FLAGS] as number
  const theirs = ints[peer + SIDE_FLAGS] as number
  if (
    (flags & ~(PSH | FIN)) !== ACK ||
    (mine & KNOWN) !== KNOWN ||
    ((mine | theirs) & SPECIAL) !== 0 ||
    seg.window === 0 ||
    ints[conn + TEARDOWN] !== 0 ||
    seg.seq !== ints[me + NXT] ||
    // Zeek does not know a side yet that acknowledged a SYN before it answered it.
    zeekState(ints[conn + ZEEK] as number, side) === ZEEK_INACTIVE
  ) {
    return false
  }
  const ahead = seqDistance(seg.ack, ints[peer + NXT] as number)
  const myState = ints[me + STATE] as number
  const peerState = ints[peer + STATE] as number
  // Open or closing: nothing of the peer is acknowledged that has not passed. One that has sent nothing yet has no NXT.
  if (myState >= ESTABLISHED && peerState >= ESTABLISHED) {
    return (theirs & SIDE_ISN_SET) !== 0 && (ahead <= 0 || (theirs & SIDE_NXT_SET) === 0)
  }
  // The last of the handshake: all that the peer has sent is the SYN-ACK, and it is acknowledged.
  return (
    myState === SYN_SENT &&
    peerState === SYN_RECEIVED &&
    (flags & FIN) === 0 &&
    ahead === 0 &&
    seqDistance(seg.ack, ints[peer + ISN] as number) === 1
  )
}

/** Applies a segment for which {@link isInStep} holds; true when it may have ended the connection. */
export function observeInStep(
  table: ConnectionTable,
  record: number,
  me: number,
  peer: number,
  side: number,
  seg: Segment,
  frame: number,
  timeNs: number,
): boolean {
  const { ints, floats } = table.connections
  const { flags, ack, payloadLen } = seg
  const theirs = ints[peer + SIDE_FLAGS] as number
  let mine = ints[me + SIDE_FLAGS] as number
  if ((flags & FIN) !== 0) {
    closeZeek(ints, record * CONN_INTS, me, side)
  } else if (((ints[me + ZEEK_SEEN] as number) & (payloadLen > 0 ? SEEN_DATA : SEEN_ACK)) === 0) {
    addFirst(ints, record * CONN_INTS, me, side, payloadLen, true)
  }
  if (payloadLen > 0) {
    const data = record * CONN_CELLS + SIDE_FLOATS + side * SIDE_FLOATS_STEP
    ints[me + NXT] = seqAdd(seg.seq, payloadLen)
    floats[data + DATA_NS_F] = timeNs
    floats[data + DATA_FRAME_F] = frame
    mine |= SIDE_DATA
    if ((theirs & SIDE_FIN) !== 0) observeLateData(table, record, side, payloadLen, frame, timeNs)
  } else {
    mine |= (flags & FIN) === 0 ? SIDE_PLAIN_ACK | SIDE_EMPTY_ACK : SIDE_EMPTY_ACK
  }
  if ((mine & SIDE_ACK_SET) === 0) {
    ints[me + ACKED] = ack
    mine |= SIDE_ACK_SET
  } else if (seqAfter(ack, ints[me + ACKED] as number)) {
    ints[me + ACKED] = ack
    mine |= SIDE_ACKED_MORE
  }
  if (seg.ipId > 0) mine |= SIDE_IP_ID
  ints[me + SIDE_FLAGS] = mine
  if (ints[me + STATE] === SYN_SENT) {
    const cells = record * CONN_CELLS
    floats[cells + HANDSHAKE_NS_F] = timeNs
    floats[cells + HANDSHAKE_FRAME_F] = frame
    ints[me + STATE] = ESTABLISHED
    ints[peer + STATE] = ESTABLISHED
  }
  let touchedEnd = false
  if ((theirs & (SIDE_FIN | SIDE_FIN_ACKED)) === SIDE_FIN) {
    touchedEnd = observeFinAcked(table, record, side, ack, frame, timeNs)
  }
  if ((flags & FIN) === 0) return touchedEnd
  observeFin(table, record, side, seqAdd(seg.seq, payloadLen), seg, frame, timeNs)
  return true
}
