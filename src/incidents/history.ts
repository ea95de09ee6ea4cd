// The digests of a capture until its end, by server endpoint. Memory is bounded: of very many connections that are alike in
// endpoint and kind only every second is kept, then every fourth, and each stands for as many. What is kept does not depend
// on the number of threads, as digests come in the order of the endings.

import { EndpointTable, ENDPOINT_WORDS } from '../context/endpoint-table.js'
import type { Records } from '../tcp/record/fields.js'
import {
  DIGEST,
  DIGEST_CELLS,
  DIGEST_CLOCK_SET,
  DIGEST_IPV6,
  DIGEST_NAT_TWIN,
  type Digest,
  type DigestBatch,
  DigestView,
} from './digest.js'
import { CLOSED_BY_CLIENT, HELD, IS_OF_SERVER, NEVER_OPEN, REFUSED, kindOf } from './alike.js'
import { CloseRuns, type RunHandler } from './close-runs.js'
import { type Ended, endedOf } from './ended.js'
import { ALIKE, EndpointCounts } from './endpoint-counts.js'
import { type RefusalRun, Refusals } from './refusals.js'

/** Digests kept: 1 MB. What looks at them runs once for a capture: of twice as many it took 40 ms longer. */
const MOST_ROWS = 1 << 13
/** Server endpoints that are told apart; connections with others are left out. */
const MOST_ENDPOINTS = 1 << 13
const FIRST_ROWS = 1 << 8
/** Digests that are looked ahead for at once. */
const LOOK_AHEAD = 64
const DIGEST_INTS = 2 * DIGEST_CELLS
/** Positions that are read of every digest, as constants: of an object each costs a load. */
const SERVER_ADDR = DIGEST.serverAddr
const PORTS = DIGEST.ports
const FLAGS = DIGEST.flags
const START_NS = DIGEST.startNs
const TEARDOWN_NS = DIGEST.teardownNs
const END_NS = DIGEST.endNs

/** From here on one of alike ones is kept, and more of them when there is room. */
const THINNEST = 13

/** Of them, those that are never thinned out. */
const MOST_ALWAYS = MOST_ROWS / 2
/** Connections in CLOSE-WAIT of an endpoint that are. */
const MOST_HELD = 1 << 10
/** Ordinal of such a row. */
const ALWAYS_KEPT = -1

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
  /** What it refused, thinned out or not. */
  readonly refusals: readonly RefusalRun[]
  /** Its connections, made anew at every call: of thousands of endpoints few are looked at, and one at a time. */
  all(): Ended[]
}

/** How many connections a row of each group stands for. */
interface Weights {
  readonly first: Float64Array
  readonly sampled: Float64Array
}

/** Keeps the digests of one capture. */
export class History implements Records, RunHandler {
  floats: Float64Array = new Float64Array(FIRST_ROWS * DIGEST_CELLS)
  ints: Int32Array = new Int32Array(this.floats.buffer)
  private readonly view = new DigestView(this) as DigestView & Digest
  private endpoints = new Int32Array(FIRST_ROWS)
  /** Which of its alike a row is, from 0, and which are alike. */
  private ordinals = new Float64Array(FIRST_ROWS)
  private groups = new Int32Array(FIRST_ROWS)
  private count = 0
  private table = new EndpointTable(MOST_ENDPOINTS)
  private counts = new EndpointCounts()
  private runs = new CloseRuns()
  private readonly refusals = new Refusals()
  /** Rows that are kept for good. */
  private always = 0
  /** Of alike ones every 2^thin-th is kept. */
  private thin = 0
  private readonly key = new Int32Array(ENDPOINT_WORDS)
  private readonly hashes = new Int32Array(LOOK_AHEAD)
  private readonly places = new Int32Array(LOOK_AHEAD)
  /** What `lookAhead` has read, so that it is read. */
  protected read = 0

  /** Adds digests. */
  add({ cells, count }: DigestBatch): void {
    const ints = new Int32Array(cells.buffer, cells.byteOffset, 2 * cells.length)
    for (let from = 0; from < count; from += LOOK_AHEAD) {
      const part = Math.min(LOOK_AHEAD, count - from)
      this.lookAhead(ints, from, part)
      for (let i = 0; i < part; i++) this.addOne(cells, ints, from + i, this.hashes[i] as number)
    }
  }

  /** Fetches what adding some digests will read, for all of them at once: 4 % in the bench's churn summary. */
  private lookAhead(ints: Int32Array, from: number, count: number): void {
    const { key, table, hashes, places } = this
    for (let i = 0; i < count; i++) {
      const word = (from + i) * DIGEST_INTS
      for (let k = 0; k < 4; k++) key[k] = ints[word + SERVER_ADDR + k] as number
      key[4] = (ints[word + PORTS] as number) & 0xffff
      hashes[i] = table.hashOf(key)
    }
    table.lookAhead(hashes, places, count)
    this.read = this.counts.lookAhead(places, count) + this.runs.lookAhead(places, count)
  }

  private addOne(cells: Float64Array, ints: Int32Array, i: number, hash: number): void {
    const word = i * DIGEST_INTS
    const kind = kindOf(ints, word)
    const endpoint = this.endpointOf(ints, word, kind, hash)
    if (endpoint < 0) return
    const group = endpoint * ALIKE + kind
    const number = this.counts.count(endpoint, kind)
    if (kind === HELD && number < MOST_HELD)
      this.append(cells, i, endpoint, group, this.alwaysOr(number))
    else if (IS_OF_SERVER[kind] === 1) this.addEndOfServer(cells, i, endpoint, group, number)
    else if (this.isTelling(endpoint, kind, cells, ints, i))
      this.append(cells, i, endpoint, group, this.alwaysOr(number))
    else if (this.isKept(number)) this.append(cells, i, endpoint, group, number)
  }

  /** Ends by the server: those in one instant are never thinned out, and the first of them neither. */
  private addEndOfServer(
    cells: Float64Array,
    i: number,
    endpoint: number,
    group: number,
    number: number,
  ): void {
    const ns = cells[i * DIGEST_CELLS + TEARDOWN_NS] as number
    const startNs = cells[i * DIGEST_CELLS + START_NS] as number
    const { counts, runs } = this
    const isTelling = counts.tellsOutage(endpoint, startNs)
    const isAlways =
      runs.isInRun(endpoint, ns, this) || isTelling || runs.tellsOfLife(endpoint, startNs, ns)
    const ordinal = isAlways ? this.alwaysOr(number) : number
    if (this.isKept(ordinal)) {
      const row = this.append(cells, i, endpoint, group, ordinal)
      if (row >= 0) this.runs.rememberRow(endpoint, row)
    } else this.runs.rememberCells(endpoint, group, cells, i)
  }

  /** Keeps a row for good: it belongs to a run of ends. */
  keepRow(row: number): void {
    if (this.ordinals[row] === ALWAYS_KEPT) return
    this.ordinals[row] = this.alwaysOr(this.ordinals[row] as number)
  }

  /** Adds a digest that had been left out. */
  addCells(cells: Float64Array, index: number, endpoint: number, group: number): void {
    if (this.always < MOST_ALWAYS) this.append(cells, index, endpoint, group, this.alwaysOr(0))
  }

  /** The ordinal of a row that is kept for good, while there is room for such. */
  private alwaysOr(number: number): number {
    if (this.always >= MOST_ALWAYS) return number
    this.always++
    return ALWAYS_KEPT
  }

  private append(
    cells: Float64Array,
    i: number,
    endpoint: number,
    group: number,
    ordinal: number,
  ): number {
    if (this.count === MOST_ROWS) this.thinOut()
    if (this.count === MOST_ROWS) return -1
    if (this.count === this.endpoints.length) this.grow()
    const at = this.count++
    // A loop: a view for each digest costs more than its 15 cells.
    const to = at * DIGEST_CELLS
    const from = i * DIGEST_CELLS
    for (let k = 0; k < DIGEST_CELLS; k++) this.floats[to + k] = cells[from + k] as number
    this.endpoints[at] = endpoint
    this.ordinals[at] = ordinal
    this.groups[at] = group
    return at
  }

  /** Whether a connection that its server did not end tells that and how long the service was away, or that it was not. */
  private isTelling(
    endpoint: number,
    kind: number,
    cells: Float64Array,
    ints: Int32Array,
    i: number,
  ): boolean {
    const teardownNs = cells[i * DIGEST_CELLS + TEARDOWN_NS] as number
    const isIcmp = kind === REFUSED && Number.isNaN(teardownNs)
    const closedNs = isIcmp ? (cells[i * DIGEST_CELLS + END_NS] as number) : teardownNs
    if (kind === REFUSED) {
      const isTwin = ((ints[i * DIGEST_INTS + FLAGS] as number) & DIGEST_NAT_TWIN) !== 0
      this.counts.refuse(endpoint, closedNs)
      return (
        this.refusals.add(endpoint, closedNs, isTwin ? 0.5 : 1) && this.counts.keepRefusal(endpoint)
      )
    }
    if (kind === NEVER_OPEN) return false
    const startNs = cells[i * DIGEST_CELLS + START_NS] as number
    const isTelling = this.counts.tellsOutage(endpoint, startNs)
    return this.runs.tellsOfLife(endpoint, startNs, closedNs) || isTelling
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

  private historyOf(rows: readonly number[], weights: Weights): EndpointHistory {
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
      isTelling: this.hasStory(rows),
      refusals: this.refusals.of(this.endpoints[rows[0] as number] as number),
      all: () => rows.map((at) => this.endedAt(at, isIpv6, weights)),
    }
  }

  private hasStory(rows: readonly number[]): boolean {
    if (rows.length < FEWEST_CONNECTIONS) return false
    const kinds = rows.map((at) => (this.groups[at] as number) % ALIKE)
    return (
      kinds.length >= FEWEST_OF_CLIENTS ||
      kinds.filter((kind) => kind !== CLOSED_BY_CLIENT).length > 1
    )
  }

  private endedAt(at: number, isIpv6: boolean, weights: Weights): Ended {
    const { view } = this
    view.own.pointAt(this, at * DIGEST_INTS)
    const group = this.groups[at] as number
    const ordinal = this.ordinals[at] as number
    if (ordinal === ALWAYS_KEPT) return endedOf(view, this.clientKey(at, isIpv6), 1)
    const weight = this.isExempt(ordinal) ? weights.first[group] : weights.sampled[group]
    return endedOf(view, this.clientKey(at, isIpv6), weight ?? 1)
  }

  /** How many connections a row stands for: the first of its group, and one of those behind them. */
  private weights(): Weights {
    const { groups, ordinals, counts } = this
    const groupsSeen = counts.groups
    const first = new Float64Array(groupsSeen)
    const sampled = new Float64Array(groupsSeen)
    const always = new Float64Array(groupsSeen)
    for (let at = 0; at < this.count; at++) {
      const ordinal = ordinals[at] as number
      const kept = ordinal === ALWAYS_KEPT ? always : this.isExempt(ordinal) ? first : sampled
      const group = groups[at] as number
      kept[group] = (kept[group] as number) + 1
    }
    for (let group = 0; group < groupsSeen; group++) {
      const firstKept = first[group] as number
      const sampledKept = sampled[group] as number
      const others = counts.seen(group) - (always[group] as number) - firstKept
      sampled[group] = sampledKept > 0 ? others / sampledKept : 1
      // Too few behind the first ones for a sample: those stand for all.
      first[group] = sampledKept === 0 && firstKept > 0 ? 1 + others / firstKept : 1
    }
    return { first, sampled }
  }

  /** Begins anew. */
  reset(): void {
    if (this.count === 0) return
    this.count = 0
    this.thin = 0
    this.counts = new EndpointCounts()
    this.runs = new CloseRuns()
    this.refusals.clear()
    this.always = 0
    this.table = new EndpointTable(MOST_ENDPOINTS)
  }

  private endpointOf(ints: Int32Array, word: number, kind: number, hash: number): number {
    const { key, table } = this
    for (let k = 0; k < 4; k++) key[k] = ints[word + SERVER_ADDR + k] as number
    key[4] = (ints[word + PORTS] as number) & 0xffff
    const known = table.findByHash(key, hash)
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
    // Nothing is left that could go.
    if (this.thin === THINNEST) return
    const { floats: cells, endpoints, ordinals, groups } = this
    this.runs.forgetRows()
    // Those that are kept for good may be as many as half of all.
    while (this.count > this.always + (MOST_ROWS - this.always) / 2 && this.thin < THINNEST) {
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
