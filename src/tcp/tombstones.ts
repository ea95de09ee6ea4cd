// Where connections have been: the 4-tuples of the last closed connections whose records are gone, so that a straggler is
// not taken for the middle of a new one. Two independent 32-bit hashes stand for each. What is forgotten depends on the
// order of the closes only, never on the seed of the hashes: the same capture gives the same result in every run.

const FIRST_ENTRIES = 1 << 8
/** Places fit into 16 bits. */
const MAX_ENTRIES = 1 << 16

/** Remembers 4-tuples by two hashes, the oldest first to go. It grows up to its size, as most captures are small. */
export class Tombstones {
  /** A ring of entries, in the order in which they were added. */
  private firsts = new Int32Array(FIRST_ENTRIES)
  private seconds = new Int32Array(FIRST_ENTRIES)
  private oldest = 0
  private length = 0
  /**
   * The index: linear probing, at most half full. A slot is free where its tag is 0, else the tag is a part of the first
   * hash, so that a search reads little but tags; the place is that in the ring.
   */
  private tags = new Uint8Array(2 * FIRST_ENTRIES)
  private places = new Uint16Array(2 * FIRST_ENTRIES)

  add(first: number, second: number): void {
    // Once only: ports that are used again and again would make one long run of equal hashes.
    this.remove(first, second)
    if (this.length === this.firsts.length) {
      if (this.length < MAX_ENTRIES) this.grow()
      else this.forgetOldest()
    }
    const at = (this.oldest + this.length) & (this.firsts.length - 1)
    this.firsts[at] = first
    this.seconds[at] = second
    this.length++
    this.insert(at, first)
  }

  has(first: number, second: number): boolean {
    return this.slotOf(first, second) >= 0
  }

  /** A new connection has the 4-tuple. */
  remove(first: number, second: number): void {
    const slot = this.slotOf(first, second)
    if (slot >= 0) this.free(slot)
  }

  /** The slot of an entry, -1 for none. */
  private slotOf(first: number, second: number): number {
    const { tags, places, firsts, seconds } = this
    const mask = tags.length - 1
    const tag = tagOf(first)
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const found = tags[slot] as number
      if (found === 0) return -1
      if (found !== tag) continue
      const at = places[slot] as number
      if (firsts[at] === first && seconds[at] === second) return slot
    }
  }

  private insert(at: number, first: number): void {
    const { tags } = this
    const mask = tags.length - 1
    let slot = first & mask
    while (tags[slot] !== 0) slot = (slot + 1) & mask
    tags[slot] = tagOf(first)
    this.places[slot] = at
  }

  private forgetOldest(): void {
    const { tags, places, oldest } = this
    const mask = tags.length - 1
    const first = this.firsts[oldest] as number
    const tag = tagOf(first)
    this.oldest = (oldest + 1) & (this.firsts.length - 1)
    this.length--
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const found = tags[slot] as number
      // It has been removed before.
      if (found === 0) return
      if (found === tag && places[slot] === oldest) return this.free(slot)
    }
  }

  /** Frees a slot, and moves later entries of the same run back over it (Knuth 6.4, algorithm R). */
  private free(slot: number): void {
    const { tags, places, firsts } = this
    const mask = tags.length - 1
    let hole = slot
    for (let next = (hole + 1) & mask; tags[next] !== 0; next = (next + 1) & mask) {
      const home = (firsts[places[next] as number] as number) & mask
      if (((next - home) & mask) < ((next - hole) & mask)) continue
      tags[hole] = tags[next] as number
      places[hole] = places[next] as number
      hole = next
    }
    tags[hole] = 0
  }

  private grow(): void {
    const { firsts, seconds, tags, places, length, oldest } = this
    this.firsts = new Int32Array(2 * length)
    this.seconds = new Int32Array(2 * length)
    this.tags = new Uint8Array(2 * tags.length)
    this.places = new Uint16Array(2 * tags.length)
    // Entries that have been removed are in the ring still, but in no slot.
    const isHeld = new Uint8Array(length)
    for (let slot = 0; slot < tags.length; slot++) {
      if (tags[slot] !== 0) isHeld[places[slot] as number] = 1
    }
    this.oldest = 0
    this.length = 0
    for (let i = 0; i < length; i++) {
      const at = (oldest + i) & (length - 1)
      if (isHeld[at] === 1) this.add(firsts[at] as number, seconds[at] as number)
    }
  }
}

/** The seven bits of a hash furthest from those that choose the slot, plus one. */
function tagOf(hash: number): number {
  return (hash >>> 25) + 1
}
