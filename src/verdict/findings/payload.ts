// Findings about payload: at risk, without an answer, goodbyes.

import { SIDE_ACK_SET, SIDE_NXT_SET } from '../../tcp/record/bits.js'
import { GOODBYE_TLS_ALERT, GOODBYE_TLS_BEHIND } from '../../tcp/payload.js'
import { seqAfter, seqDistance } from '../../tcp/seq.js'
import type { Derived } from '../derived.js'
import type { Evidence } from '../evidence.js'
import { type PacketRef, between } from '../packet-ref.js'
import { The, distance, packet, the, toldBytes } from '../phrases.js'
import { requestLeftOpen } from '../requests.js'
import {
  mayHaveUnread,
  metGoodbye,
  readItsAnswer,
  refusesGoodbye,
  refusesLastWords,
} from '../reset-facts.js'
import { isStateless } from '../reset-form.js'
import type { SideEvidence } from '../side-evidence.js'
import { isCloseNotify } from './goodbye.js'
import type { FindingRow } from './row.js'

/** Their rows. */
export const PAYLOAD: readonly FindingRow[] = [
  {
    code: 'payload_at_risk',
    meaning: 'Payload was sent and not acknowledged, or delivered into a reset.',
    weight: 8,
    saidBy: ['data', 'data_unanswered', 'accept_overflow', 'close_notify', 'write_after_close'],
    find: (e, s, add) => {
      for (const [side, other] of [
        [e.client, e.server],
        [e.server, e.client],
      ] as const) {
        const bytes = bytesAtRisk(e, s, side, other)
        if (bytes <= 0 || !side.data.seen) continue
        // A goodbye is no loss.
        if (s.resetDecides && s.victim === side && (refusesGoodbye(s) || refusesLastWords(s)))
          continue
        const at = lastAtRisk(s, side)
        const which = bytes > lenOf(e, at, s) ? ' and others' : ''
        add(
          at,
          `${distance(bytes)} of ${the(e, side)} (${packet(at)}${which}) ${risk(s, side, bytes)}.`,
          {
            side,
            bytes: toldBytes(bytes),
          },
        )
      }
    },
  },
  {
    code: 'unanswered_request',
    meaning: 'The last request had got no answer when the connection was closed.',
    weight: 6,
    saidBy: ['unanswered_request'],
    find: (e, s, add) => {
      if (requestLeftOpen(e, s) !== 2 || !e.idleSince.seen) return
      add(
        e.idleSince,
        `The last request of the client (packet ${e.idleSince.frame}) had got no answer.`,
        {
          side: e.client,
          bytes: e.idleSinceLen,
        },
      )
    },
  },
  {
    code: 'no_payload',
    meaning: 'Not a byte of payload passed although the connection was open.',
    weight: 4,
    saidBy: ['no_payload', 'health_check'],
    find: (e, s, add) => {
      if (!e.handshake.seen || s.midstream || s.loss || e.client.bytes + e.server.bytes > 0) return
      add(e.handshake, 'Not a byte of payload passed.')
    },
  },
  {
    code: 'tls_close_notify',
    meaning: 'A side said goodbye in TLS before it closed.',
    weight: 0,
    find: (e, _s, add) => {
      for (const side of [e.client, e.server]) {
        if (!isCloseNotify(side) && side.goodbyeKind !== GOODBYE_TLS_BEHIND) continue
        add(side.goodbye, `${The(e, side)} said goodbye in TLS (${packet(side.goodbye)}).`, {
          side,
        })
      }
    },
  },
  {
    code: 'tls_alert',
    meaning: 'A TLS alert that is no goodbye, with its number (RFC 8446 §6).',
    weight: 7,
    find: (e, _s, add) => {
      for (const side of [e.client, e.server]) {
        const number = side.goodbyeAlert - 1
        if (side.goodbyeKind !== GOODBYE_TLS_ALERT || number <= 0) continue
        add(
          side.goodbye,
          `${The(e, side)} sent the TLS alert ${ALERTS.get(number) ?? ''}(${number}, ${packet(side.goodbye)}).`,
          { side, count: number },
        )
      }
    },
  },
]

/** The last payload of `side` that is at risk: before the reset, if one ended the connection. */
function lastAtRisk({ resetDecides, resetter }: Derived, side: SideEvidence): PacketRef {
  if (!resetDecides || resetter === undefined || resetter === side) return side.data
  return resetter.rst.peerData.seen ? resetter.rst.peerData : side.data
}

/** Length in bytes of that payload; Infinity when it is not known. */
function lenOf({ dataLen }: Evidence, at: PacketRef, { resetter }: Derived): number {
  if (at === resetter?.rst.peerData && resetter.rstPeerLen > 0) return resetter.rstPeerLen
  return at === resetter?.data ? dataLen : Infinity
}

/** What became of payload of `side` that is at risk. */
function risk(s: Derived, side: SideEvidence, bytes: number): string {
  const { resetter } = s
  if (!s.resetDecides || resetter === undefined)
    return 'had not been acknowledged when the capture ended'
  if (resetter === side)
    return 'may never have reached the program there: its own RST came right after it'
  return unackedAt(resetter, side) <= 0
    ? 'may not have been read: the RST came after it'
    : `${bytes === 1 ? 'was' : 'were'} never acknowledged: the RST came instead`
}

/** Bytes of new payload that `side` sent after the reset. */
function afterReset({ rstPeerNxt }: SideEvidence, side: SideEvidence): number {
  const end = side.fin.seen ? side.finSeq : side.nxt
  return Math.max(0, seqDistance(end, rstPeerNxt))
}

/** Bytes of payload of `side` that the other side had not acknowledged with its RST either. */
function unackedAt(
  { rst, rstAck, rstAcked, rstPeerNxt }: SideEvidence,
  side: SideEvidence,
): number {
  const acked = rst.hasAck && seqAfter(rstAck, rstAcked) ? rstAck : rstAcked
  const end = side.fin.seen && seqAfter(rstPeerNxt, side.finSeq) ? side.finSeq : rstPeerNxt
  return seqDistance(end, acked)
}

/** Payload of `side` that the program at the other side may not have got. */
export function bytesAtRisk(
  e: Evidence,
  s: Derived,
  side: SideEvidence,
  other: SideEvidence,
): number {
  if (!side.has(SIDE_NXT_SET) || !other.has(SIDE_ACK_SET)) return 0
  const { resetter } = s
  if (s.resetDecides && resetter !== undefined) {
    const sentNxt = resetter === side ? side.rstNxt : resetter.rstPeerNxt
    const end = side.fin.seen && seqAfter(sentNxt, side.finSeq) ? side.finSeq : sentNxt
    // What was acknowledged after the RST had arrived as well.
    const atReset = resetter === side ? resetter.rstPeerAcked : resetter.rstAcked
    const acked = seqAfter(other.acked, atReset) ? other.acked : atReset
    const unacked = Math.max(0, seqDistance(end, acked))
    if (resetter === side && unacked > 0) return unacked
    if (resetter === other) {
      if (!resetter.rst.peerData.seen) return 0
      // Where no socket is left, what is sent later is refused as well.
      const missing = unackedAt(resetter, side)
      if (missing > 0) return missing + (isStateless(resetter) ? afterReset(resetter, side) : 0)
      // Acknowledged by the host, and perhaps not read by its program.
      const isRead = readItsAnswer(e, resetter) || metGoodbye(s)
      return mayHaveUnread(resetter) && !isRead ? Math.max(unacked, resetter.rstPeerLen) : 0
    }
    // The last that was said goes down with the RST that follows at once.
    if (resetter === side && side.rst.ownData.seen && between(side.rst.ownData, side.rst.at) < 10e6)
      return side.data.frame > other.data.frame ? e.dataLen : 0
    return 0
  }
  // What was acknowledged may have been so elsewhere.
  if (s.oneDirection || (s.bothFins && s.finUnheard === undefined && s.undelivered === undefined))
    return 0
  if (side.seriesKind === 0 && e.captureEndNs - side.data.ns < 1e9) return 0
  const end = side.fin.seen ? side.finSeq : side.nxt
  return Math.max(0, seqDistance(end, other.acked))
}

/** Names of TLS alerts, with a space behind. */
const ALERTS: ReadonlyMap<number, string> = new Map([
  [10, 'unexpected_message '],
  [20, 'bad_record_mac '],
  [40, 'handshake_failure '],
  [42, 'bad_certificate '],
  [43, 'unsupported_certificate '],
  [44, 'certificate_revoked '],
  [45, 'certificate_expired '],
  [46, 'certificate_unknown '],
  [47, 'illegal_parameter '],
  [48, 'unknown_ca '],
  [49, 'access_denied '],
  [50, 'decode_error '],
  [51, 'decrypt_error '],
  [70, 'protocol_version '],
  [71, 'insufficient_security '],
  [80, 'internal_error '],
  [86, 'inappropriate_fallback '],
  [90, 'user_canceled '],
  [109, 'missing_extension '],
  [110, 'unsupported_extension '],
  [112, 'unrecognized_name '],
  [113, 'bad_certificate_status_response '],
  [115, 'unknown_psk_identity '],
  [116, 'certificate_required '],
  [120, 'no_application_protocol '],
])
