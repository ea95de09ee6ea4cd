// FINs: when each side's FIN passed, when it was acknowledged, and what the peer still sent after it.

import type { Segment } from '../../wire/segment.js'
import { SIDE_FIN, SIDE_FIN_ACKED, SIDE_NXT_SET } from '../record/bits.js'
import { seqAdd, seqAfter } from '../seq.js'
import { FIN_ACKED, RCVD_FIN, SENT_FIN, nextState } from '../state.js'
import type { TrackedConnection } from '../tracked.js'
import { observeRetransmission } from './retransmission.js'

/** A FIN of side `n`, which itself has sequence number `finSeq`. */
export function observeFin(
  c: TrackedConnection,
  n: number,
  finSeq: number,
  seg: Segment,
  frame: number,
  timeNs: number,
): void {
  c.openClosing()
  const me = c.side(n)
  me.finCount++
  me.finLastNs = timeNs
  me.finLastFrame = frame
  if (me.has(SIDE_FIN)) {
    observeRetransmission(c, n, finSeq, 0, frame, timeNs)
    return
  }
  markIdleSince(c)
  const peer = c.side(1 - n)
  me.flags |= SIDE_FIN
  me.finSeq = finSeq
  me.finAck = seg.ack
  me.finPeerNxt = peer.has(SIDE_NXT_SET) ? peer.nxt : seg.ack
  me.finNs = timeNs
  me.finFrame = frame
  const end = seqAdd(finSeq, 1)
  if (seqAfter(end, me.nxt)) me.nxt = end
  me.state = nextState(me.state, SENT_FIN)
}

/** Side `n` acknowledged up to `ack` while the peer has sent a FIN. Returns true when that first covers the FIN. */
export function observeFinAcked(
  c: TrackedConnection,
  n: number,
  ack: number,
  frame: number,
  timeNs: number,
): boolean {
  const peer = c.side(1 - n)
  if (peer.has(SIDE_FIN_ACKED) || !seqAfter(ack, peer.finSeq)) return false
  const me = c.side(n)
  peer.flags |= SIDE_FIN_ACKED
  peer.finAckedNs = timeNs
  peer.finAckedFrame = frame
  me.state = nextState(me.state, RCVD_FIN)
  peer.state = nextState(peer.state, FIN_ACKED)
  return true
}

/** New payload of side `n` after the peer's FIN has passed. */
export function observeLateData(
  c: TrackedConnection,
  n: number,
  bytes: number,
  frame: number,
  timeNs: number,
): void {
  c.openClosing()
  const me = c.side(n)
  me.lateBytes += bytes
  if (me.lateFrame !== 0) return
  me.lateNs = timeNs
  me.lateFrame = frame
}

/** Remembers the last sign of use before the first teardown segment: payload of either side, else the opening. */
export function markIdleSince(c: TrackedConnection): void {
  c.openClosing()
  if (c.idleSinceFrame !== 0) return
  let frame = c.startFrame
  let ns = c.startNs
  if (c.handshakeFrame > frame) {
    frame = c.handshakeFrame
    ns = c.handshakeNs
  }
  for (let n = 0; n < 2; n++) {
    const side = c.side(n)
    if (side.dataFrame <= frame) continue
    frame = side.dataFrame
    ns = side.dataNs
    c.idleSinceSide = n + 1
    c.idleSinceHead = c.dataHead
    c.idleSinceLen = c.dataLen
  }
  c.idleSinceFrame = frame
  c.idleSinceNs = ns
}
