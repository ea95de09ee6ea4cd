// What the packets around a reset say about where it comes from.

import {
  SERIES_DATA,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_FIN,
  SIDE_NXT_SET,
  SIDE_PLAIN_ACK,
  SIDE_SYN_ACK,
} from '../tcp/record/bits.js'
import { GOODBYE_TLS_BEHIND, GOODBYE_TLS_SHORT } from '../tcp/payload.js'
import { seqAfter, seqDistance } from '../tcp/seq.js'
import { ACK, FIN, SYN } from '../wire/segment.js'
import type { Derived } from './derived.js'
import type { Evidence } from './evidence.js'
import { between } from './packet-ref.js'
import { formIsForeign, isActive, isStateless, isTooEarly } from './reset-form.js'
import type { SideEvidence } from './side-evidence.js'
import { DEFAULT_PROBE_INTERVAL_NS, LATE } from './timers.js'

/** Its supposed sender went on as if nothing had happened. */
export function alive(side: SideEvidence | undefined): boolean {
  return side !== undefined && side.aliveCount > 0
}

/**
 * Its supposed sender went on, and nothing ties the RST to that sender: one whose IP ID is the next one of its other
 * packets, as many hops away, was made by the same host.
 */
export function goesOn(side: SideEvidence | undefined): boolean {
  if (side === undefined || !alive(side)) return false
  const step = (side.rstIpId - side.rstPreviousIpId) & 0xffff
  const isNext = continuesIds(side) && step > 0 && step <= NEXT_ID && !hopsApart(side)
  return !isNext
}

/** A host that sends little else gives the next packet the next ID, or one soon after. */
const NEXT_ID = 16

/** The RST took another number of hops than any other packet of its sender. */
function hopsApart(side: SideEvidence): boolean {
  return side.ttlMax !== 0 && (side.rstTtl < side.ttlMin || side.rstTtl > side.ttlMax)
}

/**
 * The RST took another number of hops than anything else from that host. One hop more or less is what a change of the
 * route makes: it counts only where the form does not speak for the socket itself.
 */
export function foreignTtl(side: SideEvidence | undefined): boolean {
  if (side === undefined || side.ttlMax === 0) return false
  const ttl = side.rstTtl
  const hops = Math.max(side.ttlMin - ttl, ttl - side.ttlMax)
  // Some stacks begin with another TTL where they have no socket: as far away, from another start.
  if (OTHER_STARTS.some((start) => Math.abs(hops - start) <= 1)) return false
  return hops > (isActive(side) && !formIsForeign(side) && continuesIds(side) ? 1 : 0)
}

/** Differences between the TTLs with which stacks start: 64, 128 and 255. */
const OTHER_STARTS: readonly number[] = [64, 127, 191]

/** Its IP ID follows those of its sender's other packets: hard to guess for anybody else. */
function continuesIds(side: SideEvidence): boolean {
  return side.rstIpId > 0 && side.rstPreviousIpId > 0
}

/**
 * Several RSTs of which a later one lies beyond everything its supposed sender ever sent: a forger's guesses at where the
 * connection will be (RST_SEQ_CHANGE of Weaver, Sommer, Paxson 2009). A host answers with numbers it was told.
 */
export function guessesAhead(side: SideEvidence | undefined): boolean {
  if (side === undefined || side.rstCount < 2 || side.rst.ahead) return false
  if (!side.has(SIDE_NXT_SET)) return false
  const { rst } = side
  const beyond = seqDistance(side.rstHigh, side.nxt)
  return (
    seqAfter(side.rstHigh, side.rstNxt) &&
    beyond > 0 &&
    beyond <= GUESS_MAX &&
    rst.last.frame > rst.at.frame &&
    between(rst.at, rst.last) <= SALVO_NS
  )
}

/** Guesses go by segments or windows, not by gigabytes. */
const GUESS_MAX = 1 << 20
/** RSTs of one salvo follow each other within this time. */
const SALVO_NS = 1e9

/** The TTLs of all other packets of a host, as text. */
export function ttls(side: SideEvidence): string {
  return side.ttlMin === side.ttlMax ? `${side.ttlMin}` : `${side.ttlMin} to ${side.ttlMax}`
}

/** Scheduling at the prober and at the capturing host may shift what a timer does by this much. */
const JITTER_NS = 20e6
/** TCP_KEEPINTVL is a second at least. */
const SHORTEST_INTERVAL_NS = 1e9

/**
 * A RST by the prober one probe interval after its last unanswered probe (tcp_keepalive_timer). Later, another probe
 * would have passed first; unless the capture has gaps, that is something else.
 */
export function gaveUpProbing(side: SideEvidence | undefined, hasGaps: boolean): boolean {
  if (side === undefined || side.probeRun === 0 || !side.rst.hasAck) return false
  if (side.rst.at.frame < side.probeLast.frame || side.rstSeq !== side.nxt) return false
  const since = between(side.probeLast, side.rst.at)
  const { probeIntervalNs } = side
  const isKnown = !Number.isNaN(probeIntervalNs)
  const earliest = isKnown ? probeIntervalNs : SHORTEST_INTERVAL_NS
  const latest = isKnown ? probeIntervalNs : DEFAULT_PROBE_INTERVAL_NS
  // Shortest of several intervals: the others may have been a little longer.
  if (since < 0.97 * earliest - JITTER_NS) return false
  return since <= (hasGaps ? 2 : 1) * LATE * latest + JITTER_NS
}

/** Retransmissions at least this many, and the next one due, make a RST a give-up. */
const GIVE_UP_RETRANSMISSIONS = 3

/** It ended a series of retransmissions, when the next one would have been due. */
export function gaveUpResending({ resetter: side, victim }: Derived): boolean {
  if (side === undefined || victim === undefined || !side.rst.hasAck) return false
  if (side.seriesKind !== SERIES_DATA || side.seriesCount < GIVE_UP_RETRANSMISSIONS) return false
  if (side.outstanding(victim) === 0) return false
  return between(side.seriesLast, side.rst.at) >= 0.9 * side.seriesGapNs
}

/** It acknowledged the victim's FIN, at the latest with the RST itself. */
export function ackedFin(
  side: SideEvidence | undefined,
  victim: SideEvidence | undefined,
): boolean {
  if (side === undefined || victim === undefined || !victim.fin.seen) return false
  if (victim.fin.frame > side.rst.at.frame) return false
  return victim.finAcked.seen || (side.rst.hasAck && seqAfter(side.rstAck, victim.finSeq))
}

/** Its FIN had passed, and the RST answers payload that came after it. */
export function refusesPayload(s: Derived): boolean {
  const { resetter: side, victim } = s
  if (side === undefined || victim === undefined) return false
  if (!side.fin.seen || side.fin.frame > side.rst.at.frame) return false
  if (!isStateless(side)) {
    // A stack that answers with RST+ACK: only the payload right before it tells.
    const { rst } = side
    return (
      side.triggerLen > 0 &&
      rst.trigger.frame > side.fin.frame &&
      side.rstWindow === 0 &&
      !rst.hasTimestamps &&
      side.rstSeq === side.triggerAck
    )
  }
  return (
    victim.late.seen || victim.packets === 0 || side.triggerLen > 0 || missesPayload(side, victim)
  )
}

/** Payload of the victim was never acknowledged by the side that resets. */
function missesPayload(side: SideEvidence, victim: SideEvidence): boolean {
  const end = victim.fin.seen ? victim.finSeq : side.rstPeerNxt
  return side.rstPeerLen > 0 && side.has(SIDE_ACK_SET) && seqAfter(end, side.rstAcked)
}

/** After its FIN a side refused payload of which nothing is but a goodbye, or the answer to its own. */
export function refusesGoodbye(s: Derived): boolean {
  const { resetter: side, victim } = s
  if (side === undefined || victim === undefined || !refusesPayload(s)) return false
  if (!victim.has(SIDE_DATA)) return false
  const isGoodbye = side.rstPeerGoodbye !== 0 && side.rstPeerGoodbye !== GOODBYE_TLS_BEHIND
  if (!isGoodbye && !saidGoodbye(side)) return false
  // All that was not acknowledged is that goodbye, the little that goes before it, and its FIN perhaps.
  const unread = seqDistance(
    side.rstPeerNxt,
    side.has(SIDE_ACK_SET) ? side.rstAcked : side.rstPeerNxt,
  )
  return unread <= Math.max(side.rstPeerLen + 1, LAST_WORDS_BYTES)
}

/** The last that a side said before it closed is a goodbye in the open: what comes then answers it. */
function saidGoodbye(side: SideEvidence): boolean {
  const { goodbyeKind: kind } = side
  if (kind <= GOODBYE_TLS_SHORT || kind === GOODBYE_TLS_BEHIND || !side.goodbye.seen) return false
  return (
    side.goodbye.frame === side.rst.ownData.frame && side.fin.ns - side.goodbye.ns <= AT_ONCE_NS
  )
}

/** Goodbyes are no longer, whatever goes before them. */
const LAST_WORDS_BYTES = 80
/** Who closes that soon after a payload does not wait for an answer to it. */
const AT_ONCE_NS = 2e6

/** What a side refused after its FIN were a few bytes of one that closed at the same moment: its goodbye, by all signs. */
export function refusesLastWords(s: Derived): boolean {
  const { resetter: side, victim } = s
  if (side === undefined || victim === undefined || !refusesPayload(s)) return false
  if (!victim.fin.seen || side.rstPeerLen === 0) return false
  const unread = seqDistance(victim.finSeq, side.has(SIDE_ACK_SET) ? side.rstAcked : victim.finSeq)
  if (unread <= 0 || unread > LAST_WORDS_BYTES) return false
  return victim.fin.frame >= victim.data.frame && victim.fin.ns - victim.data.ns <= AT_ONCE_NS
}

/** Payload after the FIN was acknowledged: the side that sent the FIN was still reading for a while. */
export function readOn({ resetter: side }: Derived): boolean {
  if (side === undefined || !side.has(SIDE_ACK_SET) || !side.rst.trigger.seen) return false
  return seqAfter(side.acked, side.finPeerNxt)
}

/** What was refused acknowledges the FIN: its own acknowledgment, or the RST's sequence number, which repeats it. */
export function knewOfFin({ resetter: side, victim }: Derived): boolean {
  if (side === undefined || victim === undefined) return false
  const ack = missesPayload(side, victim) ? side.rstPeerAck : side.rstSeq
  return seqAfter(ack, side.finSeq)
}

/** Payload of the peer came after the side's own last payload, so nothing shows that it was read. */
export function mayHaveUnread(side: SideEvidence | undefined): boolean {
  // A kernel that closes with unread data puts no text into its RST.
  if (side === undefined || side.rst.ahead || side.rstLen > 0) return false
  return side.rst.peerData.frame > side.rst.ownData.frame
}

/** Packets that pass each other do so within a round trip. */
const CROSSED_NS = 1e9
/** Longer after an answer that was acknowledged it is a habit: a program that has read it and closes by RST. */
const READ_WITHIN_NS = 1e6

/**
 * The client resets long after an answer to its request that it had acknowledged: nothing says that it is unread, and who
 * keeps a connection that long has read it.
 */
export function readItsAnswer(e: Evidence, side: SideEvidence | undefined): boolean {
  if (side === undefined || side !== e.client) return false
  const { rst } = side
  if (!rst.ownData.seen || e.answers === 0 || windowShrank(side)) return false
  if (side.rstPeerGoodbye !== 0) return true
  if (!side.has(SIDE_ACK_SET)) return false
  // Nothing more had come in order when it reset: what it does not acknowledge is lost, or lies behind a hole.
  const isAcked =
    !seqAfter(side.rstPeerNxt, side.rstAcked) ||
    (rst.hasAck && side.rstAck === side.rstAcked && between(rst.peerData, rst.at) > CROSSED_NS)
  return isAcked && between(rst.peerData, rst.at) >= READ_WITHIN_NS
}

/** Without scaling a window follows what is read in steps of a segment. */
const WINDOW_STEP_BYTES = 1460

/** The RST announces a smaller window than the segment before it: something in the receive buffer is not read. */
export function windowShrank(side: SideEvidence): boolean {
  if (!side.rst.hasAck || side.rstWindow === 0) return false
  const lessBytes = (side.window - side.rstWindow) << side.windowShift
  return lessBytes >= (side.windowShift === 0 ? WINDOW_STEP_BYTES : 1)
}

/**
 * The other side had taken its leave: its few last bytes and its FIN went out together, and the RST, sent before the FIN
 * came, acknowledges all of them.
 */
export function metGoodbye({ resetter: side, victim }: Derived): boolean {
  if (side === undefined || victim === undefined || !victim.fin.seen) return false
  if (!side.rst.hasAck || side.rstAck !== victim.finSeq || side.rstPeerLen === 0) return false
  if (side.rstPeerLen > LAST_WORDS_BYTES || victim.fin.frame < victim.data.frame) return false
  return victim.fin.ns - victim.data.ns <= AT_ONCE_NS
}

/** The RST of a side that had sent FIN answers an ACK without payload: its half-closed socket had been forgotten. */
export function answersBareAck({ resetter: side, victim }: Derived): boolean {
  if (side === undefined || !isStateless(side) || !answersTrigger(side, victim)) return false
  return (
    side.triggerLen === 0 &&
    (side.triggerFlags & (FIN | SYN)) === 0 &&
    side.rstSeq === side.triggerAck &&
    side.finAcked.seen &&
    side.rst.trigger.frame > side.finAcked.frame
  )
}

/**
 * A listener's reset of a connection nobody had accepted (inet_csk_listen_stop): the server had never sent payload, and
 * other connections of the same port were reset in the same instant with nothing exchanged at all, or the port refuses
 * right afterwards. With nothing unread, closing an accepted connection would have sent a FIN.
 */
export function wasUnaccepted(e: Evidence, side: SideEvidence | undefined): boolean {
  if (side !== e.server || !isActive(side) || !side.has(SIDE_SYN_ACK)) return false
  if (side.has(SIDE_DATA | SIDE_FIN)) return false
  const burst = e.burst()
  if (burst === undefined) return false
  // A full accept queue shows besides in SYNs that got no answer meanwhile.
  if (e.client.has(SIDE_DATA | SIDE_FIN))
    return burst.bareResets > 0 || (burst.resets > 1 && e.portSilences > 0)
  return burst.resets > 1 || burst.refusedFrame > 0
}

/** The RST does not acknowledge the last payload, which must have crossed it. */
export function crossedPayload({ resetter: side, victim }: Derived): boolean {
  if (side === undefined || victim === undefined || !side.rst.hasAck) return false
  if (between(side.rst.peerData, side.rst.at) > CROSSED_NS) return false
  return side.triggerLen > 0 && seqAfter(side.rstPeerNxt, side.rstAck)
}

/** The RST answers payload, a FIN or an ACK, in the form of a host that has no socket. */
export function answersUse({ resetter: side, victim }: Derived): boolean {
  if (side === undefined || !isStateless(side) || !answersTrigger(side, victim)) return false
  if (side.triggerLen > 0 || (side.triggerFlags & (FIN | SYN)) === FIN) return true
  return (side.triggerFlags & (ACK | SYN)) === ACK && side.rstSeq === side.triggerAck
}

/** Answers come within a few times what the host took for the first one, and within this time where that was less. */
const LATE_TURNS = 5
const LATE_ANSWER_NS = 0.5e9

/** A RST in the form of an answer, long after what it should answer. */
export function comesLate({ resetter: side }: Derived): boolean {
  if (side === undefined || !isStateless(side) || !side.rst.trigger.seen || side.turnNs === 0)
    return false
  const afterNs = between(side.rst.trigger, side.rst.at)
  return afterNs > Math.max(LATE_ANSWER_NS, LATE_TURNS * side.turnNs)
}

/** Nothing but resets was captured of the side that resets: a FIN of it may lie before the capture. */
export function isUnheardOf({ resetter: side, midstream }: Derived): boolean {
  return midstream && side !== undefined && side.packets === side.rstCount
}

/** A host without a socket answers at once; what takes longer waits for something else. */
const ANSWER_WITHIN_NS = 5e9

/** The RST answers the peer's last segment: that was not acknowledged before, or asks for an answer by itself. */
export function answersTrigger(side: SideEvidence, victim: SideEvidence | undefined): boolean {
  const { rst } = side
  if (victim === undefined || !rst.trigger.seen) return false
  const afterNs = between(rst.trigger, rst.at)
  if (afterNs > ANSWER_WITHIN_NS || isTooEarly(side, afterNs)) return false
  // A SYN-ACK that it has acknowledged is answered.
  if ((side.triggerFlags & SYN) !== 0 && side.has(SIDE_PLAIN_ACK | SIDE_DATA)) return false
  const isAcked = side.has(SIDE_ACK_SET) && !seqAfter(side.rstPeerNxt, side.acked)
  // What it has acknowledged met its socket.
  if (isAcked && (side.triggerFlags & FIN) !== 0) return false
  return (
    !isAcked || rst.triggerIsProbe || (side.triggerLen === 0 && side.rstSeq === side.triggerAck)
  )
}

/** From here on a second FIN is late enough to find the first closer's half-closed socket gone. */
const FORGOTTEN_NS = 1e9

/** The first closer answered the second FIN, much later than its own, with the RST of a host without socket. */
export function metForgottenSocket({ first, second, anyReset }: Derived): boolean {
  if (!anyReset || first === undefined || second === undefined) return false
  if (first.rst.at.frame < second.fin.frame || first.rst.hasAck || second.finAcked.seen)
    return false
  if (!first.finAcked.seen || second.fin.ns - first.finAcked.ns < FORGOTTEN_NS) return false
  return seqDistance(first.rstSeq, first.finSeq) === 1
}
