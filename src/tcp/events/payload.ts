// Payload that passes for the first time: how it begins, and whether it answers the other side.

import type { Segment } from '../../wire/segment.js'
import { isClient, keepPayload } from '../last-payload.js'
import { GOODBYE_MAX_BYTES, goodbyeKind, longPayloadHead, payloadHead } from '../payload.js'
import type { TrackedConnection } from '../tracked.js'
import { observeGoodbye } from './goodbye.js'

/** New payload of side `n`. */
export function observePayload(
  c: TrackedConnection,
  n: number,
  seg: Segment,
  view: DataView,
  frame: number,
  timeNs: number,
): void {
  const isRead = seg.payloadLen <= GOODBYE_MAX_BYTES || isClient(c.own.ints, c.record, n)
  const head = isRead ? payloadHead(seg, view) : longPayloadHead(seg, view)
  keepPayload(c.own.ints, c.own.word, n, seg, head)
  if (goodbyeKind(head, seg.payloadLen) !== 0) observeGoodbye(c, n, seg, view, frame, timeNs)
  const me = c.side(n)
  me.dataNs = timeNs
  me.dataFrame = frame
}
