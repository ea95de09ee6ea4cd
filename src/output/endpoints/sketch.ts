// Percentiles of durations in bounded memory: a histogram whose buckets grow by two percent, so that a percentile is off by
// one percent at most (the DDSketch of Masson, Rim, Lee 2019, without its collapsing: there are 2,100 buckets at most).

const GROWTH = 1.02
const LOG_GROWTH = Math.log(GROWTH)
/** Shorter durations are none: captures do not tell them apart. */
const SHORTEST_NS = 1
/** Longer ones are this long: 30 years. */
const LONGEST_NS = 1e18

/** What a {@link Sketch} holds, as plain data. */
export interface SketchState {
  readonly zeros: number
  readonly buckets: readonly (readonly [bucket: number, n: number])[]
}

/** Durations of which percentiles are asked for. */
export class Sketch {
  count = 0
  private zeros = 0
  private readonly buckets = new Map<number, number>()

  /** Adds a duration in ns; NaN is none. */
  add(ns: number): void {
    if (Number.isNaN(ns)) return
    this.count++
    if (ns < SHORTEST_NS) {
      this.zeros++
      return
    }
    const bucket = Math.ceil(Math.log(Math.min(ns, LONGEST_NS)) / LOG_GROWTH)
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1)
  }

  /** What it holds. */
  state(): SketchState {
    return { zeros: this.zeros, buckets: [...this.buckets] }
  }

  /** Adds what another one holds. */
  absorb({ zeros, buckets }: SketchState): void {
    this.zeros += zeros
    this.count += zeros
    for (const [bucket, n] of buckets) {
      this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + n)
      this.count += n
    }
  }

  /** The duration in ns below or at which `share` (0 to 1) of them lie; NaN when there are none. */
  percentile(share: number): number {
    if (this.count === 0) return NaN
    const rank = Math.max(1, Math.ceil(share * this.count))
    let seen = this.zeros
    if (seen >= rank) return 0
    for (const bucket of [...this.buckets.keys()].sort((a, b) => a - b)) {
      seen += this.buckets.get(bucket) ?? 0
      // The middle of the bucket, as its bounds are one percent away.
      if (seen >= rank) return (2 * GROWTH ** bucket) / (GROWTH + 1)
    }
    return NaN
  }
}
