// Where connections have been: a fixed table of the 4-tuples of closed connections whose records are gone, so that a
// straggler is not taken for the middle of a new one. Direct-mapped, two independent 32-bit hashes for each; a newer
// entry overwrites an older one in its place. It grows up to its size, as most captures are small.

const FIRST_ENTRIES = 1 << 8
const MAX_ENTRIES = 1 << 16
/** Words for each entry while there is room: few are overwritten. */
const SPARSE = 16

/** Remembers 4-tuples by two hashes. */
export class Tombstones {
  /** Both hashes of an entry, side by side. */
  private entries = new Int32Array(2 * FIRST_ENTRIES)
  private added = 0

  add(first: number, second: number): void {
    const { length } = this.entries
    this.added++
    if (this.added * SPARSE > length && length < 2 * MAX_ENTRIES) this.grow()
    this.put(first, second)
  }

  has(first: number, second: number): boolean {
    const at = this.placeOf(first)
    return this.entries[at] === first && this.entries[at + 1] === second
  }

  /** A new connection has the 4-tuple. */
  remove(first: number, second: number): void {
    if (this.has(first, second)) this.entries[this.placeOf(first) + 1] = ~second
  }

  private put(first: number, second: number): void {
    const at = this.placeOf(first)
    this.entries[at] = first
    this.entries[at + 1] = second
  }

  private placeOf(first: number): number {
    return (2 * first) & (this.entries.length - 2)
  }

  private grow(): void {
    const old = this.entries
    this.entries = new Int32Array(2 * old.length)
    for (let at = 0; at < old.length; at += 2) {
      const first = old[at] as number
      const second = old[at + 1] as number
      if (first !== 0 || second !== 0) this.put(first, second)
    }
  }
}
