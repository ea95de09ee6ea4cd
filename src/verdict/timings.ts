// Times between the events of an ending, in ns; NaN when one of the two events did not happen. Never negative: packets
// with times that run backwards count as simultaneous.

import type { Derived } from './derived.js'
import type { Evidence } from './evidence.js'
import { type PacketRef, between } from './packet-ref.js'
import { answersTrigger } from './reset-facts.js'
import type { SideEvidence } from './side-evidence.js'

/** The first FIN, or the reset that counted, whichever came first. */
export function firstTeardown(s: Derived): PacketRef | undefined {
  const fin = s.first?.fin
  const rst = s.resetter?.rst.at
  if (fin === undefined) return rst
  if (rst === undefined) return fin
  return fin.frame <= rst.frame ? fin : rst
}

/** The last segment of the teardown: a FIN, the acknowledgment of one, or the reset. */
function lastTeardown(e: Evidence, s: Derived): PacketRef | undefined {
  let last = later(later(undefined, e.client.fin), e.client.finAcked)
  last = later(later(last, e.server.fin), e.server.finAcked)
  return s.resetter === undefined ? last : later(last, s.resetter.rst.at)
}

/** The later of two packets; `last` if the other did not happen. */
function later(last: PacketRef | undefined, ref: PacketRef): PacketRef | undefined {
  if (!ref.seen) return last
  return last === undefined || ref.frame > last.frame ? ref : last
}

/** From the last payload of either side, or the opening, to the first teardown segment. */
export function idleBeforeTeardownNs(e: Evidence, s: Derived): number {
  const first = firstTeardown(s)
  return first === undefined ? NaN : between(e.idleSince, first)
}

/** From the first to the last teardown segment. */
export function teardownNs(e: Evidence, s: Derived): number {
  const first = firstTeardown(s)
  const last = lastTeardown(e, s)
  return first === undefined || last === undefined ? NaN : between(first, last)
}

/** From the first FIN to the second. */
export function finToFinNs(s: Derived): number {
  return s.first === undefined || s.second === undefined ? NaN : between(s.first.fin, s.second.fin)
}

/** From the first FIN to the acknowledgment of the second. */
export function finToLastAckNs(s: Derived): number {
  if (s.first === undefined || s.second === undefined) return NaN
  return between(s.first.fin, s.second.finAcked)
}

/** How long `side` held the connection in CLOSE-WAIT: from its acknowledgment of the peer's FIN to its own FIN or RST. */
export function closeWaitNs(side: SideEvidence, peer: SideEvidence, e: Evidence): number {
  if (!peer.finAcked.seen || (side.fin.seen && side.fin.frame < peer.finAcked.frame)) return NaN
  return until(peer.finAcked, side, peer, e)
}

/** How long `side` waited in FIN-WAIT-2: from the acknowledgment of its FIN to the peer's FIN or a RST. */
export function finWait2Ns(side: SideEvidence, peer: SideEvidence, e: Evidence): number {
  if (!side.finAcked.seen || (peer.fin.seen && peer.fin.frame < side.finAcked.frame)) return NaN
  return until(side.finAcked, peer, side, e)
}

/** From `from` to the FIN of `closer`, else to the first RST, else to the end of the capture. */
function until(from: PacketRef, closer: SideEvidence, other: SideEvidence, e: Evidence): number {
  if (closer.fin.seen) return between(from, closer.fin)
  if (closer.rst.at.seen) return between(from, closer.rst.at)
  if (other.rst.at.seen) return between(from, other.rst.at)
  return e.toEndNs(from)
}

/** From the last payload of either side to the reset that counted. */
export function lastDataToRstNs(s: Derived): number {
  if (s.resetter === undefined) return NaN
  const { ownData, peerData, at } = s.resetter.rst
  const last = !peerData.seen || ownData.frame > peerData.frame ? ownData : peerData
  return between(last, at)
}

/** From the resetter's own FIN, else the peer's, to the reset that counted. */
export function finToRstNs(s: Derived): number {
  if (s.resetter === undefined || s.victim === undefined) return NaN
  const fin = s.resetter.fin.seen ? s.resetter.fin : s.victim.fin
  return fin.frame > s.resetter.rst.at.frame ? NaN : between(fin, s.resetter.rst.at)
}

/** From the packet that a reset of a host without socket answers to that reset. */
export function triggerToRstNs(s: Derived): number {
  if (s.resetter === undefined || s.resetter.rst.hasAck !== s.resetter.rst.answersSyn) return NaN
  if (!answersTrigger(s.resetter, s.victim)) return NaN
  return between(s.resetter.rst.trigger, s.resetter.rst.at)
}

/**
 * From a kill the user knows of (`killedNs`, relative) to the first teardown segment: for connections that were open at
 * that time and began to end after it.
 */
export function killToTeardownNs(e: Evidence, s: Derived, killedNs: number): number {
  const first = firstTeardown(s)
  if (first === undefined || e.start.ns > killedNs || first.ns < killedNs) return NaN
  return first.ns - killedNs
}
