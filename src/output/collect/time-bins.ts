// When things happened, in a few bins of equal width that cover all of them: the width doubles as their span grows. Bins lie on
// multiples of their width, so that the order in which times come, and over which threads they came, makes no difference.

/** Bins at most. */
const MOST_BINS = 24

/** Bins on their way between threads. */
export interface TimeBinsState {
  readonly widthMs: number
  readonly first: number
  readonly counts: readonly number[]
  readonly firstMs: number
  readonly lastMs: number
}

/** Counts by time, ms since 1970. */
export class TimeBins {
  /** Times of the first and the last. */
  firstMs: number = Infinity
  lastMs: number = -Infinity
  private widthMs = 1
  /** Place of the first and the last bin, in widths since 1970. */
  private first = 0
  private last = -1
  /** Made for the second time: of most endpoints there is one, and bins are half of the memory of a tally. */
  private counts: Float64Array | undefined
  /** What was counted at `firstMs` before there were bins. */
  private single = 0

  /** Counts `n` at a time. */
  add(ms: number, n = 1): void {
    if (this.counts === undefined) {
      if (this.single === 0 || ms === this.firstMs) {
        this.firstMs = this.lastMs = ms
        this.single += n
        return
      }
      this.bins()
    }
    if (ms < this.firstMs) this.firstMs = ms
    if (ms > this.lastMs) this.lastMs = ms
    this.addAt(ms, n)
  }

  /** The bins, with what was counted before there were any. */
  private bins(): Float64Array {
    if (this.counts !== undefined) return this.counts
    const counts = new Float64Array(MOST_BINS)
    this.counts = counts
    const { single } = this
    this.single = 0
    if (single > 0) this.addAt(this.firstMs, single)
    return counts
  }

  private addAt(ms: number, n: number): void {
    let at = Math.floor(ms / this.widthMs)
    if (this.last < this.first) this.first = this.last = at
    while (Math.max(this.last, at) - Math.min(this.first, at) >= MOST_BINS) {
      this.widen()
      at = Math.floor(ms / this.widthMs)
    }
    const counts = this.bins()
    if (at < this.first) {
      const by = this.first - at
      counts.copyWithin(by, 0, MOST_BINS - by)
      counts.fill(0, 0, by)
      this.first = at
    }
    if (at > this.last) this.last = at
    counts[at - this.first] = (counts[at - this.first] as number) + n
  }

  /** Counts in each of `columns` equal parts of the time from `fromMs` to `toMs`. */
  columns(columns: number, fromMs: number, toMs: number): number[] {
    const parts = Array.from({ length: columns }, () => 0)
    const counts = this.bins()
    const { widthMs, first, last } = this
    const scale = toMs > fromMs ? columns / (toMs - fromMs) : 0
    for (let at = first; at <= last; at++) {
      // The middle of a bin, within the times there are.
      const ms = Math.min(this.lastMs, Math.max(this.firstMs, (at + 0.5) * widthMs))
      const column = Math.min(columns - 1, Math.max(0, Math.floor((ms - fromMs) * scale)))
      parts[column] = (parts[column] as number) + (counts[at - first] as number)
    }
    return parts
  }

  state(): TimeBinsState {
    const { firstMs, lastMs, single } = this
    if (single > 0)
      return { widthMs: 1, first: Math.floor(firstMs), counts: [single], firstMs, lastMs }
    const bins = this.bins()
    const { widthMs, first, last } = this
    const counts = Array.from(bins.subarray(0, last - first + 1))
    return { widthMs, first, counts, firstMs, lastMs }
  }

  absorb({ widthMs, first, counts, firstMs, lastMs }: TimeBinsState): void {
    if (firstMs === lastMs) {
      this.add(firstMs, counts[0])
      return
    }
    this.bins()
    while (this.widthMs < widthMs) this.widen()
    for (const [at, n] of counts.entries()) if (n > 0) this.addAt((first + at) * widthMs, n)
    this.firstMs = Math.min(this.firstMs, firstMs)
    this.lastMs = Math.max(this.lastMs, lastMs)
  }

  private widen(): void {
    const counts = this.bins()
    const { first, last } = this
    this.widthMs *= 2
    if (last < first) return
    const wide = Math.floor(first / 2)
    for (let at = first; at <= last; at++) {
      const n = counts[at - first] as number
      counts[at - first] = 0
      counts[Math.floor(at / 2) - wide] = (counts[Math.floor(at / 2) - wide] as number) + n
    }
    this.first = wide
    this.last = Math.floor(last / 2)
  }
}
