// The change of one outcome between two times, and whether it is beyond chance.

import { type Share, fisherExact, leastPossible } from './fisher.js'
import { holm } from './holm.js'
import type { Tally } from './outcomes.js'

/** Changes are beyond chance when chance alone brings about any of them in no more than one of twenty comparisons. */
export const LEVEL = 0.05

/** An outcome before and after. */
export interface Outcome {
  readonly name: string
  readonly before: Tally
  readonly after: Tally
}

/** The same with what can be said about it. */
export interface Change extends Outcome {
  /** How many points of a hundred the share has risen. */
  readonly points: number
  /** So many connections count as one, because they come in bursts; 1 or more. */
  readonly designEffect: number
  /** Probability of a change like this by chance alone, before and after Holm's correction; absent when not tested. */
  readonly p: number | undefined
  readonly adjustedP: number | undefined
  readonly isBeyondChance: boolean
  /** It would be beyond chance if its connections had ended independently of each other. */
  readonly isHeldBackByBursts: boolean
}

/** All changes, in the order given: they are one family, whose error is bounded together. */
export function changesOf(outcomes: readonly Outcome[]): Change[] {
  // What is so rare that it could not be beyond chance however it were spread asks no question; nor does one side alone.
  const tested = outcomes.filter(({ before, after }) => leastPossible(before, after) <= LEVEL)
  const effects = tested.map(({ before, after }) => designEffect(before, after))
  const ps = tested.map(({ before, after }, at) =>
    fisherExact(asEvents(before, effects[at] ?? 1), asEvents(after, effects[at] ?? 1)),
  )
  const adjusted = holm(ps)
  const ifIndependent = holm(tested.map(({ before, after }) => fisherExact(before, after)))
  return outcomes.map((outcome) => {
    const at = tested.indexOf(outcome)
    const adjustedP = adjusted[at]
    const isBeyondChance = adjustedP !== undefined && adjustedP <= LEVEL
    return {
      ...outcome,
      points: 100 * (shareOf(outcome.after) - shareOf(outcome.before)),
      designEffect: effects[at] ?? 1,
      p: ps[at],
      adjustedP,
      isBeyondChance,
      isHeldBackByBursts: !isBeyondChance && (ifIndependent[at] ?? 1) <= LEVEL,
    }
  })
}

/** Share of an outcome, 0 to 1; 0 of nothing. */
export function shareOf({ some, all }: Share): number {
  return all === 0 ? 0 : some / all
}

/** How many events the connections with an outcome count as, before and after together. */
export function eventsOf({ before, after, designEffect: effect }: Change): number {
  return Math.max(1, Math.round((before.some + after.some) / effect))
}

/**
 * The design effect of Rao and Scott (1992): the variance of a share between clusters by what it would be if connections were
 * independent. Both times have one, taken at the share they have in common, as if nothing had changed: an outcome that one
 * time lacks is not spread over anything there. A burst of twelve comes to about twelve, twelve single ones to 1. Clusters
 * that are evener than chance are no reason to claim more. Simulated: where nothing but bursts happened, a change is claimed in
 * 2 to 3 of 100 comparisons; if connections are taken for independent, in 50.
 *
 * To count each ending of a cluster once instead would not do: under more load usual endings come to share their seconds and
 * rare ones do not, which would look like a change of shares.
 */
function designEffect(before: Tally, after: Tally): number {
  const all = before.all + after.all
  const share = (before.some + after.some) / all
  const squares = [before, after].reduce(
    (sum, { someSquared, someTimesAll, allSquared }) =>
      sum + someSquared - 2 * share * someTimesAll + share * share * allSquared,
    0,
  )
  const independent = all * share * (1 - share)
  return independent === 0 ? 1 : Math.max(1, squares / independent)
}

function asEvents({ some, all }: Share, effect: number): Share {
  const events = Math.max(1, Math.round(all / effect))
  return { some: Math.min(events, Math.round(some / effect)), all: events }
}
