// Whether a client whose connection failed had more luck with its next one, by client and server endpoint.

import { RecentPlaces } from './recent.js'

/** Failures, and the connections that were taken after them. */
export class Retries {
  private readonly places = new RecentPlaces()
  private readonly failedNs = new Float64Array(this.places.size)
  /** When the first connection since was taken; 0 for none. */
  private readonly takenNs = new Float64Array(this.places.size)
  private readonly takenStream = new Float64Array(this.places.size)

  /** Whether nothing has failed yet. */
  get isEmpty(): boolean {
    return this.places.isEmpty
  }

  /** A connection was reset or refused. */
  failed(hash: number, timeNs: number): void {
    let place = this.places.find(hash)
    if (place < 0) place = this.places.add(hash)
    this.failedNs[place] = timeNs
    this.takenNs[place] = 0
  }

  /** A connection was taken; `stream` is its number. */
  taken(hash: number, stream: number, timeNs: number): void {
    const place = this.places.find(hash)
    if (place < 0 || this.takenNs[place] !== 0) return
    this.takenNs[place] = timeNs
    this.takenStream[place] = stream
  }

  /** The connection taken after one that failed: its time and stream; undefined when none is known. */
  find(hash: number): { readonly takenNs: number; readonly takenStream: number } | undefined {
    const place = this.places.find(hash)
    if (place < 0 || this.takenNs[place] === 0) return undefined
    return {
      takenNs: this.takenNs[place] as number,
      takenStream: this.takenStream[place] as number,
    }
  }
}
