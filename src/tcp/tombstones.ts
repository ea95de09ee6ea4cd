// Where connections have been: the 4-tuples of the last closed connections whose records are gone, so that a straggler is
// not taken for the middle of a new one. Two independent 32-bit hashes stand for each. What is forgotten depends on the
// order of the closes only, never on the seed of the hashes: the same capture gives the same result in every run.

const FIRST_ENTRIES = 1 << 8
const MAX_ENTRIES = 1 << 16
/** Words of an entry, and of a slot: first hash, in a slot 0 when it is free, and second hash. */
const PAIR = 2
/** Stands for a first hash that is 0. */
const ZERO = 0x5bd1e995

/**
 * Remembers 4-tuples by two hashes, in two generations: when the newer one is full, the older one is forgotten as a whole.
 * Between one and two generations are remembered.
 */
export class Tombstones {
  private newer = new Generation()
  private older: Generation | undefined

  add(first: number, second: number): void {
    if (this.newer.length === MAX_ENTRIES) {
      const spare = this.older ?? new Generation()
      spare.clear()
      this.older = this.newer
      this.newer = spare
    }
    this.newer.add(first === 0 ? ZERO : first, second)
  }

  has(first: number, second: number): boolean {
    const hash = first === 0 ? ZERO : first
    return this.newer.has(hash, second) || this.older?.has(hash, second) === true
  }

  /** A new connection has the 4-tuple. */
  remove(first: number, second: number): void {
    const hash = first === 0 ? ZERO : first
    this.newer.remove(hash, second)
    this.older?.remove(hash, second)
  }
}

/**
 * Entries in the order in which they came. They are indexed when one is looked for, which in most captures is seldom: to put
 * each into the index is a cache miss for every connection, 4 % of the time of short ones.
 */
class Generation {
  length = 0
  private pairs: Int32Array = new Int32Array(PAIR * FIRST_ENTRIES)
  /** Of the first `indexed` entries, by first hash; at most half full. */
  private slots: Int32Array = new Int32Array(0)
  private indexed = 0

  add(first: number, second: number): void {
    const at = PAIR * this.length++
    if (at === this.pairs.length) this.grow()
    this.pairs[at] = first
    this.pairs[at + 1] = second
  }

  has(first: number, second: number): boolean {
    this.index()
    return slotOf(this.slots, first, second) >= 0
  }

  remove(first: number, second: number): void {
    this.index()
    const { slots } = this
    const slot = slotOf(slots, first, second)
    // The slot stays taken, by a pair that nothing has: what lies behind it is found past it.
    if (slot >= 0) slots[slot + 1] = ~second
  }

  clear(): void {
    this.length = 0
    this.indexed = 0
    this.slots.fill(0)
  }

  private index(): void {
    const { pairs, length } = this
    if (this.slots.length < 2 * pairs.length) this.growSlots(2 * pairs.length)
    const { slots } = this
    for (; this.indexed < length; this.indexed++) {
      const first = pairs[PAIR * this.indexed] as number
      const second = pairs[PAIR * this.indexed + 1] as number
      // Once only: ports that are used again and again would make one long run of equal hashes.
      if (slotOf(slots, first, second) < 0) put(slots, first, second)
    }
  }

  private grow(): void {
    const { pairs } = this
    this.pairs = new Int32Array(2 * pairs.length)
    this.pairs.set(pairs)
  }

  /** What was removed stays so: slots are made from slots, not from the entries. */
  private growSlots(words: number): void {
    const { slots } = this
    this.slots = new Int32Array(words)
    for (let slot = 0; slot < slots.length; slot += PAIR) {
      const first = slots[slot] as number
      if (first !== 0) put(this.slots, first, slots[slot + 1] as number)
    }
  }
}

/** The slot of a pair, -1 for none. */
function slotOf(slots: Int32Array, first: number, second: number): number {
  const mask = slots.length - 1
  for (let slot = (PAIR * first) & mask; slots[slot] !== 0; slot = (slot + PAIR) & mask) {
    if (slots[slot] === first && slots[slot + 1] === second) return slot
  }
  return -1
}

/** Puts a pair into the first free slot. */
function put(slots: Int32Array, first: number, second: number): void {
  const mask = slots.length - 1
  let slot = (PAIR * first) & mask
  while (slots[slot] !== 0) slot = (slot + PAIR) & mask
  slots[slot] = first
  slots[slot + 1] = second
}
