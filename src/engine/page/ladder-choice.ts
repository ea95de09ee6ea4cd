// Which connections of a page have their packets in it: the worst of each ending, and where there is room others too.

import { targetOf, type LadderTarget } from '../ladder/target.js'
import type { EndedConnection } from '../ended-connection.js'
import { badnessOf } from '../../output/collect/examples.js'
import { type Ending, rowOf } from '../../verdict/endings.js'

/** Ladders of one ending, and of all. */
const MOST_OF_ENDING = 25
const MOST = 300

/** A connection whose packets are wanted. */
export interface ChosenConnection {
  /** Place of its capture. */
  readonly capture: number
  readonly target: LadderTarget
  /** Times of its capture count from there; its first packet, relative ns. */
  readonly startNs: number
  readonly badness: number
}

/** Takes connections. */
export class LadderChoice {
  private readonly byEnding = new Map<Ending, ChosenConnection[]>()
  /** The first of those that are not among the worst. */
  private readonly others: ChosenConnection[] = []

  add(c: EndedConnection, capture: number): void {
    const { ending } = c.j
    let list = this.byEnding.get(ending)
    if (list === undefined) this.byEnding.set(ending, (list = []))
    const badness = badnessOf(c)
    const last = list.at(-1)
    const isFull = list.length >= MOST_OF_ENDING && last !== undefined
    const isAmong = !isFull || badness > last.badness
    if (!isAmong && this.others.length >= MOST) return
    const chosen = { capture, target: targetOf(c), startNs: c.e.startNs, badness }
    if (!isAmong) {
      this.others.push(chosen)
      return
    }
    const at = list.findIndex((each) => each.badness < badness)
    list.splice(at < 0 ? list.length : at, 0, chosen)
    const displaced = list.length > MOST_OF_ENDING ? list.pop() : undefined
    if (displaced !== undefined && this.others.length < MOST) this.others.push(displaced)
  }

  /** Those that are chosen, by capture and stream. Where there are too many, endings that matter more come first. */
  chosen(): ChosenConnection[] {
    const worst = [...this.byEnding]
      .sort(([a], [b]) => rowOf(b).severity - rowOf(a).severity || (a < b ? -1 : 1))
      .flatMap(([, list]) => list)
    return [...worst, ...this.others]
      .slice(0, MOST)
      .sort((a, b) => a.capture - b.capture || a.target.stream - b.target.stream)
  }
}
