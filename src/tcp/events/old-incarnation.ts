// A SYN that meets a connection its own sender has forgotten, as after a crash (RFC 9293 §3.5.1, RFC 5961 §4): the other
// side, still open, answers with an ACK of the old numbers, the client resets those, and its next SYN is accepted.
//
//   SYN 5000 ──►   ◄── ACK 301 seq 901 (of the old connection)   RST 301 ──►   SYN 5000 ──►   ◄── SYN-ACK
//
// The old numbers say nothing about the new connection.

import type { Segment } from '../../wire/segment.js'
import { ACK, FIN, RST, SYN } from '../../wire/segment.js'
import {
  CONN_OLD_ANSWERED,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_EMPTY_ACK,
  SIDE_FIN,
  SIDE_ISN_SET,
  SIDE_PLAIN_ACK,
  SIDE_RST,
  SIDE_SYN,
  SIDE_SYN_ACK,
} from '../record/bits.js'
import type { TrackedConnection } from '../tracked.js'

/** Everything but the SYN that a client in SYN-SENT has not sent. */
const BEYOND_SYN: number = SIDE_SYN_ACK | SIDE_PLAIN_ACK | SIDE_DATA | SIDE_FIN | SIDE_ACK_SET

/** Whether the first segment of side `n` answers the peer's SYN with the numbers of an earlier connection. */
export function isOldAnswer(c: TrackedConnection, n: number, seg: Segment): boolean {
  if ((seg.flags & (SYN | ACK | FIN | RST)) !== ACK || seg.payloadLen !== 0) return false
  const peer = c.side(1 - n)
  return (peer.flags & (SIDE_SYN | BEYOND_SYN)) === SIDE_SYN && seg.ack !== peer.nxt
}

/** Notes such an answer. */
export function observeOldAnswer(
  c: TrackedConnection,
  n: number,
  frame: number,
  timeNs: number,
): void {
  c.openTeardown()
  c.flags |= CONN_OLD_ANSWERED
  const me = c.side(n)
  me.flags |= SIDE_EMPTY_ACK
  me.challenges++
  if (me.challengeFrame !== 0) return
  me.challengeNs = timeNs
  me.challengeFrame = frame
}

/** Whether a reset of side `n` only tells the peer to forget the earlier connection; it is noted if so. */
export function isResetOfOld(c: TrackedConnection, n: number, seg: Segment): boolean {
  if (!c.has(CONN_OLD_ANSWERED)) return false
  const server = c.side(1 - n)
  if (server.has(SIDE_ISN_SET)) return false
  // With ACK it is a reset by the socket of the new connection, unless it acknowledges the old numbers.
  if ((seg.flags & ACK) !== 0 && c.side(n).has(SIDE_ACK_SET)) return false
  c.openTeardown()
  const me = c.side(n)
  me.flags |= SIDE_RST
  me.rstCount++
  return true
}
