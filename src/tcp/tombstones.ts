// Where connections have been: the 4-tuples of the last closed connections whose records are gone, so that a straggler is
// not taken for the middle of a new one. Two independent 32-bit hashes stand for each. What is forgotten depends on the
// order of the closes only, never on the seed of the hashes: the same capture gives the same result in every run.

const FIRST_ENTRIES = 1 << 8
const MAX_ENTRIES = 1 << 16

/** Remembers 4-tuples by two hashes, the oldest first to go. It grows up to its size, as most captures are small. */
export class Tombstones {
  /** A ring of entries, in the order in which they were added. */
  private firsts = new Int32Array(FIRST_ENTRIES)
  private seconds = new Int32Array(FIRST_ENTRIES)
  private oldest = 0
  private length = 0
  /** Places in the ring plus one by hash, 0 for a free slot; linear probing, at most half full. */
  private slots = new Int32Array(2 * FIRST_ENTRIES)

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
    this.insert(at)
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
    const { slots, firsts, seconds } = this
    const mask = slots.length - 1
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const at = (slots[slot] as number) - 1
      if (at < 0) return -1
      if (firsts[at] === first && seconds[at] === second) return slot
    }
  }

  private insert(at: number): void {
    const { slots } = this
    const mask = slots.length - 1
    let slot = (this.firsts[at] as number) & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = at + 1
  }

  private forgetOldest(): void {
    const { slots, oldest } = this
    const mask = slots.length - 1
    this.oldest = (oldest + 1) & (this.firsts.length - 1)
    this.length--
    for (let slot = (this.firsts[oldest] as number) & mask; ; slot = (slot + 1) & mask) {
      const place = slots[slot] as number
      // It has been removed before.
      if (place === 0) return
      if (place === oldest + 1) return this.free(slot)
    }
  }

  /** Frees a slot, and moves later entries of the same run back over it (Knuth 6.4, algorithm R). */
  private free(slot: number): void {
    const { slots, firsts } = this
    const mask = slots.length - 1
    let hole = slot
    for (let next = (hole + 1) & mask; slots[next] !== 0; next = (next + 1) & mask) {
      const home = (firsts[(slots[next] as number) - 1] as number) & mask
      if (((next - home) & mask) < ((next - hole) & mask)) continue
      slots[hole] = slots[next] as number
      hole = next
    }
    slots[hole] = 0
  }

  private grow(): void {
    const { firsts, seconds, slots, length, oldest } = this
    this.firsts = new Int32Array(2 * length)
    this.seconds = new Int32Array(2 * length)
    this.slots = new Int32Array(2 * slots.length)
    // Entries that have been removed are in the ring still, but in no slot.
    const isHeld = new Uint8Array(length)
    for (const place of slots) if (place > 0) isHeld[place - 1] = 1
    this.oldest = 0
    this.length = 0
    for (let i = 0; i < length; i++) {
      const at = (oldest + i) & (length - 1)
      if (isHeld[at] === 1) this.add(firsts[at] as number, seconds[at] as number)
    }
  }
}
