// Resets by a socket that exists, as a program makes them: they carry ACK and the socket's own numbers
// (tcp_send_active_reset on Linux). Which ending it is depends on what had passed before.

import { count } from '../../base/text.js'
import type { Derived } from '../derived.js'
import type { Evidence } from '../evidence.js'
import { The, items, packet, span, the } from '../phrases.js'
import {
  ackedFin,
  answersBareAck,
  crossedPayload,
  mayHaveUnread,
  metGoodbye,
  readItsAnswer,
  wasUnaccepted,
} from '../reset-facts.js'
import { isActive } from '../reset-form.js'
import { type Rule, onBoth, onSide } from '../rule.js'

/** A RST by a socket that had acknowledged the peer's FIN. */
export const CLOSE_WAIT_ABORT: Rule = {
  id: 'reset-close-wait-abort',
  ending: 'rst_abort.close_wait_abort',
  when: (_e, s) =>
    s.resetDecides &&
    isActive(s.resetter) &&
    !s.resetter?.fin.seen &&
    ackedFin(s.resetter, s.victim),
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
}

/** A RST by the side that had sent FIN, and not in answer to payload. */
export const ABORT_AFTER_FIN: Rule = {
  id: 'reset-abort-after-fin',
  ending: 'rst_abort.abort_after_fin',
  when: (_e, s) => s.resetDecides && s.resetter?.fin.seen === true && !answersBareAck(s),
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
        `${span(side.fin, side.rst.at)} later (${packet(side.rst.at)})${s.victim?.fin.seen === true ? ', though the other side had closed too.' : ' without waiting for the other side to close.'}`,
    ),
}

/** A RST by a listener that went away before it accepted the connection. */
export const UNACCEPTED: Rule = {
  id: 'reset-unaccepted',
  ending: 'rst_after_kill.unaccepted',
  when: (e, s) => s.resetDecides && wasUnaccepted(e, s.resetter),
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
}

/** A RST by a socket after payload that it had not answered. */
export const UNREAD_DATA: Rule = {
  id: 'reset-unread-data',
  ending: 'rst_after_kill.unread_data',
  when: (e, s) =>
    s.resetDecides &&
    isActive(s.resetter) &&
    mayHaveUnread(s.resetter) &&
    !readItsAnswer(e, s.resetter) &&
    !metGoodbye(s),
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
        `${hadClosed(e, s)}${The(e, side)} reset the connection (${packet(side.rst.at)}) ` +
        `${span(side.rst.peerData, side.rst.at)} after payload it had not answered (${packet(side.rst.peerData)}): ` +
        `what a killed process, or a close() without reading everything, leaves on the wire.` +
        (crossedPayload(s)
          ? ` The RST does not acknowledge that payload, which may have crossed it.`
          : ''),
    ),
}

/** A RST by a socket, whatever the reason. */
export const ABORT: Rule = {
  id: 'reset-abort',
  ending: 'rst_abort.abort',
  when: (_e, s) => s.resetDecides && isActive(s.resetter),
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
        `${hadClosed(e, s)}${The(e, side)} reset the connection (${packet(side.rst.at)}) ` +
        `${e.idleSince.seen ? `${span(e.idleSince, side.rst.at)} after the last activity, ` : ''}with nothing unread as far as the packets show: ` +
        `an abort (SO_LINGER 0, ss -K, resetAndDestroy).`,
    ),
}

/** That the side which was reset had closed just before, on its own. */
function hadClosed(e: Evidence, { resetter, victim }: Derived): string {
  if (resetter === undefined || victim?.fin.seen !== true) return ''
  return victim.fin.frame < resetter.rst.at.frame
    ? `${The(e, victim)} closed (FIN, ${packet(victim.fin)}). `
    : ''
}
