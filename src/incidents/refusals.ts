// How many connections each endpoint refused, and when: counted before digests are thinned out, so that an outage tells the
// number that the rows of the capture show.

/** Refusals that follow each other this closely are one run. */
const SAME_RUN_NS = 0.25e9
/** Runs kept of an endpoint; more are joined with their neighbours, the closest first. */
const MOST_RUNS = 128

/** Refusals in a row. Times are ns relative to the zero of the capture. */
export interface RefusalRun {
  firstNs: number
  lastNs: number
  count: number
}

/** The runs of each endpoint. */
export class Refusals {
  private runs: RefusalRun[][] = []

  /** Counts one that was refused at `ns`; one that was captured twice is a half. Whether it goes on with a run. */
  add(endpoint: number, ns: number, count: number): boolean {
    const mine = (this.runs[endpoint] ??= [])
    if (mine.length === 0) {
      mine.push({ firstNs: ns, lastNs: ns, count })
      return false
    }
    // Nearly always the last one: digests come in the order of their ends, give or take a minute.
    let at = mine.length - 1
    while (at > 0 && ns < (mine[at] as RefusalRun).firstNs) at--
    const run = mine[at] as RefusalRun
    if (ns >= run.firstNs - SAME_RUN_NS && ns <= run.lastNs + SAME_RUN_NS) {
      run.firstNs = Math.min(run.firstNs, ns)
      run.lastNs = Math.max(run.lastNs, ns)
      run.count += count
      return true
    }
    mine.splice(ns < run.firstNs ? at : at + 1, 0, { firstNs: ns, lastNs: ns, count })
    if (mine.length > MOST_RUNS) joinClosest(mine)
    return false
  }

  /** The runs of an endpoint, in order. */
  of(endpoint: number): readonly RefusalRun[] {
    return this.runs[endpoint] ?? []
  }

  /** Begins anew. */
  clear(): void {
    this.runs = []
  }
}

/**
 * What was refused between two connections that were taken, NaN for none; undefined when one of them lies in a run, or nothing
 * was refused.
 */
export function refusedBetween(
  runs: readonly RefusalRun[],
  takenBeforeNs: number,
  takenAfterNs: number,
): RefusalRun | undefined {
  let [firstNs, lastNs, count] = [NaN, NaN, 0]
  for (const run of runs) {
    if (run.lastNs < takenBeforeNs || run.firstNs > takenAfterNs) continue
    if (run.firstNs < takenBeforeNs || run.lastNs > takenAfterNs) return undefined
    if (count === 0) firstNs = run.firstNs
    lastNs = run.lastNs
    count += run.count
  }
  return count > 0 ? { firstNs, lastNs, count } : undefined
}

function joinClosest(runs: RefusalRun[]): void {
  let closest = 1
  let leastNs = Infinity
  for (let at = 1; at < runs.length; at++) {
    const gapNs = (runs[at] as RefusalRun).firstNs - (runs[at - 1] as RefusalRun).lastNs
    if (gapNs >= leastNs) continue
    leastNs = gapNs
    closest = at
  }
  const [joined] = runs.splice(closest, 1)
  const before = runs[closest - 1] as RefusalRun
  before.lastNs = Math.max(before.lastNs, joined?.lastNs ?? NaN)
  before.count += joined?.count ?? 0
}
