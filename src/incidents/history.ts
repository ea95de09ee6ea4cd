// The digests of a capture until its end, by server endpoint. Memory is bounded: of very many connections that are alike in
// endpoint and kind only every second is kept, then every fourth, and each stands for as many. What is kept does not depend
// on the number of threads, as digests come in the order of the endings.

import { EndpointTable, ENDPOINT_WORDS } from '../context/endpoint-table.js'
import { recordsOf } from '../tcp/record/fields.js'
import { ENDINGS, type Row } from '../verdict/endings.js'
import {
  DIGEST,
  DIGEST_BY_SERVER,
  DIGEST_CELLS,
  DIGEST_CLOSED,
  type Digest,
  type DigestBatch,
  DigestView,
} from './digest.js'
import { type Ended, endedOf } from './ended.js'

/** Digests kept: 4 MB. */
const MOST_ROWS = 1 << 15
/** Server endpoints that are told apart; connections with others are left out. */
const MOST_ENDPOINTS = 1 << 12
const FIRST_ROWS = 1 << 8
const DIGEST_INTS = 2 * DIGEST_CELLS

/** Connections that are alike are thinned out together. */
const ALIKE = 4
const CLOSED_BY_CLIENT = 0
const CLOSED_BY_SERVER = 1
const NEVER_OPEN = 2
const TELLING = 3

/** A server endpoint and the connections with it that are known, in the order of their beginnings. */
export interface EndpointHistory {
  /** Address of four words (IPv4 takes the first) and port. */
  readonly address: Int32Array
  readonly port: number
  readonly isIpv6: boolean
  readonly all: readonly Ended[]
}

/** Keeps the digests of one capture. */
export class History {
  private cells = new Float64Array(FIRST_ROWS * DIGEST_CELLS)
  private ints = new Int32Array(this.cells.buffer)
  private endpoints = new Int32Array(FIRST_ROWS)
  /** Which of its alike a row is, from 0. */
  private ordinals = new Float64Array(FIRST_ROWS)
  private count = 0
  private table = new EndpointTable(MOST_ENDPOINTS)
  private seen: number[] = []
  /** Of alike ones every 2^thin-th is kept. */
  private thin = 0
  private readonly key = new Int32Array(ENDPOINT_WORDS)

  /** Adds digests. */
  add({ cells, count }: DigestBatch): void {
    const ints = new Int32Array(cells.buffer, cells.byteOffset, 2 * cells.length)
    for (let i = 0; i < count; i++) this.addOne(cells, ints, i)
  }

  private addOne(cells: Float64Array, ints: Int32Array, i: number): void {
    const word = i * DIGEST_INTS
    const kind = kindOf(ints, word)
    const endpoint = this.endpointOf(ints, word, kind)
    if (endpoint < 0) return
    const group = endpoint * ALIKE + kind
    const ordinal = this.seen[group] ?? 0
    this.seen[group] = ordinal + 1
    if (!this.isKept(ordinal)) return
    if (this.count === MOST_ROWS) this.thinOut()
    if (this.count === this.endpoints.length) this.grow()
    const at = this.count++
    this.cells.set(cells.subarray(i * DIGEST_CELLS, (i + 1) * DIGEST_CELLS), at * DIGEST_CELLS)
    this.endpoints[at] = endpoint
    this.ordinals[at] = ordinal
  }

  /** The connections by server endpoint; and begins anew. */
  take(): EndpointHistory[] {
    const records = recordsOf(this.cells)
    const digest = new DigestView(records)
    const histories = new Map<number, EndpointHistory & { readonly all: Ended[] }>()
    for (let at = 0; at < this.count; at++) {
      digest.own.pointAt(records, at * DIGEST_INTS)
      const endpoint = this.endpoints[at] as number
      let history = histories.get(endpoint)
      if (history === undefined) {
        history = this.historyOf(digest as unknown as Digest, at)
        histories.set(endpoint, history)
      }
      const weight = this.isExempt(this.ordinals[at] as number) ? 1 : 2 ** this.thin
      history.all.push(endedOf(digest as unknown as Digest, this.clientKey(at), weight))
    }
    for (const { all } of histories.values()) all.sort((a, b) => a.startNs - b.startNs)
    this.reset()
    return [...histories.values()]
  }

  private reset(): void {
    if (this.count === 0) return
    this.count = 0
    this.thin = 0
    this.seen = []
    this.table = new EndpointTable(MOST_ENDPOINTS)
  }

  private endpointOf(ints: Int32Array, word: number, kind: number): number {
    const { key, table } = this
    for (let i = 0; i < 4; i++) key[i] = ints[word + DIGEST.serverAddr + i] as number
    key[4] = (ints[word + DIGEST.ports] as number) & 0xffff
    const known = table.find(key)
    if (known >= 0) return known
    // Half of the places are for endpoints that have opened a connection: a scan takes no more than the other half.
    const most = kind === NEVER_OPEN ? MOST_ENDPOINTS / 2 : MOST_ENDPOINTS
    return table.size >= most ? -1 : table.add(key)
  }

  private historyOf(digest: Digest, at: number): EndpointHistory & { readonly all: Ended[] } {
    const from = at * DIGEST_INTS + DIGEST.serverAddr
    return {
      address: this.ints.slice(from, from + 4),
      port: digest.ports & 0xffff,
      isIpv6: (digest.flags & 1) !== 0,
      all: [],
    }
  }

  private clientKey(at: number): string {
    const from = at * DIGEST_INTS + DIGEST.clientAddr
    return this.ints.subarray(from, from + 4).join(' ')
  }

  /** Whether one is kept whatever is thinned out: the first of its alike. */
  private isExempt(ordinal: number): boolean {
    return ordinal < MOST_ROWS >> this.thin
  }

  private isKept(ordinal: number): boolean {
    return this.isExempt(ordinal) || ordinal % 2 ** this.thin === 0
  }

  private thinOut(): void {
    const { cells, endpoints, ordinals } = this
    while (this.count > MOST_ROWS / 2) {
      this.thin++
      let kept = 0
      for (let at = 0; at < this.count; at++) {
        if (!this.isKept(ordinals[at] as number)) continue
        cells.copyWithin(kept * DIGEST_CELLS, at * DIGEST_CELLS, (at + 1) * DIGEST_CELLS)
        endpoints[kept] = endpoints[at] as number
        ordinals[kept] = ordinals[at] as number
        kept++
      }
      this.count = kept
    }
  }

  private grow(): void {
    const { cells, endpoints, ordinals } = this
    this.cells = new Float64Array(2 * cells.length)
    this.cells.set(cells)
    this.ints = new Int32Array(this.cells.buffer)
    this.endpoints = new Int32Array(2 * endpoints.length)
    this.endpoints.set(endpoints)
    this.ordinals = new Float64Array(2 * ordinals.length)
    this.ordinals.set(ordinals)
  }
}

function kindOf(ints: Int32Array, word: number): number {
  const { verdict, cause } = ENDINGS[ints[word + DIGEST.ending] as number] as Row
  if (verdict === 'handshake_failed') return NEVER_OPEN
  const flags = ints[word + DIGEST.flags] as number
  if (verdict !== 'graceful_fin' || cause === 'unanswered_request' || (flags & DIGEST_CLOSED) === 0)
    return TELLING
  return (flags & DIGEST_BY_SERVER) === 0 ? CLOSED_BY_CLIENT : CLOSED_BY_SERVER
}
