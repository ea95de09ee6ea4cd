// Requests that got no answer, and goodbyes that want none. What a request is no packet says: it is the last payload of a
// client in a conversation in which its payload was answered before, or whose first line asks for an answer.

import { goodbyeKind, isHttpRequest, isTls } from '../tcp/payload.js'
import type { Derived } from './derived.js'
import type { Evidence } from './evidence.js'

/** A client that waits less for an answer has not given up: it had said all it wanted. */
const GAVE_UP_NS = 0.9e9
/** What is said within this time before the close of the other side may be a goodbye of a protocol nobody knows here. */
const AT_ONCE_NS = 20e6
/** TLS records shorter than this are window updates, acknowledgments of settings and goodbyes. */
const TLS_REQUEST_BYTES = 64
/** Hello, Finished and an answer: below that a TLS server has answered no request. */
const TLS_ANSWERS = 3

/** The last payload before the first sign of the end. */
interface LastPayload {
  readonly head: number
  readonly len: number
}

/** How far the last payload of the client is a request without an answer: 0 not at all, 1 it may be, 2 it is. */
export function requestLeftOpen(e: Evidence, s: Derived): number {
  const closer = s.first
  if (closer === undefined || e.idleSinceSide - 1 !== e.clientSide) return 0
  const last = { head: e.idleSinceHead, len: e.idleSinceLen }
  if (e.server.late.seen && closer === e.client) return 0
  if (goodbyeKind(last.head, last.len) !== 0) return 0
  const asks = asksForAnswer(e, last)
  const waitedNs = closer.fin.ns - e.idleSince.ns
  if (closer === e.client && waitedNs < GAVE_UP_NS) return 0
  // An answer may have passed that is not in the capture.
  if (s.loss || s.midstream || s.oneDirection) return Math.min(1, asks)
  if (closer === e.client) return asks
  if (asks === 2 && !isHttpRequest(last.head) && last.len < 16 && waitedNs < AT_ONCE_NS) return 1
  return asks
}

/** Whether payload of the client is of a kind that is answered: 2 it is, 1 it may be, 0 nothing says so. */
function asksForAnswer(e: Evidence, { head, len }: LastPayload): number {
  if (isTls(head)) {
    if (head >>> 24 !== 0x17 || len < TLS_REQUEST_BYTES) return 0
    return e.answers >= TLS_ANSWERS ? 2 : 0
  }
  if (isHttpRequest(head)) return 2
  if (e.answers === 0) return 0
  return e.answeredHead === head && head !== 0 ? 2 : 1
}
