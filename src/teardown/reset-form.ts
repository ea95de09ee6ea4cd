// What the form of a reset and the packets around it say about where it comes from.

import * as L from '../tcp/layout.js'
import { FIN, SYN } from '../wire/segment.js'
import { between } from './moment.js'
import type { Evidence } from './evidence.js'
import type { SideEvidence } from './side-evidence.js'
import type { Situation } from './situation.js'
import { seqAfter } from '../tcp/seq.js'

/** Sent by a socket: it carries ACK. */
export function isActive(side: SideEvidence | undefined): boolean {
  return side !== undefined && side.rst.hasAck && !looksStateless(side)
}

/** Sent where no socket exists, or by something that pretends so. */
export function isStateless(side: SideEvidence | undefined): boolean {
  return side !== undefined && (!side.rst.hasAck || looksStateless(side))
}

/**
 * Stacks that set ACK on every RST still leave out the window and what else a socket would add: timestamps, or an IP ID
 * in sequence.
 */
function looksStateless(side: SideEvidence): boolean {
  const { rst } = side
  if (rst.window !== 0 || rst.seq !== rst.triggerAck || rst.hasTimestamps) return false
  return side.has(L.SIDE_TIMESTAMPS) || (side.has(L.SIDE_IP_ID) && rst.ipId === 0)
}

/** Its supposed sender went on as if nothing had happened. */
export function alive(side: SideEvidence | undefined): boolean {
  return side !== undefined && side.aliveAfterRst > 0
}

/** The RST took another number of hops than anything else from that host. */
export function foreignTtl(side: SideEvidence | undefined): boolean {
  if (side === undefined || side.ttlMax === 0) return false
  return side.rst.ttl < side.ttlMin || side.rst.ttl > side.ttlMax
}

/** IP IDs of one socket grow by one a packet; what else its host sends in between stays well below this. */
const IP_ID_REACH = 4096

/**
 * A RST with the form of a socket's that lacks the timestamps of that socket's other segments, or is far out of their IP
 * ID sequence. Neither proves another sender: Windows leaves timestamps out, and some hosts draw IP IDs at random.
 */
export function formIsForeign(side: SideEvidence | undefined): boolean {
  if (side === undefined || !isActive(side)) return false
  const { rst } = side
  if (side.has(L.SIDE_TIMESTAMPS) && !rst.hasTimestamps) return true
  if (!side.has(L.SIDE_IP_ID) || rst.ipId < 0 || rst.previousIpId < 0) return false
  const step = (rst.ipId - rst.previousIpId) & 0xffff
  return step > IP_ID_REACH && step < 0x10000 - IP_ID_REACH
}

/**
 * Several RSTs of which a later one lies beyond everything its supposed sender ever sent: a forger's guesses at where the
 * connection will be (RST_SEQ_CHANGE of Weaver, Sommer, Paxson 2009). A host answers with numbers it was told.
 */
export function guessesAhead(side: SideEvidence | undefined): boolean {
  if (side === undefined || side.rst.count < 2 || side.rst.ahead) return false
  if (!side.has(L.SIDE_NXT_SET)) return false
  const { rst } = side
  return (
    seqAfter(rst.high, rst.nxt) &&
    seqAfter(rst.high, side.nxt) &&
    between(rst.at, rst.last) <= SALVO_NS
  )
}

/** RSTs of one salvo follow each other within this time. */
const SALVO_NS = 1e9

/** The TTLs of all other packets of a host, as text. */
export function ttls(side: SideEvidence): string {
  return side.ttlMin === side.ttlMax ? `${side.ttlMin}` : `${side.ttlMin} to ${side.ttlMax}`
}

/** Timers may be late, never early (FIELD: the timer wheel is late by up to an eighth). */
export function gaveUpProbing(side: SideEvidence | undefined): boolean {
  if (side === undefined || side.probeRun === 0 || !side.rst.hasAck) return false
  if (side.rst.at.frame < side.probeLast.frame || side.rst.seq !== side.nxt) return false
  const since = between(side.probeLast, side.rst.at)
  return since >= (Number.isNaN(side.probeIntervalNs) ? 0.5e9 : 0.9 * side.probeIntervalNs)
}

/** Retransmissions at least this many, and the next one due, make a RST a give-up. */
const GIVE_UP_RETRANSMISSIONS = 3

/** It ended a series of retransmissions, when the next one would have been due. */
export function gaveUpResending({ resetter: side, victim }: Situation): boolean {
  if (side === undefined || victim === undefined || !side.rst.hasAck) return false
  if (side.seriesKind !== L.SERIES_DATA || side.seriesCount < GIVE_UP_RETRANSMISSIONS) return false
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
  return victim.finAcked.seen || (side.rst.hasAck && seqAfter(side.rst.ack, victim.finSeq))
}

/** Its FIN had passed, and the RST answers payload that came behind it. */
export function refusesPayload(s: Situation): boolean {
  const { resetter: side, victim } = s
  if (side === undefined || victim === undefined) return false
  if (!side.fin.seen || side.fin.frame > side.rst.at.frame) return false
  if (!isStateless(side)) {
    // A stack that answers with RST+ACK: only the payload right before it tells.
    return (
      side.rst.triggerLen > 0 && side.rst.trigger.frame > side.fin.frame && side.rst.window === 0
    )
  }
  return victim.late.seen || victim.packets === 0 || side.rst.triggerLen > 0
}

/** Payload behind the FIN was acknowledged: the side that sent the FIN was still reading for a while. */
export function readOn({ resetter: side }: Situation): boolean {
  if (side === undefined || !side.has(L.SIDE_ACK_SET) || !side.rst.trigger.seen) return false
  return seqAfter(side.acked, side.finPeerNxt)
}

/** The RST's sequence number is the acknowledgment of its trigger: behind the FIN, or not. */
export function knewOfFin(side: SideEvidence | undefined): boolean {
  return side !== undefined && seqAfter(side.rst.seq, side.finSeq)
}

/** Payload of the peer came after the side's own last payload, so nothing shows that it was read. */
export function mayHaveUnread(side: SideEvidence | undefined): boolean {
  if (side === undefined || side.rst.ahead) return false
  return side.rst.peerData.frame > side.rst.ownData.frame
}

/**
 * A listener's reset of a connection nobody had accepted (inet_csk_listen_stop): the server had never sent payload, and
 * other connections of the same port were reset in the same instant with nothing exchanged at all, or the port refuses
 * right afterwards. With nothing unread, closing an accepted connection would have sent a FIN.
 */
export function wasUnaccepted(e: Evidence, side: SideEvidence | undefined): boolean {
  if (side !== e.server || !isActive(side) || !side.has(L.SIDE_SYN_ACK)) return false
  if (side.has(L.SIDE_DATA | L.SIDE_FIN)) return false
  const flush = e.flush()
  if (flush === undefined) return false
  if (e.client.has(L.SIDE_DATA | L.SIDE_FIN)) return flush.bareResets > 0
  return flush.resets > 1 || flush.refusedFrame > 0
}

/** The RST answers payload or a FIN, in the form of a host that has no socket. */
export function answersUse(side: SideEvidence | undefined): boolean {
  if (side === undefined || !isStateless(side)) return false
  return side.rst.triggerLen > 0 || (side.rst.triggerFlags & (FIN | SYN)) === FIN
}
