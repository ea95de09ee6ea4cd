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

  /** `capacity`: places at most. */
  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** The place of an endpoint, -1 for none. */
  find(endpoint: Int32Array): number {
    return this.size === 0 ? -1 : this.findHash(endpoint, this.hashOf(endpoint))
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

  private findHash(endpoint: Int32Array, hash: number): number {
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

  private hashOf(endpoint: Int32Array): number {
    let hash = this.seed
    for (let i = 0; i < ENDPOINT_WORDS; i++) hash = mix(hash, endpoint[i] as number)
    return hash
  }
}
