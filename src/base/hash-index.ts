// Places by hash: the index of the tables whose keys come from packets and are mixed with a seed. Open addressing with linear
// probing, at most half full. What a hash stands for is compared by the user, who walks the slots of a hash:
//
//   for (let slot = index.slotFor(hash); slots[slot] !== 0; slot = index.behind(slot))
//     if (slots[slot + 1] === hash && isTheOne(slots[slot] - 1)) return slots[slot] - 1

/** Words of a slot. */
const SLOT = 2

/** Memory of an index. */
export interface IndexRoom {
  readonly slots: Int32Array
  /** One word: entries there are. */
  readonly size: Int32Array
}

/** A set of (place, hash) pairs; places are whole numbers from 0. */
export class HashIndex {
  /**
   * Two words a slot, which lie in one line of cache: place plus one, 0 for a free slot, and hash. What only lies in the way
   * is not looked at: its hash differs.
   */
  slots: Int32Array
  /** Of a position in `slots`. */
  private mask: number

  /** Memory for larger slots, if there is some. */
  private room: Int32Array
  /** One word: entries there are. */
  private readonly count: Int32Array

  /** `slots`: a power of two. `room`: memory for them, and later for more; a word for the number of entries. */
  constructor(
    slots: number,
    room: IndexRoom = { slots: new Int32Array(SLOT * slots), size: new Int32Array(1) },
  ) {
    this.slots = room.slots.subarray(0, SLOT * slots)
    this.room = room.slots.subarray(SLOT * slots)
    this.count = room.size
    this.mask = SLOT * slots - 1
  }

  /** Entries there are. */
  get size(): number {
    return this.count[0] as number
  }

  private set size(entries: number) {
    this.count[0] = entries
  }

  /** Position of the slot at which the search for a hash begins. */
  slotFor(hash: number): number {
    return (SLOT * hash) & this.mask
  }

  /** Position of the slot behind another one. */
  behind(slot: number): number {
    return (slot + SLOT) & this.mask
  }

  /** Adds a pair, which must not be in it. */
  insert(place: number, hash: number): void {
    if (this.size * 2 * SLOT >= this.slots.length) this.grow()
    const { slots, mask } = this
    let slot = (SLOT * hash) & mask
    while (slots[slot] !== 0) slot = (slot + SLOT) & mask
    slots[slot] = place + 1
    slots[slot + 1] = hash
    this.size++
  }

  /** Position of the slot of a pair, -1 for none. */
  slotOf(place: number, hash: number): number {
    const { slots, mask } = this
    const wanted = place + 1
    for (let slot = (SLOT * hash) & mask; slots[slot] !== 0; slot = (slot + SLOT) & mask) {
      if (slots[slot] === wanted) return slot
    }
    return -1
  }

  /** Frees a slot, and moves later pairs of the same run back over it (Knuth 6.4, algorithm R). */
  free(slot: number): void {
    const { slots, mask } = this
    let hole = slot
    for (let next = (hole + SLOT) & mask; slots[next] !== 0; next = (next + SLOT) & mask) {
      const home = (SLOT * (slots[next + 1] as number)) & mask
      if (((next - home) & mask) < ((next - hole) & mask)) continue
      slots[hole] = slots[next] as number
      slots[hole + 1] = slots[next + 1] as number
      hole = next
    }
    slots[hole] = 0
    this.size--
  }

  /** All places, in no particular order. */
  places(): number[] {
    const places: number[] = []
    for (let slot = 0; slot < this.slots.length; slot += SLOT) {
      const place = this.slots[slot] as number
      if (place !== 0) places.push(place - 1)
    }
    return places
  }

  private grow(): void {
    const { slots, room } = this
    const length = 2 * slots.length
    this.slots = room.length < length ? new Int32Array(length) : room.subarray(0, length)
    this.room = room.subarray(length)
    this.mask = this.slots.length - 1
    this.size = 0
    for (let slot = 0; slot < slots.length; slot += SLOT) {
      if (slots[slot] !== 0) this.insert((slots[slot] as number) - 1, slots[slot + 1] as number)
    }
  }
}
