// Resets that were not made by the host whose address they carry (RFC 3360; Weaver, Sommer, Paxson, NDSS 2009).

import { count } from '../../base/text.js'
import { seqDistance } from '../../tcp/seq.js'
import { The, items, packet, span, the } from '../phrases.js'
import { alive, foreignTtl, guessesAhead, ttls } from '../reset-facts.js'
import { isStateless } from '../reset-form.js'
import { type Rule, onSide } from '../rule.js'

/** RSTs beyond everything that their supposed sender has sent. */
export const INJECTED: Rule = {
  id: 'reset-injected',
  ending: 'reset_other.injected',
  when: (_e, s) => s.resetDecides && guessesAhead(s.resetter),
  closer: () => 'middlebox',
  confidence: (_e, s) => (alive(s.resetter) || foreignTtl(s.resetter) ? 'likely' : 'possible'),
  alternatives: ['reset_other.middlebox', 'rst_after_kill.abort'],
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

/** A RST from another distance than its supposed sender, or while that one goes on. */
export const MIDDLEBOX: Rule = {
  id: 'reset-middlebox',
  ending: 'reset_other.middlebox',
  when: (_e, s) => s.resetDecides && (alive(s.resetter) || foreignTtl(s.resetter)),
  closer: () => 'middlebox',
  confidence: (_e, s) => {
    if (alive(s.resetter)) return foreignTtl(s.resetter) ? 'certain' : 'likely'
    // Some hosts use another TTL for the RSTs they send without a socket.
    return isStateless(s.resetter) ? 'possible' : 'likely'
  },
  alternatives: ['rst_after_kill.peer_forgot', 'rst_after_kill.abort'],
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
