// A SYN that meets a connection its own sender has forgotten, as after a crash (RFC 9293 §3.5.1, RFC 5961 §4): the other
// side, still open, answers with an ACK of the old numbers, the client resets those, and its next SYN is accepted.
//
//   SYN 5000 ──►   ◄── ACK 301 seq 901 (of the old connection)   RST 301 ──►   SYN 5000 ──►   ◄── SYN-ACK
//
// The old numbers say nothing about the new connection.

import type { Segment } from '../../wire/segment.js'
import { ACK, FIN, RST, SYN } from '../../wire/segment.js'
import {
  CONN_FLAGS,
  CONN_OLD_ANSWERED,
  NXT,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_EMPTY_ACK,
  SIDE_FIN,
  SIDE_FLAGS,
  SIDE_ISN_SET,
  SIDE_PLAIN_ACK,
  SIDE_RST,
  SIDE_SYN,
  SIDE_SYN_ACK,
} from '../layout.js'

/** Everything but the SYN that a client in SYN-SENT has not sent. */
const BEYOND_SYN: number = SIDE_SYN_ACK | SIDE_PLAIN_ACK | SIDE_DATA | SIDE_FIN | SIDE_ACK_SET

/** Whether the first segment of a side answers the peer's SYN with the numbers of an earlier connection. */
export function isOldAnswer(ints: Int32Array, peer: number, seg: Segment): boolean {
  if ((seg.flags & (SYN | ACK | FIN | RST)) !== ACK || seg.payloadLen !== 0) return false
  const theirs = ints[peer + SIDE_FLAGS] as number
  return (theirs & (SIDE_SYN | BEYOND_SYN)) === SIDE_SYN && seg.ack !== ints[peer + NXT]
}

/** Notes such an answer. */
export function observeOldAnswer(ints: Int32Array, conn: number, me: number): void {
  ints[conn + CONN_FLAGS] = (ints[conn + CONN_FLAGS] as number) | CONN_OLD_ANSWERED
  ints[me + SIDE_FLAGS] = (ints[me + SIDE_FLAGS] as number) | SIDE_EMPTY_ACK
}

/** Whether a reset only tells the peer to forget the earlier connection; it is noted if so. */
export function isResetOfOld(
  ints: Int32Array,
  conn: number,
  me: number,
  peer: number,
  seg: Segment,
): boolean {
  if (((ints[conn + CONN_FLAGS] as number) & CONN_OLD_ANSWERED) === 0) return false
  if (((ints[peer + SIDE_FLAGS] as number) & SIDE_ISN_SET) !== 0 || (seg.flags & ACK) !== 0)
    return false
  ints[me + SIDE_FLAGS] = (ints[me + SIDE_FLAGS] as number) | SIDE_RST
  return true
}
