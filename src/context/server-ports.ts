// What server endpoints did on other connections: took them, refused them, left SYNs unanswered, answered payload. A fixed
// number of endpoints is kept, the one known for longest is forgotten first.

import { ENDPOINT_WORDS, EndpointTable } from './endpoint-table.js'

const MAX_ENDPOINTS = 4096

/** What one endpoint did so far. Times are relative ns. */
export interface ServerPort {
  accepts: number
  firstAcceptNs: number
  lastAcceptNs: number
  refusals: number
  silences: number
  answers: number
}

/** Server endpoints, given as the words of an {@link EndpointTable}. */
export class ServerPorts {
  private readonly endpoints = new EndpointTable(MAX_ENDPOINTS)
  private readonly list: ServerPort[] = []
  private readonly key = new Int32Array(ENDPOINT_WORDS)
  /** The endpoint of the last call: nearly always that of the next one too. */
  private last: ServerPort | undefined

  /** An endpoint took a connection: four words of its address from `at` on, its port and encapsulation. */
  accept(
    words: Int32Array,
    at: number,
    isIpv6: boolean,
    port: number,
    encapsulation: number,
    timeNs: number,
  ): void {
    const { key } = this
    let found = this.last
    if (
      found === undefined ||
      key[0] !== words[at] ||
      key[4] !== port ||
      key[5] !== encapsulation ||
      key[1] !== (isIpv6 ? words[at + 1] : 0) ||
      key[2] !== (isIpv6 ? words[at + 2] : 0) ||
      key[3] !== (isIpv6 ? words[at + 3] : 0)
    ) {
      key[0] = words[at] as number
      for (let i = 1; i < 4; i++) key[i] = isIpv6 ? (words[at + i] as number) : 0
      key[4] = port
      key[5] = encapsulation
      found = this.madeFor(key)
      this.last = found
    }
    if (found.accepts === 0) found.firstAcceptNs = timeNs
    found.accepts++
    found.lastAcceptNs = timeNs
  }

  /** An endpoint refused a SYN. */
  refused(endpoint: Int32Array): void {
    this.madeFor(endpoint).refusals++
  }

  /** A SYN to an endpoint was repeated, as it had no answer. */
  silent(endpoint: Int32Array): void {
    this.madeFor(endpoint).silences++
  }

  /** An endpoint answered payload on a connection. */
  answered(endpoint: Int32Array): void {
    this.madeFor(endpoint).answers++
  }

  /** What is known of an endpoint. */
  find(endpoint: Int32Array): ServerPort | undefined {
    const place = this.endpoints.find(endpoint)
    return place < 0 ? undefined : this.list[place]
  }

  private madeFor(endpoint: Int32Array): ServerPort {
    const known = this.find(endpoint)
    if (known !== undefined) return known
    const made: ServerPort = {
      accepts: 0,
      firstAcceptNs: 0,
      lastAcceptNs: 0,
      refusals: 0,
      silences: 0,
      answers: 0,
    }
    const place = this.endpoints.add(endpoint)
    // Its place may have been that of the endpoint of the last call.
    if (this.list[place] === this.last) this.last = undefined
    this.list[place] = made
    return made
  }
}
