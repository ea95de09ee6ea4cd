// Connections that were never established at both ends.

import * as L from '../tcp/layout.js'
import type { Evidence } from './evidence.js'
import type { Rule } from './rule.js'
import { count, items, packet, span, sureAfter, toEnd, tooEarly } from './words.js'

const BEYOND_SYN = L.SIDE_DATA | L.SIDE_FIN | L.SIDE_PLAIN_ACK

/** Rules for resets that end a handshake; they come before all other reset rules. */
export const HANDSHAKE_RESET_RULES: readonly Rule[] = [
  {
    id: 'handshake-refused',
    verdict: 'handshake_failed',
    cause: 'refused',
    when: (e) =>
      e.client.has(L.SIDE_SYN) &&
      !e.client.has(BEYOND_SYN) &&
      e.server.rst.at.seen &&
      e.server.rst.trigger.seen &&
      !e.server.has(L.SIDE_SYN_ACK | BEYOND_SYN),
    closer: () => 'server',
    confidence: (e) => (e.server.rst.exact && e.server.rst.trigger.seen ? 'likely' : 'possible'),
    alternatives: ['reset_other.middlebox'],
    evidence: (e) =>
      items([e.server.rst.trigger, 'SYN'], [e.server.rst.at, 'RST in answer to the SYN']),
    explain: (e) =>
      `The connection was refused: the SYN was answered by a RST${after(e)} ` +
      `(${packet(e.server.rst.at)}). Nothing listens on that port.`,
  },
  {
    id: 'handshake-reset-by-client',
    verdict: 'handshake_failed',
    cause: 'reset_by_client',
    when: (e, s) =>
      s.resetter === e.client && e.client.has(L.SIDE_SYN) && !e.client.has(BEYOND_SYN),
    closer: () => 'client',
    confidence: (e) => {
      // A client without a socket sends a bare RST; with ACK, its handshake was complete and not captured whole.
      if (e.client.rst.hasAck) return 'possible'
      return e.server.packets > 0 ? 'certain' : 'likely'
    },
    alternatives: ['rst_after_kill.abort'],
    evidence: (e) =>
      items(
        [e.start, 'SYN'],
        [e.client.rst.trigger, 'answer of the server'],
        [e.client.rst.at, 'RST by the client'],
      ),
    explain: (e) =>
      e.server.packets > 0
        ? `The client answered the server's reply to its SYN with a RST (${packet(e.client.rst.at)}): ` +
          `it had given up or died before the reply came, or this is a port scan.`
        : `The client took its SYN back with a RST (${packet(e.client.rst.at)}); no reply of the server was captured.`,
  },
  {
    id: 'handshake-accept-overflow-reset',
    verdict: 'handshake_failed',
    cause: 'accept_overflow',
    when: (e, s) =>
      s.resetter === e.server &&
      !e.server.rst.hasAck &&
      e.server.has(L.SIDE_SYN_ACK) &&
      !e.server.has(BEYOND_SYN) &&
      !e.client.has(L.SIDE_DATA | L.SIDE_FIN),
    closer: () => 'server',
    confidence: () => 'likely',
    alternatives: ['rst_after_kill.unaccepted', 'reset_other.middlebox'],
    evidence: (e) =>
      items(
        [e.server.rst.trigger, 'the client completes the handshake'],
        [e.server.rst.at, 'RST in answer'],
      ),
    explain: (e) =>
      `The client completed the handshake and the server answered that with a RST (${packet(e.server.rst.at)}): ` +
      `its accept queue was full, or the listener had just gone.`,
  },
]

/** Rules for handshakes that simply got no further. */
export const HANDSHAKE_RULES: readonly Rule[] = [
  {
    id: 'handshake-icmp-unreachable',
    verdict: 'handshake_failed',
    cause: 'icmp_unreachable',
    when: (e) => onlySyn(e) && e.server.packets === 0 && e.icmpQuotesSyn,
    closer: () => 'middlebox',
    confidence: () => 'certain',
    alternatives: [],
    evidence: (e) => items([e.start, 'SYN'], [e.icmp, 'ICMP error that quotes the SYN']),
    explain: (e) =>
      `The SYN (${packet(e.start)}) was answered by ICMP type ${e.icmpType} code ${e.icmpCode} ` +
      `after ${span(e.start, e.icmp)} (${packet(e.icmp)}): host, net or port cannot be reached.`,
  },
  {
    id: 'handshake-unanswered',
    verdict: 'handshake_failed',
    cause: 'unanswered',
    when: (e) => onlySyn(e) && e.server.packets === 0,
    closer: () => 'none',
    confidence: (e) => sureAfter(e.captureEndNs - e.start.ns),
    alternatives: [],
    evidence: (e) => items([e.start, 'first SYN'], [e.client.last, 'last SYN']),
    explain: (e) =>
      `No answer to ${count(e.client.packets, 'SYN')} within ${toEnd(e, e.start)}: ` +
      `a firewall drops them, the host is down, or the accept queue is full.${tooEarly(e.captureEndNs - e.start.ns)}`,
  },
  {
    id: 'handshake-accept-overflow',
    verdict: 'handshake_failed',
    cause: 'accept_overflow',
    when: (e) =>
      e.server.synAckRepeats > 0 &&
      !e.server.has(BEYOND_SYN | L.SIDE_ACKED_MORE) &&
      e.client.has(L.SIDE_PLAIN_ACK | L.SIDE_DATA) &&
      (e.client.outstanding(e.server) > 0 || e.server.synAckRepeats > 1),
    closer: () => 'none',
    confidence: (e) => (e.client.has(L.SIDE_DATA) ? 'likely' : 'possible'),
    alternatives: ['handshake_failed.synack_unanswered', 'lingering_established.data_unanswered'],
    evidence: (e) =>
      items(
        [e.handshake, "the client's ACK"],
        [e.client.data, 'payload that is never acknowledged'],
        [e.server.last, 'the server still repeats its SYN-ACK'],
      ),
    explain: (e) =>
      `The client takes the connection for open, the server does not: it repeated its SYN-ACK ` +
      `${count(e.server.synAckRepeats, 'time')} after the client's ACK${e.client.has(L.SIDE_DATA) ? ' and ignores its payload' : ''}. Its accept queue is probably full.`,
  },
  {
    id: 'handshake-synack-unanswered',
    verdict: 'handshake_failed',
    cause: 'synack_unanswered',
    when: (e) =>
      e.server.has(L.SIDE_SYN_ACK) &&
      !e.server.has(BEYOND_SYN) &&
      !e.client.has(BEYOND_SYN) &&
      !e.client.rst.at.seen,
    closer: () => 'none',
    confidence: (e) => sureAfter(e.captureEndNs - e.start.ns),
    alternatives: [],
    evidence: (e) => items([e.start, 'first packet'], [e.server.last, 'last SYN-ACK']),
    explain: (e) =>
      `The client never acknowledged ${count(e.server.packets, 'SYN-ACK')} of the server: it is gone, its address was forged, ` +
      `or the path back is broken.${tooEarly(e.captureEndNs - e.start.ns)}`,
  },
]

/** The client sent SYNs and nothing else. */
function onlySyn(e: Evidence): boolean {
  return e.client.has(L.SIDE_SYN) && !e.client.has(BEYOND_SYN | L.SIDE_RST | L.SIDE_SYN_ACK)
}

/** How long the server's RST came after what it answers, if that was captured before it. */
function after(e: Evidence): string {
  const { trigger, at } = e.server.rst
  return trigger.seen ? ` after ${span(trigger, at)}` : ''
}
