// Endpoints by what they are: addresses, port and what they are wrapped in. A fixed number of places, the oldest forgotten.

import { HashIndex } from '../base/hash-index.js'
import { mix, newSeed } from '../base/seed.js'

/** Words of an endpoint: four of its address (one for IPv4, the others 0), port, encapsulation. */
export const ENDPOINT_WORDS = 6

const FIRST_PLACES = 16

/** Gives endpoints places from 0 on. It grows up to its size, as most captures need few. */
export class EndpointTable {
  /** How many places are taken. */
  size = 0
  private readonly capacity: number
  private keys = new Int32Array(FIRST_PLACES * ENDPOINT_WORDS)
  private hashes = new Int32Array(FIRST_PLACES)
  private readonly index = new HashIndex(2 * FIRST_PLACES)
  private readonly seed = newSeed()
  private next = 0
  /** What `lookAhead` has read, so that it is read. */
  protected read = 0

  /** `capacity`: places at most. */
  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** The place of an endpoint, -1 for none. */
  find(endpoint: Int32Array): number {
    return this.size === 0 ? -1 : this.findByHash(endpoint, this.hashOf(endpoint))
  }

  /**
   * The places that are likely to be those of endpoints with these hashes, -1 for none: what is read besides to find them is
   * near by then. In a loop this short the processor waits for all of it at once.
   */
  lookAhead(hashes: Int32Array, places: Int32Array, count: number): void {
    const { index, keys } = this
    const { slots } = index
    for (let i = 0; i < count; i++)
      places[i] = (slots[index.slotFor(hashes[i] as number)] as number) - 1
    let sum = 0
    for (let i = 0; i < count; i++) {
      const place = places[i] as number
      if (place >= 0) sum += keys[place * ENDPOINT_WORDS] as number
    }
    this.read = sum | 0
  }

  /** Gives an endpoint that has none a place: a new one, or that of the endpoint that has had one for longest. */
  add(endpoint: Int32Array): number {
    const place = this.next
    this.next = (place + 1) % this.capacity
    if (this.size === this.capacity) {
      this.index.free(this.index.slotOf(place, this.hashes[place] as number))
    } else if (++this.size > this.hashes.length) this.grow()
    const hash = this.hashOf(endpoint)
    this.keys.set(endpoint, place * ENDPOINT_WORDS)
    this.hashes[place] = hash
    this.index.insert(place, hash)
    return place
  }

  private grow(): void {
    const { keys, hashes } = this
    this.keys = new Int32Array(2 * keys.length)
    this.keys.set(keys)
    this.hashes = new Int32Array(2 * hashes.length)
    this.hashes.set(hashes)
  }

  /** The same of an endpoint whose hash is known. */
  findByHash(endpoint: Int32Array, hash: number): number {
    const { index } = this
    const { slots } = index
    for (let slot = index.slotFor(hash); slots[slot] !== 0; slot = index.behind(slot)) {
      const place = (slots[slot] as number) - 1
      if (slots[slot + 1] === hash && this.isAt(place, endpoint)) return place
    }
    return -1
  }

  private isAt(place: number, endpoint: Int32Array): boolean {
    const at = place * ENDPOINT_WORDS
    for (let i = 0; i < ENDPOINT_WORDS; i++) if (this.keys[at + i] !== endpoint[i]) return false
    return true
  }

  hashOf(endpoint: Int32Array): number {
    let hash = this.seed
    for (let i = 0; i < ENDPOINT_WORDS; i++) hash = mix(hash, endpoint[i] as number)
    return hash
  }
}
