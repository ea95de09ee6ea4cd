// Connections still open when the capture ends, for all that was captured: a close may have passed elsewhere or been lost
// by the capturing host, so none of these is certain but where packets of the end itself show it.

import { count, times, duration } from '../../base/text.js'
import {
  CONN_SUPERSEDED,
  SERIES_DATA,
  SERIES_WINDOW_PROBE,
  SIDE_ACK_SET,
  SIDE_DATA,
} from '../../tcp/record/bits.js'
import { seqAfter } from '../../tcp/seq.js'
import type { Derived } from '../derived.js'
import type { Evidence } from '../evidence.js'
import type { PacketRef } from '../packet-ref.js'
import { The, distance, items, packet, the, toEnd, tooEarly } from '../phrases.js'
import type { Rule } from '../rule.js'
import type { SideEvidence } from '../side-evidence.js'
import { ANSWER_NS, LATE } from '../timers.js'
import { windowProberStopped } from './give-up.js'

/** Ports used again without a close. */
export const SUPERSEDED: Rule = {
  id: 'open-superseded',
  ending: 'lingering_established.superseded',
  when: (e, s) => e.has(CONN_SUPERSEDED) && s.first === undefined && !s.anyReset,
  evidence: (e) => items([e.end, 'last packet before the ports were used again']),
  explain: (e) =>
    `A new connection took the same addresses and ports over without a FIN or RST for this one (last packet ${e.end.frame}): ` +
    `one end lost its state, or the close was not captured.`,
}

/** A window that is 0 and probed. */
export const ZERO_WINDOW: Rule = {
  id: 'open-zero-window',
  ending: 'lingering_established.zero_window',
  when: (e) => stalled(e) !== undefined && !windowProberStopped(e),
  evidence: (e) => {
    const side = stalled(e)
    return side === undefined ? [] : items([side.last, 'window 0'])
  },
  explain: (e) => {
    const side = stalled(e)
    if (side === undefined) return ''
    const writer = side === e.client ? e.server : e.client
    return (
      `${The(e, side)} does not read: its window is 0 (${packet(side.last)}), and ${the(e, writer)} has sent ` +
      `${count(writer.windowProbes, 'window probe')} in all${probesGoUnanswered(e) ? ', the last of them without an answer' : ''}, ` +
      `last seen ${toEnd(e, e.end)} before the capture ended.`
    )
  },
}

/** Payload of the open side that is repeated after the first FIN. */
export const DATA_UNANSWERED_HALF_CLOSED: Rule = {
  id: 'open-data-unanswered-half-closed',
  ending: 'lingering_established.data_unanswered',
  when: (_e, s) => s.first !== undefined && s.undelivered !== undefined,
  evidence: (_e, s) => unacknowledged(s.undelivered),
  explain: (e, s) =>
    s.undelivered === undefined || s.first === undefined
      ? ''
      : `${The(e, s.first)} had closed (FIN, ${packet(s.first.fin)}); payload of ${the(e, s.undelivered)} (${packet(payloadOf(s.undelivered))}) was sent again ` +
        `${times(s.undelivered.seriesCount)} and never acknowledged before the capture ended.`,
}

/** One FIN, acknowledged. */
export const CLOSE_WAIT: Rule = {
  id: 'open-close-wait',
  ending: 'lingering_established.close_wait',
  when: (e, s) =>
    s.first !== undefined && !s.bothFins && s.first.finAcked.seen && !stillSends(e, s),
  evidence: (_e, s) =>
    s.first === undefined
      ? []
      : items([s.first.fin, 'FIN'], [s.first.finAcked, 'acknowledged; no FIN follows']),
  explain: (e, s) =>
    s.first === undefined || s.second === undefined
      ? ''
      : `${The(e, s.first)} closed (FIN, ${packet(s.first.fin)}) and ${the(e, s.second)} acknowledged it, but had not closed ` +
        `${toEnd(e, s.first.finAcked)} later when the capture ended: it sits in CLOSE-WAIT${e.captureEndNs - s.first.finAcked.ns > ANSWER_NS ? ', as after a missing close()' : ''}.${tooEarly(e.captureEndNs - s.first.finAcked.ns)}`,
}

/** Payload repeated again and again by a side of which alone the capture shows anything that counts. */
export const REPEATED_UNHEARD: Rule = {
  id: 'open-repeated-unheard',
  ending: 'lingering_established.data_unanswered',
  when: (e) => unheard(e) !== undefined,
  evidence: (e) => unacknowledged(unheard(e)),
  explain: (e) => {
    const side = unheard(e)
    if (side === undefined) return ''
    return (
      `${The(e, side)} sent the same payload ${times(side.seriesCount + 1)} (last ${packet(side.seriesLast)}) without getting on: ${refusedBy(e, side)}. ` +
      `The capture ends before it gives up.`
    )
  },
}

/** One FIN, not acknowledged. */
export const FIN_UNANSWERED: Rule = {
  id: 'open-fin-unanswered',
  ending: 'lingering_established.fin_unanswered',
  when: (_e, s) => unackedFin(s) !== undefined,
  evidence: (_e, s) => {
    const side = unackedFin(s)
    return side === undefined ? [] : items([side.fin, 'FIN'], [side.finLast, 'last FIN'])
  },
  explain: (e, s) => {
    const side = unackedFin(s)
    if (side === undefined) return ''
    const both = s.bothFins
      ? `, though ${the(e, side === e.client ? e.server : e.client)} had closed too`
      : ''
    return (
      `${The(e, side)} sent its FIN ${times(side.finCount)} (${side.finCount === 1 ? '' : 'first '}${packet(side.fin)}) without an acknowledgment ` +
      `before the capture ended${both}.`
    )
  },
}

/** Payload without an acknowledgment. */
export const DATA_UNANSWERED: Rule = {
  id: 'open-data-unanswered',
  ending: 'lingering_established.data_unanswered',
  when: (e) => unanswered(e) !== undefined,
  evidence: (e) => unacknowledged(unanswered(e)),
  explain: (e) => {
    const side = unanswered(e)
    if (side === undefined) return ''
    const other = side === e.client ? e.server : e.client
    return (
      `${distance(side.outstanding(other))} of ${the(e, side)} (${packet(payloadOf(side))}) went unacknowledged for ` +
      `${toEnd(e, payloadOf(side))}${resent(e, side)}`
    )
  },
}

/** No host waits longer before it sends again. */
const RESEND_NS = 3e9

/** What became of payload without an acknowledgment until the capture ended. */
function resent(e: Evidence, side: SideEvidence): string {
  if (side.seriesCount > 0)
    return `, sent again ${times(side.seriesCount)}; the capture ends before it gives up.`
  return e.captureEndNs - payloadOf(side).ns > RESEND_NS
    ? ' and were not sent again either: they were acknowledged, or the sender is gone, and this capture does not show it.'
    : '; the capture ends before it is sent again.'
}

/** Answered probes and nothing else. */
export const KEEPALIVE_SUSTAINED: Rule = {
  id: 'open-keepalive-sustained',
  ending: 'lingering_established.keepalive_sustained',
  when: (e) => keptAlive(e) !== undefined,
  evidence: (e) => {
    const side = keptAlive(e)
    return side === undefined
      ? []
      : items([side.probeLast, 'last keepalive probe'], [side.probeAnswer, 'its answer'])
  },
  explain: (e) => {
    const side = keptAlive(e)
    return side === undefined
      ? ''
      : `Open and unused: only keepalive probes of ${the(e, side)} (${side.probesAnswered} answered) ` +
          `since ${e.isClockSetAfter(e.end) ? toEnd(e, e.end) : duration(e.captureEndNs - lastUse(e))} before the end of the capture.`
  },
}

/** Silence up to the end of the capture. */
export const IDLE: Rule = {
  id: 'open-idle',
  ending: 'lingering_established.idle',
  when: (e) => e.quietNs > e.idleNs,
  evidence: (e) => items([e.end, 'last packet']),
  explain: (e) =>
    `Open and silent for ${toEnd(e, e.end)} when the capture ended (last packet ${e.end.frame}): nobody closed it.`,
}

/** Holds for every connection. */
export const ACTIVE: Rule = {
  id: 'open-active',
  ending: 'lingering_established.active',
  when: () => true,
  evidence: (e) => items([e.end, 'last packet']),
  explain: (e, s) =>
    s.first === undefined
      ? `Open when the capture ended, last packet (${e.end.frame}) ${toEnd(e, e.end)} before that.`
      : `${The(e, s.first)} has finished sending (FIN, ${packet(s.first.fin)}), the other side was still sending when the capture ended, ` +
        `last packet (${e.end.frame}) ${toEnd(e, e.end)} before that.`,
}

/** The side that has not closed was sending, and being heard, up to the end of the capture. */
function stillSends(e: Evidence, { first, second }: Derived): boolean {
  if (first === undefined || second === undefined || !second.late.seen) return false
  const spanNs = second.data.ns - second.late.ns
  return (
    spanNs > 0 &&
    e.captureEndNs - second.data.ns <= spanNs &&
    seqAfter(first.acked, first.finPeerNxt)
  )
}

/** What came back of a side that acknowledges nothing. */
function refusedBy(e: Evidence, side: SideEvidence): string {
  const other = side === e.client ? e.server : e.client
  return other.rstCount === 0
    ? 'no acknowledgment reached it'
    : `${the(e, other)} answered with ${count(other.rstCount, 'RST')} whose numbers cannot be taken: it has no such connection any more`
}

/** What shows that payload of a side is repeated and never acknowledged. */
function unacknowledged(side: SideEvidence | undefined): ReturnType<typeof items> {
  if (side === undefined) return []
  return items(
    [side.data, 'payload that is never acknowledged'],
    [side.seriesLast, 'last retransmission'],
  )
}

/** Repeats of the same bytes that are more than a loss that is made good. */
const UNHEARD_REPEATS = 2

/** The side that repeats payload without progress while nothing of the other acknowledges anything. */
function unheard(e: Evidence): SideEvidence | undefined {
  for (const [side, other] of [
    [e.client, e.server],
    [e.server, e.client],
  ] as const) {
    if (other.has(SIDE_ACK_SET) || !side.has(SIDE_DATA) || side.seriesKind !== SERIES_DATA) continue
    if (side.seriesCount >= UNHEARD_REPEATS && side.data.frame < side.seriesLast.frame) return side
  }
  return undefined
}

/** The side whose FIN is not acknowledged. */
function unackedFin({ first, finUnheard }: Derived): SideEvidence | undefined {
  if (finUnheard !== undefined) return finUnheard
  return first === undefined || first.finAcked.seen ? undefined : first
}

/** The side whose window was 0 last while the other one probes it. */
function stalled(e: Evidence): SideEvidence | undefined {
  if (e.server.window === 0 && e.server.packets > 0 && e.client.windowProbes > 0) return e.server
  if (e.client.window === 0 && e.client.packets > 0 && e.server.windowProbes > 0) return e.client
  return undefined
}

/** Window probes that had no answer when the capture ended. */
function probesGoUnanswered(e: Evidence): boolean {
  return [e.client, e.server].some((side) => side.seriesKind === SERIES_WINDOW_PROBE)
}

/** The side with payload outstanding: being repeated, or without any answer for too long. */
function unanswered(e: Evidence): SideEvidence | undefined {
  for (const [side, other] of [
    [e.client, e.server],
    [e.server, e.client],
  ] as const) {
    if (side.outstanding(other) === 0 || !side.has(SIDE_DATA)) continue
    if (side.seriesKind !== 0 || e.captureEndNs - side.data.ns > ANSWER_NS) return side
  }
  return undefined
}

/** The last payload of a side, or what repeated it where the first sending is not in the capture. */
function payloadOf(side: SideEvidence): PacketRef {
  return side.data.seen ? side.data : side.seriesLast
}

/** The side whose answered probes are the last use of the connection. */
function keptAlive(e: Evidence): SideEvidence | undefined {
  const used = lastUse(e)
  for (const side of [e.client, e.server]) {
    if (side.probesAnswered === 0 || !(side.probeLast.ns > used)) continue
    // The next probe is due again after the idle time; without it nobody keeps the connection alive any more.
    const due = side.probeIdleNs * LATE + ANSWER_NS
    if (!(e.captureEndNs - side.probeLast.ns > due)) return side
  }
  return undefined
}

/** Time of the last payload, or of the opening. */
function lastUse(e: Evidence): number {
  let ns = e.handshake.seen ? e.handshake.ns : e.start.ns
  if (e.client.data.seen) ns = Math.max(ns, e.client.data.ns)
  if (e.server.data.seen) ns = Math.max(ns, e.server.data.ns)
  return ns
}
