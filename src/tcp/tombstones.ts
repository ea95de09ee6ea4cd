// Where connections have been: the 4-tuples of the last closed connections whose records are gone, so that a straggler is
// not taken for the middle of a new one. Two independent 32-bit hashes stand for each. What is forgotten depends on the
// order of the closes only, never on the seed of the hashes: the same capture gives the same result in every run.

const FIRST_ENTRIES = 1 << 8
const MAX_ENTRIES = 1 << 16
/** Words of a slot: first hash, 0 in a free one, and second hash. */
const SLOT = 2
/** Stands for a first hash that is 0. */
const ZERO = 0x5bd1e995

/**
 * Remembers 4-tuples by two hashes, in two generations: when the newer one is full, the older one is forgotten as a whole.
 * Nothing has to be searched for to be forgotten, and between one and two generations are remembered.
 */
export class Tombstones {
  private slots: Int32Array = new Int32Array(SLOT * 2 * FIRST_ENTRIES)
  private length = 0
  /** The older generation, undefined as long as there is none. */
  private older: Int32Array | undefined

  add(first: number, second: number): void {
    const hash = first === 0 ? ZERO : first
    // Once only: ports that are used again and again would make one long run of equal hashes.
    if (slotOf(this.slots, hash, second) >= 0) return
    if (SLOT * 2 * this.length >= this.slots.length) this.makeRoom()
    put(this.slots, hash, second)
    this.length++
  }

  has(first: number, second: number): boolean {
    const hash = first === 0 ? ZERO : first
    const { slots, older } = this
    return (
      slotOf(slots, hash, second) >= 0 || (older !== undefined && slotOf(older, hash, second) >= 0)
    )
  }

  /** A new connection has the 4-tuple. */
  remove(first: number, second: number): void {
    const hash = first === 0 ? ZERO : first
    for (const slots of [this.slots, this.older]) {
      if (slots === undefined) continue
      const slot = slotOf(slots, hash, second)
      // The slot stays taken, by a pair that nothing has: what lies behind it is found past it.
      if (slot >= 0) slots[slot + 1] = ~second
    }
  }

  private makeRoom(): void {
    const { slots, older } = this
    if (this.length === MAX_ENTRIES) {
      this.slots = older?.fill(0) ?? new Int32Array(slots.length)
      this.older = slots
      this.length = 0
      return
    }
    this.slots = new Int32Array(2 * slots.length)
    for (let slot = 0; slot < slots.length; slot += SLOT) {
      const first = slots[slot] as number
      if (first !== 0) put(this.slots, first, slots[slot + 1] as number)
    }
  }
}

/** The slot of a pair, -1 for none. */
function slotOf(slots: Int32Array, first: number, second: number): number {
  const mask = slots.length - 1
  for (let slot = (SLOT * first) & mask; slots[slot] !== 0; slot = (slot + SLOT) & mask) {
    if (slots[slot] === first && slots[slot + 1] === second) return slot
  }
  return -1
}

/** Puts a pair into the first free slot. */
function put(slots: Int32Array, first: number, second: number): void {
  const mask = slots.length - 1
  let slot = (SLOT * first) & mask
  while (slots[slot] !== 0) slot = (slot + SLOT) & mask
  slots[slot] = first
  slots[slot + 1] = second
}
