// Counts by two names, such as verdict and cause, in the order in which they were first met.

/** Counts on their way between threads. */
export type CountsState = readonly (readonly [first: string, second: string, n: number])[]

/** Counts by two names. */
export class Counts {
  private readonly byFirst = new Map<string, Map<string, number>>()

  /** Names that stand first. */
  get size(): number {
    return this.byFirst.size
  }

  add(first: string, second: string, n: number): void {
    let bySecond = this.byFirst.get(first)
    if (bySecond === undefined) {
      bySecond = new Map<string, number>()
      this.byFirst.set(first, bySecond)
    }
    bySecond.set(second, (bySecond.get(second) ?? 0) + n)
  }

  has(first: string): boolean {
    return this.byFirst.has(first)
  }

  /** The count of two names, 0 where they were never met. */
  of(first: string, second: string): number {
    return this.byFirst.get(first)?.get(second) ?? 0
  }

  /** Names that stand first, each with the sum of its counts. */
  sums(): (readonly [first: string, n: number])[] {
    return Array.from(this.byFirst, ([first, counts]) => {
      let sum = 0
      for (const n of counts.values()) sum += n
      return [first, sum] as const
    })
  }

  /** The counts as plain data. */
  state(): CountsState {
    return [...this.byFirst].flatMap(([first, counts]) =>
      Array.from(counts, ([second, n]) => [first, second, n] as const),
    )
  }
}
