// Payload that passes for the first time: when, how it begins, whether it answers the other side.

import type { Segment } from '../../wire/segment.js'
import { goodbyeKind, payloadHead } from '../payload.js'
import type { ConnectionTable } from '../table.js'
import type { TrackedConnection } from '../tracked.js'
import { observeGoodbye } from './goodbye.js'

/** New payload of side `n`. */
export function observePayload(
  table: ConnectionTable,
  c: TrackedConnection,
  n: number,
  seg: Segment,
  view: DataView,
  frame: number,
  timeNs: number,
): void {
  const me = c.side(n)
  const head = payloadHead(seg, view)
  me.dataHead = head
  me.dataLen = seg.payloadLen
  me.dataAck = seg.ack
  const peer = c.side(1 - n)
  if (peer.dataFrame > me.dataFrame) {
    me.answers++
    me.answeredHead = peer.dataHead
    if (me.answers === 1) table.onAnswer(c.record, n)
  }
  if (goodbyeKind(head, seg.payloadLen) !== 0) observeGoodbye(c, n, seg, view, frame, timeNs)
  me.dataNs = timeNs
  me.dataFrame = frame
}
