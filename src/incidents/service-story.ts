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
/** A process's listener may go before its connections: the first refusal may lie so long before them. */
const LISTENER_FIRST_NS = 50e6
/** Of a process that dies hardly a connection goes on … */
const LEFT_SHARE = 0.1
/** … and not many are left of which nothing is heard any more: they had been forgotten long before. */
const SILENT_SHARE = 0.25
/** Ends in one instant without any other sign are a death from so many on. */
const FEWEST_UNSIGNED = 4
const FEWEST_SIGNED = 3
/** A single refusal beside a single end, or none, says little. */
const FEWEST_REFUSED = 2
const FEWEST_REFUSED_OPEN = 3
/** Without anything else a service is gone when it refuses for that long, or so many. */
const GONE_NS = 1e9
const MANY_REFUSED = 10
/** A service takes the next connection within this time, or that many of its usual gaps. */
const ALIVE_NS = 1e9
const ALIVE_GAPS = 3
/** Connections that would have been taken in an outage, had it been none. */
const EXPECTED = 5
/** More bursts than that are how a service ends its connections. */
const HABIT = 3
/** Who had been idle for that long was not closed behind its answer. */
const IDLE_NS = 0.1e9
const IDLE_SHARE = 0.75
/** Who closes as soon as that after an answer had planned to. */
const BEHIND_ANSWER_NS = 5e6
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
  /** Those that were killed in the end. */
  readonly killed: readonly Ended[]
  /** Closed right behind their answers, before anything was refused; empty where connections were refused meanwhile. */
  readonly answered: readonly Ended[]
}

/** A service that came back. */
export interface Restart {
  readonly outage: Outage
  readonly startNs: number
  readonly endNs: number
  readonly death: Death | undefined
  readonly drain: Drain | undefined
  /** Connections were thinned out: an earlier one that was taken may be missing. */
  readonly isThinned: boolean
}

/** What happened to one endpoint. */
export interface ServiceStory {
  readonly deaths: readonly Death[]
  readonly drains: readonly Drain[]
  readonly restarts: readonly Restart[]
}

/** Tells the story of an endpoint. */
export function serviceStory(facts: ServiceFacts): ServiceStory {
  const isThinned = facts.opened.some(({ weight }) => weight > 1)
  const outages = outstanding(facts.outages.filter((outage) => !isThinned || isLong(facts, outage)))
  const deaths: Death[] = []
  const drains: Drain[] = []
  const restarts: Restart[] = []
  for (const outage of isRejectedOnPath(facts) ? [] : outages) {
    const isFromStart = Number.isNaN(outage.lastAcceptedNs)
    const death = isFromStart ? undefined : killIn(facts, outage)
    const drain = isFromStart || death !== undefined ? undefined : drainOf(facts, outage)
    const end = death ?? (drain === undefined ? goneIn(facts, outage) : finalKill(facts, outage))
    if (drain !== undefined) drains.push(drain)
    if (end !== undefined) deaths.push(end)
    const isDown = isFromStart || drain !== undefined || end !== undefined
    if (!isDown || Number.isNaN(outage.firstAcceptedNs)) continue
    const startNs = Math.min(
      drain?.startNs ?? Infinity,
      end?.startNs ?? Infinity,
      outage.firstRefusedNs,
    )
    restarts.push({ outage, startNs, endNs: outage.firstAcceptedNs, death: end, drain, isThinned })
  }
  const told = new Set([
    ...deaths.flatMap(({ burst }) => burst?.members ?? []),
    ...drains.flatMap(({ members }) => members),
  ])
  deaths.push(
    ...unannounced(facts).filter(({ burst }) => burst?.members.some((c) => told.has(c)) !== true),
  )
  return { deaths, drains, restarts }
}

/**
 * The outages, without those of a service that takes and refuses in turn, a few at a time: a limit, or one of several that answer
 * under this address. One that is far longer than those is none of them.
 */
function outstanding(outages: readonly Outage[]): readonly Outage[] {
  if (outages.length <= HABIT) return outages
  const sizes = outages.map(({ refused }) => countOf(refused)).sort((a, b) => a - b)
  const usual = sizes[sizes.length >> 1] ?? 0
  if (usual >= EXPECTED) return outages
  return outages.filter(({ refused }) => countOf(refused) >= EXPECTED * Math.max(usual, 1))
}

/**
 * Whether none of the connections that are kept lies in an outage by more than chance: were refusals spread evenly among those
 * that were taken, several would.
 */
function isLong({ all, opened }: ServiceFacts, { refused }: Outage): boolean {
  const isRefused = all.filter(({ ending }) => ending === 'handshake_failed.refused')
  const share = countOf(refused) / countOf(isRefused)
  return share * opened.length >= EXPECTED && countOf(refused) >= EXPECTED
}

/** A device resets several connections of this endpoint: what refuses is not the service. */
function isRejectedOnPath({ all }: ServiceFacts): boolean {
  return all.filter(({ ending }) => ending === 'reset_other.middlebox').length > 1
}

/** The burst an outage begins with that ends nearly all there was. */
function killIn(facts: ServiceFacts, outage: Outage): Death | undefined {
  const { bursts, opened } = facts
  const { firstRefusedNs, lastAcceptedNs } = outage
  const burst = bursts.findLast(
    ({ firstNs, lastNs }) =>
      firstNs <= firstRefusedNs + LISTENER_FIRST_NS &&
      firstRefusedNs - lastNs <= REFUSED_SOON_NS &&
      lastNs >= lastAcceptedNs,
  )
  if (burst === undefined || closedByPlan(facts, outage).length > 0) return undefined
  const survivors = survivorsOf(burst, opened)
  if (goesOn(burst, survivors)) return undefined
  // A single end of an answered connection may be how the service closes.
  const isOne = burst.members.length === 1 && !hasSign(burst)
  if (isOne && (countOf(outage.refused) < FEWEST_REFUSED || closesOneByOne(bursts, burst)))
    return undefined
  return deathOf(burst, outage, survivors, false)
}

/** Whether too many connections are left behind a burst for the end of a process. */
function goesOn({ members, lastNs }: Burst, survivors: readonly Ended[]): boolean {
  const heard = survivors.filter(({ endNs }) => endNs > lastNs)
  return (
    heard.length > LEFT_SHARE * members.length || survivors.length > SILENT_SHARE * members.length
  )
}

function hasSign({ midRequest, resets }: Burst): boolean {
  return midRequest.length > 0 || resets.length > 0
}

function closesOneByOne(bursts: readonly Burst[], burst: Burst): boolean {
  return bursts.some((other) => other !== burst && other.members.length === 1)
}

/**
 * Ends of a service that stopped on purpose, if it did, before anything was refused: it answered, and then closed. Whatever ends
 * a process finds most connections that are in use somewhere else than right behind an answer.
 */
function closedByPlan({ opened }: ServiceFacts, outage: Outage): readonly Ended[] {
  const { firstRefusedNs, lastAcceptedNs } = outage
  const byServer = opened.filter(
    ({ by, closedNs }) =>
      by === 'server' && closedNs <= firstRefusedNs && firstRefusedNs - closedNs <= REFUSED_SOON_NS,
  )
  const last = byServer.filter(({ closedNs }) => closedNs > lastAcceptedNs)
  if (last.some(({ byReset, isMidRequest }) => byReset || isMidRequest)) return []
  const inUse = last.filter(({ idleNs }) => idleNs < IDLE_NS)
  const answered = inUse.filter(isBehindAnswer)
  const before = byServer.filter((c) => c.closedNs <= lastAcceptedNs && isBehindAnswer(c))
  // A service that closes behind every answer does so until it dies.
  const isHabit = before.length >= answered.length
  const isPlan = answered.length >= FEWEST_SIGNED && 2 * answered.length >= inUse.length
  return isPlan && !isHabit ? last : []
}

function isBehindAnswer({ idleNs }: Ended): boolean {
  return idleNs < BEHIND_ANSWER_NS
}

/** A drain: connections were open when the first one was refused, and went on, or had been ended by plan. */
function drainOf(facts: ServiceFacts, outage: Outage): Drain | undefined {
  const { opened, bursts } = facts
  const { firstRefusedNs, firstAcceptedNs, refused } = outage
  const untilNs = Number.isNaN(firstAcceptedNs) ? Infinity : firstAcceptedNs
  const open = opened.filter((c) => isOpenAt(c, firstRefusedNs))
  const ended = open.filter(({ closedNs }) => closedNs < untilNs)
  const planned = closedByPlan(facts, outage)
  const fewest = ended.length + planned.length > 0 ? FEWEST_REFUSED : FEWEST_REFUSED_OPEN
  if (open.length + planned.length === 0 || countOf(refused) < fewest) return undefined
  const before = bursts.filter(
    ({ firstNs, lastNs }) =>
      lastNs <= firstRefusedNs && firstRefusedNs - firstNs <= BEFORE_REFUSAL_NS,
  )
  const startNs = Math.min(
    firstRefusedNs,
    ...before.map(({ firstNs }) => firstNs),
    ...planned.map(({ closedNs }) => closedNs),
  )
  const killed = new Set(finalKill(facts, outage)?.burst?.members ?? [])
  const members = opened.filter(
    (c) =>
      !killed.has(c) && c.closedNs >= startNs && c.closedNs < untilNs && c.startNs < firstRefusedNs,
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

/** The burst in an outage that ends all that was left, requests and all. */
function finalKill({ bursts, opened }: ServiceFacts, outage: Outage): Death | undefined {
  const { firstRefusedNs, firstAcceptedNs } = outage
  const burst = bursts.find(
    (each) =>
      each.firstNs > firstRefusedNs &&
      !(each.firstNs > firstAcceptedNs) &&
      each.members.length > 1 &&
      hasSign(each) &&
      survivorsOf(each, opened).length === 0,
  )
  return burst === undefined ? undefined : deathOf(burst, outage, [], true)
}

/** A process that went when nothing of it was open. */
function goneIn({ opened }: ServiceFacts, outage: Outage): Death | undefined {
  const { firstRefusedNs, lastRefusedNs, refused, lastAcceptedNs } = outage
  if (Number.isNaN(lastAcceptedNs) || countOf(refused) < FEWEST_REFUSED) return undefined
  if (opened.some((c) => isOpenAt(c, firstRefusedNs))) return undefined
  // A moment's limit refuses a few.
  if (lastRefusedNs - lastAcceptedNs < GONE_NS && countOf(refused) < MANY_REFUSED) return undefined
  return {
    burst: undefined,
    outage,
    startNs: firstRefusedNs,
    endNs: lastRefusedNs,
    survivors: [],
    isWorker: false,
    afterDrain: false,
  }
}

function deathOf(
  burst: Burst,
  outage: Outage | undefined,
  survivors: readonly Ended[],
  afterDrain: boolean,
  isWorker = false,
): Death {
  const { firstNs: startNs, lastNs: endNs } = burst
  return { burst, outage, startNs, endNs, survivors, isWorker, afterDrain }
}

/** Deaths that no refused connection tells of. */
function unannounced({ bursts, opened, acceptedNs, usualGapNs }: ServiceFacts): Death[] {
  const all = bursts.filter(({ members }) => members.length >= FEWEST_SIGNED)
  const soonNs = Math.max(ALIVE_NS, ALIVE_GAPS * usualGapNs || 0)
  const deaths: Death[] = []
  for (const burst of all) {
    const { members, midRequest, lastNs } = burst
    const survivors = survivorsOf(burst, opened)
    const isAlive =
      goesOn(burst, survivors) || acceptedNs.some((ns) => ns > lastNs && ns - lastNs <= soonNs)
    const isWorker =
      isAlive && midRequest.length >= FEWEST_SIGNED && 2 * midRequest.length >= members.length
    const isWhole =
      !isAlive && (midRequest.length > 0 || (all.length <= HABIT && isUnsigned(burst)))
    if (isWorker || isWhole) deaths.push(deathOf(burst, undefined, survivors, false, isWorker))
  }
  return deaths
}

/** All connections end in one instant, whatever each had been idle for: no timer does that, nor an answer that is complete. */
function isUnsigned({ members }: Burst): boolean {
  if (members.length < FEWEST_UNSIGNED || haveSameIdle(members)) return false
  return members.filter(({ idleNs }) => idleNs >= IDLE_NS).length >= IDLE_SHARE * members.length
}

/** Whether all had been idle for about the same time. */
function haveSameIdle(members: readonly Ended[]): boolean {
  const idle = members.map(({ idleNs }) => idleNs).filter((ns) => !Number.isNaN(ns))
  const most = Math.max(...idle)
  return idle.length > 0 && most - Math.min(...idle) <= SAME_IDLE * most
}
