// Resets that were not made by the host whose address they carry (RFC 3360; Weaver, Sommer, Paxson, NDSS 2009).

import { count } from '../../base/text.js'
import {
  SIDE_BARE,
  SIDE_DATA,
  SIDE_FIN,
  SIDE_PLAIN_ACK,
  SIDE_SYN,
  SIDE_SYN_ACK,
} from '../../tcp/record/bits.js'
import { seqDistance } from '../../tcp/seq.js'
import { The, items, packet, span, the } from '../phrases.js'
import { alive, foreignTtl, goesOn, guessesAhead, ttls } from '../reset-facts.js'
import { type Rule, onSide } from '../rule.js'
import type { SideEvidence } from '../side-evidence.js'

/** RSTs beyond everything that their supposed sender has sent. */
export const INJECTED: Rule = {
  id: 'reset-injected',
  ending: 'reset_other.injected',
  when: (_e, s) => s.resetDecides && guessesAhead(s.resetter),
  closer: () => 'middlebox',
  evidence: (_e, s) =>
    onSide(s.resetter, (side) =>
      items(
        [side.rst.at, 'first RST'],
        [side.rst.last, 'last RST'],
        [side.alive, 'the supposed sender of the RSTs goes on as if nothing had happened'],
      ),
    ),
  explain: (e, s) =>
    onSide(
      s.resetter,
      (side) =>
        `${count(side.rstCount, 'RST')} with the address of ${the(e, side)} (${packet(side.rst.at)} and on, within ${span(side.rst.at, side.rst.last)}) ` +
        `reach up to ${count(seqDistance(side.rstHigh, side.nxt), 'byte')} beyond everything it has ever sent: ` +
        `guesses of a third party that wants to hit the connection wherever it is.` +
        (alive(side) ? ` ${The(e, side)} itself goes on (${packet(side.alive)}).` : ''),
    ),
}

/** A capture of both sides of a hop shows the reset, and what it answers, on one side only. */
export const AT_HOP: Rule = {
  id: 'reset-at-hop',
  ending: 'reset_other.middlebox',
  when: (_e, s) => s.resetAtHop,
  closer: () => 'middlebox',
  evidence: (_e, s) =>
    onSide(s.resetter, (side) =>
      items(
        [side.rst.trigger, 'segment that was captured once: it did not pass the device'],
        [side.rst.at, 'RST that was captured once: the device made it'],
      ),
    ),
  explain: (e, s) =>
    onSide(
      s.resetter,
      (side) =>
        `The capture holds both sides of a device on the path, and every segment twice; the one before the RST (${packet(side.rst.trigger)}) ` +
        `and the RST with the address of ${the(e, side)} (${packet(side.rst.at)}) are there once: the device rejected the one and made the other.`,
    ),
}

/** A segment that no connection has, and the RST it drew. */
export const STRAY: Rule = {
  id: 'reset-stray',
  ending: 'reset_other.stray',
  when: (e) =>
    (isStray(e.client) && e.server.rst.at.seen && !e.server.has(SPOKE)) ||
    (isStray(e.server) && e.client.rst.at.seen && !e.client.has(SPOKE)),
  closer: () => 'none',
  evidence: (e) =>
    items(
      [e.start, 'segment without ACK'],
      [e.client.rst.at, 'RST in answer'],
      [e.server.rst.at, 'RST in answer'],
    ),
  explain: (e) =>
    `A segment without ACK and SYN (${packet(e.start)}), which no connection sends, was answered by a RST: ` +
    `a scan (FIN, NULL or Xmas). There was no connection.`,
}

/** Bits of a side that sent something of a connection. */
const SPOKE: number = SIDE_SYN | SIDE_SYN_ACK | SIDE_PLAIN_ACK | SIDE_DATA | SIDE_FIN

function isStray(side: SideEvidence): boolean {
  return side.has(SIDE_BARE) && !side.has(SPOKE)
}

/** A RST from another distance than its supposed sender, or while that one goes on. */
export const MIDDLEBOX: Rule = {
  id: 'reset-middlebox',
  ending: 'reset_other.middlebox',
  when: (_e, s) => s.resetDecides && (goesOn(s.resetter) || foreignTtl(s.resetter)),
  closer: () => 'middlebox',
  evidence: (_e, s) => [
    ...onSide(s.resetter, (side) =>
      items(
        [side.rst.at, `RST with TTL ${side.rstTtl}; other packets of that host have ${ttls(side)}`],
        [side.alive, 'the supposed sender of the RST goes on as if nothing had happened'],
      ),
    ),
  ],
  explain: (e, s) =>
    onSide(s.resetter, (side) => {
      const ttl = foreignTtl(side)
        ? `its TTL is ${side.rstTtl}, other packets of that host have ${ttls(side)}`
        : ''
      const talks = alive(side)
        ? `that host sends ${count(side.aliveCount, 'more packet')} afterwards`
        : ''
      const why = [ttl, talks].filter((part) => part !== '').join(', and ')
      return `The RST that carries the address of ${the(e, side)} (${packet(side.rst.at)}) ${alive(side) ? 'was' : 'seems to have been'} made by something else on the path: ${why}.`
    }),
}
