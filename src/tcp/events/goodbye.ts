// Payload by which a program takes its leave: what it says, and how long nothing had been said before.

import type { Segment } from '../../wire/segment.js'
import {
  GOODBYE_MAX_BYTES,
  GOODBYE_TLS_ALERT,
  alertNumber,
  goodbyeKind,
  longPayloadHead,
  payloadHead,
} from '../payload.js'
import type { TrackedConnection } from '../tracked.js'

/** A goodbye of side `n`, before it is counted as payload. */
export function observeGoodbye(
  c: TrackedConnection,
  n: number,
  seg: Segment,
  view: DataView,
  frame: number,
  timeNs: number,
): void {
  c.openClosing()
  const me = c.side(n)
  const head =
    seg.payloadLen <= GOODBYE_MAX_BYTES ? payloadHead(seg, view) : longPayloadHead(seg, view)
  const kind = goodbyeKind(head, seg.payloadLen)
  const last = lastUse(c)
  me.goodbyeKind = kind
  me.goodbyeLen = seg.payloadLen
  me.goodbyeAck = seg.ack
  me.goodbyeAlert = kind === GOODBYE_TLS_ALERT ? alertNumber(seg, view) : 0
  me.goodbyeNs = timeNs
  me.goodbyeFrame = frame
  me.goodbyeIdleNs = last
}

/** Time of the last payload of either side, else of the opening; a goodbye of the other side counts as none. */
function lastUse(c: TrackedConnection): number {
  let frame = c.handshakeFrame > c.startFrame ? c.handshakeFrame : c.startFrame
  let ns = c.handshakeFrame > c.startFrame ? c.handshakeNs : c.startNs
  for (let n = 0; n < 2; n++) {
    const side = c.side(n)
    if (side.dataFrame <= frame) continue
    const isGoodbye = side.goodbyeFrame === side.dataFrame
    frame = side.dataFrame
    ns = isGoodbye ? side.goodbyeIdleNs : side.dataNs
  }
  return ns
}
