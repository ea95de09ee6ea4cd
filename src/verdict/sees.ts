// What the program at each end of a connection got from its socket first, on Linux, as far as the packets show it: what
// stands in its log.

import {
  CONN_SELF,
  SIDE_DATA,
  SIDE_FIN,
  SIDE_PLAIN_ACK,
  SIDE_SYN,
  SIDE_SYN_ACK,
} from '../tcp/record/bits.js'
import { finsCrossed } from './closer.js'
import type { Derived } from './derived.js'
import type { Ending } from './endings.js'
import type { Evidence } from './evidence.js'
import { mayHaveUnread } from './reset-facts.js'
import { isActive } from './reset-form.js'
import { seqAfter } from '../tcp/seq.js'
import type { SideEvidence } from './side-evidence.js'

/** Values of `client_sees` and `server_sees`, with their meaning. */
export const SEES = [
  { name: 'eof', meaning: 'read() returned 0: the other side had closed' },
  { name: 'ECONNREFUSED', meaning: 'connect() failed: connection refused' },
  { name: 'ECONNRESET', meaning: 'a call failed: connection reset by peer' },
  { name: 'EPIPE', meaning: 'write() failed: broken pipe' },
  { name: 'ETIMEDOUT', meaning: 'a call failed: connection timed out' },
  { name: 'EHOSTUNREACH', meaning: 'a call failed: no route to host' },
  { name: 'ENETUNREACH', meaning: 'a call failed: network is unreachable' },
  { name: 'EPROTO', meaning: 'a call failed: protocol error' },
  { name: 'nothing', meaning: 'still open or blocked when the capture ended' },
  {
    name: 'closed_itself',
    meaning: 'it closed, aborted or was killed before it learnt of anything',
  },
] as const

/** What a program saw. */
export type Sees = (typeof SEES)[number]['name']

/** What the program at the client saw first; undefined where the packets do not tell. */
export function clientSees(e: Evidence, s: Derived, ending: Ending): Sees | undefined {
  if (tellsNothing(ending)) return undefined
  if (e.has(CONN_SELF)) return s.first === undefined ? 'nothing' : 'closed_itself'
  if (!e.client.has(BEYOND_SYN) && e.client.has(SIDE_SYN)) return connectSees(e, s, ending)
  return sideSees(e, s, ending, e.client, e.server)
}

/** What the program at the server saw first. */
export function serverSees(e: Evidence, s: Derived, ending: Ending): Sees | undefined {
  if (tellsNothing(ending)) return undefined
  if (e.has(CONN_SELF)) return s.first === undefined ? 'nothing' : 'closed_itself'
  // Before the handshake is complete no program has the connection.
  if (ending.startsWith('handshake_failed') || ending === 'rst_after_kill.unaccepted')
    return undefined
  if (!e.handshake.seen && e.client.has(SIDE_SYN)) return undefined
  return sideSees(e, s, ending, e.server, e.client)
}

/** Too little was captured, or there was no connection. */
function tellsNothing(ending: Ending): boolean {
  return ending.startsWith('incomplete') || ending === 'reset_other.stray'
}

const BEYOND_SYN: number = SIDE_DATA | SIDE_FIN | SIDE_PLAIN_ACK | SIDE_SYN_ACK

/** What connect() came to. */
function connectSees(e: Evidence, s: Derived, ending: Ending): Sees | undefined {
  if (ending === 'handshake_failed.refused') return 'ECONNREFUSED'
  if (ending === 'handshake_failed.icmp_unreachable') return icmpSees(e)
  if (ending === 'handshake_failed.unanswered' || ending === 'handshake_failed.old_connection') {
    // It waits for as long as the next SYN is not due. Then it has timed out, or was closed.
    const waitedNs = e.captureEndNs - e.client.last.ns
    const gapNs = Math.max(SYN_RETRY_NS, e.client.seriesGapNs)
    if (waitedNs < gapNs) return 'nothing'
    return e.client.synRepeats >= LINUX_SYN_RETRIES && waitedNs > 2 * gapNs
      ? 'ETIMEDOUT'
      : undefined
  }
  return isActive(e.client) && s.resetter === e.client ? 'closed_itself' : undefined
}

/** The first SYN is repeated no sooner. */
const SYN_RETRY_NS = 1e9
/** Default of tcp_syn_retries. */
const LINUX_SYN_RETRIES = 6

/** Errors of icmp_err_convert in net/ipv4/icmp.c and tab_unreach in net/ipv6/icmp.c; others have no name here. */
function icmpSees({ icmpType, icmpCode, icmpIsV6 }: Evidence): Sees | undefined {
  if (icmpType === (icmpIsV6 ? 4 : 12)) return 'EPROTO'
  if (icmpIsV6) {
    if (icmpType === 3) return 'EHOSTUNREACH'
    return ([['ENETUNREACH'], [], ['EHOSTUNREACH'], ['EHOSTUNREACH'], ['ECONNREFUSED']] as const)[
      icmpCode
    ]?.[0]
  }
  if (icmpType === 11) return 'EHOSTUNREACH'
  switch (icmpCode) {
    case 0:
    case 6:
    case 9:
    case 11:
      return 'ENETUNREACH'
    case 1:
    case 10:
    case 12:
    case 13:
    case 14:
    case 15:
      return 'EHOSTUNREACH'
    case 3:
      return 'ECONNREFUSED'
    default:
      return undefined
  }
}

/** What a side with an open connection saw first. */
function sideSees(
  e: Evidence,
  s: Derived,
  ending: Ending,
  side: SideEvidence,
  peer: SideEvidence,
): Sees | undefined {
  // Of a side that was not captured nothing shows what it did before.
  if (side.packets === 0) return undefined
  // Where both closed before they heard of it, none read the other's FIN first.
  if (finsCrossed(s)) return 'closed_itself'
  const own = closedAt(side, s)
  const heard = peer.fin.seen ? peer.fin.frame : Infinity
  const reset = s.resetter === peer ? peer.rst.at.frame : Infinity
  const first = Math.min(own, heard, reset)
  const isFirst = heard !== Infinity && first === heard
  if (!isFirst && gaveUp(ending, side, first)) return e.icmpCount > 0 ? icmpSees(e) : 'ETIMEDOUT'
  if (first === Infinity) return nothingHeard(s, ending, side)
  if (first === heard) return heardFin(side, peer, s)
  if (first === reset) return resetSees(ending)
  // Its own close may have been the answer to one that was not captured.
  if (peer.packets === 0) return undefined
  // It may have finished sending only: what the other side does next would tell.
  return ending === 'lingering_established.close_wait' ? undefined : 'closed_itself'
}

/** A reset by a side that gives the other up reaches nobody, most likely. */
function resetSees(ending: Ending): Sees | undefined {
  return ending === 'keepalive_timeout.reset_sent' || ending === 'retransmission_timeout.data'
    ? undefined
    : 'ECONNRESET'
}

/** The end of the stream, unless payload that nobody may have read lies before it. */
function heardFin(side: SideEvidence, peer: SideEvidence, s: Derived): Sees | undefined {
  if (s.resetter === side && isActive(side) && mayHaveUnread(side)) return undefined
  return tookFin(side, peer, s) ? 'eof' : undefined
}

/** Frame at which a side closed by itself: its FIN, or a RST by its socket. */
function closedAt(side: SideEvidence, s: Derived): number {
  // Who goes on reading after its FIN has not closed.
  const readsOn =
    side.fin.seen && seqAfter(side.acked, side.finPeerNxt) && s.bothFins && !s.anyReset
  const isShut = readsOn && s.second?.late.seen === true && s.first === side
  const fin = side.fin.seen && !isShut ? side.fin.frame : Infinity
  const isOwn = side.rst.at.seen && isActive(side) && !side.rst.answersSyn && side.aliveCount === 0
  // A RST after its keepalive or its retransmissions is a give-up, which the ending tells.
  if (!isOwn || (s.resetter !== side && side.rst.exact)) return fin
  return Math.min(fin, side.rst.at.frame)
}

/** The side gave the other up. */
function gaveUp(ending: Ending, side: SideEvidence, first: number): boolean {
  if (ending === 'keepalive_timeout.reset_sent') return side.probeRun > 0
  if (side.fin.seen && side.fin.frame === first) return false
  if (ending === 'keepalive_timeout.silent') return false
  return ending === 'retransmission_timeout.data' && side.seriesCount > 0
}

/** The other side's FIN reached this one, as far as is shown. */
function tookFin(side: SideEvidence, peer: SideEvidence, s: Derived): boolean {
  return peer.finAcked.seen || s.resetter === side || side.fin.seen || peer.finCount === 1
}

function nothingHeard(s: Derived, ending: Ending, side: SideEvidence): Sees | undefined {
  if (side.packets === 0 || ending.startsWith('incomplete') || ending.startsWith('reset_other'))
    return undefined
  if (s.resetter !== undefined && s.resetter === side) return undefined
  if (
    ending.startsWith('lingering_established') ||
    ending === 'keepalive_timeout.unanswered_at_end'
  ) {
    return ending === 'lingering_established.superseded' ? undefined : 'nothing'
  }
  return undefined
}
