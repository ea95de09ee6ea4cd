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

// Numbers of an endpoint, side by side: in arrays of their own each was a cache miss.
/** The last refusal, -Infinity for none. */
const LAST_REFUSED_NS = 0
/** The first connection known to be taken after it. */
const FIRST_TAKEN_NS = 1
/** The first refusal of those that are close to the last one. */
const FIRST_REFUSED_NS = 2
/** Connections kept because they were taken between refusals. */
const BETWEEN = 3
const REFUSALS_KEPT = 4
/** How many there were of each kind. */
const SEEN = 5
const NUMBERS = 16
if (SEEN + ALIKE > NUMBERS) throw new Error('more kinds than there is room for')

/** Counts and times by endpoint; typed arrays, because lists with holes took five times as long. */
export class EndpointCounts {
  private numbers = unknown(FIRST_ENDPOINTS)

  /** Counts one more of a kind, and returns how many there were before. */
  count(endpoint: number, kind: number): number {
    if (endpoint * NUMBERS >= this.numbers.length) this.grow()
    const at = endpoint * NUMBERS + SEEN + kind
    const number = this.numbers[at] as number
    this.numbers[at] = number + 1
    return number
  }

  /** Reads what counting at these places will read; -1 is none. The sum says nothing. */
  lookAhead(places: Int32Array, count: number): number {
    const { numbers } = this
    let sum = 0
    for (let i = 0; i < count; i++) {
      const at = (places[i] as number) * NUMBERS
      if (at >= 0 && at < numbers.length)
        sum += (numbers[at] as number) + (numbers[at + NUMBERS / 2] as number)
    }
    return sum
  }

  /** How many groups (endpoint times ALIKE plus kind) there may be. */
  get groups(): number {
    return (this.numbers.length / NUMBERS) * ALIKE
  }

  /** How many there were of a group. */
  seen(group: number): number {
    const endpoint = Math.floor(group / ALIKE)
    return this.numbers[endpoint * NUMBERS + SEEN + (group % ALIKE)] as number
  }

  /** A connection was refused. */
  refuse(endpoint: number, ns: number): void {
    const { numbers } = this
    const at = endpoint * NUMBERS
    const lastNs = numbers[at + LAST_REFUSED_NS] as number
    if (ns <= lastNs) return
    if (ns - lastNs > SAME_OUTAGE_NS) numbers[at + FIRST_REFUSED_NS] = ns
    numbers[at + LAST_REFUSED_NS] = ns
    numbers[at + FIRST_TAKEN_NS] = Infinity
  }

  /** Whether one more refusal of an endpoint is to be kept. */
  keepRefusal(endpoint: number): boolean {
    return this.hasRoom(endpoint * NUMBERS + REFUSALS_KEPT, MOST_REFUSALS)
  }

  /** Whether a connection that was taken at `ns` tells where an outage ends: the first one behind it, or one in the middle. */
  tellsOutage(endpoint: number, ns: number): boolean {
    const { numbers } = this
    const at = endpoint * NUMBERS
    const refusedNs = numbers[at + LAST_REFUSED_NS] as number
    if (refusedNs === -Infinity) return false
    if (ns <= refusedNs)
      return (
        ns >= (numbers[at + FIRST_REFUSED_NS] as number) && this.hasRoom(at + BETWEEN, MOST_BETWEEN)
      )
    if (ns >= (numbers[at + FIRST_TAKEN_NS] as number)) return false
    numbers[at + FIRST_TAKEN_NS] = ns
    return true
  }

  /** Counts one more at a place that holds so many at most. */
  private hasRoom(at: number, most: number): boolean {
    const kept = this.numbers[at] as number
    if (kept >= most) return false
    this.numbers[at] = kept + 1
    return true
  }

  private grow(): void {
    const { numbers } = this
    this.numbers = unknown((2 * numbers.length) / NUMBERS)
    this.numbers.set(numbers)
  }
}

/** Numbers of endpoints of which nothing is known. */
function unknown(endpoints: number): Float64Array {
  const numbers = new Float64Array(endpoints * NUMBERS)
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    numbers[at + LAST_REFUSED_NS] = -Infinity
    numbers[at + FIRST_TAKEN_NS] = -Infinity
    numbers[at + FIRST_REFUSED_NS] = -Infinity
  }
  return numbers
}
