// The digests of a capture until its end, by server endpoint. Memory is bounded: of very many connections that are alike in
// endpoint and kind only every second is kept, then every fourth, and each stands for as many. What is kept does not depend
// on the number of threads, as digests come in the order of the endings.

import { EndpointTable, ENDPOINT_WORDS } from '../context/endpoint-table.js'
import type { Records } from '../tcp/record/fields.js'
import { ENDINGS, type Row } from '../verdict/endings.js'
import {
  DIGEST,
  DIGEST_BY_SERVER,
  DIGEST_CELLS,
  DIGEST_CLOCK_SET,
  DIGEST_CLOSED,
  DIGEST_IPV6,
  type Digest,
  type DigestBatch,
  DigestView,
} from './digest.js'
import { type Ended, endedOf } from './ended.js'

/** Digests kept: 2 MB. What looks at them runs once for a capture, so that each costs a microsecond. */
const MOST_ROWS = 1 << 14
/** Server endpoints that are told apart; connections with others are left out. */
const MOST_ENDPOINTS = 1 << 13
const FIRST_ROWS = 1 << 8
const DIGEST_INTS = 2 * DIGEST_CELLS

/** From here on one of alike ones is kept, and more of them when there is room. */
const THINNEST = 13

/** Ordinal of a row that is never thinned out. */
const ALWAYS_KEPT = -1

/** Connections that are alike are thinned out together. */
const ALIKE = 8
const CLOSED_BY_CLIENT = 0
const CLOSED_BY_SERVER = 1
const NEVER_OPEN = 2
const REFUSED = 3
const UNANSWERED_REQUEST = 4
const UNREAD = 5
const AFTER_KILL = 6
const TELLING = 7

/** No incident of a service is made of less, and none of less of connections that their clients closed. */
const FEWEST_CONNECTIONS = 3
const FEWEST_OF_CLIENTS = 8

/** A server endpoint and its connections. */
export interface EndpointHistory {
  /** Address of four words (IPv4 takes the first) and port. */
  readonly address: Int32Array
  readonly port: number
  readonly isIpv6: boolean
  /** The clock was set while the capture ran. */
  readonly isClockSet: boolean
  /** Whether it is the service of several connections, of which some did not simply end by their clients. */
  readonly isTelling: boolean
  /** Its connections, made anew at every call: of thousands of endpoints few are looked at, and one at a time. */
  all(): Ended[]
}

/** Keeps the digests of one capture. */
export class History implements Records {
  floats: Float64Array = new Float64Array(FIRST_ROWS * DIGEST_CELLS)
  ints: Int32Array = new Int32Array(this.floats.buffer)
  private readonly view = new DigestView(this) as DigestView & Digest
  private endpoints = new Int32Array(FIRST_ROWS)
  /** Which of its alike a row is, from 0, and which are alike. */
  private ordinals = new Float64Array(FIRST_ROWS)
  private groups = new Int32Array(FIRST_ROWS)
  private count = 0
  private table = new EndpointTable(MOST_ENDPOINTS)
  private seen: number[] = []
  /** Of each endpoint the last refusal, and the first connection known to be taken after it. */
  private lastRefusedNs: number[] = []
  private firstTakenNs: number[] = []
  /** Of alike ones every 2^thin-th is kept. */
  private thin = 0
  private readonly key = new Int32Array(ENDPOINT_WORDS)
  private lastEndpoint = -1

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
    const number = this.seen[group] ?? 0
    this.seen[group] = number + 1
    const ordinal = this.endsOutage(endpoint, kind, cells, i) ? ALWAYS_KEPT : number
    if (!this.isKept(ordinal)) return
    if (this.count === MOST_ROWS) this.thinOut()
    if (this.count === MOST_ROWS) return
    if (this.count === this.endpoints.length) this.grow()
    const at = this.count++
    // A loop: a view for each digest costs more than its 15 cells.
    const to = at * DIGEST_CELLS
    const from = i * DIGEST_CELLS
    for (let k = 0; k < DIGEST_CELLS; k++) this.floats[to + k] = cells[from + k] as number
    this.endpoints[at] = endpoint
    this.ordinals[at] = ordinal
    this.groups[at] = group
  }

  /** Whether a connection is the first known to be taken after the last refusal: it tells how long a service was away. */
  private endsOutage(endpoint: number, kind: number, cells: Float64Array, i: number): boolean {
    const { lastRefusedNs, firstTakenNs } = this
    if (kind === REFUSED) {
      const ns = cells[i * DIGEST_CELLS + DIGEST.teardownNs] as number
      if (ns <= (lastRefusedNs[endpoint] ?? -Infinity)) return false
      lastRefusedNs[endpoint] = ns
      firstTakenNs[endpoint] = Infinity
      return false
    }
    const refusedNs = lastRefusedNs[endpoint]
    if (refusedNs === undefined || kind === NEVER_OPEN) return false
    const ns = cells[i * DIGEST_CELLS + DIGEST.startNs] as number
    if (ns <= refusedNs || ns >= (firstTakenNs[endpoint] ?? Infinity)) return false
    firstTakenNs[endpoint] = ns
    return true
  }

  /** The endpoints, which can be read until {@link reset}. */
  endpointHistories(): EndpointHistory[] {
    const weights = this.weights()
    const rows: number[][] = []
    for (let at = 0; at < this.count; at++) {
      const mine = (rows[this.endpoints[at] as number] ??= [])
      mine.push(at)
    }
    return rows.filter((mine) => mine !== undefined).map((mine) => this.historyOf(mine, weights))
  }

  private historyOf(rows: readonly number[], weights: readonly number[]): EndpointHistory {
    const word = (rows[0] as number) * DIGEST_INTS
    const from = word + DIGEST.serverAddr
    const { ints } = this
    const isIpv6 = ((ints[word + DIGEST.flags] as number) & DIGEST_IPV6) !== 0
    return {
      address: ints.slice(from, from + 4),
      port: (ints[word + DIGEST.ports] as number) & 0xffff,
      isIpv6,
      isClockSet: rows.some(
        (at) => ((ints[at * DIGEST_INTS + DIGEST.flags] as number) & DIGEST_CLOCK_SET) !== 0,
      ),
      isTelling: this.isTelling(rows),
      all: () => rows.map((at) => this.endedAt(at, isIpv6, weights)),
    }
  }

  private isTelling(rows: readonly number[]): boolean {
    if (rows.length < FEWEST_CONNECTIONS) return false
    const kinds = rows.map((at) => (this.groups[at] as number) % ALIKE)
    return (
      kinds.length >= FEWEST_OF_CLIENTS ||
      kinds.filter((kind) => kind !== CLOSED_BY_CLIENT).length > 1
    )
  }

  private endedAt(at: number, isIpv6: boolean, weights: readonly number[]): Ended {
    const { view } = this
    view.own.pointAt(this, at * DIGEST_INTS)
    const weight = weights[this.groups[at] as number] as number
    return endedOf(view, this.clientKey(at, isIpv6), weight)
  }

  /** How many connections each row of a group stands for. */
  private weights(): number[] {
    const { groups, seen } = this
    const kept: number[] = []
    for (let at = 0; at < this.count; at++) {
      const group = groups[at] as number
      kept[group] = (kept[group] ?? 0) + 1
    }
    return seen.map((all, group) => all / (kept[group] ?? 1))
  }

  /** Begins anew. */
  reset(): void {
    if (this.count === 0) return
    this.count = 0
    this.thin = 0
    this.lastEndpoint = -1
    this.seen = []
    this.lastRefusedNs = []
    this.firstTakenNs = []
    this.table = new EndpointTable(MOST_ENDPOINTS)
  }

  private endpointOf(ints: Int32Array, word: number, kind: number): number {
    const { key, table } = this
    // Most connections are with the server of the one before.
    let isSame = this.lastEndpoint >= 0
    for (let i = 0; i < 5; i++) {
      const from = ints[word + (i < 4 ? DIGEST.serverAddr + i : DIGEST.ports)] as number
      const value = i < 4 ? from : from & 0xffff
      if (key[i] !== value) isSame = false
      key[i] = value
    }
    if (isSame) return this.lastEndpoint
    const known = table.find(key)
    this.lastEndpoint = known
    if (known >= 0) return known
    // Half of the places are for endpoints that have opened a connection: a scan takes no more than the other half.
    const isOpen = kind !== NEVER_OPEN && kind !== REFUSED
    const most = isOpen ? MOST_ENDPOINTS : MOST_ENDPOINTS / 2
    return table.size >= most ? -1 : table.add(key)
  }

  private clientKey(at: number, isIpv6: boolean): string {
    const from = at * DIGEST_INTS + DIGEST.clientAddr
    return isIpv6 ? this.ints.subarray(from, from + 4).join(' ') : `${this.ints[from]} `
  }

  /** Whether one is kept whatever is thinned out: the first of its alike. */
  private isExempt(ordinal: number): boolean {
    return ordinal < MOST_ROWS >> this.thin
  }

  private isKept(ordinal: number): boolean {
    return this.isExempt(ordinal) || ordinal % (1 << this.thin) === 0
  }

  private thinOut(): void {
    const { floats: cells, endpoints, ordinals, groups } = this
    while (this.count > MOST_ROWS / 2 && this.thin < THINNEST) {
      this.thin++
      let kept = 0
      for (let at = 0; at < this.count; at++) {
        if (!this.isKept(ordinals[at] as number)) continue
        cells.copyWithin(kept * DIGEST_CELLS, at * DIGEST_CELLS, (at + 1) * DIGEST_CELLS)
        endpoints[kept] = endpoints[at] as number
        ordinals[kept] = ordinals[at] as number
        groups[kept] = groups[at] as number
        kept++
      }
      this.count = kept
    }
  }

  private grow(): void {
    const { floats: cells, endpoints, ordinals, groups } = this
    this.floats = new Float64Array(2 * cells.length)
    this.floats.set(cells)
    this.ints = new Int32Array(this.floats.buffer)
    this.endpoints = new Int32Array(2 * endpoints.length)
    this.endpoints.set(endpoints)
    this.ordinals = new Float64Array(2 * ordinals.length)
    this.ordinals.set(ordinals)
    this.groups = new Int32Array(2 * groups.length)
    this.groups.set(groups)
  }
}

/** Connections that are counted alike when they are thinned out. */
function kindOf(ints: Int32Array, word: number): number {
  const { verdict, cause } = ENDINGS[ints[word + DIGEST.ending] as number] as Row
  if (verdict === 'handshake_failed') return cause === 'refused' ? REFUSED : NEVER_OPEN
  if (cause === 'unanswered_request') return UNANSWERED_REQUEST
  if (verdict === 'rst_after_kill') return cause === 'unread_data' ? UNREAD : AFTER_KILL
  const flags = ints[word + DIGEST.flags] as number
  if (verdict !== 'graceful_fin' || (flags & DIGEST_CLOSED) === 0) return TELLING
  return (flags & DIGEST_BY_SERVER) === 0 ? CLOSED_BY_CLIENT : CLOSED_BY_SERVER
}
