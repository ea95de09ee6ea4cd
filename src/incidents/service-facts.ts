// What the connections of a server endpoint tell of its service: when it took connections and when it refused them, and
// which it ended in the same instant.

import { type Ended, countOf } from './ended.js'
import { type RefusalRun, refusedBetween } from './refusals.js'

/** Ends of one process follow each other this closely: the kernel closes its sockets one after another. */
const BURST_GAP_NS = 20e6
/** Who closes a connection that soon after its answer does so by habit. */
const ORDINARY_IDLE_NS = 50e6
/** From so many ordinary ends on, and half of all, that is how a service ends connections. */
const HABIT_ENDS = 10
/** An outage lasts several times as long as usual from one connection taken to the next. */
const USUAL_GAPS = 3

/** So many clients are not turned away for who they are. */
const MANY_CLIENTS = 3

/** Connections ended by the same side in one instant. */
export interface Burst {
  readonly members: readonly Ended[]
  readonly firstNs: number
  readonly lastNs: number
  /** Members with a request that had got no answer when they were ended: who closes by plan answers first. */
  readonly midRequest: readonly Ended[]
  readonly resets: readonly Ended[]
}

/** A time in which an endpoint refused connections. */
export interface Outage {
  /** Those that are kept; together they stand for all that were refused. */
  readonly refused: readonly Ended[]
  readonly firstRefusedNs: number
  readonly lastRefusedNs: number
  /** Last and first time that a connection was taken, before and after; NaN for never. */
  readonly lastAcceptedNs: number
  readonly firstAcceptedNs: number
}

/** Facts of one endpoint. */
export interface ServiceFacts {
  readonly all: readonly Ended[]
  /** Connections that were open. */
  readonly opened: readonly Ended[]
  readonly bursts: readonly Burst[]
  readonly outages: readonly Outage[]
  /** Times at which connections were taken, in order. */
  readonly acceptedNs: readonly number[]
  /** The usual time from one to the next; NaN when there are too few. */
  readonly usualGapNs: number
}

/** What is known of an endpoint besides its connections. */
export interface EndpointNotes {
  /** Times of different connections cannot be compared. */
  readonly isClockSet: boolean
  readonly refusals: readonly RefusalRun[]
}

/** Reads the facts of an endpoint. */
export function serviceFacts(
  all: readonly Ended[],
  { isClockSet, refusals }: EndpointNotes,
): ServiceFacts {
  const opened = all.filter(({ isOpened }) => isOpened)
  const acceptedNs = all
    .filter(({ isAccepted }) => isAccepted)
    .map(({ startNs }) => startNs)
    .sort((a, b) => a - b)
  const usualGapNs = medianGap(acceptedNs)
  const ends = opened.filter(({ by }) => by === 'server')
  const ordinary = ends.filter(isOrdinary)
  const isHabit = ordinary.length >= HABIT_ENDS && 2 * ordinary.length >= ends.length
  const telling = isHabit ? ends.filter((c) => !isOrdinary(c)) : ends
  const outages = isClockSet
    ? []
    : outagesOf(all, opened, refusals).filter((outage) => isReal(outage, opened, usualGapNs))
  return { all, opened, bursts: burstsOf(telling), outages, acceptedNs, usualGapNs }
}

/** Closed by its server right behind the answer. */
function isOrdinary({ byReset, isMidRequest, idleNs }: Ended): boolean {
  return !byReset && !isMidRequest && idleNs < ORDINARY_IDLE_NS
}

function medianGap(sorted: readonly number[]): number {
  const gaps = sorted.slice(1).map((ns, at) => ns - (sorted[at] as number))
  return gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? NaN
}

/** Ends in bursts, by time. */
export function burstsOf(ends: readonly Ended[]): Burst[] {
  const sorted = [...ends].sort((a, b) => a.closedNs - b.closedNs)
  const bursts: Burst[] = []
  for (let from = 0; from < sorted.length;) {
    let to = from + 1
    while (to < sorted.length && gapBefore(sorted, to) <= BURST_GAP_NS) to++
    bursts.push(burstOf(sorted.slice(from, to)))
    from = to
  }
  return bursts
}

function gapBefore(sorted: readonly Ended[], at: number): number {
  return (sorted[at] as Ended).closedNs - (sorted[at - 1] as Ended).closedNs
}

/** A burst of ends that are sorted by time. */
export function burstOf(members: readonly Ended[]): Burst {
  return {
    members,
    firstNs: members[0]?.closedNs ?? NaN,
    lastNs: members.at(-1)?.closedNs ?? NaN,
    midRequest: members.filter(({ isMidRequest }) => isMidRequest),
    resets: members.filter(({ byReset }) => byReset),
  }
}

/** Whether connections had been idle for the same time, each within a share of it. */
export function haveSameIdle(members: readonly Ended[], share: number): boolean {
  const idle = members.map(({ idleNs }) => idleNs).filter((ns) => !Number.isNaN(ns))
  const most = Math.max(...idle)
  return idle.length > 1 && most - Math.min(...idle) <= share * most
}

/** Connections that were open before a burst and after it. */
export function survivorsOf({ firstNs, lastNs }: Burst, opened: readonly Ended[]): Ended[] {
  return opened.filter((c) => isOpenAt(c, firstNs) && !(c.closedNs <= lastNs + BURST_GAP_NS))
}

/** Whether a connection was open at a time, as far as its packets tell. */
export function isOpenAt({ isOpened, startNs, closedNs, endNs, row }: Ended, ns: number): boolean {
  if (!isOpened || startNs >= ns) return false
  if (closedNs <= ns) return false
  return closedNs > ns || endNs >= ns || row.verdict === 'lingering_established'
}

/** A time at which a connection was taken or refused. */
interface Answer {
  readonly ns: number
  readonly refused: Ended | undefined
}

function outagesOf(
  all: readonly Ended[],
  opened: readonly Ended[],
  refusals: readonly RefusalRun[],
): Outage[] {
  const refused = all.filter(({ isRefused }) => isRefused)
  if (refused.length === 0) return []
  const answers: Answer[] = [
    ...all
      .filter(({ isAccepted }) => isAccepted)
      .map(({ startNs }) => ({ ns: startNs, refused: undefined })),
    ...refused.map((c) => ({ ns: c.closedNs, refused: c })),
  ].sort((a, b) => a.ns - b.ns)
  const outages: Outage[] = []
  const firstOpen = opened.reduce((least, { startNs }) => Math.min(least, startNs), Infinity)
  let lastAcceptedNs = NaN
  let run: Ended[] = []
  function close(firstAcceptedNs: number): void {
    const [first] = run
    if (first !== undefined) {
      const isKnown = !Number.isNaN(lastAcceptedNs) || firstOpen < first.closedNs
      const whole = refusedBetween(refusals, lastAcceptedNs, firstAcceptedNs)
      outages.push({
        refused: weighed(run, whole?.count),
        firstRefusedNs: whole?.firstNs ?? first.closedNs,
        lastRefusedNs: whole?.lastNs ?? run.at(-1)?.closedNs ?? first.closedNs,
        lastAcceptedNs: isKnown ? Math.max(firstOpen, lastAcceptedNs || firstOpen) : NaN,
        firstAcceptedNs,
      })
    }
    run = []
  }
  for (const answer of answers) {
    if (answer.refused !== undefined) {
      run.push(answer.refused)
      continue
    }
    close(answer.ns)
    lastAcceptedNs = answer.ns
  }
  close(NaN)
  return outages
}

/** Connections that stand for `count` together, or for as many as before. */
function weighed(kept: readonly Ended[], count: number | undefined): readonly Ended[] {
  const before = kept.reduce((sum, { weight }) => sum + weight, 0)
  if (count === undefined || count === before) return kept
  return kept.map((c) => ({ ...c, weight: (c.weight * count) / before }))
}

/**
 * Whether a service was away rather than choosey: for several times as long as usual from one connection taken to the next, and
 * for many clients, or for one that it takes at other times.
 */
function isReal(outage: Outage, opened: readonly Ended[], usualGapNs: number): boolean {
  const { refused, lastAcceptedNs, firstAcceptedNs, lastRefusedNs } = outage
  const clients = new Set<string>(refused.map(({ clientKey }) => clientKey))
  const isOfFew = clients.size < MANY_CLIENTS
  if (isOfFew && !opened.some(({ clientKey }) => clients.has(clientKey))) return false
  if (Number.isNaN(lastAcceptedNs)) return !Number.isNaN(firstAcceptedNs) && countOf(refused) > 1
  const spanNs = (Number.isNaN(firstAcceptedNs) ? lastRefusedNs : firstAcceptedNs) - lastAcceptedNs
  return !(spanNs < USUAL_GAPS * usualGapNs)
}
