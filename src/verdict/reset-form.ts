// What the form of a reset says about where it comes from.

import { SIDE_IP_ID, SIDE_TIMESTAMPS } from '../tcp/record/bits.js'
import { seqAfter } from '../tcp/seq.js'
import { FIN } from '../wire/segment.js'
import { between } from './packet-ref.js'
import type { SideEvidence } from './side-evidence.js'

/** Sent by a socket: it carries ACK. */
export function isActive(side: SideEvidence | undefined): boolean {
  if (side === undefined) return false
  return side.rst.hasAck ? !looksStateless(side) : isUnprovoked(side)
}

/** Sent where no socket exists, or by something that pretends so. */
export function isStateless(side: SideEvidence | undefined): boolean {
  return side !== undefined && !isActive(side)
}

/** Sooner than that is an answer. */
const UNPROVOKED_NS = 100e6

/** Without ACK, but in answer to nothing, with the socket's own number and the next IP ID of its host. */
function isUnprovoked(side: SideEvidence): boolean {
  const { rst } = side
  if (side.rstSeq !== side.rstNxt || side.fin.seen) return false
  // Where no socket is, no window is announced: this one is its sender's usual one.
  if (side.rstWindow !== 0 && side.rstWindow === side.window) return true
  if (side.rstIpId <= 0 || side.rstIpId !== ((side.rstPreviousIpId + 1) & 0xffff)) return false
  return rst.trigger.seen && between(rst.trigger, rst.at) > UNPROVOKED_NS
}

/**
 * Stacks that set ACK on every RST still leave out the window and what else a socket would add: timestamps, or an IP ID
 * in sequence.
 */
function looksStateless(side: SideEvidence): boolean {
  const { rst } = side
  if (rst.trigger.seen && isTooEarly(side, between(rst.trigger, rst.at))) return false
  // What it had acknowledged met its socket.
  const isNew = seqAfter(side.rstPeerNxt, side.rstAcked) || rst.triggerIsProbe
  if (!isNew && (side.triggerFlags & FIN) !== 0) return false
  if (side.rstWindow !== 0 || side.rstSeq !== side.triggerAck || rst.hasTimestamps) return false
  return side.has(SIDE_TIMESTAMPS) || (side.has(SIDE_IP_ID) && side.rstIpId === 0)
}

/** No answer takes so little of what the first one took, be that late for its own reasons; short times may be imprecise. */
const EARLY = 0.1
const EARLY_NS = 1e6

/** Sooner than the way to the host and back allows: what it sent is no answer. */
export function isTooEarly({ turnNs }: SideEvidence, afterNs: number): boolean {
  return turnNs >= EARLY_NS && afterNs < EARLY * turnNs
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
  if (side.has(SIDE_TIMESTAMPS) && !rst.hasTimestamps) return true
  if (!side.has(SIDE_IP_ID) || side.rstIpId < 0 || side.rstPreviousIpId < 0) return false
  const step = (side.rstIpId - side.rstPreviousIpId) & 0xffff
  return step > IP_ID_REACH && step < 0x10000 - IP_ID_REACH
}
