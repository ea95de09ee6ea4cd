// What happened to a service: which bursts of ends are deaths of its process, which outages begin with a drain, and when it
// was back.

import { type Ended, countOf } from './ended.js'
import {
  type Burst,
  type Outage,
  type ServiceFacts,
  isOpenAt,
  survivorsOf,
} from './service-facts.js'

/** A process that is gone refuses at once; clients come again within this time. */
const REFUSED_SOON_NS = 60e9
/** What ends so shortly before the first refusal belongs to it. */
const BEFORE_REFUSAL_NS = 2e9
/** A single refusal beside a single end, or none, says little. */
const FEWEST_REFUSED = 2
/** Connections that would have been taken in an outage, had it been none. */
const EXPECTED = 5
/** Ends in one instant without any other sign are a death from so many on. */
const FEWEST_UNSIGNED = 4
const FEWEST_SIGNED = 3
const FEWEST_OF_WORKER = 3
/** More bursts than that are how a service ends its connections. */
const HABIT = 3
/** An endpoint that changes between taking and refusing more often is not restarted: something chooses among clients. */
const MOST_OUTAGES = 16
/** Who had been idle for that long was not closed behind its answer. */
const IDLE_NS = 0.1e9
const IDLE_SHARE = 0.75
/** Idle times that differ less come from a timer. */
const SAME_IDLE = 0.15

/** The end of a process. */
export interface Death {
  readonly burst: Burst | undefined
  readonly outage: Outage | undefined
  readonly startNs: number
  readonly endNs: number
  readonly survivors: readonly Ended[]
  /** Connections go on or are taken: others of its workers live. */
  readonly isWorker: boolean
  /** The listener had been closed before. */
  readonly afterDrain: boolean
}

/** A listener that is closed while connections are still served. */
export interface Drain {
  readonly outage: Outage
  readonly startNs: number
  readonly endNs: number
  readonly members: readonly Ended[]
  readonly leftOpen: readonly Ended[]
}

/** A service that came back. */
export interface Restart {
  readonly outage: Outage
  readonly startNs: number
  readonly endNs: number
  readonly death: Death | undefined
  readonly drain: Drain | undefined
}

/** What happened to one endpoint. */
export interface ServiceStory {
  readonly deaths: readonly Death[]
  readonly drains: readonly Drain[]
  readonly restarts: readonly Restart[]
}

/** Tells the story of an endpoint. */
export function serviceStory(facts: ServiceFacts): ServiceStory {
  const outages =
    facts.outages.length > MOST_OUTAGES || isRejectedOnPath(facts)
      ? []
      : facts.outages.filter((outage) => !mayBeChance(facts, outage))
  const deaths: Death[] = []
  const drains: Drain[] = []
  const restarts: Restart[] = []
  for (const outage of outages) {
    // Who takes and refuses in turn is told by its ends alone.
    const isMixed = outages.length > HABIT
    const drain = isMixed ? undefined : drainOf(facts, outage)
    const death = deathIn(facts, outage, drain, isMixed)
    if (drain !== undefined) drains.push(drain)
    if (death !== undefined) deaths.push(death)
    const isDown = drain !== undefined || death !== undefined
    if (isDown && !Number.isNaN(outage.firstAcceptedNs)) {
      const startNs = Math.min(drain?.startNs ?? Infinity, death?.startNs ?? Infinity)
      restarts.push({ outage, startNs, endNs: outage.firstAcceptedNs, death, drain })
    }
  }
  const told = new Set(deaths.map(({ burst }) => burst))
  const members = new Set(drains.flatMap((drain) => drain.members))
  deaths.push(
    ...unannounced(facts).filter(
      ({ burst }) =>
        !told.has(burst) && burst?.members.some((member) => members.has(member)) !== true,
    ),
  )
  return { deaths, drains, restarts }
}

/**
 * Where connections were thinned out, one that was taken in between may be missing: an outage must be so long that several
 * of those that are kept would lie in it.
 */
function mayBeChance({ opened }: ServiceFacts, outage: Outage): boolean {
  if (!opened.some(({ weight }) => weight > 1)) return false
  const { lastAcceptedNs, firstAcceptedNs, lastRefusedNs } = outage
  const times = opened.map(({ startNs }) => startNs)
  const spanNs = Math.max(...times, lastRefusedNs) - Math.min(...times)
  const endNs = Number.isNaN(firstAcceptedNs) ? lastRefusedNs : firstAcceptedNs
  const share = (endNs - lastAcceptedNs) / spanNs
  return share * opened.length < EXPECTED || countOf(outage.refused) < EXPECTED
}

/** A device resets connections of this endpoint: what refuses is not the service. */
function isRejectedOnPath({ all }: ServiceFacts): boolean {
  return all.some(({ ending }) => ending === 'reset_other.middlebox')
}

/** A drain: connections were open when the first one was refused, and ended one after another. */
function drainOf({ opened, bursts }: ServiceFacts, outage: Outage): Drain | undefined {
  const { firstRefusedNs, firstAcceptedNs } = outage
  const untilNs = Number.isNaN(firstAcceptedNs) ? Infinity : firstAcceptedNs
  const open = opened.filter((c) => isOpenAt(c, firstRefusedNs))
  const ended = open.filter(({ closedNs }) => closedNs < untilNs)
  if (countOf(outage.refused) < FEWEST_REFUSED) return undefined
  // The kernel ends them within an instant; who refuses while they go on is alive.
  const last = Math.max(...ended.map(({ closedNs }) => closedNs))
  if (open.length === 0 || (ended.length > 0 && last - firstRefusedNs < AT_ONCE_NS))
    return undefined
  if (ended.length < open.length / 2) return undefined
  const before = bursts.filter(
    ({ firstNs, lastNs }) =>
      lastNs <= firstRefusedNs && firstRefusedNs - firstNs <= BEFORE_REFUSAL_NS,
  )
  const startNs = Math.min(firstRefusedNs, ...before.map(({ firstNs }) => firstNs))
  const final = finalBurst(bursts, opened, outage)
  const dead = new Set(final?.members ?? [])
  const members = opened.filter(
    (c) =>
      !dead.has(c) && c.closedNs >= startNs && c.closedNs < untilNs && c.startNs < firstRefusedNs,
  )
  return {
    outage,
    startNs,
    endNs: Math.max(startNs, ...members.map(({ closedNs }) => closedNs)),
    members,
    leftOpen: open.filter((c) => !ended.includes(c)),
  }
}

const AT_ONCE_NS = 50e6

/** The burst in an outage that ends all that was left, requests and all. */
function finalBurst(
  bursts: readonly Burst[],
  opened: readonly Ended[],
  { firstRefusedNs, firstAcceptedNs }: Outage,
): Burst | undefined {
  return bursts.find(
    (burst) =>
      burst.firstNs > firstRefusedNs &&
      !(burst.firstNs > firstAcceptedNs) &&
      burst.members.length > 1 &&
      (burst.lost.length > 0 || burst.resets > 0) &&
      survivorsOf(burst, opened).length === 0,
  )
}

/** The death that an outage begins with, or that ends a drain. */
function deathIn(
  facts: ServiceFacts,
  outage: Outage,
  drain: Drain | undefined,
  isMixed: boolean,
): Death | undefined {
  const { bursts, opened } = facts
  const { firstRefusedNs, lastAcceptedNs } = outage
  if (drain !== undefined) {
    const final = finalBurst(bursts, opened, outage)
    return final === undefined ? undefined : deathOf(final, outage, [], true)
  }
  const burst = bursts.findLast(
    ({ firstNs, lastNs }) =>
      firstNs <= firstRefusedNs + AT_ONCE_NS &&
      firstRefusedNs - lastNs <= REFUSED_SOON_NS &&
      lastNs >= lastAcceptedNs,
  )
  const isOne = burst?.members.length === 1 && burst.lost.length === 0 && burst.resets === 0
  if ((burst === undefined || isOne) && countOf(outage.refused) < FEWEST_REFUSED) return undefined
  if (isMixed && burst?.lost.length === 0) return undefined
  if (burst !== undefined && !(isOne && closesByHabit(bursts, burst)))
    return deathOf(burst, outage, survivorsOf(burst, opened), false)
  if (isMixed || opened.some((c) => isOpenAt(c, firstRefusedNs))) return undefined
  return {
    burst: undefined,
    outage,
    startNs: firstRefusedNs,
    endNs: outage.lastRefusedNs,
    survivors: [],
    isWorker: false,
    afterDrain: false,
  }
}

/** Single ends of answered connections are how the service closes. */
function closesByHabit(bursts: readonly Burst[], burst: Burst): boolean {
  return bursts.some((other) => other !== burst && other.members.length === 1)
}

function deathOf(
  burst: Burst,
  outage: Outage | undefined,
  survivors: readonly Ended[],
  afterDrain: boolean,
): Death {
  const isWorker = outage === undefined && survivors.length > 0
  return {
    burst,
    outage,
    startNs: burst.firstNs,
    endNs: burst.lastNs,
    survivors,
    isWorker,
    afterDrain,
  }
}

/** Deaths that no refused connection tells of. */
function unannounced({ bursts, opened }: ServiceFacts): Death[] {
  const all = bursts.filter(({ members }) => members.length >= FEWEST_SIGNED)
  if (all.length > HABIT) return []
  const deaths: Death[] = []
  for (const burst of all) {
    const { members, lost, resets } = burst
    const survivors = survivorsOf(burst, opened)
    const mixed = resets > 0 && resets < members.length
    const isDeath =
      survivors.length > 0
        ? members.length >= FEWEST_OF_WORKER &&
          lost.length >= 2 &&
          2 * lost.length >= members.length
        : lost.length > 0 || mixed || isUnsigned(burst)
    if (isDeath) deaths.push(deathOf(burst, undefined, survivors, false))
  }
  return deaths
}

/** All connections end in one instant, whatever each had been idle for: no timer does that, nor an answer that is complete. */
function isUnsigned({ members }: Burst): boolean {
  if (members.length < FEWEST_UNSIGNED || haveSameIdle(members)) return false
  return members.filter(({ idleNs }) => idleNs >= IDLE_NS).length >= IDLE_SHARE * members.length
}

/** Whether all had been idle for about the same time. */
export function haveSameIdle(members: readonly Ended[]): boolean {
  const idle = members.map(({ idleNs }) => idleNs).filter((ns) => !Number.isNaN(ns))
  const most = Math.max(...idle)
  return idle.length > 0 && most - Math.min(...idle) <= SAME_IDLE * most
}
