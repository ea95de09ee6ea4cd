// Inputs of a merge by what comes next: a binary heap, so that a record costs the logarithm of their number.

/** What can be put in order: by time, and of equal times by a number of its own. */
export interface Timed {
  /** Time of what comes next; it only changes while the input is at the top, or before it is added. */
  readonly headNs: number
  readonly order: number
}

/** A heap with the earliest on top. */
export class MergeHeap<T extends Timed> {
  private readonly items: T[] = []

  get size(): number {
    return this.items.length
  }

  /** The earliest, undefined when there is none. */
  get top(): T | undefined {
    return this.items[0]
  }

  /** Time of what comes next in all others; infinite when there are none. */
  get nextNs(): number {
    return Math.min(this.items[1]?.headNs ?? Infinity, this.items[2]?.headNs ?? Infinity)
  }

  add(item: T): void {
    const { items } = this
    let at = items.length
    items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = items[parent] as T
      if (!isBefore(item, above)) break
      items[at] = above
      at = parent
    }
    items[at] = item
  }

  /** Finds the place of the top item, whose time has changed. */
  settle(): void {
    const { items } = this
    const item = items[0]
    if (item === undefined) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      const [left, right] = [items[child], items[child + 1]]
      if (left === undefined) break
      if (right !== undefined && isBefore(right, left)) child++
      const least = items[child] as T
      if (!isBefore(least, item)) break
      items[at] = least
      at = child
    }
    items[at] = item
  }

  /** Removes the top item. */
  remove(): void {
    const last = this.items.pop()
    if (last === undefined || this.items.length === 0) return
    this.items[0] = last
    this.settle()
  }
}

function isBefore(a: Timed, b: Timed): boolean {
  return a.headNs < b.headNs || (a.headNs === b.headNs && a.order < b.order)
}
