// A service that stops taking connections and goes on with those that are open.

import { type Ended, FORGOTTEN, countOf } from './ended.js'
import { FEWEST_REFUSED, finalKill } from './service-deaths.js'
import { type Outage, type ServiceFacts, isOpenAt } from './service-facts.js'
import { FEWEST_SIGNED, closedByPlan, isBehindAnswer } from './service-plan.js'

/** What ends so shortly before the first refusal belongs to it. */
const BEFORE_REFUSAL_NS = 2e9
/** One client is turned away for who it is. */
const FEWEST_TURNED_AWAY = 2
/** Who is served so long after others are refused was not on its way out. */
const SERVED_ON_NS = 1e9

/** A listener that is closed while connections are still served. */
export interface Drain {
  readonly outage: Outage
  readonly startNs: number
  readonly endNs: number
  readonly members: readonly Ended[]
  readonly leftOpen: readonly Ended[]
  /** Those that were killed in the end. */
  readonly killed: readonly Ended[]
  /** Closed right behind their answers, before anything was refused; empty where connections were refused meanwhile. */
  readonly answered: readonly Ended[]
}

/** A drain: connections were open when the first one was refused, and went on, or had been ended by plan. */
export function drainOf(facts: ServiceFacts, outage: Outage): Drain | undefined {
  const { opened, bursts } = facts
  const { firstRefusedNs, firstAcceptedNs, refused } = outage
  const untilNs = Number.isNaN(firstAcceptedNs) ? Infinity : firstAcceptedNs
  const open = opened.filter((c) => isOpenAt(c, firstRefusedNs))
  // What clients close is no sign of a drain, nor is what the server had forgotten.
  const ended = open.filter(
    ({ by, ending, closedNs }) => by === 'server' && ending !== FORGOTTEN && closedNs < untilNs,
  )
  const planned = closedByPlan(facts, outage)
  const isEnding = ended.length + planned.length > 0
  if (countOf(refused) < FEWEST_REFUSED || (!isEnding && !isSplit(open, outage))) return undefined
  const before = bursts.filter(
    ({ firstNs, lastNs }) =>
      lastNs <= firstRefusedNs &&
      firstRefusedNs - firstNs <= BEFORE_REFUSAL_NS &&
      !(firstNs < outage.lastAcceptedNs),
  )
  const startNs = Math.min(
    firstRefusedNs,
    ...before.map(({ firstNs }) => firstNs),
    ...planned.map(({ closedNs }) => closedNs),
  )
  const killed = new Set(finalKill(facts, outage)?.burst?.members ?? [])
  const members = opened.filter(
    (c) =>
      c.by === 'server' &&
      c.ending !== FORGOTTEN &&
      !killed.has(c) &&
      c.closedNs >= startNs &&
      c.closedNs < untilNs &&
      c.startNs < firstRefusedNs,
  )
  return {
    outage,
    startNs,
    endNs: Math.max(startNs, ...members.map(({ closedNs }) => closedNs)),
    members,
    leftOpen: open.filter((c) => !ended.includes(c)),
    killed: [...killed],
    answered: open.length > 0 ? [] : planned.filter(isBehindAnswer),
  }
}

/** Whether several clients are refused while others are served: the listener is closed, or something before it refuses. */
function isSplit(open: readonly Ended[], { refused, firstRefusedNs }: Outage): boolean {
  const clients = new Set<string>(refused.map(({ clientKey }) => clientKey))
  return (
    clients.size >= FEWEST_TURNED_AWAY &&
    countOf(refused) >= FEWEST_SIGNED &&
    open.some(
      ({ ending, serverLastNs }) =>
        ending !== FORGOTTEN && serverLastNs - firstRefusedNs >= SERVED_ON_NS,
    )
  )
}
