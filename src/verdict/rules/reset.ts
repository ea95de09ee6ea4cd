// Resets that a host without such a socket sends in answer to a segment: they carry just the sequence number that the
// segment acknowledged (tcp_v4_send_reset on Linux), which tells whether its writer knew of a FIN. And resets for which
// nothing else is a reason.

import { count, times } from '../../base/text.js'
import type { Derived } from '../derived.js'
import type { Evidence } from '../evidence.js'
import { between } from '../packet-ref.js'
import { The, items, packet, span, the } from '../phrases.js'
import {
  answersUse,
  gaveUpResending,
  isUnheardOf,
  knewOfFin,
  readOn,
  refusesGoodbye,
  refusesLastWords,
  refusesPayload,
} from '../reset-facts.js'
import { type Rule, onBoth, onSide } from '../rule.js'
import type { SideEvidence } from '../side-evidence.js'

/** A RST in answer to a TLS goodbye. */
export const CLOSE_NOTIFY: Rule = {
  id: 'fin-close-notify',
  ending: 'graceful_fin.close_notify',
  when: (_e, s) => s.resetDecides && (refusesGoodbye(s) || refusesLastWords(s)),
  evidence: (_e, s) =>
    onSide(s.resetter, (side) =>
      items([side.fin, 'FIN'], [side.rst.peerData, 'goodbye'], [side.rst.at, 'RST in answer']),
    ),
  explain: (e, s) =>
    onBoth(
      s,
      (side, victim) =>
        `${victim.fin.seen && victim.fin.frame < side.fin.frame ? closed(e, side, victim) : `${The(e, side)} closed`} (FIN, ${packet(side.fin)}); ${the(e, victim)} sent nothing more but ${refusesGoodbye(s) ? 'its goodbye' : 'a few last bytes with its own FIN'} ` +
        `(${packet(side.rst.peerData)}, ${count(side.rstPeerLen, 'byte')}), which found the socket gone (RST, ${packet(side.rst.at)}). ` +
        (refusesGoodbye(s) ? 'No application data was lost.' : 'It waited for no answer to them.'),
    ),
}

/** A RST in answer to payload of a writer that knew of the FIN. */
export const WRITE_AFTER_CLOSE: Rule = {
  id: 'reset-write-after-close',
  ending: 'rst_after_kill.write_after_close',
  when: (_e, s) => s.resetDecides && refusesPayload(s) && knewOfFin(s),
  evidence: lateWrite,
  explain: (e, s) =>
    onBoth(s, (side, victim) =>
      readOn(s)
        ? `${The(e, side)} finished sending (FIN, ${packet(side.fin)}) and went on reading, but no longer when ${the(e, victim)} ${side.triggerLen > 0 ? `wrote ${count(side.triggerLen, 'byte')}` : 'closed'} ` +
          `${span(side.fin, side.rst.trigger)} after the FIN (${packet(side.rst.trigger)}): RST ${span(side.rst.trigger, side.rst.at)} later (${packet(side.rst.at)}).`
        : victim.late.seen
          ? `${closed(e, side, victim)} (FIN, ${packet(side.fin)}). ${The(e, victim)} had acknowledged that and still wrote ` +
            `${count(victim.lateBytes, 'byte')} (${packet(victim.late)}), ${span(side.fin, victim.late)} after the FIN: ` +
            `no socket was left to take it, RST ${span(victim.late, side.rst.at)} later (${packet(side.rst.at)}).`
          : `${closed(e, side, victim)} (FIN, ${packet(side.fin)}). ${span(side.fin, side.rst.at)} later ${the(e, side)} sent a RST (${packet(side.rst.at)}) ` +
            `whose sequence number answers a segment that had acknowledged the FIN: ${the(e, victim)} still wrote.`,
    ),
}

/** A RST in answer to payload that crossed the FIN. */
export const CROSSED_CLOSE: Rule = {
  id: 'reset-crossed-close',
  ending: 'rst_after_kill.crossed_close',
  when: (_e, s) => s.resetDecides && refusesPayload(s) && !knewOfFin(s),
  evidence: lateWrite,
  explain: (e, s) =>
    onBoth(s, (side, victim) =>
      side.finCount > 1
        ? `${The(e, side)} closed or was killed (FIN, ${packet(side.fin)}); the FIN was repeated ${times(side.finCount - 1)} without an answer and seems to have been lost. ` +
          `${The(e, victim)}, which did not know, still sent payload${late(victim)}: no reader was left, ` +
          `RST ${span(side.fin, side.rst.at)} after the first FIN (${packet(side.rst.at)}).`
        : `${closed(e, side, victim)} (FIN, ${packet(side.fin)}${wasIdle(e, side) ? `, after ${span(e.idleSince, side.fin)} without payload` : ''}) ` +
          `while payload of ${the(e, victim)} was on its way${late(victim)}: it crossed the FIN and met no reader, ` +
          `RST ${span(side.fin, side.rst.at)} after the FIN (${packet(side.rst.at)}).`,
    ),
}

/** A RST by a side that had repeated its payload without an answer. */
export const RESET_AFTER_RETRANSMISSIONS: Rule = {
  id: 'reset-give-up',
  ending: 'retransmission_timeout.data',
  when: (_e, s) => s.resetDecides && gaveUpResending(s),
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
        `${The(e, side)} repeated its payload ${times(side.seriesCount)} without an answer and reset the connection ` +
        `${span(side.seriesLast, side.rst.at)} after the last time (${packet(side.rst.at)}), as BSD and macOS do when they give up. ` +
        `The other host, or the path to it, was gone.`,
    ),
}

/** A RST in answer to payload or a FIN, by a host without such a socket. */
export const PEER_FORGOT: Rule = {
  id: 'reset-peer-forgot',
  ending: 'rst_after_kill.peer_forgot',
  when: (_e, s) => s.resetDecides && answersUse(s),
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
        `which ${side.fin.seen ? 'had closed and forgotten its half-closed socket' : isUnheardOf(s) ? 'had sent nothing before in this capture' : side.rst.ahead ? 'had sent more than was captured' : 'had not closed'}: ` +
        `the process or host is gone or restarted, or something on the path forgot the connection.`,
    ),
}

/** A RST for which no other rule has a reason. */
export const UNEXPLAINED: Rule = {
  id: 'reset-unexplained',
  ending: 'reset_other.unexplained',
  when: (_e, s) => s.resetDecides,
  evidence: (_e, s) => [...onSide(s.resetter, (side) => items([side.rst.at, 'RST']))],
  explain: (e, s) =>
    onSide(
      s.resetter,
      (side) =>
        `A RST with the address of ${the(e, side)} ended the connection (${packet(side.rst.at)}); ` +
        `nothing in the packets before it explains why.`,
    ),
}

/** Shorter pauses are no idling. */
const IDLE_NS = 0.1e9

/** Nothing had been said for a moment when the side closed. */
function wasIdle({ idleSince }: Evidence, { fin }: SideEvidence): boolean {
  return idleSince.seen && between(idleSince, fin) >= IDLE_NS
}

/** How a side ended that may also have been killed: the other may have closed before. */
function closed(e: Evidence, side: SideEvidence, victim: SideEvidence): string {
  return victim.fin.seen && victim.fin.frame < side.fin.frame
    ? `Both sides closed: ${the(e, victim)} first (FIN, ${packet(victim.fin)}), then ${the(e, side)}`
    : `${The(e, side)} closed or was killed`
}

function lateWrite(_e: Evidence, s: Derived): ReturnType<typeof items> {
  return onBoth(s, (side, victim) =>
    items(
      [side.fin, 'FIN'],
      [side.finAcked, 'the FIN is acknowledged'],
      [victim.late, 'payload after the FIN'],
      [side.rst.at, 'RST where no socket is left'],
    ),
  )
}

function late(side: SideEvidence): string {
  return side.late.seen ? ` (${packet(side.late)})` : ''
}
