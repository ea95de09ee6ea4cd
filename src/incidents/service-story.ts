// What happened to a service: which outages begin with a death or a drain, and when it was back.

import { countOf } from './ended.js'
import { type Death, HABIT, finalKill, goneIn, killIn, unannounced } from './service-deaths.js'
import { type Drain, drainOf } from './service-drains.js'
import type { Outage, ServiceFacts } from './service-facts.js'

/** Connections that would have been taken in an outage, had it been none. */
const EXPECTED = 5

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
    // Where nothing ended nobody knows that it was down.
    const isUp = end === undefined && drain !== undefined && drain.members.length === 0
    if (!isDown || isUp || Number.isNaN(outage.firstAcceptedNs)) continue
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
  const share = countOf(refused) / countOf(all.filter(({ isRefused }) => isRefused))
  return share * opened.length >= EXPECTED && countOf(refused) >= EXPECTED
}

/** A device resets several connections of this endpoint: what refuses is not the service. */
function isRejectedOnPath({ all }: ServiceFacts): boolean {
  return all.filter(({ ending }) => ending === 'reset_other.middlebox').length > 1
}
