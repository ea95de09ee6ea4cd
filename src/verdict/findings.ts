// What else a reader must know about a connection, beside its ending: one row for each kind, with its code, its meaning
// and what it says. New kinds are rows here.

import { count, duration } from '../base/text.js'
import {
  CONN_NAT_TWIN,
  CONN_OLD_ANSWERED,
  CONN_REUSED_PORTS,
  IGNORED_ACK,
  IGNORED_AHEAD,
  IGNORED_BEHIND,
  IGNORED_BEYOND,
  IGNORED_NO_ACK,
  PREVIOUS_CLOSED,
  PREVIOUS_HALF_CLOSED,
  PREVIOUS_NOT_OPEN,
  PREVIOUS_RESET,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_NXT_SET,
  SIDE_SYN,
  SIDE_SYN_ACK,
} from '../tcp/record/bits.js'
import { GOODBYE_421, GOODBYE_POSTGRES, GOODBYE_TLS_ALERT } from '../tcp/payload.js'
import { seqAfter, seqDistance } from '../tcp/seq.js'
import type { Derived } from './derived.js'
import type { Cause } from './endings.js'
import type { Evidence } from './evidence.js'
import { type PacketRef, between } from './packet-ref.js'
import { The, distance, packet, the, toldBytes } from './phrases.js'
import { requestLeftOpen } from './requests.js'
import type { SideEvidence } from './side-evidence.js'
import { HALF_CLOSED_TIMERS, IDLE_TIMERS, knownTimer } from './timers.js'
import { firstTeardown } from './timings.js'

/** One finding. */
export interface Finding {
  readonly code: string
  /** Record number, Wireshark's frame.number. */
  readonly frame: number
  /** Relative ns. */
  readonly ns: number
  readonly side?: 'client' | 'server'
  readonly count?: number
  /** A span in ns. */
  readonly spanNs?: number
  readonly bytes?: number
  /** One sentence. */
  readonly says: string
}

/** What a row is given and adds to. */
type Add = (at: PacketRef, says: string, more?: More) => void

interface More {
  readonly side?: SideEvidence
  readonly count?: number
  readonly spanNs?: number
  readonly bytes?: number
}

/** A kind of finding. */
export interface FindingRow {
  readonly code: string
  readonly meaning: string
  /** How much it matters beside the ending, 0 for not enough to be in the explanation. */
  readonly weight: number
  /** Causes whose own sentence says it. */
  readonly saidBy?: readonly Cause[]
  readonly find: (e: Evidence, s: Derived, add: Add) => void
}

/** Less is no pause. */
const IDLE_NS = 2e9
const HALF_CLOSED_NS = 1e9
/** A loop of segments and resets, no handful of stragglers. */
const STORM_RESETS = 10
const PAYLOAD_REPEATS = 2
/** The next connection of the client that long after is a try again. */
const RETRY_NS = 10e9
/** One capture point is near an end whose answers take so much less than those of the other. */
const NEAR = 4
/** Answers within this time say nothing about distance. */
const NEAR_NS = 100e3

/** Every kind of finding. */
export const FINDINGS: readonly FindingRow[] = [
  {
    code: 'rst_ignored',
    meaning:
      'RSTs passed that their receiver does not take; their sender has no such connection any more all the same.',
    weight: 9,
    saidBy: ['unanswered', 'synack_unanswered'],
    find: (e, s, add) => {
      for (const side of [e.client, e.server]) {
        const ignored = side.ignoredCount - (s.resetter === side && !side.rst.exact ? 1 : 0)
        if (ignored <= 0 || side.rst.afterChallenge) continue
        add(
          side.ignored,
          `${count(ignored, 'RST')} of ${the(e, side)} (first ${packet(side.ignored)}) ${ignored === 1 ? 'was' : 'were'} not taken: ${whyIgnored(side)}.`,
          { side, count: ignored },
        )
      }
    },
  },
  {
    code: 'rst_storm',
    meaning: 'Segments and resets answer each other again and again.',
    weight: 8,
    find: (e, _s, add) => {
      for (const side of [e.client, e.server]) {
        if (side.rstCount < STORM_RESETS) continue
        const first =
          side.ignored.seen && (!side.rst.at.seen || side.ignored.frame < side.rst.at.frame)
            ? side.ignored
            : side.rst.at
        const spanNs = between(first, side.rst.last)
        add(
          first,
          `${The(e, side)} sent ${count(side.rstCount, 'RST')} within ${duration(spanNs)}, one for each segment that came.`,
          { side, count: side.rstCount, spanNs },
        )
      }
    },
  },
  {
    code: 'challenge_acks',
    meaning: 'ACKs that ask whether a reset or SYN was meant (RFC 5961).',
    weight: 3,
    saidBy: ['old_connection'],
    find: (e, _s, add) => {
      for (const side of [e.client, e.server]) {
        if (side.challenges === 0) continue
        add(
          side.challenge,
          `${The(e, side)} answered with ${count(side.challenges, 'challenge ACK')} (first ${packet(side.challenge)}).`,
          { side, count: side.challenges },
        )
      }
    },
  },
  {
    code: 'syn_repeated',
    meaning: 'The SYN was sent again.',
    weight: 4,
    saidBy: ['unanswered', 'old_connection'],
    find: (e, _s, add) => {
      const { client } = e
      if (client.synRepeats === 0) return
      add(e.start, `The SYN was sent again ${count(client.synRepeats, 'time')}.`, {
        side: client,
        count: client.synRepeats,
      })
    },
  },
  {
    code: 'syn_ack_repeated',
    meaning: 'The SYN-ACK was sent again after the client had acknowledged it.',
    weight: 4,
    saidBy: ['accept_overflow', 'synack_unanswered'],
    find: (e, _s, add) => {
      const { server } = e
      if (server.synAckRepeats === 0) return
      add(
        e.handshake.seen ? e.handshake : e.start,
        `The server sent its SYN-ACK again ${count(server.synAckRepeats, 'time')} after the client's ACK.`,
        { side: server, count: server.synAckRepeats },
      )
    },
  },
  {
    code: 'payload_repeated',
    meaning: 'The same payload was sent again without an acknowledgment.',
    weight: 5,
    saidBy: ['data', 'data_unanswered', 'accept_overflow'],
    find: (e, _s, add) => {
      for (const side of [e.client, e.server]) {
        if (side.longestSeries < PAYLOAD_REPEATS || side.seriesKind === 0 || !side.has(SIDE_DATA))
          continue
        if (!side.seriesLast.seen || side.fin.seen) continue
        add(
          side.seriesLast,
          `${The(e, side)} sent the same payload again ${count(side.seriesCount, 'time')} without an acknowledgment (last ${packet(side.seriesLast)}).`,
          {
            side,
            count: side.seriesCount,
            spanNs: Math.max(0, side.seriesLast.ns - side.seriesSentNs),
          },
        )
      }
    },
  },
  {
    code: 'fin_repeated',
    meaning: 'A FIN was sent again.',
    weight: 5,
    saidBy: ['fin', 'fin_unanswered'],
    find: (e, _s, add) => {
      for (const side of [e.client, e.server]) {
        if (side.finCount < 2) continue
        add(
          side.finLast,
          `${The(e, side)} sent its FIN ${count(side.finCount, 'time')} (last ${packet(side.finLast)})${side.finAcked.seen ? '' : ', never acknowledged'}.`,
          { side, count: side.finCount, spanNs: between(side.fin, side.finLast) },
        )
      }
    },
  },
  {
    code: 'half_closed',
    meaning: 'One side had closed and the other had not, for a second or more.',
    weight: 7,
    saidBy: ['slow_close', 'late_close', 'close_wait', 'half_close', 'fin_unanswered', 'fin'],
    find: (e, s, add) => {
      const { first, second } = s
      if (first === undefined || second === undefined) return
      const spanNs = halfClosedNs(e, s)
      if (!(spanNs >= HALF_CLOSED_NS)) return
      const names = first.finAcked.seen ? ' in CLOSE-WAIT' : ''
      add(
        first.fin,
        `${The(e, first)} had closed (${packet(first.fin)}); ${the(e, second)} went on${names} for ${duration(spanNs)}.`,
        { side: second, spanNs },
      )
    },
  },
  {
    code: 'idle',
    meaning:
      'Nothing was said for two seconds or more before the first sign of the end; goodbyes are not counted.',
    weight: 6,
    saidBy: ['abort', 'crossed_close', 'unanswered_request', 'no_payload'],
    find: (e, s, add) => {
      const idle = idleBefore(e, s)
      if (idle === undefined) return
      add(idle.at, `Nothing had been said for ${duration(idle.ns)} before that.`, {
        spanNs: idle.ns,
      })
    },
  },
  {
    code: 'timer',
    meaning: 'The idle or half-closed time fits a timer that products are known for.',
    weight: 7,
    find: (e, s, add) => {
      const idle = idleBefore(e, s)
      const idleTimer = idle === undefined ? undefined : knownTimer(IDLE_TIMERS, idle.ns)
      if (idle !== undefined && idleTimer !== undefined) {
        add(idle.at, `${duration(idle.ns)} of silence are consistent with ${idleTimer.name}.`, {
          spanNs: idle.ns,
        })
      }
      const halfNs = halfClosedNs(e, s)
      const halfTimer = knownTimer(HALF_CLOSED_TIMERS, halfNs)
      if (s.first === undefined || halfTimer === undefined) return
      add(s.first.fin, `${duration(halfNs)} half-closed are consistent with ${halfTimer.name}.`, {
        spanNs: halfNs,
      })
    },
  },
  {
    code: 'probes_lost',
    meaning: 'Keepalive probes went without an answer while others were answered.',
    weight: 5,
    find: (e, _s, add) => {
      for (const side of [e.client, e.server]) {
        if (side.probesLost === 0) continue
        add(
          side.probeLast,
          `${count(side.probesLost, 'keepalive probe')} of ${the(e, side)} had no answer, though later ones had: a device on the path may have to wake up first, or they were lost.`,
          { side, count: side.probesLost },
        )
      }
    },
  },
  {
    code: 'payload_at_risk',
    meaning: 'Payload was sent and not acknowledged, or delivered into a reset.',
    weight: 8,
    saidBy: ['data', 'data_unanswered', 'accept_overflow', 'close_notify'],
    find: (e, s, add) => {
      for (const [side, other] of [
        [e.client, e.server],
        [e.server, e.client],
      ] as const) {
        const bytes = bytesAtRisk(e, s, side, other)
        if (bytes <= 0 || !side.data.seen) continue
        const why = s.resetDecides
          ? s.resetter === side
            ? 'may never have reached the program there: it was cut off by its own RST'
            : 'may not have been read: the RST came after it'
          : 'had not been acknowledged when the capture ended'
        add(side.data, `${distance(bytes)} of ${the(e, side)} (${packet(side.data)}) ${why}.`, {
          side,
          bytes: toldBytes(bytes),
        })
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
        if (!isCloseNotify(side)) continue
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
  {
    code: 'old_connection',
    meaning: 'The server still held an earlier connection on these ports and had to be told.',
    weight: 5,
    saidBy: ['old_connection'],
    find: (e, _s, add) => {
      if (!e.has(CONN_OLD_ANSWERED)) return
      add(
        e.server.challenge.seen ? e.server.challenge : e.start,
        'The server still held an earlier connection on these ports and answered the SYN for that one.',
        { side: e.server },
      )
    },
  },
  {
    code: 'port_accepts',
    meaning: 'The same server port took other connections in this capture.',
    weight: 7,
    saidBy: ['refused'],
    find: (e, _s, add) => {
      if (e.portAccepts <= 0) return
      add(
        e.start,
        `The port took ${count(e.portAccepts, 'other connection')} in this capture${when(e)}.`,
        {
          side: e.server,
          count: e.portAccepts,
        },
      )
    },
  },
  {
    code: 'same_ports_before',
    meaning: 'An earlier connection had the same addresses and ports.',
    weight: 6,
    find: (e, _s, add) => {
      if (!e.has(CONN_REUSED_PORTS) || e.previousStream === 0) return
      const spanNs = Math.max(0, e.start.ns - e.previousNs)
      add(
        e.start,
        `Stream ${e.previousStream - 1} had the same addresses and ports until ${duration(spanNs)} before, and ${previousText(e.previousKind)}.`,
        { spanNs },
      )
    },
  },
  {
    code: 'belongs_to',
    meaning: 'A lone segment whose numbers are those of another connection.',
    weight: 9,
    saidBy: ['rst_only', 'fin_only'],
    find: (e, _s, add) => {
      if (e.belongsTo === 0) return
      add(
        e.start,
        `Its numbers are those of stream ${e.belongsTo - 1}, under other addresses: the same connection without its address translation.`,
        {
          count: e.belongsTo - 1,
        },
      )
    },
  },
  {
    code: 'nat_twin',
    meaning:
      'The same connection was captured under other addresses too, on the other side of a NAT.',
    weight: 2,
    find: (e, _s, add) => {
      if (e.has(CONN_NAT_TWIN)) {
        add(
          e.start,
          'The same connection is in this capture under other addresses too, on the other side of a NAT.',
        )
      }
    },
  },
  {
    code: 'capture_point',
    meaning: 'Where the capture was made, by the times of the handshake.',
    weight: 0,
    find: (e, _s, add) => {
      const where = capturePoint(e)
      if (where !== undefined) add(e.handshake, `Captured ${where}, by the times of the handshake.`)
    },
  },
  {
    code: 'reset_code',
    meaning: 'The RST carries a reason of its vendor.',
    weight: 4,
    find: (e, _s, add) => {
      for (const side of [e.client, e.server]) {
        if (!side.rst.at.seen) continue
        if (side.rstLen > 0) {
          add(
            side.rst.at,
            `The RST (${packet(side.rst.at)}) carries ${count(side.rstLen, 'byte')} of text, as F5 BIG-IP and others give their reason: look at it in Wireshark.`,
            { side, bytes: side.rstLen },
          )
        } else if (
          !side.rst.hasAck &&
          side.rstWindow >= CITRIX_LOW &&
          side.rstWindow <= CITRIX_HIGH
        ) {
          add(
            side.rst.at,
            `The bare RST (${packet(side.rst.at)}) has window ${side.rstWindow}: Citrix ADC (NetScaler) gives its reason by such a number.`,
            { side, count: side.rstWindow },
          )
        }
      }
    },
  },
  {
    code: 'retry_worked',
    meaning:
      'The client opened another connection to the server right after, and that one was taken.',
    weight: 5,
    find: (e, _s, add) => {
      if (e.retryStream === 0 || e.retryNs - e.end.ns > RETRY_NS) return
      const spanNs = Math.max(0, e.retryNs - e.end.ns)
      add(
        e.end,
        `The client's next connection (stream ${e.retryStream - 1}) was taken ${duration(spanNs)} later.`,
        {
          side: e.client,
          spanNs,
        },
      )
    },
  },
]

/** Window numbers by which Citrix ADC says why it resets. */
const CITRIX_LOW = 8190
const CITRIX_HIGH = 9999

/** All findings of a connection, in order of time. */
export function findingsOf(e: Evidence, s: Derived): readonly Finding[] {
  const found: Finding[] = []
  for (const { code, find } of FINDINGS) {
    find(e, s, (at, says, { side, ...more } = {}) => {
      found.push({
        code,
        frame: at.frame,
        ns: at.ns,
        ...(side === undefined ? {} : { side: side === e.client ? 'client' : 'server' }),
        ...more,
        says,
      })
    })
  }
  return found.length === 0 ? NONE : found.sort((a, b) => a.frame - b.frame)
}

const NONE: readonly Finding[] = []
const ROWS: ReadonlyMap<string, FindingRow> = new Map(FINDINGS.map((row) => [row.code, row]))
/** Findings that an explanation tells at most. */
const TOLD = 3

/** What an explanation tells of the findings of an ending with this cause, in order of time. */
export function toldOf(findings: readonly Finding[], cause: Cause): readonly Finding[] {
  const worth = findings.filter(({ code }) => {
    const row = ROWS.get(code)
    return row !== undefined && row.weight > 0 && row.saidBy?.includes(cause) !== true
  })
  if (worth.length <= TOLD) return worth
  const weights = worth.map(({ code }) => ROWS.get(code)?.weight ?? 0).sort((a, b) => b - a)
  const least = weights[TOLD - 1] ?? 0
  return worth.filter(({ code }) => (ROWS.get(code)?.weight ?? 0) >= least).slice(0, TOLD)
}

function whyIgnored(side: SideEvidence): string {
  const by = side.ignoredBy
  switch (side.ignoredWhy) {
    case IGNORED_AHEAD:
      return `${by === 1 ? 'its' : 'the'} sequence number lies ${distance(by)} ahead of what was expected`
    case IGNORED_BEYOND:
      return `the sequence number lies far ahead of the window`
    case IGNORED_BEHIND:
      return `the sequence number lies ${distance(by)} behind what was expected`
    case IGNORED_ACK:
      return `it acknowledges ${distance(Math.abs(by))} too ${by < 0 ? 'few' : 'many'}`
    case IGNORED_NO_ACK:
      return 'it acknowledges nothing'
    default:
      return 'its numbers do not fit'
  }
}

/** From the acknowledgment of the first FIN (or from that FIN) to the first that the other side did to end it, or to the end. */
function halfClosedNs(e: Evidence, { first, second, resetter }: Derived): number {
  if (first === undefined || second === undefined) return NaN
  const from = first.finAcked.seen ? first.finAcked : first.fin
  if (second.fin.seen) return second.fin.frame < from.frame ? NaN : between(from, second.fin)
  if (resetter !== undefined && resetter.rst.at.frame > from.frame)
    return between(from, resetter.rst.at)
  return Math.max(0, e.captureEndNs - from.ns)
}

/** How long nothing had been said before the first FIN or RST, leaving goodbyes out. */
function idleBefore(e: Evidence, s: Derived): { at: PacketRef; ns: number } | undefined {
  const first = firstTeardown(s)
  if (first === undefined || !e.idleSince.seen || e.clockStepped) return undefined
  let at = first
  let since = e.idleSince.ns
  for (const side of [e.client, e.server]) {
    const isGoodbye =
      isCloseNotify(side) ||
      side.goodbyeKind === GOODBYE_421 ||
      side.goodbyeKind === GOODBYE_POSTGRES
    if (!isGoodbye || side.goodbye.frame !== e.idleSince.frame) continue
    at = side.goodbye
    since = side.goodbyeIdleNs
  }
  const ns = at.ns - since
  return ns >= IDLE_NS ? { at, ns } : undefined
}

/** The last goodbye of a side is a TLS alert that is no error, or may be one. */
function isCloseNotify(side: SideEvidence): boolean {
  if (side.goodbyeKind === 0 || side.goodbyeKind > 2) return false
  return side.goodbyeAlert <= 1
}

/** Payload of `side` that the program at the other side may not have got. */
function bytesAtRisk(e: Evidence, s: Derived, side: SideEvidence, other: SideEvidence): number {
  if (!side.has(SIDE_NXT_SET) || !other.has(SIDE_ACK_SET)) return 0
  const { resetter } = s
  if (s.resetDecides && resetter !== undefined) {
    const sentNxt = resetter === side ? side.rstNxt : resetter.rstPeerNxt
    const end = side.fin.seen && seqAfter(sentNxt, side.finSeq) ? side.finSeq : sentNxt
    const acked = resetter === side ? resetter.rstPeerAcked : resetter.rstAcked
    const unacked = Math.max(0, seqDistance(end, acked))
    if (unacked > 0) return unacked
    // Acknowledged by the host, and perhaps not read by its program.
    if (resetter === other && resetter.rst.peerData.frame > resetter.rst.ownData.frame)
      return resetter.rstPeerLen
    // The last that was said goes down with the RST that follows at once.
    if (resetter === side && side.rst.ownData.seen && between(side.rst.ownData, side.rst.at) < 10e6)
      return side.dataLen
    return 0
  }
  if (s.bothFins && s.finUnheard === undefined && s.undelivered === undefined) return 0
  if (side.seriesKind === 0 && e.captureEndNs - side.data.ns < 1e9) return 0
  const end = side.fin.seen ? side.finSeq : side.nxt
  return Math.max(0, seqDistance(end, other.acked))
}

function when(e: Evidence): string {
  const before = e.portFirstNs < e.start.ns
  const after = e.portLastNs > e.end.ns
  if (before && after) return ', before and since'
  if (before) return ', the last of them before'
  return after ? ', since' : ' at that time'
}

function previousText(kind: number): string {
  switch (kind) {
    case PREVIOUS_CLOSED:
      return 'was closed'
    case PREVIOUS_HALF_CLOSED:
      return 'was closed by one side only'
    case PREVIOUS_RESET:
      return 'was reset'
    case PREVIOUS_NOT_OPEN:
      return 'never opened'
    default:
      return 'was still open'
  }
}

/** Where the capture was made, as far as the handshake tells. */
function capturePoint(e: Evidence): string | undefined {
  const { client, server } = e
  if (!client.has(SIDE_SYN) || !server.has(SIDE_SYN_ACK) || !e.handshake.seen || e.synAckNs === 0)
    return undefined
  if (client.synRepeats > 0 || server.synAckRepeats > 0) return undefined
  const toServer = e.synAckNs - e.start.ns
  const toClient = e.handshake.ns - e.synAckNs
  if (toServer < 0 || toClient < 0 || toServer + toClient < NEAR_NS) return undefined
  if (toClient * NEAR < toServer) return 'near the client'
  if (toServer * NEAR < toClient) return 'near the server'
  return 'between the two'
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
