// How many connections of each ending an endpoint has, and when. Names are made once for each endpoint, and bounded.

import { ENDPOINT_WORDS, EndpointTable } from '../../context/endpoint-table.js'
import { endpointText, shownAddress } from '../columns/address.js'
import type { ColumnSource } from '../columns/column.js'
import { TimeBins, type TimeBinsState } from './time-bins.js'

/** Endpoints told apart of all endings, and of one; the others are counted together. */
const MOST_PLACES = 1 << 12
const MOST_NAMES = 1 << 10

/** Gives server endpoints, or client addresses, places and names. */
export class EndpointNames {
  private readonly withPort: boolean
  private readonly table = new EndpointTable(MOST_PLACES)
  private readonly names: string[] = []
  private readonly key = new Int32Array(ENDPOINT_WORDS)

  /** `withPort`: the server endpoint of a connection, else the address of its client. */
  constructor(withPort: boolean) {
    this.withPort = withPort
  }

  /** The place of the endpoint of a connection, -1 when there are too many. */
  placeOf(c: ColumnSource): number {
    const place = this.find(c)
    if (place >= 0 || this.table.size === MOST_PLACES) return place
    const side = this.sideOf(c)
    const address = shownAddress(c, side)
    this.names.push(this.withPort ? endpointText(address, c.e.portOf(side)) : address)
    return this.table.add(this.key)
  }

  /** The place of an endpoint that has one, else -1. */
  private find(c: ColumnSource): number {
    const side = this.sideOf(c)
    const { e } = c
    const { key } = this
    const at = e.addressAt(side)
    const { ints } = e.own
    for (let i = 0; i < 4; i++) key[i] = i === 0 || e.isIpv6 ? (ints[at + i] as number) : 0
    key[4] = this.withPort ? e.portOf(side) : 0
    return this.table.find(key)
  }

  private sideOf({ e }: ColumnSource): number {
    return this.withPort ? 1 - e.clientSide : e.clientSide
  }

  nameOf(place: number): string {
    return this.names[place] ?? ''
  }
}

/** One endpoint with the connections of one ending. */
export interface TallyEntry {
  readonly name: string
  count: number
  readonly times: TimeBins
}

/** A tally on its way between threads: entries in the order of their first connections. */
export interface TallyState {
  readonly entries: readonly (readonly [name: string, count: number, times: TimeBinsState])[]
  readonly others: number
}

/** Counts the connections of one ending by endpoint. */
export class Tally {
  private readonly names: EndpointNames
  private readonly byPlace: TallyEntry[] = []
  private readonly entries: TallyEntry[] = []
  private others = 0

  constructor(names: EndpointNames) {
    this.names = names
  }

  add(c: ColumnSource, ms: number): void {
    const place = this.names.placeOf(c)
    let entry = place < 0 ? undefined : this.byPlace[place]
    if (entry === undefined && place >= 0 && this.entries.length < MOST_NAMES) {
      entry = { name: this.names.nameOf(place), count: 0, times: new TimeBins() }
      this.byPlace[place] = entry
      this.entries.push(entry)
    }
    if (entry === undefined) {
      this.others++
      return
    }
    entry.count++
    entry.times.add(ms)
  }

  state(): TallyState {
    const { entries, others } = this
    return {
      entries: entries.map(({ name, count, times }) => [name, count, times.state()]),
      others,
    }
  }
}

/** Adds up tallies of one ending. */
export class TallySum {
  private readonly entries = new Map<string, TallyEntry>()
  /** Connections of endpoints that are not told apart. */
  others = 0

  absorb({ entries, others }: TallyState): void {
    this.others += others
    for (const [name, count, times] of entries) {
      let entry = this.entries.get(name)
      if (entry === undefined && this.entries.size < MOST_NAMES) {
        entry = { name, count: 0, times: new TimeBins() }
        this.entries.set(name, entry)
      }
      if (entry === undefined) {
        this.others += count
        continue
      }
      entry.count += count
      entry.times.absorb(times)
    }
  }

  /** Endpoints, those with the most first. */
  sorted(): TallyEntry[] {
    return [...this.entries.values()].sort(
      (a, b) => b.count - a.count || (a.name < b.name ? -1 : 1),
    )
  }
}
