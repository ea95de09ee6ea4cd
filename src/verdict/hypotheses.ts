// How much speaks for each ending, whatever rule has given the verdict. What an ending cannot be excluded by is an
// alternative; how sure a verdict is follows from how it compares with them. Both are computed here and written nowhere else.

import {
  CONN_OLD_ANSWERED,
  SERIES_DATA,
  SIDE_ACK_SET,
  SIDE_BARE,
  SIDE_DATA,
  SIDE_FIN,
  SIDE_NXT_SET,
  SIDE_PLAIN_ACK,
  SIDE_SYN,
  SIDE_SYN_ACK,
} from '../tcp/record/bits.js'
import { GOODBYE_TLS_SHORT } from '../tcp/payload.js'
import type { Derived } from './derived.js'
import type { Ending } from './endings.js'
import type { Evidence } from './evidence.js'
import { between } from './packet-ref.js'
import { requestLeftOpen } from './requests.js'
import {
  ackedFin,
  answersTrigger,
  answersUse,
  foreignTtl,
  gaveUpProbing,
  goesOn,
  guessesAhead,
  knewOfFin,
  mayHaveUnread,
  metGoodbye,
  metForgottenSocket,
  readItsAnswer,
  refusesGoodbye,
  refusesLastWords,
  refusesPayload,
  wasUnaccepted,
  windowShrank,
} from './reset-facts.js'
import { formIsForeign, isActive, isStateless } from './reset-form.js'
import type { SideEvidence } from './side-evidence.js'
import { ANSWER_NS } from './timers.js'

/** The packets exclude it. */
export const EXCLUDED = 0
/** They do not. */
export const OPEN = 1
/** They speak for it. */
export const FAVOURED = 2
/** And so does something independent of that. */
export const BACKED = 3

/** How much speaks for an ending. */
export type Weight = 0 | 1 | 2 | 3

/** Weighs an ending. */
export type Hypothesis = (e: Evidence, s: Derived) => Weight

/** From here on a device on the path may have forgotten the connection (60 s for half-closed ones at the least). */
const FORGOTTEN_NS = 50e9
/** An idle connection is forgotten no sooner than a minute; timers run a little short in captures. */
const IDLE_FORGOTTEN_NS = 25e9
const GONE_NS = 30e9

/** Every ending that can stand beside another; those that are not here are excluded by any other that holds. */
export const HYPOTHESES: Readonly<Partial<Record<Ending, Hypothesis>>> = {
  'graceful_fin.normal': (e, s) => {
    if (s.resetDecides) return EXCLUDED
    if (s.bothFins) {
      const isUnsure = !s.bothFinsAcked && s.resetter === undefined
      return requestLeftOpen(e, s) === 2 || isUnsure ? OPEN : EXCLUDED
    }
    return closeMayBeUnseen(e, s) ? OPEN : EXCLUDED
  },
  'graceful_fin.no_payload': (e, s) =>
    s.bothFins && !s.resetDecides && noPayload(e) ? OPEN : EXCLUDED,
  'graceful_fin.unanswered_request': (e, s) =>
    s.bothFins && !s.resetDecides ? weightOf(requestLeftOpen(e, s)) : EXCLUDED,
  'graceful_fin.reset_after_close': (_e, s) => {
    if (s.bothFins && s.resetter !== undefined && !s.resetDecides)
      return metForgottenSocket(s) ? OPEN : FAVOURED
    if (otherFinMayBeUnseen(s)) return FAVOURED
    return bareAfterFin(s) ? OPEN : EXCLUDED
  },
  'graceful_fin.last_ack_missing': (_e, s) =>
    s.bothFins && !s.bothFinsAcked && s.finUnheard === undefined && s.resetter === undefined
      ? FAVOURED
      : EXCLUDED,
  'graceful_fin.close_notify': (_e, s) => {
    if (!s.resetDecides) return EXCLUDED
    if (!refusesGoodbye(s)) return refusesLastWords(s) ? FAVOURED : EXCLUDED
    return isShortTls(s) ? FAVOURED : BACKED
  },
  'graceful_fin.late_close': (_e, s) => (s.bothFins && metForgottenSocket(s) ? BACKED : EXCLUDED),

  'rst_after_kill.unread_data': (e, s) => {
    const side = s.resetter
    if (!s.resetDecides || !mayBeAbort(side)) return EXCLUDED
    if (gaveUpForSure(s)) return EXCLUDED
    if (readItsAnswer(e, side) || metGoodbye(s)) return OPEN
    if (mayHaveUnread(side)) return FAVOURED
    // With part of a request unread an answer may have been written all the same.
    return s.victim?.has(SIDE_DATA) === true ? OPEN : EXCLUDED
  },
  'rst_after_kill.unaccepted': (e, s) => {
    if (!s.resetDecides) return EXCLUDED
    if (wasUnaccepted(e, s.resetter)) return BACKED
    return mayBeUnaccepted(e, s.resetter) ? OPEN : EXCLUDED
  },
  'rst_after_kill.write_after_close': (_e, s) => {
    if (bareAfterFin(s) || closedBefore(s)) return OPEN
    if (!s.resetDecides || !refusesPayload(s)) return EXCLUDED
    if (refusesGoodbye(s)) return isShortTls(s) ? OPEN : EXCLUDED
    if (refusesLastWords(s)) return knewOfFin(s) ? OPEN : EXCLUDED
    return knewOfFin(s) ? BACKED : EXCLUDED
  },
  'rst_after_kill.crossed_close': (_e, s) => {
    if (!s.resetDecides || !refusesPayload(s) || refusesGoodbye(s)) return EXCLUDED
    if (knewOfFin(s)) return EXCLUDED
    return refusesLastWords(s) ? OPEN : BACKED
  },
  'rst_after_kill.peer_forgot': (e, s) => {
    if (!s.resetDecides || triggerIsProbe(s) || !answersUse(s) || refusesPayload(s)) return EXCLUDED
    return goesOn(s.resetter) || (noPayload(e) && e.handshake.seen) ? OPEN : FAVOURED
  },

  'rst_abort.abort': (e, s) => {
    const side = s.resetter
    if (!s.resetDecides || !mayBeAbort(side) || ackedFin(side, s.victim)) return EXCLUDED
    if (s.victim?.has(SIDE_BARE) === true && side?.has(SIDE_NXT_SET) !== true) return EXCLUDED
    if (gaveUpForSure(s)) return EXCLUDED
    if (isHandshakeReset(e, s) || gaveUpProbing(side, s.loss)) return OPEN
    if (!mayHaveUnread(side) || readItsAnswer(e, side) || metGoodbye(s)) return FAVOURED
    // A client that resets after an answer has mostly read it.
    return side === e.client && e.answers > 0 && !windowShrank(side) ? FAVOURED : OPEN
  },
  'rst_abort.close_wait_abort': (_e, s) =>
    s.resetDecides && mayBeAbort(s.resetter) && ackedFin(s.resetter, s.victim) ? BACKED : EXCLUDED,
  'rst_abort.abort_after_fin': (_e, s) => {
    const side = s.resetter
    if (!s.resetDecides || side?.fin.seen !== true || refusesPayload(s)) return EXCLUDED
    return isActive(side) && !otherFinMayBeUnseen(s) ? BACKED : FAVOURED
  },
  'rst_abort.health_check': (e, s) =>
    s.resetter === e.client && isActive(e.client) && noPayload(e) && !e.client.has(SIDE_FIN)
      ? FAVOURED
      : EXCLUDED,

  'keepalive_timeout.reset_sent': (_e, s) => {
    if (!s.resetDecides || !gaveUpProbing(s.resetter, s.loss)) return EXCLUDED
    return (s.resetter?.probeRun ?? 0) > 1 ? BACKED : FAVOURED
  },
  'keepalive_timeout.peer_forgot': (_e, s) => (triggerIsProbe(s) ? BACKED : EXCLUDED),
  'keepalive_timeout.silent': (e, s) => (!s.resetDecides && probeRun(e) > 0 ? OPEN : EXCLUDED),
  'keepalive_timeout.unanswered_at_end': (e, s) =>
    !s.resetDecides && probeRun(e) > 0 ? OPEN : EXCLUDED,

  'retransmission_timeout.data': (e, s) =>
    repeats(e, s) && e.server.synAckRepeats === 0 ? OPEN : EXCLUDED,
  'retransmission_timeout.fin': (e, s) => (finRepeats(e, s) ? OPEN : EXCLUDED),
  'lingering_established.data_unanswered': (e, s) => (repeats(e, s) ? OPEN : EXCLUDED),
  'lingering_established.fin_unanswered': (e, s) => (finRepeats(e, s) ? OPEN : EXCLUDED),
  'lingering_established.close_wait': (e, s) =>
    closeMayBeUnseen(e, s) && s.first?.finAcked.seen === false ? OPEN : EXCLUDED,
  'lingering_established.idle': (e, s) =>
    s.first === undefined && !s.anyReset && probeRun(e) === 1 && e.quietNs > e.idleNs
      ? OPEN
      : EXCLUDED,

  'handshake_failed.refused': (e) => {
    if (isRefused(e)) return FAVOURED
    // A SYN that is not repeated has had an answer, whatever was captured of it, or was given up.
    return onlySyn(e) && e.client.synRepeats === 0 && !e.icmpQuotesSyn ? OPEN : EXCLUDED
  },
  'handshake_failed.reset_by_client': (e, s) => {
    if (isHandshakeReset(e, s)) return isActive(e.client) ? EXCLUDED : FAVOURED
    if (mayBeSecondStack(e)) return FAVOURED
    const isCut = !e.client.has(SIDE_SYN) || !e.server.has(SIDE_SYN_ACK)
    const isUnseen = isCut && s.resetter === e.client && isStateless(e.client)
    return isUnseen && !e.server.rst.ownData.seen && !e.client.rst.ownData.seen ? OPEN : EXCLUDED
  },
  'handshake_failed.accept_overflow': (e, s) => {
    if (e.server.has(SIDE_DATA | SIDE_FIN) || !e.server.has(SIDE_SYN_ACK)) return EXCLUDED
    if (!e.handshake.seen) return EXCLUDED
    if (e.server.synAckRepeats > 0 && e.client.outstanding(e.server) > 0) return BACKED
    return s.resetter === e.server && isStateless(e.server) && noPayload(e) ? FAVOURED : EXCLUDED
  },
  'handshake_failed.synack_unanswered': (e) =>
    e.server.synAckRepeats > 0 && !e.server.has(SIDE_DATA | SIDE_FIN) && !e.handshake.seen
      ? FAVOURED
      : EXCLUDED,
  'handshake_failed.old_connection': (e) =>
    e.has(CONN_OLD_ANSWERED) && !e.server.has(SIDE_SYN_ACK) ? FAVOURED : EXCLUDED,

  'reset_other.middlebox': middlebox,
  'reset_other.injected': (_e, s) =>
    s.resetDecides && guessesAhead(s.resetter) ? FAVOURED : EXCLUDED,
  'reset_other.stray': (e, s) => (isLoneAnswer(e, s) ? OPEN : EXCLUDED),
  'incomplete.midstream': (e, s) =>
    s.midstream &&
    s.anyReset &&
    !e.client.has(SIDE_ACK_SET | SIDE_DATA) &&
    !e.server.has(SIDE_ACK_SET | SIDE_DATA)
      ? OPEN
      : EXCLUDED,
}

/** A device on the path instead of the host: by its distance and habits, or after a pause in which it may have forgotten. */
function middlebox(e: Evidence, s: Derived): Weight {
  const side = s.resetter
  if (side === undefined || !s.resetDecides) return EXCLUDED
  if (s.resetAtHop) return BACKED
  if (goesOn(side)) return foreignTtl(side) ? BACKED : FAVOURED
  if (foreignTtl(side)) return isStateless(side) ? OPEN : FAVOURED
  if (isRefused(e) || isHandshakeReset(e, s) || !e.server.has(BEYOND_SYN_ACK)) return OPEN
  // No stack leaves the ACK out of a RST by a socket.
  if (formIsForeign(side) || (isActive(side) && !side.rst.hasAck)) return OPEN
  // From as far away as the host and not from next door: a device on the path would be nearer.
  if (isDistant(side) && !answersUse(s)) return EXCLUDED
  const pauseNs = pauseBefore(e, s)
  if (isActive(side))
    return pauseNs >= IDLE_FORGOTTEN_NS && side.rstWindow === 0 ? FAVOURED : EXCLUDED
  if (side.fin.seen || s.victim?.fin.seen === true) return pauseNs >= FORGOTTEN_NS ? OPEN : EXCLUDED
  return answersUse(s) || triggerIsProbe(s) ? OPEN : FAVOURED
}

/** What a server sends beyond its SYN-ACK. */
const BEYOND_SYN_ACK: number = SIDE_DATA | SIDE_FIN | SIDE_PLAIN_ACK

/** Time to live with which hosts and devices start. */
const FIRST_TTLS = new Set([32, 64, 128, 255])

/** The reset has come as many hops as the other packets of its host, and more than none. */
function isDistant(side: SideEvidence): boolean {
  if (side.ttlMax === 0 || FIRST_TTLS.has(side.rstTtl)) return false
  return side.rstTtl >= side.ttlMin && side.rstTtl <= side.ttlMax && side.rst.hasAck
}

/** How long nothing had been heard of the resetter's side before what it answers. */
function pauseBefore(e: Evidence, { resetter, victim }: Derived): number {
  if (resetter === undefined || victim === undefined) return 0
  const { fin } = resetter
  const since = fin.seen && fin.frame < resetter.rst.at.frame ? fin : e.idleSince
  return since.seen ? between(since, resetter.rst.at) : 0
}

function weightOf(sure: number): Weight {
  return sure === 2 ? BACKED : sure === 1 ? OPEN : EXCLUDED
}

/** A reset by an existing socket that had not closed. */
function mayBeAbort(side: SideEvidence | undefined): boolean {
  return isActive(side) && side?.fin.seen !== true && side?.rst.answersSyn !== true
}

/** A server that never said anything may not have accepted the connection. */
function mayBeUnaccepted(e: Evidence, side: SideEvidence | undefined): boolean {
  return (
    side === e.server &&
    isActive(side) &&
    side.has(SIDE_SYN_ACK) &&
    !side.has(SIDE_DATA | SIDE_FIN) &&
    !e.client.has(SIDE_DATA)
  )
}

function triggerIsProbe(s: Derived): boolean {
  return s.resetDecides && isStateless(s.resetter) && s.resetter?.rst.triggerIsProbe === true
}

/** The goodbye that was refused is encrypted, and known by its length alone. */
function isShortTls({ resetter }: Derived): boolean {
  return resetter?.rstPeerGoodbye === GOODBYE_TLS_SHORT
}

function noPayload(e: Evidence): boolean {
  return !e.client.has(SIDE_DATA) && !e.server.has(SIDE_DATA)
}

/** The client reset what it had asked for before anything came of it. */
function isHandshakeReset(e: Evidence, s: Derived): boolean {
  return (
    s.resetter === e.client && noPayload(e) && !e.client.has(SIDE_FIN) && e.server.has(SIDE_SYN_ACK)
  )
}

/** A bare RST in answer to the SYN-ACK, whatever the client's host sends afterwards. */
function mayBeSecondStack(e: Evidence): boolean {
  const { client, server } = e
  return (
    client.rst.at.seen &&
    !client.rst.hasAck &&
    client.has(SIDE_SYN) &&
    server.has(SIDE_SYN_ACK) &&
    !client.rst.ownData.seen &&
    !server.rst.ownData.seen &&
    client.rst.at.ns - e.synAckNs < ANSWER_NS
  )
}

function isRefused(e: Evidence): boolean {
  return e.server.rst.answersSyn && e.server.rst.exact && !e.server.has(SIDE_SYN_ACK)
}

function probeRun(e: Evidence): number {
  return Math.max(e.client.probeRun, e.server.probeRun)
}

/** Several probes and a RST at the very time at which the prober gives up. */
function gaveUpForSure(s: Derived): boolean {
  return gaveUpProbing(s.resetter, s.loss) && (s.resetter?.probeRun ?? 0) > 1
}

/** Payload goes without an acknowledgment at the end. */
function repeats(e: Evidence, s: Derived): boolean {
  if (s.resetDecides) return false
  if (e.server.synAckRepeats > 0 && e.client.outstanding(e.server) > 0) return true
  return (
    s.undelivered !== undefined ||
    [e.client, e.server].some((side) => side.seriesKind === SERIES_DATA)
  )
}

function finRepeats(e: Evidence, s: Derived): boolean {
  if (s.resetDecides || s.undelivered !== undefined) return false
  if (s.finUnheard !== undefined) return true
  return (
    s.first !== undefined &&
    !s.first.finAcked.seen &&
    !s.bothFins &&
    e.captureEndNs - s.first.fin.ns < 10 * GONE_NS
  )
}

/** A bare RST by a side that had closed, in answer to nothing that was captured. */
function bareAfterFin(s: Derived): boolean {
  const side = s.resetter
  return s.resetDecides && side?.fin.seen === true && isStateless(side) && !refusesPayload(s)
}

/** The capture begins so late that the FIN of the side that resets may lie before it. */
function closedBefore(s: Derived): boolean {
  return s.midstream && s.resetDecides && s.resetter?.fin.seen === false && answersUse(s)
}

/** A SYN is sent again after a second, on all systems. */
const SYN_REPEAT_NS = 1.3e9

function onlySyn(e: Evidence): boolean {
  return (
    e.client.has(SIDE_SYN) && !e.client.has(BEYOND_SYN_ACK | SIDE_ACK_SET) && e.server.packets === 0
  )
}

/** One FIN passed and the capture ends, or has gaps, so that the other may just not be in it. */
function closeMayBeUnseen(e: Evidence, s: Derived): boolean {
  if (s.first === undefined || s.bothFins || s.anyReset) return false
  // A FIN that is not repeated in time was acknowledged, whatever was captured of that.
  const { first } = s
  if (!first.finAcked.seen && first.finCount === 1 && e.captureEndNs - first.fin.ns > SYN_REPEAT_NS)
    return true
  return s.loss || e.captureDrops || s.oneDirection || (s.midstream && !s.second?.has(SIDE_DATA))
}

/** The capture begins so late that the FIN of the side that was reset may lie before it. */
function otherFinMayBeUnseen(s: Derived): boolean {
  if (!s.midstream || !s.resetDecides || s.victim === undefined) return false
  return s.resetter?.fin.seen === true && !s.victim.fin.seen && !s.victim.has(SIDE_DATA)
}

/** A segment in the middle and the RST it drew, and nothing else: a scan looks the same. */
function isLoneAnswer(e: Evidence, s: Derived): boolean {
  if (!s.midstream || !s.resetDecides || e.client.packets + e.server.packets > 2) return false
  return s.resetter !== undefined && answersTrigger(s.resetter, s.victim)
}
