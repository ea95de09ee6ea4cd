// What the rules ask about a connection that is not a single fact but follows from several: which reset counted, who
// closed first, what is missing from the capture. Derived once per connection, right after the evidence is read.

import {
  CONN_SELF,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_FIN,
  SIDE_HOLE,
  SIDE_LOST,
  SIDE_PLAIN_ACK,
  SIDE_RST,
  SIDE_SYN,
  SIDE_SYN_ACK,
  SIDE_UNSEEN,
} from '../tcp/record/bits.js'
import { seqAfter } from '../tcp/seq.js'
import type { Evidence } from './evidence.js'
import { formIsForeign } from './reset-form.js'
import type { SideEvidence } from './side-evidence.js'
import { ANSWER_NS } from './timers.js'

/** Derived facts; refilled for every connection. */
export class Derived {
  /** A RST passed, whatever came of it. */
  anyReset = false
  /** Sender of the first reset that counted, and the side it hit; undefined when none did. */
  resetter: SideEvidence | undefined
  victim: SideEvidence | undefined
  /** The reset came before the close was complete, or cost data. */
  resetDecides = false
  /** A RST passed, and none counted. */
  noResetCounts = false
  /** A RST of one side at least did not count, whether or not another did. */
  someResetIgnored = false
  /** The reset that counted was not exactly what its receiver expected. */
  resetIsDoubtful = false
  /** Sender of the first FIN and the other side; undefined when no FIN passed. */
  first: SideEvidence | undefined
  second: SideEvidence | undefined
  bothFins = false
  bothFinsAcked = false
  /** The side whose payload, sent again and again, was never acknowledged before its own FIN. */
  undelivered: SideEvidence | undefined
  /** The side whose FIN was repeated and never acknowledged, although the other side had closed too. */
  finUnheard: SideEvidence | undefined
  /** The capture holds both sides of a hop, and with them every segment twice; the reset and what it answers once. */
  resetAtHop = false
  /** No SYN of either side was captured. */
  midstream = false
  /** Packets of one side are missing altogether. */
  oneDirection = false
  /** Bytes passed that were not captured, or an acknowledgment shows that they did. */
  loss = false
  /** The reset that counted has the form of a socket's, but not quite that of its supposed sender's other packets. */
  formIsForeign = false
  /** An answer was due less than {@link ANSWER_NS} before the capture ended. */
  endsEarly = false

  derive(e: Evidence): void {
    const { client, server } = e
    const flags = client.flags | server.flags
    this.midstream = (flags & SYNS) === 0
    this.oneDirection =
      (client.packets === 0 || server.packets === 0) &&
      (flags & SENT & ~SYNS) !== 0 &&
      !e.has(CONN_SELF)
    this.loss = (flags & GAPS) !== 0
    this.undelivered = !e.hasTeardown
      ? undefined
      : lastsUndelivered(client, server)
        ? client
        : lastsUndelivered(server, client)
          ? server
          : undefined
    this.deriveFins(e)
    this.deriveReset(e)
    this.formIsForeign = this.resetDecides && formIsForeign(this.resetter)
    this.endsEarly = this.resetter === undefined && !this.bothFinsAcked && answerIsDue(e, this)
  }

  private deriveFins(e: Evidence): void {
    const { client, server } = e
    const byClient = e.hasClosing && client.fin.seen
    const byServer = e.hasClosing && server.fin.seen
    this.bothFins = byClient && byServer
    this.bothFinsAcked = this.bothFins && client.finAcked.seen && server.finAcked.seen
    this.finUnheard = !this.bothFins
      ? undefined
      : isUnheard(client)
        ? client
        : isUnheard(server)
          ? server
          : undefined
    const clientFirst = byClient && (!byServer || client.fin.frame < server.fin.frame)
    this.first = clientFirst ? client : byServer ? server : undefined
    this.second = this.first === undefined ? undefined : this.first === client ? server : client
  }

  private deriveReset(e: Evidence): void {
    const { client, server } = e
    this.anyReset = e.hasTeardown && (client.rst.at.seen || server.rst.at.seen)
    if (!this.anyReset) {
      this.resetter = undefined
      this.victim = undefined
      this.noResetCounts = false
      this.someResetIgnored = false
      this.resetIsDoubtful = false
      this.resetDecides = false
      this.resetAtHop = false
      return
    }
    const byClient = counted(client, server)
    const byServer = counted(server, client)
    const clientFirst = byClient && (!byServer || client.rst.at.frame < server.rst.at.frame)
    this.resetter = clientFirst ? client : byServer ? server : undefined
    this.victim =
      this.resetter === undefined ? undefined : this.resetter === client ? server : client
    this.noResetCounts = this.resetter === undefined
    this.someResetIgnored = (client.rst.at.seen && !byClient) || (server.rst.at.seen && !byServer)
    this.resetIsDoubtful = this.resetter?.rst.exact === false
    this.resetDecides =
      this.resetter !== undefined &&
      this.victim !== undefined &&
      !afterClose(this.resetter, this.victim)
    this.resetAtHop = this.resetDecides && isAtHop(e, this.resetter)
  }
}

/** FINs sent again so often, without an acknowledgment, are not just one that was not captured. */
const UNHEARD_FINS = 3

function isUnheard(side: SideEvidence): boolean {
  return side.finCount >= UNHEARD_FINS && !side.finAcked.seen
}

/** Segments that may be single although the capture holds both sides of a hop: what was rejected, and the reset. */
const SINGLE_SEGMENTS = 2

/** Whether all but a reset and what it answers was captured twice, as on both sides of the device that sent it. */
function isAtHop(e: Evidence, side: SideEvidence | undefined): boolean {
  if (side === undefined || !side.rst.trigger.seen || side.rstCount > 1) return false
  if (side.rst.wasTwice || side.rst.triggerWasTwice) return false
  const { client, server } = e
  const duplicates = client.duplicates + server.duplicates
  const packets = client.packets + server.packets
  return duplicates > SINGLE_SEGMENTS && packets - 2 * duplicates <= 2 * SINGLE_SEGMENTS
}

/** Whether payload of `side` was being resent without an acknowledgment when its last packet passed. */
function lastsUndelivered(side: SideEvidence, peer: SideEvidence): boolean {
  if (side.seriesKind === 0 || side.seriesCount === 0 || !peer.has(SIDE_ACK_SET)) return false
  const end = side.fin.seen ? side.finSeq : side.nxt
  return side.has(SIDE_DATA) && seqAfter(end, peer.acked)
}

/** Whether the capture ends so soon after something that needs an answer that the answer may just not be in it. */
function answerIsDue(e: Evidence, s: Derived): boolean {
  if (e.icmpQuotesSyn) return false
  const since = e.captureEndNs - ANSWER_NS
  if (s.second?.fin.seen === true) return s.second.fin.ns > since
  if (s.first !== undefined)
    return Math.max(s.first.fin.ns, s.first.finAcked.seen ? s.first.finAcked.ns : 0) > since
  return waits(e.client, e.server, since) || waits(e.server, e.client, since)
}

/** Whether the last that `side` sent needs an answer and passed after `since`. */
function waits(side: SideEvidence, peer: SideEvidence, since: number): boolean {
  if (side.last.ns > since) {
    if (side.outstanding(peer) > 0) return true
    if (peer.packets === 0 && side.has(SIDE_SYN)) return true
  }
  return side.probeRun > 0 && side.probeLast.ns > since
}

/** Bits of a side that sent a SYN. */
const SYNS = SIDE_SYN | SIDE_SYN_ACK

/** Bits of a side that show bytes are missing from the capture. */
const GAPS = SIDE_UNSEEN | SIDE_HOLE | SIDE_LOST

/** Bits of a side that sent something. */
const SENT =
  SIDE_SYN | SIDE_SYN_ACK | SIDE_PLAIN_ACK | SIDE_DATA | SIDE_FIN | SIDE_RST | SIDE_ACK_SET

/** Whether a side's reset ended the connection: acceptable, and not talked over by both sides. */
function counted(sender: SideEvidence, receiver: SideEvidence): boolean {
  const { rst } = sender
  if (!rst.at.seen) return false
  const talkedOver = sender.aliveCount > 0 && receiver.carryOnCount > 0 && !receiver.rst.at.seen
  if (rst.exact) return !talkedOver
  // In the window but not exact: its receiver challenges it (RFC 5961 §3.2) or, if it is old, obeys. Outside the window
  // it is ignored. A capture with gaps cannot tell. It ended the connection if neither side says another word.
  const plausible = rst.inWindow || sender.has(GAPS) || receiver.has(GAPS)
  return plausible && sender.aliveCount === 0 && receiver.carryOnCount === 0
}

/** Whether the reset came when nothing was left to lose: both FINs had passed and all payload was acknowledged. */
function afterClose(resetter: SideEvidence, victim: SideEvidence): boolean {
  if (!resetter.fin.seen || !victim.fin.seen) return false
  const at = resetter.rst.at.frame
  if (at < resetter.fin.frame || at < victim.fin.frame) return false
  // What the resetter had still to deliver is lost with it.
  if (victim.has(SIDE_ACK_SET) && seqAfter(resetter.finSeq, victim.acked)) return false
  if (victim.finAcked.seen) return true
  const known = resetter.has(SIDE_ACK_SET)
  const { rstAck: ack } = resetter
  const { hasAck } = resetter.rst
  if (!known && !hasAck) return false
  const acked = hasAck && (!known || seqAfter(ack, resetter.acked)) ? ack : resetter.acked
  return !seqAfter(victim.finSeq, acked)
}
