// Where connections have been: the 4-tuples of the last closed connections whose records are gone, so that a straggler is
// not taken for the middle of a new one. Two independent 32-bit hashes stand for each. What is forgotten depends on the
// order of the closes only, never on the seed of the hashes: the same capture gives the same result in every run.

import { HashIndex, tagOf } from '../base/hash-index.js'

const FIRST_ENTRIES = 1 << 8
const MAX_ENTRIES = 1 << 16

/** Remembers 4-tuples by two hashes, the oldest first to go. It grows up to its size, as most captures are small. */
export class Tombstones {
  /** A ring of entries, in the order in which they were added; those that have been removed are in no slot of the index. */
  private firsts = new Int32Array(FIRST_ENTRIES)
  private seconds = new Int32Array(FIRST_ENTRIES)
  private oldest = 0
  private length = 0
  /** Places in the ring by first hash. */
  private index = new HashIndex(2 * FIRST_ENTRIES)

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
    this.index.insert(at, first)
  }

  has(first: number, second: number): boolean {
    return this.slotOf(first, second) >= 0
  }

  /** A new connection has the 4-tuple. */
  remove(first: number, second: number): void {
    const slot = this.slotOf(first, second)
    if (slot >= 0) this.index.free(slot)
  }

  /** The slot of an entry, -1 for none. */
  private slotOf(first: number, second: number): number {
    const { firsts, seconds } = this
    const { tags, places } = this.index
    const mask = tags.length - 1
    const tag = tagOf(first)
    for (let slot = first & mask; tags[slot] !== 0; slot = (slot + 1) & mask) {
      if (tags[slot] !== tag) continue
      const at = places[slot] as number
      if (firsts[at] === first && seconds[at] === second) return slot
    }
    return -1
  }

  private forgetOldest(): void {
    const slot = this.index.slotOf(this.oldest, this.firsts[this.oldest] as number)
    if (slot >= 0) this.index.free(slot)
    this.oldest = (this.oldest + 1) & (this.firsts.length - 1)
    this.length--
  }

  private grow(): void {
    const { firsts, seconds, length, oldest, index } = this
    this.firsts = new Int32Array(2 * length)
    this.seconds = new Int32Array(2 * length)
    this.index = new HashIndex(index.tags.length)
    this.oldest = 0
    this.length = 0
    for (let i = 0; i < length; i++) {
      const at = (oldest + i) & (length - 1)
      const first = firsts[at] as number
      if (index.slotOf(at, first) >= 0) this.add(first, seconds[at] as number)
    }
  }
}
