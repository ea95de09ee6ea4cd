// Whether a service ended its connections on purpose.

import type { Ended } from './ended.js'
import type { Outage, ServiceFacts } from './service-facts.js'

/** Who had been idle for that long was not closed behind its answer. */
export const IDLE_NS = 0.1e9
/** Who closes as soon as that after an answer had planned to. */
export const BEHIND_ANSWER_NS = 5e6
/** A process that is gone refuses at once; clients come again within this time. */
export const REFUSED_SOON_NS = 60e9
/** So many signs are no chance. */
export const FEWEST_SIGNED = 3

/**
 * Ends of a service that stopped on purpose, if it did, before anything was refused: it answered, and then closed. Whatever ends
 * a process finds most connections that are in use somewhere else than right behind an answer.
 */
export function closedByPlan({ opened }: ServiceFacts, outage: Outage): readonly Ended[] {
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

/** Whether a connection was closed as soon as it had got an answer. */
export function isBehindAnswer({ idleNs }: Ended): boolean {
  return idleNs < BEHIND_ANSWER_NS
}
