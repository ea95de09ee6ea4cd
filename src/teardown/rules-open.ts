// Connections without an ending: given up in silence, or still open when the capture ends. What can be said depends on
// how long the capture runs on after the last packet, since Linux gives up without sending anything.

import * as L from '../tcp/layout.js'
import type { Evidence } from './evidence.js'
import type { SideEvidence } from './side-evidence.js'
import { type Rule, nameOf } from './rule.js'
import type { Situation } from './situation.js'
import { The, count, duration, items, packet, sureAfter, the, toEnd, tooEarly } from './words.js'

/** Each retransmission waits twice as long as the one before (RFC 6298 §5.5); timers may be late by an eighth. */
const BACKOFF = 2 * 1.125
/** No Linux retransmission timer waits longer (TCP_RTO_MAX). */
const LONGEST_WAIT_NS = 120e9 * 1.125
/** Added to every expected time: scheduling at the sender and the capturing host. */
const SLACK_NS = 50e6
/** Probe interval when only one probe was seen: the default of Linux and BSD (tcp_keepalive_intvl). */
const DEFAULT_PROBE_INTERVAL_NS = 75e9
/** Unacknowledged payload counts as unanswered after this time even without a retransmission. */
const ANSWER_NS = 1e9

/** Rules for what never got an ending; they come after all others but `incomplete`. */
export const OPEN_RULES: readonly Rule[] = [
  {
    id: 'incomplete-fin-only',
    verdict: 'incomplete',
    cause: 'fin_only',
    when: (e) => onlySent(e, L.SIDE_FIN),
    closer: () => 'unknown',
    confidence: () => 'certain',
    alternatives: [],
    evidence: (e) => items([e.start, 'FIN']),
    explain: () => 'Only FINs of this connection were captured.',
  },
  {
    id: 'open-superseded',
    verdict: 'lingering_established',
    cause: 'superseded',
    when: (e, s) => e.has(L.CONN_SUPERSEDED) && s.first === undefined && !s.anyReset,
    closer: () => 'none',
    confidence: () => 'certain',
    alternatives: [],
    evidence: (e) => items([e.end, 'last packet before the ports were used again']),
    explain: (e) =>
      `A new connection took the same addresses and ports over without a FIN or RST for this one (last packet ${e.end.frame}): ` +
      `one end lost its state, or the close was not captured.`,
  },
  {
    id: 'keepalive-silent',
    verdict: 'keepalive_timeout',
    cause: 'silent',
    when: (e) => probing(e) !== undefined && !probeStillDue(e),
    closer: (e) => nameOf(e, probing(e)),
    confidence: (e) => ((probing(e)?.probeRun ?? 0) > 1 ? 'likely' : 'possible'),
    alternatives: ['keepalive_timeout.unanswered_at_end', 'lingering_established.idle'],
    evidence: probeEvidence,
    explain: (e) =>
      onProber(
        e,
        (side) =>
          `${The(e, side)} sent ${count(side.probeRun, 'keepalive probe')} without an answer (last: ${packet(side.probeLast)}), then nothing more ` +
          `for ${toEnd(e, side.probeLast)}, longer than its probe interval: the peer is gone, and the prober too, or its packets no longer pass here.`,
      ),
  },
  {
    id: 'keepalive-unanswered-at-end',
    verdict: 'keepalive_timeout',
    cause: 'unanswered_at_end',
    when: (e) => probing(e) !== undefined && !probeIsYoung(e),
    closer: () => 'none',
    confidence: (e) => ((probing(e)?.probeRun ?? 0) > 1 ? 'certain' : 'possible'),
    alternatives: ['lingering_established.keepalive_sustained'],
    evidence: probeEvidence,
    explain: (e) =>
      onProber(
        e,
        (side) =>
          `${The(e, side)} sent ${count(side.probeRun, 'keepalive probe')} without an answer (last: ${packet(side.probeLast)}), ` +
          `and the capture ends ${toEnd(e, side.probeLast)} later, before it would have given up.`,
      ),
  },
  giveUp('data', 'retransmission-timeout-data', L.SERIES_DATA, 'its payload'),
  giveUp('fin', 'retransmission-timeout-fin', L.SERIES_FIN, 'its FIN'),
  giveUp(
    'zero_window',
    'retransmission-timeout-zero-window',
    L.SERIES_WINDOW_PROBE,
    'window probes',
  ),
  {
    id: 'incomplete-one-direction',
    verdict: 'incomplete',
    cause: 'one_direction',
    when: (e, s) => s.oneDirection || finOfUnseenPeer(e, s),
    closer: () => 'unknown',
    confidence: () => 'certain',
    alternatives: [],
    evidence: (e) => items([e.start, 'first packet'], [e.end, 'last packet']),
    explain: (e) => {
      const side = e.client.packets === 0 ? e.client : e.server
      return side.packets === 0
        ? `No packet of ${the(e, side)} was captured, so the ending cannot be judged.`
        : `Packets of ${the(e, side)} are missing: acknowledgments show what was not captured. The ending cannot be judged.`
    },
  },
  {
    id: 'open-close-wait',
    verdict: 'lingering_established',
    cause: 'close_wait',
    when: (_e, s) => s.first !== undefined && s.first.finAcked.seen,
    closer: () => 'none',
    confidence: (e, s) =>
      sureAfter(s.first === undefined ? 0 : e.captureEndNs - s.first.finAcked.ns),
    alternatives: [],
    evidence: (_e, s) =>
      s.first === undefined
        ? []
        : items([s.first.fin, 'FIN'], [s.first.finAcked, 'acknowledged; no FIN follows']),
    explain: (e, s) =>
      s.first === undefined || s.second === undefined
        ? ''
        : `${The(e, s.first)} closed (FIN, ${packet(s.first.fin)}) and ${the(e, s.second)} acknowledged it, but had not closed ` +
          `${toEnd(e, s.first.finAcked)} later when the capture ended: it sits in CLOSE-WAIT, as after a missing close().${tooEarly(e.captureEndNs - s.first.finAcked.ns)}`,
  },
  {
    id: 'open-fin-unanswered',
    verdict: 'lingering_established',
    cause: 'fin_unanswered',
    when: (_e, s) => s.first !== undefined,
    closer: () => 'none',
    confidence: () => 'likely',
    alternatives: ['retransmission_timeout.fin', 'lingering_established.close_wait'],
    evidence: (_e, s) =>
      s.first === undefined ? [] : items([s.first.fin, 'FIN'], [s.first.finLast, 'last FIN']),
    explain: (e, s) =>
      s.first === undefined
        ? ''
        : `${The(e, s.first)} sent its FIN ${count(s.first.finCount, 'time')} (first ${packet(s.first.fin)}) without an acknowledgment ` +
          `before the capture ended.`,
  },
  {
    id: 'open-zero-window',
    verdict: 'lingering_established',
    cause: 'zero_window',
    when: (e) => stalled(e) !== undefined,
    closer: () => 'none',
    confidence: (e) => {
      if (probesGoUnanswered(e)) return 'possible'
      return e.quietNs > LONGEST_WAIT_NS ? 'likely' : 'certain'
    },
    alternatives: [],
    evidence: (e) => {
      const side = stalled(e)
      return side === undefined ? [] : items([side.last, 'window 0'])
    },
    explain: (e) => {
      const side = stalled(e)
      if (side === undefined) return ''
      const writer = side === e.client ? e.server : e.client
      return (
        `${The(e, side)} does not read: its window is 0 (${packet(side.last)}), and ${the(e, writer)} has sent ` +
        `${count(writer.windowProbes, 'window probe')}${probesGoUnanswered(e) ? ', the last of them without an answer' : ''}, ` +
        `the last packet ${duration(e.quietNs)} before the capture ended.`
      )
    },
  },
  {
    id: 'open-data-unanswered',
    verdict: 'lingering_established',
    cause: 'data_unanswered',
    when: (e) => unanswered(e) !== undefined,
    closer: () => 'none',
    confidence: (e) => ((unanswered(e)?.seriesCount ?? 0) > 0 ? 'likely' : 'possible'),
    alternatives: ['retransmission_timeout.data'],
    evidence: (e) => {
      const side = unanswered(e)
      return side === undefined
        ? []
        : items(
            [side.data, 'payload that is never acknowledged'],
            [side.seriesLast, 'last retransmission'],
          )
    },
    explain: (e) => {
      const side = unanswered(e)
      if (side === undefined) return ''
      const other = side === e.client ? e.server : e.client
      return (
        `${count(side.outstanding(other), 'byte')} of ${the(e, side)} (${packet(side.data)}) went unacknowledged for ` +
        `${toEnd(e, side.data)}, with ${count(side.seriesCount, 'retransmission')}; the capture ends before it gives up.`
      )
    },
  },
  {
    id: 'incomplete-midstream',
    verdict: 'incomplete',
    cause: 'midstream',
    when: (e, s) => s.midstream && (e.client.packets === 0 || e.server.packets === 0),
    closer: () => 'unknown',
    confidence: () => 'certain',
    alternatives: [],
    evidence: (e) => items([e.start, 'first packet']),
    explain: () =>
      'Too few packets from the middle of this connection were captured to judge its ending.',
  },
  {
    id: 'open-keepalive-sustained',
    verdict: 'lingering_established',
    cause: 'keepalive_sustained',
    when: (e) => keptAlive(e) !== undefined,
    closer: () => 'none',
    confidence: () => 'certain',
    alternatives: [],
    evidence: (e) => {
      const side = keptAlive(e)
      return side === undefined
        ? []
        : items([side.probeLast, 'last keepalive probe'], [side.probeAnswer, 'its answer'])
    },
    explain: (e) => {
      const side = keptAlive(e)
      return side === undefined
        ? ''
        : `Open and unused: only keepalive probes of ${the(e, side)} (${side.probesAnswered} answered) ` +
            `since ${duration(e.captureEndNs - lastUse(e))} before the end of the capture.`
    },
  },
  {
    id: 'open-idle',
    verdict: 'lingering_established',
    cause: 'idle',
    when: (e) => e.quietNs > e.idleNs,
    closer: () => 'none',
    confidence: () => 'certain',
    alternatives: [],
    evidence: (e) => items([e.end, 'last packet']),
    explain: (e) =>
      `Open and silent for ${duration(e.quietNs)} when the capture ended (last packet ${e.end.frame}): nobody closed it.`,
  },
  {
    id: 'open-active',
    verdict: 'lingering_established',
    cause: 'active',
    when: () => true,
    closer: () => 'none',
    confidence: () => 'certain',
    alternatives: [],
    evidence: (e) => items([e.end, 'last packet']),
    explain: (e) =>
      `Open when the capture ended, last packet (${e.end.frame}) ${duration(e.quietNs)} before that.`,
  },
]

/** Rules that must come before resets are judged: captures of nothing but resets. */
export const INCOMPLETE_RESET_RULES: readonly Rule[] = [
  {
    id: 'incomplete-rst-only',
    verdict: 'incomplete',
    cause: 'rst_only',
    when: (e) => onlySent(e, L.SIDE_RST),
    closer: () => 'unknown',
    confidence: () => 'certain',
    alternatives: [],
    evidence: (e) => items([e.start, 'RST']),
    explain: () => 'Only RSTs of this connection were captured: a filter, backscatter or a scan.',
  },
]

/** A rule for retransmissions of `kind` that stop although the capture runs on. */
function giveUp(
  cause: 'data' | 'fin' | 'zero_window',
  id: string,
  kind: number,
  what: string,
): Rule {
  const lingering =
    cause === 'data' ? 'data_unanswered' : cause === 'fin' ? 'fin_unanswered' : 'zero_window'
  return {
    id,
    verdict: 'retransmission_timeout',
    cause,
    when: (e) => resending(e, kind) !== undefined && !resendStillDue(e, kind),
    closer: (e) => nameOf(e, resending(e, kind)),
    confidence: (e) => ((resending(e, kind)?.seriesCount ?? 0) > 2 ? 'likely' : 'possible'),
    alternatives: [`lingering_established.${lingering}`],
    evidence: (e) => {
      const side = resending(e, kind)
      return side === undefined ? [] : items([side.seriesLast, `last retransmission of ${what}`])
    },
    explain: (e) => {
      const side = resending(e, kind)
      if (side === undefined) return ''
      return (
        `${The(e, side)} repeated ${what} ${count(side.seriesCount, 'time')} over ${duration(Math.max(0, side.seriesLast.ns - side.seriesSentNs))} without an answer ` +
        `and then stopped (${packet(side.seriesLast)}); the capture runs on for ${toEnd(e, side.seriesLast)}. ` +
        `It gave up: the other host or the path to it was gone.`
      )
    },
  }
}

/** The side whose retransmissions of `kind` were running when its last packet passed. */
function resending(e: Evidence, kind: number): SideEvidence | undefined {
  for (const side of [e.client, e.server]) {
    if (side.seriesKind === kind && side.seriesCount > 0) return side
  }
  return undefined
}

/** Whether the next retransmission could still come after the end of the capture. */
function resendStillDue(e: Evidence, kind: number): boolean {
  const side = resending(e, kind)
  if (side === undefined) return false
  const wait = Math.min(side.seriesGapNs * BACKOFF, LONGEST_WAIT_NS) + SLACK_NS
  return e.captureEndNs <= side.seriesLast.ns + wait
}

function probing(e: Evidence): SideEvidence | undefined {
  if (e.client.probeRun > 0) return e.client
  if (e.server.probeRun > 0) return e.server
  return undefined
}

function probeStillDue(e: Evidence): boolean {
  return onProber(e, (side) => {
    const interval = Number.isNaN(side.probeIntervalNs)
      ? DEFAULT_PROBE_INTERVAL_NS
      : side.probeIntervalNs
    return e.captureEndNs <= side.probeLast.ns + interval * 1.125 + SLACK_NS
  })
}

/** After answered ones, a single probe at the very end of the capture says nothing yet. */
function probeIsYoung(e: Evidence): boolean {
  return onProber(
    e,
    (side) =>
      side.probesAnswered > 0 &&
      side.probeRun === 1 &&
      e.captureEndNs - side.probeLast.ns < ANSWER_NS,
  )
}

function onProber<T>(e: Evidence, ask: (side: SideEvidence) => T): T {
  const side = probing(e)
  if (side === undefined) throw new Error('a keepalive rule ran without a probe')
  return ask(side)
}

function probeEvidence(e: Evidence): ReturnType<typeof items> {
  return onProber(e, (side) =>
    items(
      [side.probeFirst, 'first unanswered keepalive probe'],
      [side.probeLast, 'last keepalive probe'],
    ),
  )
}

/** After a FIN the other side's octets were acknowledged that were never captured: its own FIN is probably among them. */
function finOfUnseenPeer(_e: Evidence, s: Situation): boolean {
  if (s.first === undefined || s.second === undefined || s.bothFins) return false
  if (!s.second.has(L.SIDE_NXT_SET)) return false
  return ((s.first.acked - s.second.nxt) | 0) > 0
}

/** The side whose window was 0 last while the other one probes it. */
function stalled(e: Evidence): SideEvidence | undefined {
  if (e.server.window === 0 && e.server.packets > 0 && e.client.windowProbes > 0) return e.server
  if (e.client.window === 0 && e.client.packets > 0 && e.server.windowProbes > 0) return e.client
  return undefined
}

/** Window probes that had no answer when the capture ended. */
function probesGoUnanswered(e: Evidence): boolean {
  return [e.client, e.server].some((side) => side.seriesKind === L.SERIES_WINDOW_PROBE)
}

/** The side with payload outstanding: being repeated, or without any answer for too long. */
function unanswered(e: Evidence): SideEvidence | undefined {
  for (const [side, other] of [
    [e.client, e.server],
    [e.server, e.client],
  ] as const) {
    if (side.outstanding(other) === 0 || !side.has(L.SIDE_DATA)) continue
    if (side.seriesKind !== 0 || e.captureEndNs - side.data.ns > ANSWER_NS) return side
  }
  return undefined
}

/** The side whose answered probes are the last use of the connection. */
function keptAlive(e: Evidence): SideEvidence | undefined {
  const used = lastUse(e)
  if (e.client.probesAnswered > 0 && e.client.probeLast.ns > used) return e.client
  if (e.server.probesAnswered > 0 && e.server.probeLast.ns > used) return e.server
  return undefined
}

/** Time of the last payload, or of the opening. */
function lastUse(e: Evidence): number {
  let ns = e.handshake.seen ? e.handshake.ns : e.start.ns
  if (e.client.data.seen) ns = Math.max(ns, e.client.data.ns)
  if (e.server.data.seen) ns = Math.max(ns, e.server.data.ns)
  return ns
}

/** Whether all captured packets of the connection carried this flag. */
function onlySent(e: Evidence, flag: number): boolean {
  const plain = L.SIDE_SYN | L.SIDE_SYN_ACK | L.SIDE_DATA | L.SIDE_PLAIN_ACK
  const others = (plain | L.SIDE_FIN | L.SIDE_RST) & ~flag
  return (
    !e.client.has(others) && !e.server.has(others) && (e.client.has(flag) || e.server.has(flag))
  )
}
