// Where connections have been: a fixed table of the 4-tuples of closed connections whose records are gone, so that a
// straggler is not taken for the middle of a new one. Direct-mapped, two independent 32-bit hashes for each; a newer
// entry overwrites an older one in its place.

const ENTRIES = 1 << 16

/** Remembers 4-tuples by two hashes. */
export class Tombstones {
  private readonly first = new Int32Array(ENTRIES)
  private readonly second = new Int32Array(ENTRIES)

  add(first: number, second: number): void {
    const at = first & (ENTRIES - 1)
    this.first[at] = first
    this.second[at] = second
  }

  has(first: number, second: number): boolean {
    const at = first & (ENTRIES - 1)
    return this.first[at] === first && this.second[at] === second
  }

  /** A new connection has the 4-tuple. */
  remove(first: number, second: number): void {
    if (this.has(first, second)) this.second[first & (ENTRIES - 1)] = ~second
  }
}
