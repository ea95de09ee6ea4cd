// Where connections have been: a fixed table of the 4-tuples of closed connections whose records are gone, so that a
// straggler is not taken for the middle of a new one. Direct-mapped, two independent 32-bit hashes for each; a newer
// entry overwrites an older one in its place.

const ENTRIES = 1 << 16

/** Remembers 4-tuples by two hashes. */
export class Tombstones {
  /** Both hashes of an entry, side by side. */
  private readonly entries = new Int32Array(2 * ENTRIES)

  add(first: number, second: number): void {
    const at = placeOf(first)
    this.entries[at] = first
    this.entries[at + 1] = second
  }

  has(first: number, second: number): boolean {
    const at = placeOf(first)
    return this.entries[at] === first && this.entries[at + 1] === second
  }

  /** A new connection has the 4-tuple. */
  remove(first: number, second: number): void {
    if (this.has(first, second)) this.entries[placeOf(first) + 1] = ~second
  }
}

function placeOf(first: number): number {
  return (first & (ENTRIES - 1)) << 1
}
