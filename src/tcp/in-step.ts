// The straight path of the packet loop: segments that simply come next.

import type { Segment } from '../wire/segment.js'
import { ACK } from '../wire/segment.js'
import * as L from './layout.js'
import { ESTABLISHED } from './state.js'
import { addFirst } from './zeek.js'
import { seqAdd, seqAfter } from './seq.js'

// Local constants, see layout.ts.
// prettier-ignore
const {
  ACKED, DATA_FRAME_F, DATA_NS_F, NXT, SIDE_ACKED_MORE, SIDE_ACK_SET, SIDE_DATA, SIDE_EMPTY_ACK,
  SIDE_FLAGS, SIDE_IP_ID, SIDE_ISN_SET, SIDE_NXT_SET, SIDE_PLAIN_ACK, STATE, TEARDOWN,
} = L

const PSH = 0x08
/** A side whose sequence and acknowledgment numbers are both known. */
const IN_STEP: number = SIDE_ISN_SET | SIDE_NXT_SET | SIDE_ACK_SET

/**
 * Whether a segment simply comes next, on an open connection to which nothing special has happened: nine of ten
 * segments of usual traffic.
 */
export function isInStep(
  ints: Int32Array,
  conn: number,
  me: number,
  peer: number,
  seg: Segment,
): boolean {
  return (
    (seg.flags & ~PSH) === ACK &&
    seg.window !== 0 &&
    ((ints[me + SIDE_FLAGS] as number) & IN_STEP) === IN_STEP &&
    ints[me + STATE] === ESTABLISHED &&
    ints[peer + STATE] === ESTABLISHED &&
    ints[conn + TEARDOWN] === 0 &&
    seg.seq === ints[me + NXT] &&
    !seqAfter(seg.ack, ints[peer + NXT] as number)
  )
}

/** Applies a segment for which {@link isInStep} holds; the general path comes to the same in twice the time. */
export function observeInStep(
  ints: Int32Array,
  floats: Float64Array,
  conn: number,
  me: number,
  meF: number,
  side: number,
  seg: Segment,
  frame: number,
  timeNs: number,
): void {
  let flags = ints[me + SIDE_FLAGS] as number
  if ((flags & (seg.payloadLen > 0 ? SIDE_DATA : SIDE_PLAIN_ACK)) === 0) {
    addFirst(ints, conn, me, side, seg.payloadLen, true)
  }
  if (seg.payloadLen > 0) {
    ints[me + NXT] = seqAdd(seg.seq, seg.payloadLen)
    floats[meF + DATA_NS_F] = timeNs
    floats[meF + DATA_FRAME_F] = frame
    flags |= SIDE_DATA
  } else {
    flags |= SIDE_PLAIN_ACK | SIDE_EMPTY_ACK
  }
  if (seqAfter(seg.ack, ints[me + ACKED] as number)) {
    ints[me + ACKED] = seg.ack
    flags |= SIDE_ACKED_MORE
  }
  if (seg.ipId > 0) flags |= SIDE_IP_ID
  ints[me + SIDE_FLAGS] = flags
}
