// What server endpoints did on other connections: took them, left SYNs unanswered.

import { RecentPlaces } from './recent.js'

/** What one endpoint did so far. Times are relative ns. */
export interface ServerPort {
  readonly accepts: number
  readonly firstAcceptNs: number
  readonly lastAcceptNs: number
  readonly silences: number
}

// Words of an endpoint.
const ACCEPTS = 0
const SILENCES = 1
const WORDS = 2

/** Server endpoints, by a hash of address, port and encapsulation. */
export class ServerPorts {
  private readonly places = new RecentPlaces()
  private readonly counts = new Int32Array(WORDS * this.places.size)
  private readonly times = new Float64Array(2 * this.places.size)

  /** An endpoint took a connection. */
  accept(hash: number, timeNs: number): void {
    const place = this.placeOf(hash)
    const at = WORDS * place + ACCEPTS
    if (this.counts[at] === 0) this.times[2 * place] = timeNs
    this.counts[at] = (this.counts[at] as number) + 1
    this.times[2 * place + 1] = timeNs
  }

  /** A SYN to an endpoint was repeated, as it had no answer. */
  silent(hash: number): void {
    this.count(hash, SILENCES)
  }

  /** What is known of an endpoint. */
  find(hash: number): ServerPort | undefined {
    const place = this.places.find(hash)
    if (place < 0) return undefined
    const at = WORDS * place
    const { counts, times } = this
    return {
      accepts: counts[at + ACCEPTS] as number,
      silences: counts[at + SILENCES] as number,
      firstAcceptNs: times[2 * place] as number,
      lastAcceptNs: times[2 * place + 1] as number,
    }
  }

  private count(hash: number, what: number): void {
    const at = WORDS * this.placeOf(hash) + what
    this.counts[at] = (this.counts[at] as number) + 1
  }

  private placeOf(hash: number): number {
    const known = this.places.find(hash)
    if (known >= 0) return known
    const place = this.places.add(hash)
    for (let i = 0; i < WORDS; i++) this.counts[WORDS * place + i] = 0
    return place
  }
}
