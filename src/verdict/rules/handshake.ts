// Connections that were never established at both ends.

import { count } from '../../base/text.js'
import {
  SIDE_ACKED_MORE,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_FIN,
  SIDE_PLAIN_ACK,
  SIDE_RST,
  SIDE_SYN,
  SIDE_SYN_ACK,
} from '../../tcp/record/bits.js'
import { seqAfter } from '../../tcp/seq.js'
import type { Evidence } from '../evidence.js'
import { items, packet, span, sureAfter, toEnd, tooEarly } from '../phrases.js'
import { foreignTtl } from '../reset-facts.js'
import type { Rule } from '../rule.js'

const BEYOND_SYN = SIDE_DATA | SIDE_FIN | SIDE_PLAIN_ACK

/** A RST in answer to the SYN; one that does not acknowledge it exactly is only less certain. */
export const REFUSED: Rule = {
  id: 'handshake-refused',
  ending: 'handshake_failed.refused',
  when: (e) =>
    e.client.has(SIDE_SYN) &&
    !e.client.has(BEYOND_SYN) &&
    e.server.rst.at.seen &&
    e.server.rst.trigger.seen &&
    !e.server.has(SIDE_SYN_ACK | BEYOND_SYN),
  closer: () => 'server',
  confidence: (e) => (e.server.rst.exact ? 'likely' : 'possible'),
  alternatives: ['reset_other.middlebox'],
  evidence: (e) =>
    items([e.server.rst.trigger, 'SYN'], [e.server.rst.at, 'RST in answer to the SYN']),
  explain: (e) =>
    `The connection was refused: the SYN was answered by a RST${after(e)} ` +
    `(${packet(e.server.rst.at)}). Nothing listens on that port.`,
}

/** A RST by a client that sent nothing else but SYNs. */
export const RESET_BY_CLIENT: Rule = {
  id: 'handshake-reset-by-client',
  ending: 'handshake_failed.reset_by_client',
  when: (e, s) => s.resetter === e.client && e.client.has(SIDE_SYN) && !e.client.has(BEYOND_SYN),
  closer: () => 'client',
  confidence: (e) => {
    // A client without a socket sends a bare RST; with ACK, its handshake was complete and not captured whole.
    if (e.client.rst.hasAck || foreignTtl(e.client)) return 'possible'
    return e.server.packets > 0 && !acksWrong(e) ? 'certain' : 'likely'
  },
  alternatives: ['rst_after_kill.abort', 'reset_other.middlebox'],
  evidence: (e) =>
    items(
      [e.start, 'SYN'],
      [e.client.rst.trigger, 'answer of the server'],
      [e.client.rst.at, 'RST by the client'],
    ),
  explain: (e) =>
    acksWrong(e)
      ? `The server's answer acknowledged a number the client had never sent, and the client reset it as it must ` +
        `(${packet(e.client.rst.at)}, RFC 9293 §3.10.7.3): something at the server or on the path is wrong.`
      : e.server.packets > 0
        ? `The client answered the server's reply to its SYN with a RST (${packet(e.client.rst.at)}): ` +
          `it had given up or died before the reply came, or this is a port scan.`
        : `The client took its SYN back with a RST (${packet(e.client.rst.at)}); no reply of the server was captured.`,
}

/** A RST by a server in answer to the ACK that completes the handshake. */
export const ACCEPT_OVERFLOW_RESET: Rule = {
  id: 'handshake-accept-overflow-reset',
  ending: 'handshake_failed.accept_overflow',
  when: (e, s) =>
    s.resetter === e.server &&
    !e.server.rst.hasAck &&
    e.server.has(SIDE_SYN_ACK) &&
    !e.server.has(BEYOND_SYN) &&
    !e.client.has(SIDE_DATA | SIDE_FIN),
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
}

/** An ICMP error in answer to the SYN. */
export const ICMP_UNREACHABLE: Rule = {
  id: 'handshake-icmp-unreachable',
  ending: 'handshake_failed.icmp_unreachable',
  when: (e) =>
    onlySyn(e) && e.server.packets === 0 && e.icmpQuotesSyn && icmpReason(e) !== undefined,
  closer: (e) => (e.icmpFromTarget ? 'server' : 'middlebox'),
  confidence: () => 'certain',
  alternatives: [],
  evidence: (e) => items([e.start, 'SYN'], [e.icmp, 'ICMP error that quotes the SYN']),
  explain: (e) =>
    `The SYN (${packet(e.start)}) was answered by ICMP type ${e.icmpType} code ${e.icmpCode} ` +
    `after ${span(e.start, e.icmp)} (${packet(e.icmp)}), sent by ${e.icmpFromTarget ? 'that host itself' : 'a router or firewall'}: ` +
    `${icmpReason(e)}.`,
}

/** No answer to the SYN. */
export const UNANSWERED: Rule = {
  id: 'handshake-unanswered',
  ending: 'handshake_failed.unanswered',
  when: (e) => onlySyn(e) && e.server.packets === 0,
  closer: () => 'none',
  confidence: (e) => sureAfter(e.captureEndNs - e.start.ns),
  alternatives: [],
  evidence: (e) => items([e.start, 'first SYN'], [e.client.last, 'last SYN']),
  explain: (e) =>
    `No answer to ${count(e.client.packets, 'SYN')} within ${toEnd(e, e.start)}: ` +
    `a firewall drops them, the host is down, or the accept queue is full.${tooEarly(e.captureEndNs - e.start.ns)}`,
}

/** SYN-ACKs that the server repeats although the client has acknowledged one. */
export const ACCEPT_OVERFLOW: Rule = {
  id: 'handshake-accept-overflow',
  ending: 'handshake_failed.accept_overflow',
  when: (e) =>
    e.server.synAckRepeats > 0 &&
    !e.server.has(BEYOND_SYN | SIDE_ACKED_MORE) &&
    e.client.has(SIDE_PLAIN_ACK | SIDE_DATA) &&
    (e.client.outstanding(e.server) > 0 || e.server.synAckRepeats > 1),
  closer: () => 'none',
  confidence: (e) => (e.client.has(SIDE_DATA) ? 'likely' : 'possible'),
  alternatives: ['handshake_failed.synack_unanswered', 'lingering_established.data_unanswered'],
  evidence: (e) =>
    items(
      [e.handshake, "the client's ACK"],
      [e.client.data, 'payload that is never acknowledged'],
      [e.server.last, 'the server still repeats its SYN-ACK'],
    ),
  explain: (e) =>
    `The client takes the connection for open, the server does not: it repeated its SYN-ACK ` +
    `${count(e.server.synAckRepeats, 'time')} after the client's ACK${e.client.has(SIDE_DATA) ? ' and ignores its payload' : ''}. Its accept queue is probably full.`,
}

/** No answer to the SYN-ACK. */
export const SYNACK_UNANSWERED: Rule = {
  id: 'handshake-synack-unanswered',
  ending: 'handshake_failed.synack_unanswered',
  when: (e) =>
    e.server.has(SIDE_SYN_ACK) &&
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
}

/** Codes of ICMP type 3 (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1); 4, fragmentation needed, denies nothing. */
const UNREACHABLE: readonly (string | undefined)[] = [
  'the network cannot be reached',
  'the host cannot be reached',
  'the protocol is not spoken there',
  'nobody listens on the port, or a firewall says so',
  undefined,
  'the source route failed',
  'the network is unknown',
  'the host is unknown',
  'the source host is isolated',
  'the network is prohibited by a firewall',
  'the host is prohibited by a firewall',
  'the network cannot be reached for this type of service',
  'the host cannot be reached for this type of service',
  'it is prohibited by a firewall',
]

/** Codes of ICMPv6 type 1 (RFC 4443 §3.1). */
const UNREACHABLE_V6: readonly string[] = [
  'there is no route',
  'it is prohibited by a firewall',
  'it is beyond the scope of the source address',
  'the address cannot be reached',
  'nobody listens on the port, or a firewall says so',
  'the source address failed a policy',
  'the route rejects it',
]

/** What an ICMP error says against a connection; undefined when it says nothing. */
function icmpReason(e: Evidence): string | undefined {
  const { icmpType, icmpCode } = e
  if (icmpType === (e.icmpIsV6 ? 3 : 11)) return 'it went in circles until its TTL was used up'
  if (e.icmpIsV6) return icmpType === 1 ? UNREACHABLE_V6[icmpCode] : undefined
  return icmpType === 3 ? UNREACHABLE[icmpCode] : undefined
}

/** The server acknowledged something other than the client's SYN. */
function acksWrong({ client, server }: Evidence): boolean {
  return server.has(SIDE_SYN_ACK) && server.has(SIDE_ACK_SET) && seqAfter(server.acked, client.nxt)
}

/** The client sent SYNs and nothing else. */
function onlySyn(e: Evidence): boolean {
  return e.client.has(SIDE_SYN) && !e.client.has(BEYOND_SYN | SIDE_RST | SIDE_SYN_ACK)
}

/** How long the server's RST came after what it answers, if that was captured before it. */
function after(e: Evidence): string {
  const { trigger, at } = e.server.rst
  return trigger.seen ? ` after ${span(trigger, at)}` : ''
}
