// A table of what was seen lately, by the hash of a key: a fixed number of places, of which a new key takes that of an older
// one when those around its own are taken. What it forgets is context that is not told; two keys share a hash once in 2^32.

/** Places: more endpoints than a capture usually has. */
const PLACES = 1 << 13
/** Places that a key may take. */
const REACH = 4

/** Gives keys places from 0 on. */
export class RecentPlaces {
  /** How many places there are. */
  readonly size: number = PLACES
  /** Whether no key has been given a place yet. */
  isEmpty = true
  private readonly tags = new Int32Array(PLACES)
  private next = 0

  /** The place of a key, -1 for none. */
  find(hash: number): number {
    const { tags } = this
    for (let i = 0; i < REACH; i++) {
      const place = (hash + i) & (PLACES - 1)
      if (tags[place] === hash) return place
    }
    return -1
  }

  /** Gives a key that has none a place; whatever had it is forgotten. */
  add(hash: number): number {
    const { tags } = this
    let place = (hash + this.next) & (PLACES - 1)
    for (let i = 0; i < REACH; i++) {
      const free = (hash + i) & (PLACES - 1)
      if (tags[free] === 0) {
        place = free
        break
      }
    }
    this.next = (this.next + 1) % REACH
    this.isEmpty = false
    tags[place] = hash
    return place
  }
}
