// Connections that were never established at both ends.

import { count, times, duration } from '../../base/text.js'
import {
  CONN_OLD_ANSWERED,
  IGNORED_NO_ACK,
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
import { SYN } from '../../wire/segment.js'
import type { Derived } from '../derived.js'
import type { Evidence } from '../evidence.js'
import { items, packet, span, toEnd, tooEarly } from '../phrases.js'
import { foreignTtl } from '../reset-facts.js'
import { isActive } from '../reset-form.js'
import type { Rule } from '../rule.js'

const BEYOND_SYN = SIDE_DATA | SIDE_FIN | SIDE_PLAIN_ACK

/** A RST in answer to the SYN that acknowledges it; no client takes another one (RFC 9293 §3.10.7.3). */
export const REFUSED: Rule = {
  id: 'handshake-refused',
  ending: 'handshake_failed.refused',
  when: (e) =>
    e.client.has(SIDE_SYN) &&
    !e.client.has(BEYOND_SYN) &&
    (e.server.rst.exact || seemsTaken(e)) &&
    e.server.rst.trigger.seen &&
    !e.server.has(SIDE_SYN_ACK | BEYOND_SYN),
  closer: () => 'server',
  evidence: (e) =>
    items([e.server.rst.trigger, 'SYN'], [e.server.rst.at, 'RST in answer to the SYN']),
  explain: (e) =>
    isRefusedLate(e)
      ? `The SYN got no answer for ${span(e.start, e.server.rst.trigger)}, then a RST refused it (${packet(e.server.rst.at)}): ` +
        'until then the accept queue was full or packets were lost, from then on nothing listened.'
      : `The connection was refused: the SYN was answered by a RST${after(e)} ` +
        `(${packet(e.server.rst.at)}). ${refuser(e)}`,
}

/** A SYN is sent again after a second (RFC 6298 §2.1), less its timer's tick. */
const SYN_AGAIN_NS = 0.9e9

/** Whether a SYN had gone without an answer before it was refused. */
function isRefusedLate(e: Evidence): boolean {
  return e.client.synRepeats > 0 && e.server.rst.trigger.ns - e.start.ns >= SYN_AGAIN_NS
}

/** A RST by a client that sent nothing else but SYNs. */
export const RESET_BY_CLIENT: Rule = {
  id: 'handshake-reset-by-client',
  ending: 'handshake_failed.reset_by_client',
  when: (e, s) =>
    (s.resetter === e.client && e.client.has(SIDE_SYN) && !e.client.has(BEYOND_SYN)) ||
    resetsAnswer(e, s),
  closer: () => 'client',
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

/** SYN-ACK, and a RST by a client that sent nothing else: backscatter of a forged SYN, or its SYN was not captured. */
export const BACKSCATTER: Rule = {
  id: 'handshake-backscatter',
  ending: 'handshake_failed.reset_by_client',
  when: (e) =>
    e.server.has(SIDE_SYN_ACK) &&
    !e.server.has(BEYOND_SYN & ~SIDE_DATA) &&
    !e.client.has(SIDE_SYN | BEYOND_SYN) &&
    e.client.rst.at.seen,
  closer: () => 'client',
  evidence: (e) => items([e.start, 'SYN-ACK'], [e.client.rst.at, 'RST in answer']),
  explain: (e) =>
    `The client answered a SYN-ACK with a RST (${packet(e.client.rst.at)}), and no SYN of it was captured: ` +
    `it had not asked for this connection (its address was forged), or its SYN took another path.`,
}

/** Connected and reset by the client at once. */
export const HEALTH_CHECK: Rule = {
  id: 'reset-health-check',
  ending: 'rst_abort.health_check',
  when: (e, s) =>
    s.resetter === e.client &&
    isActive(e.client) &&
    e.client.has(SIDE_SYN) &&
    e.server.has(SIDE_SYN_ACK) &&
    !e.client.has(SIDE_DATA | SIDE_FIN) &&
    !e.server.has(SIDE_DATA | SIDE_FIN) &&
    e.client.rst.at.ns - e.synAckNs <= HEALTH_CHECK_NS,
  closer: () => 'client',
  evidence: (e) => items([e.start, 'SYN'], [e.client.rst.at, 'RST by the socket of the client']),
  explain: (e) =>
    `The client connected and reset the connection ${duration(Math.max(0, e.client.rst.at.ns - e.synAckNs))} after the SYN-ACK (${packet(e.client.rst.at)}), ` +
    `without a byte of payload: a check whether the port is open, as balancers and monitors make it.`,
}

/** A check is done within this time of the answer. */
const HEALTH_CHECK_NS = 100e6

/** The SYN was answered for an older connection on the same ports. */
export const OLD_CONNECTION: Rule = {
  id: 'handshake-old-connection',
  ending: 'handshake_failed.old_connection',
  when: (e) =>
    e.has(CONN_OLD_ANSWERED) &&
    !e.server.has(SIDE_SYN_ACK | SIDE_DATA) &&
    !e.client.has(BEYOND_SYN),
  closer: () => 'none',
  evidence: (e) =>
    items(
      [e.start, 'SYN'],
      [e.server.challenge, 'ACK with the numbers of an older connection'],
      [e.client.last, 'last packet of the client'],
    ),
  explain: (e) =>
    `The SYN met an older connection on the same ports: the server answered ${times(e.server.challenges)} with an ACK of that one ` +
    `(first ${packet(e.server.challenge)})${e.client.rstCount > 0 ? `, the client reset it (${count(e.client.rstCount, 'RST')})` : ''}, and the new connection never opened` +
    `${e.client.rstCount > 1 ? ': the resets do not reach the server, or are not taken there' : ''}.`,
}

/** A RST by a server in answer to the ACK that completes the handshake. */
export const ACCEPT_OVERFLOW_RESET: Rule = {
  id: 'handshake-accept-overflow-reset',
  ending: 'handshake_failed.accept_overflow',
  when: (e, s) =>
    s.resetter === e.server &&
    !e.server.rst.hasAck &&
    e.server.has(SIDE_SYN_ACK) &&
    !e.server.has(BEYOND_SYN | SIDE_ACKED_MORE) &&
    e.client.has(SIDE_PLAIN_ACK | SIDE_DATA) &&
    (!e.client.has(SIDE_DATA | SIDE_FIN) ||
      (e.server.synAckRepeats > 0 && e.client.outstanding(e.server) > 0)),
  closer: () => 'server',
  evidence: (e) =>
    items(
      [e.server.rst.trigger, 'the client completes the handshake'],
      [e.server.rst.at, 'RST in answer'],
    ),
  explain: (e) =>
    e.server.synAckRepeats > 0
      ? `The client takes the connection for open, the server did not: it repeated its SYN-ACK ${times(e.server.synAckRepeats)} after the client's ACK` +
        `${e.client.has(SIDE_DATA) ? ', ignored its payload' : ''} and answered it with a RST in the end (${packet(e.server.rst.at)}). Its accept queue was full.`
      : `The client completed the handshake and the server answered that with a RST (${packet(e.server.rst.at)}): ` +
        `its accept queue was full, or the listener had just gone.`,
}

/** An ICMP error in answer to the SYN. */
export const ICMP_UNREACHABLE: Rule = {
  id: 'handshake-icmp-unreachable',
  ending: 'handshake_failed.icmp_unreachable',
  when: (e) => onlySyn(e) && serverIsSilent(e) && e.icmpQuotesSyn && icmpReason(e) !== undefined,
  closer: (e) => (e.icmpFromTarget ? 'server' : 'middlebox'),
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
  when: (e) => onlySyn(e) && serverIsSilent(e),
  closer: () => 'none',
  evidence: (e) => items([e.start, 'first SYN'], [e.client.last, 'last SYN']),
  explain: (e) =>
    (e.server.rstCount > 0
      ? `The SYN got no answer that counts: ${count(e.server.rstCount, 'RST')} of the server (first ${packet(e.server.ignored)}) ` +
        `${e.server.ignoredWhy === IGNORED_NO_ACK ? 'carry no acknowledgment' : `acknowledge${e.server.rstCount === 1 ? 's' : ''} ${misses(e.server.ignoredBy)}`}, so that the client does not take them ` +
        `and ${e.client.synRepeats === 0 ? 'goes on waiting' : `repeated its SYN ${times(e.client.synRepeats)}`}.`
      : `${e.client.packets === 1 ? 'The SYN got no answer' : `No answer to ${count(e.client.packets, 'SYN')}`} within ${toEnd(e, e.start)}: ${silence(e)}`) +
    tooEarly(e.captureEndNs - e.start.ns),
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
  evidence: (e) =>
    items(
      [e.handshake, "the client's ACK"],
      [e.client.data, 'payload that is never acknowledged'],
      [e.server.last, 'the server still repeats its SYN-ACK'],
    ),
  explain: (e) =>
    `The client takes the connection for open, the server does not: it repeated its SYN-ACK ` +
    `${times(e.server.synAckRepeats)} after the client's ACK${e.client.has(SIDE_DATA) ? ' and ignores its payload' : ''}. Its accept queue is probably full.`,
}

/** A server that gives its SYN-ACK up with a RST. */
export const SYNACK_GIVEN_UP: Rule = {
  id: 'handshake-synack-given-up',
  ending: 'handshake_failed.synack_unanswered',
  when: (e, s) =>
    s.resetter === e.server &&
    e.server.has(SIDE_SYN_ACK) &&
    !e.server.has(BEYOND_SYN) &&
    !e.client.has(BEYOND_SYN) &&
    e.server.retransmissions + e.server.duplicates > 0,
  closer: (e) => (e.client.rst.at.seen ? 'client' : 'server'),
  evidence: (e) => items([e.start, 'first packet'], [e.server.rst.at, 'RST by the server']),
  explain: (e) =>
    `The client never acknowledged the SYN-ACK of the server${e.client.rst.at.seen ? ` (it answered with ${count(e.client.rstCount, 'RST')} whose numbers do not fit)` : ''}, ` +
    `and the server gave it up with a RST (${packet(e.server.rst.at)}).`,
}

/** No answer to the SYN-ACK. */
export const SYNACK_UNANSWERED: Rule = {
  id: 'handshake-synack-unanswered',
  ending: 'handshake_failed.synack_unanswered',
  when: (e) =>
    e.server.has(SIDE_SYN_ACK) &&
    !e.server.has(BEYOND_SYN) &&
    !e.client.has(BEYOND_SYN) &&
    (e.client.packets > 0 || e.server.retransmissions > 0) &&
    (!e.client.rst.at.seen || !e.client.rst.exact),
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
  if (icmpType === (e.icmpIsV6 ? 4 : 12)) return 'a field of its header is wrong'
  if (icmpType === (e.icmpIsV6 ? 3 : 11)) return 'it went in circles until its TTL was used up'
  if (e.icmpIsV6) return icmpType === 1 ? UNREACHABLE_V6[icmpCode] : undefined
  return icmpType === 3 ? UNREACHABLE[icmpCode] : undefined
}

/** The server acknowledged something other than the client's SYN. */
function acksWrong({ client, server }: Evidence): boolean {
  return server.has(SIDE_SYN_ACK) && server.has(SIDE_ACK_SET) && seqAfter(server.acked, client.nxt)
}

/** A RST that acknowledges nearly the SYN, after which the client gives up: it seems to have been taken. */
function seemsTaken({ client, server }: Evidence): boolean {
  if (!server.rst.answersSyn || !server.rst.hasAck || client.synRepeats > 0) return false
  return Math.abs(server.ignoredBy) <= 1
}

/** A bare RST of the client answers the SYN-ACK: its kernel knows nothing of the SYN, whatever its program goes on to send. */
function resetsAnswer(e: Evidence, s: Derived): boolean {
  const { client, server } = e
  if (!s.resetDecides || s.resetter !== client || client.rst.hasAck || !client.has(SIDE_SYN))
    return false
  if (!server.has(SIDE_SYN_ACK) || client.rst.ownData.seen || server.rst.ownData.seen) return false
  // Once it has acknowledged the SYN-ACK, a RST answers it no more.
  if (e.handshake.seen && e.handshake.frame < client.rst.at.frame) return false
  const answers = (client.triggerFlags & SYN) !== 0 && client.rstSeq === client.triggerAck
  return answers && !foreignTtl(client) && client.aliveCount > 0
}

/** The server has sent nothing that the client takes. */
function serverIsSilent({ server }: Evidence): boolean {
  return !server.has(SIDE_SYN_ACK | BEYOND_SYN) && !server.rst.exact
}

/** What is not to be said against the rest of the capture. */
function refuser(e: Evidence): string {
  return e.portAccepts > 0
    ? 'The port takes other connections in this capture: it was down for a while, full, or this client was turned away.'
    : 'Nothing listens on that port, or a firewall answers for it.'
}

/** The same for a SYN that is not answered. */
function silence(e: Evidence): string {
  const isOne = e.client.packets === 1
  return e.portAccepts > 0
    ? `the port takes other connections in this capture, so that its accept queue was full, or a firewall dropped ${isOne ? 'this one' : 'these'}.`
    : `a firewall drops ${isOne ? 'it' : 'them'}, the host is down, or the accept queue is full.`
}

function misses(by: number): string {
  return by < 0 ? `${count(-by, 'byte')} too few` : `${count(by, 'byte')} too many`
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
