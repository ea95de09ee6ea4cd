// The straight path of a handshake: a first SYN and its SYN-ACK, as nearly every connection begins.

import type { Segment } from '../wire/segment.js'
import { ACK, SYN } from '../wire/segment.js'
import * as L from './layout.js'
import { LISTEN, SYN_RECEIVED, SYN_SENT, UNKNOWN } from './state.js'
import { answerZeek, beginZeek } from './zeek.js'
import { seqAdd } from './seq.js'

// Local constants, see layout.ts.
// prettier-ignore
const {
  ACKED, CONN_CLIENT_IS_SIDE_1, CONN_FLAGS, CONN_ROLES_KNOWN, ISN, NXT, SIDE_ACK_SET, SIDE_FLAGS, SIDE_ISN_SET,
  SIDE_MPTCP, SIDE_NXT_SET, SIDE_SYN, SIDE_SYN_ACK, SIDE_TFO, SIDE_TIMESTAMPS, SIDE_WINDOW_SCALE, STATE, TEARDOWN,
} = L

/** A side that has sent a SYN and nothing else, whatever its options. */
const ONLY_SYN: number = SIDE_ISN_SET | SIDE_NXT_SET | SIDE_SYN
const OPTIONS: number = SIDE_MPTCP | SIDE_TFO | SIDE_TIMESTAMPS | SIDE_WINDOW_SCALE

/** Whether a SYN is the first segment of its connection, and as plain as most. */
export function isFirstSyn(
  ints: Int32Array,
  conn: number,
  me: number,
  peer: number,
  seg: Segment,
): boolean {
  return (
    seg.flags === SYN &&
    seg.payloadLen === 0 &&
    seg.window !== 0 &&
    ((ints[me + SIDE_FLAGS] as number) | (ints[peer + SIDE_FLAGS] as number)) === 0 &&
    ints[me + STATE] === UNKNOWN &&
    ints[peer + STATE] === UNKNOWN &&
    ints[conn + TEARDOWN] === 0
  )
}

/** Applies a SYN for which {@link isFirstSyn} holds. `options` are the SIDE_* bits of its options. */
export function observeFirstSyn(
  ints: Int32Array,
  conn: number,
  me: number,
  peer: number,
  side: number,
  options: number,
  seg: Segment,
): void {
  const roles = side === 1 ? CONN_ROLES_KNOWN | CONN_CLIENT_IS_SIDE_1 : CONN_ROLES_KNOWN
  ints[conn + CONN_FLAGS] = (ints[conn + CONN_FLAGS] as number) | roles
  ints[me + SIDE_FLAGS] = ONLY_SYN | options
  ints[me + STATE] = SYN_SENT
  ints[me + ISN] = seg.seq
  ints[me + NXT] = seqAdd(seg.seq, 1)
  ints[peer + STATE] = LISTEN
  beginZeek(ints, conn, me, side)
}

/** Whether a SYN-ACK is the first segment of its side, and answers the only one of the other. */
export function isFirstSynAck(
  ints: Int32Array,
  conn: number,
  me: number,
  peer: number,
  seg: Segment,
): boolean {
  return (
    seg.flags === (SYN | ACK) &&
    seg.payloadLen === 0 &&
    seg.window !== 0 &&
    ints[me + SIDE_FLAGS] === 0 &&
    ints[me + STATE] === LISTEN &&
    ((ints[peer + SIDE_FLAGS] as number) & ~OPTIONS) === ONLY_SYN &&
    ints[peer + STATE] === SYN_SENT &&
    ints[peer + NXT] === seg.ack &&
    ints[conn + TEARDOWN] === 0
  )
}

/** Applies a SYN-ACK for which {@link isFirstSynAck} holds. */
export function observeFirstSynAck(
  ints: Int32Array,
  conn: number,
  me: number,
  side: number,
  options: number,
  seg: Segment,
): void {
  ints[me + SIDE_FLAGS] = SIDE_ISN_SET | SIDE_NXT_SET | SIDE_ACK_SET | SIDE_SYN_ACK | options
  ints[me + STATE] = SYN_RECEIVED
  ints[me + ISN] = seg.seq
  ints[me + NXT] = seqAdd(seg.seq, 1)
  ints[me + ACKED] = seg.ack
  answerZeek(ints, conn, me, side)
}
