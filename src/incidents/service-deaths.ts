// Which bursts of ends are deaths of a service's process.

import { type Ended, FORGOTTEN, countOf } from './ended.js'
import {
  type Burst,
  type Outage,
  type ServiceFacts,
  burstOf,
  haveSameIdle,
  isOpenAt,
  survivorsOf,
} from './service-facts.js'
import {
  BEHIND_ANSWER_NS,
  FEWEST_SIGNED,
  IDLE_NS,
  REFUSED_SOON_NS,
  closedByPlan,
} from './service-plan.js'

/** A process's listener may go before its connections: the first refusal may lie so long before them. */
const LISTENER_FIRST_NS = 50e6
/** Of a process that dies hardly a connection goes on … */
const LEFT_SHARE = 0.1
/** … and not many are left of which nothing is heard any more: they had been forgotten long before. */
const SILENT_SHARE = 0.25
/** Ends in one instant without any other sign are a death from so many on. */
const FEWEST_UNSIGNED = 4
/** Of one or two ends the first refusal tells only if it comes within this time. */
const FEW_REFUSED_SOON_NS = 5e9
/** What a kernel closes so much later than the others still belongs to the death of its process. */
const STRAGGLER_NS = 3e9
const STRAGGLER_SHARE = 0.25
/** Requests that had waited equally long were ended by a timer, or by a rule. */
const SAME_WAIT = 0.3
const TIMEOUT_NS = 0.9e9
/** All that a service had open ended in one instant, from so many on: it is another process that takes connections then. */
const FEWEST_RESTARTED = 5
/** A single refusal beside a single end, or none, says little. */
export const FEWEST_REFUSED = 2
/** Without anything else a service is gone when it refuses for that long, or so many. */
const GONE_NS = 1e9
const MANY_REFUSED = 10
/** A service takes the next connection within this time, or that many of its usual gaps. */
const ALIVE_NS = 1e9
const ALIVE_GAPS = 3
/** More bursts than that are how a service ends its connections. */
export const HABIT = 3
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
  /** Connections that its host answered by resets when they were used next. */
  readonly forgotten: readonly Ended[]
  /** When it took a connection again although it had refused none; NaN for never. */
  readonly nextAcceptedNs: number
}

/** The burst an outage begins with that ends nearly all there was. */
export function killIn(facts: ServiceFacts, outage: Outage): Death | undefined {
  const { bursts, opened } = facts
  const { firstRefusedNs, lastAcceptedNs } = outage
  const candidates = bursts.filter(
    ({ members, firstNs, lastNs }) =>
      firstNs <= firstRefusedNs + LISTENER_FIRST_NS &&
      firstRefusedNs - lastNs <=
        (members.length < FEWEST_SIGNED ? FEW_REFUSED_SOON_NS : REFUSED_SOON_NS) &&
      lastNs >= lastAcceptedNs,
  )
  const main = largestOf(candidates)
  if (main === undefined || closedByPlan(facts, outage).length > 0) return undefined
  const burst = withStragglers(main, opened, outage)
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

/** The burst with the most members, of equal ones the last. */
function largestOf(bursts: readonly Burst[]): Burst | undefined {
  let best: Burst | undefined
  for (const burst of bursts)
    if (best === undefined || burst.members.length >= best.members.length) best = burst
  return best
}

/**
 * A burst with those that its kernel closed a little later: what it had still to send, or a FIN that was lost. Where requests
 * were left open, nobody was there to serve them meanwhile; and none was taken since.
 */
function withStragglers(main: Burst, opened: readonly Ended[], { firstAcceptedNs }: Outage): Burst {
  if (!hasSign(main)) return main
  const late = opened.filter(
    (c) =>
      c.by === 'server' &&
      isOpenAt(c, main.firstNs) &&
      c.closedNs > main.lastNs &&
      c.closedNs - main.lastNs <= STRAGGLER_NS &&
      !(c.closedNs > firstAcceptedNs),
  )
  if (late.length === 0 || late.length > Math.max(1, STRAGGLER_SHARE * main.members.length))
    return main
  return burstOf([...main.members, ...late].sort((a, b) => a.closedNs - b.closedNs))
}

function hasSign({ midRequest, resets }: Burst): boolean {
  return midRequest.length > 0 || resets.length > 0
}

function closesOneByOne(bursts: readonly Burst[], burst: Burst): boolean {
  return bursts.some((other) => other !== burst && other.members.length === 1)
}

/** The burst in an outage that ends all that was left, requests and all. */
export function finalKill({ bursts, opened }: ServiceFacts, outage: Outage): Death | undefined {
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
export function goneIn({ opened }: ServiceFacts, outage: Outage): Death | undefined {
  const { firstRefusedNs, lastRefusedNs, refused, lastAcceptedNs } = outage
  if (Number.isNaN(lastAcceptedNs) || countOf(refused) < FEWEST_REFUSED) return undefined
  const open = opened.filter((c) => isOpenAt(c, firstRefusedNs))
  // Nothing goes on: what is open is answered by a host that knows no such connection.
  if (open.some(({ ending }) => ending !== FORGOTTEN)) return undefined
  // A moment's limit refuses a few.
  if (lastRefusedNs - lastAcceptedNs < GONE_NS && countOf(refused) < MANY_REFUSED) return undefined
  return {
    burst: undefined,
    outage,
    forgotten: open,
    startNs: firstRefusedNs,
    endNs: lastRefusedNs,
    survivors: [],
    isWorker: false,
    afterDrain: false,
    nextAcceptedNs: NaN,
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
  return {
    burst,
    outage,
    forgotten: [],
    startNs,
    endNs,
    survivors,
    isWorker,
    afterDrain,
    nextAcceptedNs: NaN,
  }
}

/** Deaths that no refused connection tells of. */
export function unannounced({ bursts, opened, acceptedNs, usualGapNs }: ServiceFacts): Death[] {
  const all = bursts.filter(({ members }) => members.length >= FEWEST_SIGNED)
  const soonNs = Math.max(ALIVE_NS, ALIVE_GAPS * usualGapNs || 0)
  const leftOpen = opened.filter(({ isMidRequest }) => isMidRequest).length
  const deaths: Death[] = []
  for (const burst of all) {
    const { members, midRequest, lastNs } = burst
    const survivors = survivorsOf(burst, opened)
    if (isEndedByRule(midRequest)) continue
    const nextAcceptedNs = acceptedNs.find((ns) => ns > lastNs) ?? NaN
    const isOutlived = goesOn(burst, survivors)
    const isAlive = isOutlived || nextAcceptedNs - lastNs <= soonNs
    // Who leaves several requests of different age open in one instant, and hardly one at other times, was ended itself.
    const isWorker =
      isAlive &&
      midRequest.length >= FEWEST_SIGNED &&
      (2 * midRequest.length >= members.length || 2 * midRequest.length >= leftOpen)
    const isRestart = !isOutlived && midRequest.length > 1 && members.length >= FEWEST_RESTARTED
    const isWhole =
      !isAlive && (midRequest.length > 0 || (all.length <= HABIT && isUnsigned(burst)))
    if (!isWorker && !isWhole && !isRestart) continue
    const death = deathOf(burst, undefined, survivors, false, isWorker && isOutlived)
    deaths.push({ ...death, nextAcceptedNs })
  }
  return deaths
}

/** Whether requests were given up after the same time, each: by a timeout, or at once by a server that will not answer them. */
function isEndedByRule(midRequest: readonly Ended[]): boolean {
  if (midRequest.length < 2 || !haveSameIdle(midRequest, SAME_WAIT)) return false
  return midRequest.every(
    ({ byReset, idleNs }) => !byReset && (idleNs >= TIMEOUT_NS || idleNs < BEHIND_ANSWER_NS),
  )
}

/** All connections end in one instant, whatever each had been idle for: no timer does that, nor an answer that is complete. */
function isUnsigned({ members }: Burst): boolean {
  if (members.length < FEWEST_UNSIGNED || haveSameIdle(members, SAME_IDLE)) return false
  return members.filter(({ idleNs }) => idleNs >= IDLE_NS).length >= IDLE_SHARE * members.length
}
