// What is counted of each server endpoint while digests are added, so that the rest can be left out.

/** Connections that are alike are thinned out together: kinds of one endpoint. */
export const ALIKE = 9

const FIRST_ENDPOINTS = 16
/** Refusals that are this close are one outage, unless a connection is known to have been taken between them. */
const SAME_OUTAGE_NS = 5e9
/** Connections kept of an endpoint because they were taken between refusals. */
const MOST_BETWEEN = 64
/** Refusals kept of an endpoint because they came one upon the other. */
const MOST_REFUSALS = 255

/** Counts and times by endpoint; typed arrays, because lists with holes took five times as long. */
export class EndpointCounts {
  /** Of each group (endpoint times ALIKE plus kind) how many there were. */
  seen: Float64Array = new Float64Array(FIRST_ENDPOINTS * ALIKE)
  /** Of each endpoint the last refusal, and the first connection known to be taken after it. */
  private lastRefusedNs = unknownTimes(FIRST_ENDPOINTS)
  private firstTakenNs = unknownTimes(FIRST_ENDPOINTS)
  /** The first refusal of those that are close to the last one. */
  private firstRefusedNs = unknownTimes(FIRST_ENDPOINTS)
  private between = new Uint8Array(FIRST_ENDPOINTS)
  private refusalsKept = new Uint8Array(FIRST_ENDPOINTS)

  /** Counts one more, and returns how many there were before. */
  count(endpoint: number, group: number): number {
    if (endpoint >= this.lastRefusedNs.length) this.grow()
    const number = this.seen[group] as number
    this.seen[group] = number + 1
    return number
  }

  /** A connection was refused. */
  refuse(endpoint: number, ns: number): void {
    const lastNs = this.lastRefusedNs[endpoint] as number
    if (ns <= lastNs) return
    if (ns - lastNs > SAME_OUTAGE_NS) this.firstRefusedNs[endpoint] = ns
    this.lastRefusedNs[endpoint] = ns
    this.firstTakenNs[endpoint] = Infinity
  }

  /** Whether one more refusal of an endpoint is to be kept. */
  keepRefusal(endpoint: number): boolean {
    const kept = this.refusalsKept[endpoint] as number
    if (kept >= MOST_REFUSALS) return false
    this.refusalsKept[endpoint] = kept + 1
    return true
  }

  /** Whether a connection that was taken at `ns` tells where an outage ends: the first one behind it, or one in the middle. */
  tellsOutage(endpoint: number, ns: number): boolean {
    const refusedNs = this.lastRefusedNs[endpoint] as number
    if (refusedNs === -Infinity) return false
    if (ns <= refusedNs) {
      if (ns < (this.firstRefusedNs[endpoint] as number)) return false
      if ((this.between[endpoint] as number) >= MOST_BETWEEN) return false
      this.between[endpoint] = (this.between[endpoint] as number) + 1
      return true
    }
    if (ns >= (this.firstTakenNs[endpoint] as number)) return false
    this.firstTakenNs[endpoint] = ns
    return true
  }

  private grow(): void {
    const { seen, lastRefusedNs, firstTakenNs, firstRefusedNs, between, refusalsKept } = this
    this.seen = new Float64Array(2 * seen.length)
    this.seen.set(seen)
    this.lastRefusedNs = unknownTimes(2 * lastRefusedNs.length)
    this.lastRefusedNs.set(lastRefusedNs)
    this.firstTakenNs = unknownTimes(2 * firstTakenNs.length)
    this.firstTakenNs.set(firstTakenNs)
    this.firstRefusedNs = unknownTimes(2 * firstRefusedNs.length)
    this.firstRefusedNs.set(firstRefusedNs)
    this.between = new Uint8Array(2 * between.length)
    this.between.set(between)
    this.refusalsKept = new Uint8Array(2 * refusalsKept.length)
    this.refusalsKept.set(refusalsKept)
  }
}

function unknownTimes(endpoints: number): Float64Array {
  return new Float64Array(endpoints).fill(-Infinity)
}
