// Whether a client whose connection failed had more luck with its next one: kept for each client and server endpoint that
// had a failure, a fixed number of them.

import { mix } from '../base/seed.js'
import { ENDPOINT_WORDS, EndpointTable } from './endpoint-table.js'

const MAX_PAIRS = 4096

/** What is read of a connection. */
export interface RetryParties {
  /** Side of the client. */
  readonly clientSide: number
  /** Words of a side's endpoint, valid until the next call. */
  endpoint(side: number): Int32Array
}

interface Pair {
  failedNs: number
  /** The first connection taken since; 0 for none. */
  takenNs: number
  takenStream: number
}

/** Failures, and the connections that were taken after them. */
export class Retries {
  private readonly table = new EndpointTable(MAX_PAIRS)
  private readonly pairs: Pair[] = []
  private readonly key = new Int32Array(ENDPOINT_WORDS)

  /** Whether nothing has failed yet. */
  get isEmpty(): boolean {
    return this.table.size === 0
  }

  /** A connection was reset or refused. */
  failed(c: RetryParties, timeNs: number): void {
    const key = this.keyOf(c)
    const place = this.table.find(key)
    const pair = place < 0 ? undefined : this.pairs[place]
    if (pair === undefined) {
      this.pairs[this.table.add(key)] = { failedNs: timeNs, takenNs: 0, takenStream: 0 }
    } else if (pair.takenNs === 0 || timeNs > pair.takenNs) {
      if (pair.takenNs !== 0) pair.takenNs = 0
      pair.failedNs = timeNs
    }
  }

  /** A connection was taken; `stream` is its number. */
  taken(c: RetryParties, stream: number, timeNs: number): void {
    const place = this.table.find(this.keyOf(c))
    const pair = place < 0 ? undefined : this.pairs[place]
    if (pair === undefined || pair.takenNs !== 0) return
    pair.takenNs = timeNs
    pair.takenStream = stream
  }

  /** The connection taken after one that failed: its time and stream; undefined when none is known. */
  find(c: RetryParties): { readonly takenNs: number; readonly takenStream: number } | undefined {
    const place = this.table.find(this.keyOf(c))
    const pair = place < 0 ? undefined : this.pairs[place]
    return pair === undefined || pair.takenNs === 0 ? undefined : pair
  }

  /** The address of the client, and the endpoint of the server folded into two words. */
  private keyOf(c: RetryParties): Int32Array {
    const { key } = this
    const client = c.endpoint(c.clientSide)
    for (let i = 0; i < 4; i++) key[i] = client[i] as number
    const server = c.endpoint(1 - c.clientSide)
    let first = 1
    let second = 2
    for (let i = 0; i < ENDPOINT_WORDS; i++) {
      first = mix(first, server[i] as number)
      second = mix(second, (server[i] as number) ^ 0x5bd1e995)
    }
    key[4] = first
    key[5] = second
    return key
  }
}
