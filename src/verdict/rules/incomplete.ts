// Connections of which too little was captured.

import {
  SIDE_ACK_SET,
  SIDE_BARE,
  SIDE_BARE_FIN,
  SIDE_DATA,
  SIDE_FIN,
  SIDE_NXT_SET,
  SIDE_PLAIN_ACK,
  SIDE_RST,
  SIDE_SYN,
  SIDE_SYN_ACK,
} from '../../tcp/record/bits.js'
import { seqAfter } from '../../tcp/seq.js'
import type { Derived } from '../derived.js'
import type { Evidence } from '../evidence.js'
import { FIN } from '../../wire/segment.js'
import { The, items, packet, the } from '../phrases.js'
import { isUnheardOf } from '../reset-facts.js'
import { type Rule, onBoth } from '../rule.js'

/** Nothing but resets. */
export const RST_ONLY: Rule = {
  id: 'incomplete-rst-only',
  ending: 'incomplete.rst_only',
  when: (e) => onlySent(e, SIDE_RST),
  closer: () => 'unknown',
  evidence: (e) => items([e.start, 'RST']),
  explain: (e) =>
    e.belongsTo > 0
      ? `Only a RST was captured under these addresses. Its numbers are those of stream ${e.belongsTo - 1}: a segment of that connection without its address translation.`
      : 'Only RSTs of this connection were captured: a filter, or an answer to something that took another path.',
}

/** Nothing but FINs. */
export const FIN_ONLY: Rule = {
  id: 'incomplete-fin-only',
  ending: 'incomplete.fin_only',
  when: (e) => onlySent(e, SIDE_FIN) || onlySent(e, SIDE_BARE_FIN),
  closer: () => 'unknown',
  evidence: (e) => items([e.start, 'FIN']),
  explain: (e) =>
    e.belongsTo > 0
      ? `Only a FIN was captured under these addresses. Its numbers are those of stream ${e.belongsTo - 1}: a segment of that connection without its address translation.`
      : 'Only FINs of this connection were captured.',
}

/** A single packet from the middle. */
export const MIDSTREAM: Rule = {
  id: 'incomplete-midstream',
  ending: 'incomplete.midstream',
  when: (e, s) => s.midstream && e.client.packets + e.server.packets === 1,
  closer: () => 'unknown',
  evidence: (e) => items([e.start, 'first packet']),
  explain: () =>
    'Too few packets from the middle of this connection were captured to judge its ending.',
}

/** A FIN that no socket took, from the middle of a connection of whose other side nothing else was captured. */
export const FIN_REFUSED: Rule = {
  id: 'incomplete-fin-refused',
  ending: 'incomplete.midstream',
  when: (_e, s) =>
    s.resetDecides &&
    isUnheardOf(s) &&
    s.victim?.has(SIDE_DATA) === false &&
    s.victim.fin.seen &&
    s.resetter !== undefined &&
    (s.resetter.triggerFlags & FIN) !== 0,
  evidence: (_e, s) =>
    onBoth(s, (side, victim) => items([victim.fin, 'FIN'], [side.rst.at, 'RST: no socket there'])),
  explain: (e, s) =>
    onBoth(
      s,
      (side, victim) =>
        `${The(e, victim)} closed (FIN, ${packet(victim.fin)}) and met no socket at ${the(e, side)} (RST, ${packet(side.rst.at)}), ` +
        `of which nothing else was captured: it may have closed long before.`,
    ),
}

/** The ending itself is not visible. */
export const ONE_DIRECTION: Rule = {
  id: 'incomplete-one-direction',
  ending: 'incomplete.one_direction',
  when: (e, s) => s.oneDirection || finOfUnseenPeer(e, s),
  closer: () => 'unknown',
  evidence: (e) => items([e.start, 'first packet'], [e.end, 'last packet']),
  explain: (e) => {
    const side = e.client.packets === 0 ? e.client : e.server
    return side.packets === 0
      ? `No packet of ${the(e, side)} was captured, so the ending cannot be judged.`
      : `Packets of ${the(e, side)} are missing: acknowledgments show what was not captured. The ending cannot be judged.`
  },
}

/** After a FIN the other side's bytes were acknowledged that were never captured: its own FIN is probably among them. */
function finOfUnseenPeer(_e: Evidence, s: Derived): boolean {
  if (s.first === undefined || s.second === undefined || s.bothFins) return false
  if (!s.second.has(SIDE_NXT_SET) || !s.first.has(SIDE_ACK_SET)) return false
  return seqAfter(s.first.acked, s.second.nxt)
}

/** Whether all captured packets of the connection carried this flag. */
function onlySent(e: Evidence, flag: number): boolean {
  const plain = SIDE_SYN | SIDE_SYN_ACK | SIDE_DATA | SIDE_PLAIN_ACK
  const bare = flag === SIDE_BARE_FIN ? SIDE_BARE_FIN : SIDE_BARE
  const others = (plain | SIDE_FIN | SIDE_RST | bare) & ~flag
  return (
    !e.client.has(others) && !e.server.has(others) && (e.client.has(flag) || e.server.has(flag))
  )
}
