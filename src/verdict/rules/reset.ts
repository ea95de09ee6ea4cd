// Endings by a reset that counted. A reset by a socket that exists carries ACK and the socket's own numbers; a reset by
// a host without such a socket carries just the sequence number its trigger acknowledged (tcp_send_active_reset and
// tcp_v4_send_reset on Linux). That sequence number tells whether the writer knew of a FIN when it wrote.

import type { Evidence } from '../evidence.js'
import type { SideEvidence } from '../side-evidence.js'
import {
  ackedFin,
  answersUse,
  crossedPayload,
  gaveUpResending,
  isActive,
  knewOfFin,
  mayHaveUnread,
  readOn,
  refusesPayload,
  wasUnaccepted,
} from '../reset-facts.js'
import { type Rule, onBoth, onSide, resetter } from '../rule.js'
import type { Situation } from '../derived.js'
import { The, count, items, packet, span, the } from '../phrases.js'

/** Rules for resets that decide, in order of precedence after the handshake's. */
export const RESET_RULES: readonly Rule[] = [
  {
    id: 'reset-close-wait-abort',
    verdict: 'rst_after_kill',
    cause: 'close_wait_abort',
    when: (_e, s) =>
      s.resetDecides &&
      isActive(s.resetter) &&
      !s.resetter?.fin.seen &&
      ackedFin(s.resetter, s.victim),
    closer: resetter,
    confidence: () => 'likely',
    alternatives: ['rst_after_kill.unread_data', 'rst_after_kill.abort'],
    evidence: (_e, s) => [
      ...onSide(s.victim, (side) => items([side.fin, 'FIN'])),
      ...onSide(s.resetter, (side) => items([side.rst.at, 'RST that acknowledges the FIN'])),
    ],
    explain: (e, s) =>
      onBoth(
        s,
        (side, victim) =>
          `${The(e, victim)} closed (FIN, ${packet(victim.fin)}); ${the(e, side)} acknowledged that and reset the connection ` +
          `${span(victim.fin, side.rst.at)} later instead of closing (${packet(side.rst.at)}), ` +
          `as a close with unread data or an abort does.`,
      ),
  },
  {
    id: 'reset-write-after-close',
    verdict: 'rst_after_kill',
    cause: 'write_after_close',
    when: (_e, s) => s.resetDecides && refusesPayload(s) && knewOfFin(s.resetter),
    closer: resetter,
    confidence: (_e, s) => (readOn(s) ? 'likely' : 'certain'),
    alternatives: [],
    evidence: lateWrite,
    explain: (e, s) =>
      onBoth(s, (side, victim) =>
        readOn(s)
          ? `${The(e, side)} finished sending (FIN, ${packet(side.fin)}) and went on reading, but no longer when ${the(e, victim)} ${side.rst.triggerLen > 0 ? `wrote ${count(side.rst.triggerLen, 'byte')}` : 'closed'} ` +
            `${span(side.fin, side.rst.trigger)} after the FIN (${packet(side.rst.trigger)}): RST ${span(side.rst.trigger, side.rst.at)} later (${packet(side.rst.at)}).`
          : victim.late.seen
            ? `${The(e, side)} closed or was killed (FIN, ${packet(side.fin)}). ${The(e, victim)} had acknowledged that and still wrote ` +
              `${count(victim.lateBytes, 'byte')} (${packet(victim.late)}), ${span(side.fin, victim.late)} after the FIN: ` +
              `no socket was left to take it, RST ${span(victim.late, side.rst.at)} later (${packet(side.rst.at)}).`
            : `${The(e, side)} closed or was killed (FIN, ${packet(side.fin)}). ${span(side.fin, side.rst.at)} later it sent a RST (${packet(side.rst.at)}) ` +
              `whose sequence number answers a segment that had acknowledged the FIN: ${the(e, victim)} still wrote.`,
      ),
  },
  {
    id: 'reset-crossed-close',
    verdict: 'rst_after_kill',
    cause: 'crossed_close',
    when: (_e, s) => s.resetDecides && refusesPayload(s) && !knewOfFin(s.resetter),
    closer: resetter,
    confidence: () => 'likely',
    alternatives: ['rst_after_kill.write_after_close'],
    evidence: lateWrite,
    explain: (e, s) =>
      onBoth(s, (side, victim) =>
        side.finCount > 1
          ? `${The(e, side)} closed or was killed (FIN, ${packet(side.fin)}); the FIN was repeated ${count(side.finCount - 1, 'time')} without an answer and seems to have been lost. ` +
            `${The(e, victim)}, which did not know, still sent payload${late(victim)}: no reader was left, ` +
            `RST ${span(side.fin, side.rst.at)} after the first FIN (${packet(side.rst.at)}).`
          : `${The(e, side)} closed or was killed (FIN, ${packet(side.fin)}${e.idleSince.seen ? `, after ${span(e.idleSince, side.fin)} without payload` : ''}) ` +
            `while payload of ${the(e, victim)} was on its way${late(victim)}: it crossed the FIN and met no reader, ` +
            `RST ${span(side.fin, side.rst.at)} after the FIN (${packet(side.rst.at)}).`,
      ),
  },
  {
    id: 'reset-abort-after-fin',
    verdict: 'rst_after_kill',
    cause: 'abort_after_fin',
    when: (_e, s) => s.resetDecides && s.resetter?.fin.seen === true,
    closer: resetter,
    confidence: (_e, s) => (isActive(s.resetter) ? 'likely' : 'possible'),
    alternatives: ['rst_after_kill.write_after_close', 'rst_after_kill.crossed_close'],
    evidence: (_e, s) => [
      ...onSide(s.resetter, (side) =>
        items([side.fin, 'FIN'], [side.rst.at, 'RST by the side that had sent the FIN']),
      ),
    ],
    explain: (e, s) =>
      onSide(
        s.resetter,
        (side) =>
          `${The(e, side)} closed (FIN, ${packet(side.fin)}) and reset the connection ` +
          `${span(side.fin, side.rst.at)} later (${packet(side.rst.at)}) without waiting for the other side to close.`,
      ),
  },
  {
    id: 'reset-give-up',
    verdict: 'retransmission_timeout',
    cause: 'data',
    when: (_e, s) => s.resetDecides && gaveUpResending(s),
    closer: resetter,
    confidence: () => 'likely',
    alternatives: ['rst_after_kill.abort'],
    evidence: (_e, s) => [
      ...onSide(s.resetter, (side) =>
        items(
          [side.seriesLast, 'last retransmission'],
          [side.rst.at, 'RST by the side that gave up'],
        ),
      ),
    ],
    explain: (e, s) =>
      onSide(
        s.resetter,
        (side) =>
          `${The(e, side)} repeated its payload ${count(side.seriesCount, 'time')} without an answer and reset the connection ` +
          `${span(side.seriesLast, side.rst.at)} after the last time (${packet(side.rst.at)}), as BSD and macOS do when they give up. ` +
          `The other host, or the path to it, was gone.`,
      ),
  },
  {
    id: 'reset-unaccepted',
    verdict: 'rst_after_kill',
    cause: 'unaccepted',
    when: (e, s) => s.resetDecides && wasUnaccepted(e, s.resetter),
    closer: resetter,
    confidence: () => 'likely',
    alternatives: ['rst_after_kill.unread_data', 'rst_after_kill.abort'],
    evidence: (e) =>
      items(
        [e.handshake, 'the handshake is complete for the client'],
        [e.client.data, 'payload that nobody read'],
        [e.server.rst.at, 'RST by a server that had never sent payload'],
      ),
    explain: (e) => {
      const { resets = 1, refusedFrame = 0 } = e.burst() ?? {}
      const others =
        resets > 1
          ? `, with ${count(resets - 1, 'other connection')} of its port in the same instant`
          : ''
      const refused =
        refusedFrame > 0
          ? `${others === '' ? '' : ' and'} the port refuses from then on (packet ${refusedFrame})`
          : ''
      const delay = e.handshake.seen
        ? ` ${span(e.handshake, e.server.rst.at)} after the handshake`
        : ''
      return (
        `The listener went away before it accepted this connection: the server had sent nothing but its SYN-ACK and ACKs, ` +
        `and reset it${delay} (${packet(e.server.rst.at)})${others}${refused === '' ? '' : `;${refused}`}.`
      )
    },
  },
  {
    id: 'reset-unread-data',
    verdict: 'rst_after_kill',
    cause: 'unread_data',
    when: (_e, s) => s.resetDecides && isActive(s.resetter) && mayHaveUnread(s.resetter),
    closer: resetter,
    confidence: (_e, s) => (crossedPayload(s) ? 'possible' : 'likely'),
    alternatives: ['rst_after_kill.abort'],
    evidence: (_e, s) => [
      ...onSide(s.resetter, (side) =>
        items(
          [side.rst.peerData, 'payload that may not have been read'],
          [side.rst.at, 'RST by the receiving socket'],
        ),
      ),
    ],
    explain: (e, s) =>
      onSide(
        s.resetter,
        (side) =>
          `${The(e, side)} reset the connection (${packet(side.rst.at)}) ` +
          `${span(side.rst.peerData, side.rst.at)} after payload it had not answered (${packet(side.rst.peerData)}): ` +
          `what a killed process, or a close() without reading everything, leaves on the wire.` +
          (crossedPayload(s)
            ? ` The RST does not acknowledge that payload, which may have crossed it.`
            : ''),
      ),
  },
  {
    id: 'reset-abort',
    verdict: 'rst_after_kill',
    cause: 'abort',
    when: (_e, s) => s.resetDecides && isActive(s.resetter),
    closer: resetter,
    confidence: () => 'likely',
    alternatives: ['rst_after_kill.unread_data', 'rst_after_kill.unaccepted'],
    evidence: (_e, s) => [
      ...onSide(s.resetter, (side) =>
        items(
          [side.rst.ownData, 'last payload of the side that resets'],
          [side.rst.at, 'RST by an existing socket'],
        ),
      ),
    ],
    explain: (e, s) =>
      onSide(
        s.resetter,
        (side) =>
          `${The(e, side)} reset the connection (${packet(side.rst.at)}) ` +
          `${e.idleSince.seen ? `${span(e.idleSince, side.rst.at)} after the last activity, ` : ''}with nothing unread as far as the packets show: ` +
          `an abort (SO_LINGER 0, ss -K, resetAndDestroy).`,
      ),
  },
  {
    id: 'reset-peer-forgot',
    verdict: 'rst_after_kill',
    cause: 'peer_forgot',
    when: (_e, s) => s.resetDecides && answersUse(s),
    closer: resetter,
    confidence: () => 'likely',
    alternatives: ['reset_other.middlebox'],
    evidence: (_e, s) => [
      ...onSide(s.resetter, (side) =>
        items(
          [side.rst.trigger, 'packet that met no connection'],
          [side.rst.at, 'bare RST: no socket there'],
        ),
      ),
    ],
    explain: (e, s) =>
      onBoth(
        s,
        (side, victim) =>
          `A packet of ${the(e, victim)} (${packet(side.rst.trigger)}) was answered by a RST from ${the(e, side)} (${packet(side.rst.at)}), ` +
          `which had not closed: the process or host is gone or restarted, or something on the path forgot the connection.`,
      ),
  },
  {
    id: 'reset-unexplained',
    verdict: 'reset_other',
    cause: 'unexplained',
    when: (_e, s) => s.resetDecides,
    closer: resetter,
    confidence: () => 'possible',
    alternatives: ['reset_other.middlebox', 'rst_after_kill.abort'],
    evidence: (_e, s) => [...onSide(s.resetter, (side) => items([side.rst.at, 'RST']))],
    explain: (e, s) =>
      onSide(
        s.resetter,
        (side) =>
          `A RST with the address of ${the(e, side)} ended the connection (${packet(side.rst.at)}); ` +
          `nothing in the packets before it explains why.`,
      ),
  },
]

function lateWrite(_e: Evidence, s: Situation): ReturnType<typeof items> {
  return onBoth(s, (side, victim) =>
    items(
      [side.fin, 'FIN'],
      [side.finAcked, 'the FIN is acknowledged'],
      [victim.late, 'payload behind the FIN'],
      [side.rst.at, 'RST without a socket behind it'],
    ),
  )
}

function late(side: SideEvidence): string {
  return side.late.seen ? ` (${packet(side.late)})` : ''
}
