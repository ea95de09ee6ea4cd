// Connections that one side gave up in silence: keepalive probes or retransmissions that stop without an answer. What can
// be said depends on how long the capture runs on after the last one, since Linux sends nothing when it gives up.

import { count, times, duration } from '../../base/text.js'
import { SERIES_DATA, SERIES_FIN, SERIES_WINDOW_PROBE } from '../../tcp/record/bits.js'
import type { Closer } from '../answer.js'
import { closerOf } from '../closer.js'
import type { Derived } from '../derived.js'
import type { Evidence } from '../evidence.js'
import { The, items, packet, toEnd } from '../phrases.js'
import { type Rule, nameOf } from '../rule.js'
import type { SideEvidence } from '../side-evidence.js'
import { ANSWER_NS, DEFAULT_PROBE_INTERVAL_NS, LATE, LONGEST_WAIT_NS } from '../timers.js'

/** Each retransmission waits twice as long as the one before (RFC 6298 §5.5). */
const BACKOFF = 2 * LATE
/** Fast retransmits and tail-loss probes come sooner than any timer, and the timer after them takes its full time. */
const SHORTEST_TIMER_NS = 1e9
/** Added to every expected time: scheduling at the sender and the capturing host. */
const SLACK_NS = 50e6

/** Unanswered probes that stop. */
export const PROBES_STOPPED: Rule = {
  id: 'keepalive-silent',
  ending: 'keepalive_timeout.silent',
  when: (e) => probing(e) !== undefined && !probeStillDue(e),
  closer: (e, s) => closedOr(e, s, probing(e)),
  evidence: probeEvidence,
  explain: (e) =>
    onProber(
      e,
      (side) =>
        `${The(e, side)} sent ${count(side.probeRun, 'keepalive probe')} without an answer (last: ${packet(side.probeLast)}), then nothing more ` +
        `for ${toEnd(e, side.probeLast)}, longer than its probe interval: the peer is gone, and the prober too, or its packets no longer pass here.`,
    ),
}

/** Unanswered probes that the end of the capture cuts off. */
export const PROBES_UNANSWERED: Rule = {
  id: 'keepalive-unanswered-at-end',
  ending: 'keepalive_timeout.unanswered_at_end',
  when: (e) => probing(e) !== undefined && !probeIsYoung(e),
  // The peer may still answer after the capture.
  evidence: probeEvidence,
  explain: (e) =>
    onProber(
      e,
      (side) =>
        `${The(e, side)} sent ${count(side.probeRun, 'keepalive probe')} without an answer (last: ${packet(side.probeLast)}), ` +
        `and the capture ends ${toEnd(e, side.probeLast)} later, before it would have given up.`,
    ),
}

/** Retransmissions of payload that stop. */
export const DATA_GIVEN_UP: Rule = giveUp(
  'data',
  'retransmission-timeout-data',
  SERIES_DATA,
  'its payload',
)
/** Retransmissions of a FIN that stop. */
export const FIN_GIVEN_UP: Rule = giveUp('fin', 'retransmission-timeout-fin', SERIES_FIN, 'its FIN')
/** Window probes that stop. */
export const ZERO_WINDOW_GIVEN_UP: Rule = giveUp(
  'zero_window',
  'retransmission-timeout-zero-window',
  SERIES_WINDOW_PROBE,
  'window probes',
)

/** Who closed first; where nobody did, the side that gave up. */
function closedOr(e: Evidence, s: Derived, side: SideEvidence | undefined): Closer {
  const closer = closerOf(e, s)
  return closer === 'none' ? nameOf(e, side) : closer
}

/** A rule for retransmissions of `kind` that stop although the capture runs on. */
function giveUp(
  cause: 'data' | 'fin' | 'zero_window',
  id: string,
  kind: number,
  what: string,
): Rule {
  return {
    id,
    ending: `retransmission_timeout.${cause}`,
    when: (e, s) => resending(e, s, kind) !== undefined && !resendStillDue(e, s, kind),
    closer: (e, s) => closedOr(e, s, resending(e, s, kind)),
    evidence: (e, s) => {
      const side = resending(e, s, kind)
      return side === undefined ? [] : items([side.seriesLast, `last retransmission of ${what}`])
    },
    explain: (e, s) => {
      const side = resending(e, s, kind)
      if (side === undefined) return ''
      if (side.seriesKind === 0) {
        return (
          `${The(e, side)} probed the closed window of the other side, each time with an answer, and stopped (${packet(side.seriesLast)}); ` +
          `the capture runs on for ${toEnd(e, side.seriesLast)}, longer than the next probe takes: it gave up (TCP_USER_TIMEOUT, a limit on orphans), or died.`
        )
      }
      return (
        `${The(e, side)} repeated ${what} ${times(side.seriesCount)} over ${duration(Math.max(0, side.seriesLast.ns - side.seriesSentNs))} without an answer ` +
        `and then stopped (${packet(side.seriesLast)}); the capture runs on for ${toEnd(e, side.seriesLast)}. ` +
        (isHeardAfter(e, side)
          ? `The other side was still sending, without acknowledging it: packets were lost in one direction.`
          : `It gave up, or died itself: nothing of the peer passed here any more, which is gone, cut off, or answers on another path.`)
      )
    },
  }
}

/** What a side repeats: a FIN that carries payload nobody has acknowledged is payload first. */
function kindOf(side: SideEvidence, s: Derived): number {
  return s.undelivered === side && side.seriesKind === SERIES_FIN ? SERIES_DATA : side.seriesKind
}

/** The side whose retransmissions of `kind` were running when its last packet passed. */
function resending(e: Evidence, s: Derived, kind: number): SideEvidence | undefined {
  for (const side of [e.client, e.server]) {
    if (side.seriesCount === 0 || kindOf(side, s) !== kind) continue
    // Where nothing of the other side was captured, only repeats without anything new show that nothing came back.
    const isHeard =
      s.oneDirection && (side.seriesCount < 2 || side.data.frame > side.seriesLast.frame)
    if (!isHeard) return side
  }
  return kind === SERIES_WINDOW_PROBE && windowProberStopped(e) ? windowProber(e) : undefined
}

/** The side that was probing a window that is still closed, though every probe so far was answered. */
function windowProber(e: Evidence): SideEvidence | undefined {
  const { client, server } = e
  if (server.window === 0 && server.packets > 0 && client.windowProbes > 0) return client
  if (client.window === 0 && client.packets > 0 && server.windowProbes > 0) return server
  return undefined
}

/** A closed window is probed for as long as the writer lives, at most twice as late each time: it no longer does. */
export function windowProberStopped(e: Evidence): boolean {
  const side = windowProber(e)
  if (side === undefined || side.seriesKind !== 0 || side.last.frame !== side.seriesLast.frame)
    return false
  return e.captureEndNs > side.seriesLast.ns + waitAfter(side)
}

/** How long the next step of a series can be away. A first timer takes a second at least (RFC 6298 §2.4). */
function waitAfter(side: SideEvidence): number {
  const gap = Math.max(side.seriesGapNs, SHORTEST_TIMER_NS / BACKOFF)
  return Math.min(gap * BACKOFF, LONGEST_WAIT_NS) + SLACK_NS
}

/** Whether the next retransmission could still come after the end of the capture. */
function resendStillDue(e: Evidence, s: Derived, kind: number): boolean {
  const side = resending(e, s, kind)
  if (side === undefined) return false
  return e.captureEndNs <= side.seriesLast.ns + waitAfter(side)
}

/** The peer sent something after the last retransmission. */
function isHeardAfter(e: Evidence, side: SideEvidence): boolean {
  const peer = side === e.client ? e.server : e.client
  return peer.last.seen && peer.last.frame > side.seriesLast.frame
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
    return e.captureEndNs <= side.probeLast.ns + interval * LATE + SLACK_NS
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
