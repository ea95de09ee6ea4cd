// A histogram of durations with buckets that never change, so that those of many runs and hosts can be added up.

const NS_PER_S = 1e9

/**
 * Upper bounds of the buckets in seconds. From a local network's round trip to the two hours after which Linux probes an idle
 * connection, with the round numbers between at which people set timeouts.
 */
export const BUCKET_BOUNDS_S: readonly number[] = [
  0.0001, 0.001, 0.01, 0.1, 0.5, 1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 3600, 7200,
]

const BOUNDS_NS = BUCKET_BOUNDS_S.map((bound) => bound * NS_PER_S)

/** A histogram on its way between threads. */
export interface HistogramState {
  /** Durations up to each bound and above the one before; the last are above all bounds. */
  readonly buckets: readonly number[]
  readonly wholeS: number
  readonly restNs: number
}

/** Durations by bucket, with their exact sum. */
export class Histogram {
  private readonly buckets: number[] = Array.from({ length: BOUNDS_NS.length + 1 }, () => 0)
  /** The sum in two parts: in one number of ns it would be rounded beyond 104 days, by the order in which it was added up. */
  private wholeS = 0
  private restNs = 0

  /** Adds a duration in ns; NaN is none. */
  add(ns: number): void {
    if (Number.isNaN(ns)) return
    let at = 0
    while (at < BOUNDS_NS.length && ns > (BOUNDS_NS[at] as number)) at++
    this.buckets[at] = (this.buckets[at] as number) + 1
    const wholeS = Math.floor(ns / NS_PER_S)
    this.addSum(wholeS, Math.round(ns - wholeS * NS_PER_S))
  }

  absorb({ buckets, wholeS, restNs }: HistogramState): void {
    for (const [at, n] of buckets.entries()) this.buckets[at] = (this.buckets[at] ?? 0) + n
    this.addSum(wholeS, restNs)
  }

  state(): HistogramState {
    const { buckets, wholeS, restNs } = this
    return { buckets: [...buckets], wholeS, restNs }
  }

  /** How many are no longer than each bound; the last number is that of all. */
  cumulated(): number[] {
    let sum = 0
    return this.buckets.map((n) => (sum += n))
  }

  /** The sum in seconds, exact to the ns. */
  sumText(): string {
    const fraction = String(this.restNs).padStart(9, '0').replace(/0+$/, '')
    return fraction === '' ? String(this.wholeS) : `${this.wholeS}.${fraction}`
  }

  private addSum(wholeS: number, ns: number): void {
    const restNs = this.restNs + ns
    const carried = Math.floor(restNs / NS_PER_S)
    this.wholeS += wholeS + carried
    this.restNs = restNs - carried * NS_PER_S
  }
}
