// Endings by FIN from both sides.

import { count, times } from '../../base/text.js'
import { CONN_SELF, SIDE_ACK_SET } from '../../tcp/record/bits.js'
import { seqAfter, seqDistance } from '../../tcp/seq.js'
import { SLOW_CLOSE_NS } from '../../tcp/views/plain-ending.js'
import { finsCrossed } from '../closer.js'
import type { Derived } from '../derived.js'
import type { Evidence } from '../evidence.js'
import { The, items, packet, span, the } from '../phrases.js'
import { metForgottenSocket } from '../reset-facts.js'
import { requestLeftOpen } from '../requests.js'
import type { Rule } from '../rule.js'
import type { SideEvidence } from '../side-evidence.js'

/** A socket connected to itself: its only FIN is both FINs. */
export const SELF_CLOSE: Rule = {
  id: 'fin-self',
  ending: 'graceful_fin.simultaneous',
  when: (e, s) => e.has(CONN_SELF) && s.first !== undefined,
  closer: () => 'both',
  evidence: (_e, s) => (s.first === undefined ? [] : items([s.first.fin, 'FIN'])),
  explain: (_e, s) =>
    `A socket that was connected to itself (same address and port at both ends) was closed` +
    `${s.first === undefined ? '' : ` (FIN, ${packet(s.first.fin)})`}. That happens when a client connects to a local port ` +
    `nobody listens on, and is given that very port.`,
}

/** A late second FIN that met a RST. */
export const LATE_CLOSE: Rule = {
  id: 'fin-late-close',
  ending: 'graceful_fin.late_close',
  when: (_e, s) => s.bothFins && metForgottenSocket(s),
  evidence: finsAndReset,
  explain: (e, s) =>
    pair(
      s,
      (first, second) =>
        `${The(e, first)} closed first (FIN, ${packet(first.fin)}); ${the(e, second)} only ${span(first.finAcked, second.fin)} after acknowledging that. ` +
        `By then ${the(e, first)} had dropped its half-closed socket, so that the late FIN met a RST (${packet(first.rst.at)}). No data was lost.`,
    ),
}

/** A RST after both FINs. */
export const RESET_AFTER_CLOSE: Rule = {
  id: 'fin-reset-after-close',
  ending: 'graceful_fin.reset_after_close',
  when: (_e, s) =>
    s.bothFins && s.resetter !== undefined && (resetAfter(s.first, s) || resetAfter(s.second, s)),
  evidence: finsAndReset,
  explain: (e, s) =>
    pair(
      s,
      (first, second) =>
        `${The(e, first)} closed first (FIN, ${packet(first.fin)}), ${the(e, second)} ${span(first.fin, second.fin)} later; ` +
        `the RST after that (${packet(resetAfter(first, s) ? first.rst.at : second.rst.at)}) ${resetAcksPayload(s) ? 'acknowledges the last payload.' : 'cost no data.'}`,
    ),
}

/** A close in the middle of a request. */
export const UNANSWERED_REQUEST: Rule = {
  id: 'fin-unanswered-request',
  ending: 'graceful_fin.unanswered_request',
  when: (e, s) => s.bothFins && requestLeftOpen(e, s) === 2,
  evidence: (e, s) =>
    pair(s, (first, second) =>
      items(
        [e.idleSince, 'request without an answer'],
        [first.fin, 'first FIN'],
        [second.fin, 'second FIN'],
      ),
    ),
  explain: (e, s) =>
    pair(s, (first) =>
      first === e.client
        ? `The client gave up waiting: ${span(e.idleSince, first.fin)} after its last request (packet ${e.idleSince.frame}) it closed (FIN, ${packet(first.fin)}) without an answer.`
        : `The server closed (FIN, ${packet(first.fin)}) ${span(e.idleSince, first.fin)} after a request it had not answered (packet ${e.idleSince.frame}, ${count(e.idleSinceLen, 'byte')}): ` +
          `its process died or was stopped in the middle of the request, or it gave it up.`,
    ),
}

/** Opened and closed without payload. */
export const NO_PAYLOAD: Rule = {
  id: 'fin-no-payload',
  ending: 'graceful_fin.no_payload',
  when: (e, s) =>
    s.bothFins &&
    !s.midstream &&
    !s.loss &&
    e.handshake.seen &&
    e.client.bytes + e.server.bytes === 0,
  evidence: fins,
  explain: (e, s) =>
    pair(
      s,
      (first, second) =>
        `Opened and closed without a byte of payload: ${the(e, first)} closed first, ${span(e.handshake, first.fin)} after the handshake (FIN, ${packet(first.fin)}), ` +
        `${the(e, second)} ${span(first.fin, second.fin)} later. ${first === e.server ? 'The server turned the client away, or waited for a request that did not come.' : 'A check whether the port is open, or a connection that was not needed.'}`,
    ),
}

/** FINs that do not acknowledge each other. */
export const SIMULTANEOUS: Rule = {
  id: 'fin-simultaneous',
  ending: 'graceful_fin.simultaneous',
  when: (_e, s) => finsCrossed(s),
  closer: () => 'both',
  evidence: fins,
  explain: (e, s) =>
    pair(
      s,
      (first, second) =>
        `Both sides closed before seeing the other's FIN: ${the(e, first)} (${packet(first.fin)}) and ${the(e, second)} ` +
        `${span(first.fin, second.fin)} later (${packet(second.fin)}).`,
    ),
}

/** Both FINs, one of them without an acknowledgment. */
export const LAST_ACK_MISSING: Rule = {
  id: 'fin-last-ack-missing',
  ending: 'graceful_fin.last_ack_missing',
  when: (_e, s) => s.bothFins && !s.bothFinsAcked,
  evidence: fins,
  explain: (e, s) =>
    pair(
      s,
      (first, second) =>
        `${The(e, first)} closed first (FIN, ${packet(first.fin)}), ${the(e, second)} ${span(first.fin, second.fin)} later (${packet(second.fin)}); ` +
        (second.finCount > 1 && !second.finAcked.seen
          ? `repeated ${times(second.finCount - 1)}, it was never acknowledged: ${the(e, first)} or the path to it was gone.`
          : `the last acknowledgment was not captured.`),
    ),
}

/** Payload of the second closer after the first FIN. */
export const HALF_CLOSE: Rule = {
  id: 'fin-half-close',
  ending: 'graceful_fin.half_close',
  when: (_e, s) => s.bothFins && usedHalfOpen(s),
  evidence: (_e, s) =>
    pair(s, (first, second) =>
      items(
        [first.fin, 'first FIN'],
        [second.late, 'payload in the other direction after the FIN'],
        [second.fin, 'second FIN'],
        [second.finAcked, 'last acknowledgment'],
      ),
    ),
  explain: (e, s) =>
    pair(
      s,
      (first, second) =>
        `${The(e, first)} finished sending (FIN, ${packet(first.fin)}) but went on receiving: ${the(e, second)} still delivered ` +
        `${count(second.lateBytes, 'byte')} and closed ${span(first.fin, second.fin)} later (${packet(second.fin)}).`,
    ),
}

/** A second FIN long after the first was acknowledged. */
export const SLOW_CLOSE: Rule = {
  id: 'fin-slow-close',
  ending: 'graceful_fin.slow_close',
  when: (_e, s) => s.bothFins && slowClose(s),
  evidence: fins,
  explain: (e, s) =>
    pair(
      s,
      (first, second) =>
        `${The(e, first)} closed first (FIN, ${packet(first.fin)}); ${the(e, second)} stayed in CLOSE-WAIT for ` +
        `${span(first.finAcked, second.fin)} before it closed too (${packet(second.fin)}).`,
    ),
}

/** Both FINs, whatever lies between them. */
export const NORMAL: Rule = {
  id: 'fin-normal',
  ending: 'graceful_fin.normal',
  when: (_e, s) => s.bothFins,
  evidence: fins,
  explain: (e, s) =>
    pair(s, (first, second) =>
      closedText({
        closer: The(e, first),
        other: the(e, second),
        firstFin: packet(first.fin),
        between: span(first.fin, second.fin),
        secondFin: packet(second.fin),
      }),
    ),
}

/** What stands in the sentence of a normal close, as text. */
export interface ClosedWords {
  /** "The client" or "The server". */
  readonly closer: string
  /** "the server" or "the client". */
  readonly other: string
  readonly firstFin: string
  /** The time between the two FINs. */
  readonly between: string
  readonly secondFin: string
}

/** The sentence of a normal close. */
export function closedText({ closer, other, firstFin, between, secondFin }: ClosedWords): string {
  return (
    `${closer} closed first (FIN, ${firstFin}), ${other} ${between} later ` +
    `(${secondFin}); both FINs were acknowledged. A process that was killed with nothing unread looks the same.`
  )
}

/** What the packets of a close show, in their order. */
export const CLOSE_SHOWS = [
  'first FIN',
  'it is acknowledged',
  'second FIN',
  'it is acknowledged',
] as const

function pair<T>(s: Derived, ask: (first: SideEvidence, second: SideEvidence) => T): T {
  if (s.first === undefined || s.second === undefined) {
    throw new Error('a FIN rule ran without a FIN')
  }
  return ask(s.first, s.second)
}

function fins(_e: Evidence, s: Derived): ReturnType<typeof items> {
  return pair(s, (first, second) =>
    items(
      [first.fin, CLOSE_SHOWS[0]],
      [first.finAcked, CLOSE_SHOWS[1]],
      [second.fin, CLOSE_SHOWS[2]],
      [second.finAcked, CLOSE_SHOWS[3]],
    ),
  )
}

function finsAndReset(e: Evidence, s: Derived): ReturnType<typeof items> {
  const resets = pair(s, (first, second) => items([first.rst.at, 'RST'], [second.rst.at, 'RST']))
  return [...fins(e, s), ...resets].sort((a, b) => a.frame - b.frame)
}

/** A RST of `side` that came after both FINs. */
function resetAfter(side: SideEvidence | undefined, s: Derived): boolean {
  if (side === undefined || !side.rst.at.seen) return false
  const { first, second } = s
  return side.rst.at.frame > (first?.fin.frame ?? 0) && side.rst.at.frame > (second?.fin.frame ?? 0)
}

/** The RST is the first to acknowledge payload: whether the program has read it is not shown. */
function resetAcksPayload({ resetter, victim }: Derived): boolean {
  if (resetter === undefined || victim === undefined || !resetter.rst.hasAck) return false
  return resetter.has(SIDE_ACK_SET) && seqDistance(victim.finSeq, resetter.acked) > 0
}

/** Payload of the second closer, sent after the first FIN, was acknowledged. */
function usedHalfOpen({ first, second }: Derived): boolean {
  if (first === undefined || second === undefined) return false
  // What the first FIN itself acknowledges came before it, wherever it was captured.
  const before = seqAfter(first.finAck, first.finPeerNxt) ? first.finAck : first.finPeerNxt
  return second.lateBytes > 0 && seqAfter(first.acked, before) && seqAfter(second.finSeq, before)
}

function slowClose({ first, second }: Derived): boolean {
  if (first === undefined || second === undefined) return false
  return second.fin.ns - first.finAcked.ns >= SLOW_CLOSE_NS
}
