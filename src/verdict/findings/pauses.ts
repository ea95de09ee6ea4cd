// Findings about how long nothing was said, or one side only was open.

import { duration } from '../../base/text.js'
import { SIDE_DATA } from '../../tcp/record/bits.js'
import { GOODBYE_421, GOODBYE_POSTGRES } from '../../tcp/payload.js'
import { PAUSE_NS } from '../../tcp/views/plain-ending.js'
import type { Derived } from '../derived.js'
import type { Evidence } from '../evidence.js'
import { type PacketRef, between } from '../packet-ref.js'
import { The, packet, the } from '../phrases.js'
import { requestLeftOpen } from '../requests.js'
import { HALF_CLOSED_TIMERS, IDLE_TIMERS, knownTimer } from '../timers.js'
import { firstTeardown } from '../timings.js'
import { isCloseNotify } from './goodbye.js'
import type { FindingRow } from './row.js'

const HALF_CLOSED_NS = 1e9

/** Their rows. */
export const PAUSES: readonly FindingRow[] = [
  {
    code: 'half_closed',
    meaning: 'One side had closed and the other had not, for a second or more.',
    weight: 7,
    saidBy: [
      'slow_close',
      'late_close',
      'close_wait',
      'half_close',
      'fin_unanswered',
      'fin',
      'close_wait_abort',
      'reset_after_close',
    ],
    find: (e, s, add) => {
      const { first, second } = s
      if (first === undefined || second === undefined || s.oneDirection) return
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
    saidBy: ['abort', 'crossed_close', 'reset_sent', 'unanswered_request', 'no_payload'],
    find: (e, s, add) => {
      const idle = idleBefore(e, s)
      if (idle === undefined) return
      add(
        idle.at,
        `No payload had passed for ${duration(idle.ns)} before packet ${idle.at.frame}.`,
        {
          spanNs: idle.ns,
        },
      )
    },
  },
  {
    code: 'timer',
    meaning: 'The idle or half-closed time fits a timer that products are known for.',
    weight: 7,
    saidBy: ['reset_sent'],
    find: (e, s, add) => {
      const idle = idleBefore(e, s)
      const idleTimer = idle === undefined ? undefined : knownTimer(IDLE_TIMERS, idle.ns)
      // A client that waits for an answer is not idle, nor is a connection that a dying server had never served.
      const isWaiting =
        (s.first === e.client && requestLeftOpen(e, s) > 0) ||
        (s.resetter === e.server && !e.server.has(SIDE_DATA)) ||
        // Who gives up after probes has a timer of another kind.
        e.client.probeRun + e.server.probeRun > 0
      if (idle !== undefined && idleTimer !== undefined && !isWaiting) {
        add(idle.at, `${duration(idle.ns)} of silence are consistent with ${idleTimer.name}.`, {
          spanNs: idle.ns,
        })
      }
      const halfNs = s.oneDirection ? NaN : halfClosedNs(e, s)
      const halfTimer = knownTimer(HALF_CLOSED_TIMERS, halfNs)
      if (s.first === undefined || halfTimer === undefined) return
      add(s.first.fin, `${duration(halfNs)} half-closed are consistent with ${halfTimer.name}.`, {
        spanNs: halfNs,
      })
    },
  },
]

/** From the acknowledgment of the first FIN (or from that FIN) to the first that the other side did to end it, or to the end. */
function halfClosedNs(e: Evidence, { first, second, resetter }: Derived): number {
  if (first === undefined || second === undefined) return NaN
  const from = first.finAcked.seen ? first.finAcked : first.fin
  if (second.fin.seen) return second.fin.frame < from.frame ? NaN : between(from, second.fin)
  if (resetter !== undefined && resetter.rst.at.frame > from.frame)
    return between(from, resetter.rst.at)
  return e.toEndNs(from)
}

/** Idle times worth a finding. */
function idleBefore(e: Evidence, s: Derived): Idle | undefined {
  const idle = idleOf(e, s)
  return idle !== undefined && idle.ns >= PAUSE_NS ? idle : undefined
}

/** How long nothing had been said before a packet. */
interface Idle {
  readonly at: PacketRef
  readonly ns: number
}

/** How long nothing had been said before the first FIN or RST, leaving goodbyes out. */
export function idleOf(e: Evidence, s: Derived): Idle | undefined {
  const first = firstTeardown(s)
  if (first === undefined || !e.idleSince.seen || e.clockStepped) return undefined
  // Before a connection is open nothing can be said on it.
  if (!e.handshake.seen && !s.midstream) return undefined
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
  return { at, ns: at.ns - since }
}
