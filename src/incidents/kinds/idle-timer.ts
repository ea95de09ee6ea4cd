// Connections that are closed after the same idle time: a timer, and the requests that it cost.

import { count, duration } from '../../base/text.js'
import { HALF_CLOSED_TIMERS, IDLE_TIMERS, knownTimer } from '../../verdict/timers.js'
import { type Ended, countOf, isRequestLost } from '../ended.js'
import type { Incident } from '../incident.js'
import type { Scene, Service } from '../scene.js'

/** Shorter times are no timers. */
const SHORTEST_NS = 0.9e9
/** How far idle times of one timer lie apart: a tick of the program's clock, and a little of the time itself. */
const TICK_NS = 60e6
const SHARE = 0.04
const FEWEST = 3
/** Of the connections that the side closed after a pause so many are the timer's. */
const MOST_OF_THEM = 0.6

/** The idle timer of a service. */
export function idleTimers(service: Service, scene: Scene): Incident[] {
  const { deaths, drains } = service.story
  const told = new Set([
    ...deaths.flatMap(({ burst }) => burst?.members ?? []),
    ...drains.flatMap(({ members }) => members),
  ])
  const ends = service.opened.filter(
    (c) => c.by === 'server' && c.idleNs >= SHORTEST_NS && isIdle(c) && !told.has(c),
  )
  const found = timerOf(ends)
  if (found === undefined || isOutlived(service, found, scene)) return []
  return [timerIncident(service, found, scene)]
}

/** Whether a connection was idle when it was closed: nothing was asked, and nothing sent again. */
function isIdle({ isMidRequest, isRepeating, ending }: Ended): boolean {
  return !isMidRequest && !isRepeating && ending !== 'rst_after_kill.peer_forgot'
}

/** The largest group of equal idle times, undefined when there is none that tells. */
function timerOf(ends: readonly Ended[]): readonly Ended[] | undefined {
  const sorted = [...ends].sort((a, b) => a.idleNs - b.idleNs)
  let best: readonly Ended[] = []
  for (let from = 0, to = 0; from < sorted.length; from++) {
    const least = (sorted[from] as Ended).idleNs
    while (
      to < sorted.length &&
      (sorted[to] as Ended).idleNs - least <= Math.max(TICK_NS, SHARE * least)
    )
      to++
    if (to - from > best.length) best = sorted.slice(from, to)
  }
  if (best.length < FEWEST || best.length < MOST_OF_THEM * sorted.length) return undefined
  return isOneMoment(best) && !isRound(best) ? undefined : best
}

/** Connections that had been silent for so much longer know nothing of a timer. */
const OUTLIVED = 1.2
const OUTLIVED_SHARE = 0.5

/** Whether many connections of a service are silent for longer: till their clients close, or till the capture ends. */
function isOutlived({ opened }: Service, group: readonly Ended[], { endNs }: Scene): boolean {
  const longNs = OUTLIVED * median(group.map(({ idleNs }) => idleNs))
  const longer = opened.filter((c) =>
    c.by === undefined
      ? c.ending === 'lingering_established.idle' && endNs - c.endNs > longNs
      : c.by === 'client' && !c.isRepeating && c.serverBytes > 0 && c.idleNs > longNs,
  )
  return longer.length > OUTLIVED_SHARE * group.length
}

/** All were used last, and closed, in one instant: that they had been idle for the same time says nothing. */
function isOneMoment(group: readonly Ended[]): boolean {
  const times = group.map(({ closedNs }) => closedNs)
  return Math.max(...times) - Math.min(...times) < TICK_NS
}

function isRound(group: readonly Ended[]): boolean {
  const seconds = median(group.map(({ idleNs }) => idleNs)) / 1e9
  const over = seconds - Math.round(seconds)
  return Math.round(seconds) >= 1 && over > -0.01 && over < 0.05
}

function timerIncident({ name }: Service, group: readonly Ended[], { names }: Scene): Incident {
  const timerNs = median(group.map(({ idleNs }) => idleNs))
  const times = group.map(({ closedNs }) => closedNs)
  const startNs = Math.min(...times)
  const lost = countOf(group.filter(isRequestLost))
  const n = count(countOf(group), 'connection')
  const known = knownTimer([...IDLE_TIMERS, ...HALF_CLOSED_TIMERS], timerNs)
  const fits = known === undefined ? '' : `, consistent with ${known.name}`
  const idles = group.map(({ idleNs }) => idleNs)
  return {
    kind: 'idle_timer',
    endpoint: name,
    startNs,
    endNs: Math.max(...times),
    confidence: isOneMoment(group) ? 'possible' : group.length >= 5 ? 'certain' : 'likely',
    says: `${name} closes idle connections after ${duration(timerNs)}${fits}: ${n} from ${names.moment(startNs)} on${lost > 0 ? `, ${count(lost, 'request')} lost to it` : ''}.`,
    speaksFor: [
      `${n} closed by the server after ${duration(Math.min(...idles))} to ${duration(Math.max(...idles))} without payload`,
    ],
    speaksAgainst: isOneMoment(group) ? ['all were used last in the same moment'] : [],
    members: group,
    timerNs,
    requestsLost: lost,
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? NaN
}
