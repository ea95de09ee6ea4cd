// The connections of each ending for people: which endpoints, when, and some of them as examples.

import type { Collector } from '../../incidents/collector.js'
import { type Ending, rowOf } from '../../verdict/endings.js'
import { bytesAtRisk } from '../../verdict/findings/payload.js'
import { firstTeardown } from '../../verdict/timings.js'
import type { ColumnSource } from '../columns/column.js'
import { type Example, Examples, charsOf } from './examples.js'
import { EndpointNames, Tally, TallySum, type TallyState } from './tally.js'

/** What is shown of the connections of an ending. */
export interface EndingGroup {
  readonly servers: TallySum
  readonly clients: TallySum
  readonly examples: readonly Example[]
}

/** Groups on their way between threads. */
export type GroupsState = ReadonlyMap<Ending, GroupState>

interface GroupState {
  readonly some: readonly Example[]
  readonly servers: TallyState
  readonly clients: TallyState
  readonly examples: readonly Example[]
}

/** Which connections are listed. */
export interface GroupOptions {
  /** Those that ended as they should too, and as many as there are. */
  readonly all: boolean
  /** Connections listed of one ending. */
  readonly top: number
  /** So many connections were asked for: all are listed, whatever their ending. 0 when none were. */
  readonly few: number
}

/** What one thread has seen of an ending. */
interface GrowingGroup {
  /** Of any ending, in case that there are few. */
  readonly some: Examples
  readonly servers: Tally
  readonly clients: Tally
  readonly examples: Examples
}

const CLOSE_WAIT: Ending = 'lingering_established.close_wait'

/** Collects connections by ending. */
export class GroupCollector implements Collector<ColumnSource, GroupsState> {
  private readonly options: GroupOptions
  private readonly serverNames = new EndpointNames(true)
  private readonly clientNames = new EndpointNames(false)
  private groups = new Map<Ending, GrowingGroup>()
  private readonly sums = new Map<Ending, GroupSum>()
  /** Zero of the times of the last capture, ms since 1970. */
  private baseNs = 0n
  private baseMs = 0

  constructor(options: GroupOptions) {
    this.options = options
  }

  add(c: ColumnSource): void {
    const { all, few } = this.options
    const { ending } = c.j
    const isTrouble = rowOf(ending).severity > 0
    const isListed = all || isTrouble || isNotableConnection(c)
    if (!isListed && few === 0) return
    const group = this.groupOf(ending)
    if (few > 0) group.some.add(c)
    if (!isListed) return
    // Nobody asks which endpoints do as they should.
    if (isTrouble) {
      const ms = this.msOf(c)
      // In CLOSE-WAIT the side that has not closed is the one to look at.
      const stuck = ending === CLOSE_WAIT ? c.j.closer : undefined
      if (stuck !== 'server') group.servers.add(c, ms)
      if (stuck !== 'client') group.clients.add(c, ms)
    }
    group.examples.add(c)
  }

  take(): GroupsState {
    const state = new Map<Ending, GroupState>()
    for (const [ending, { servers, clients, examples, some }] of this.groups) {
      state.set(ending, {
        some: some.list,
        servers: servers.state(),
        clients: clients.state(),
        examples: examples.list,
      })
    }
    this.groups = new Map()
    return state
  }

  absorb(state: GroupsState): void {
    // What was added here came before.
    this.addUp()
    this.addState(state)
  }

  /** All groups that list a connection, of `selected` connections. */
  all(selected: number): ReadonlyMap<Ending, EndingGroup> {
    this.addUp()
    const isFew = selected <= this.options.few
    const groups = Array.from(this.sums, ([ending, sum]) => [ending, sum.group(isFew)] as const)
    return new Map(
      groups.filter(([ending, { examples }]) => examples.length > 0 || rowOf(ending).severity > 0),
    )
  }

  private addUp(): void {
    if (this.groups.size > 0) this.addState(this.take())
  }

  private addState(state: GroupsState): void {
    for (const [ending, group] of state) {
      let sum = this.sums.get(ending)
      if (sum === undefined) {
        sum = new GroupSum(this.options)
        this.sums.set(ending, sum)
      }
      sum.absorb(group)
    }
  }

  private groupOf(ending: Ending): GrowingGroup {
    const known = this.groups.get(ending)
    if (known !== undefined) return known
    const { top, all, few } = this.options
    const made = {
      some: new Examples(few, false),
      servers: new Tally(this.serverNames),
      clients: new Tally(this.clientNames),
      examples: new Examples(top, all),
    }
    this.groups.set(ending, made)
    return made
  }

  private msOf({ e, j, baseNs }: ColumnSource): number {
    if (baseNs !== this.baseNs) {
      this.baseNs = baseNs
      this.baseMs = Number(baseNs) / 1e6
    }
    return this.baseMs + (firstTeardown(j.derived)?.ns ?? e.endNs) / 1e6
  }
}

/** The groups of one ending of all threads. */
class GroupSum {
  private readonly servers = new TallySum()
  private readonly clients = new TallySum()
  private readonly examples: Examples
  private readonly some: Examples

  constructor({ top, all, few }: GroupOptions) {
    this.examples = new Examples(top, all)
    this.some = new Examples(few, false)
  }

  absorb({ servers, clients, examples, some }: GroupState): void {
    this.some.absorb(some)
    this.servers.absorb(servers)
    this.clients.absorb(clients)
    this.examples.absorb(examples)
  }

  group(isFew: boolean): EndingGroup {
    const { servers, clients, examples, some } = this
    return { servers, clients, examples: isFew ? some.list : examples.list }
  }
}

/** Findings that make a connection worth a line although its ending is of no interest. */
const NOTABLE = new Set(['half_closed', 'rst_ignored', 'rst_storm', 'payload_at_risk', 'tls_alert'])

/** Whether a connection is worth a line by itself. */
export function isNotableConnection(c: ColumnSource): boolean {
  const { j } = c
  if (rowOf(j.ending).severity > 0) return true
  return !isPlain(c) && j.findings().some(({ code }) => NOTABLE.has(code))
}

/** Nothing was half-closed for as long as that which is worth a line. */
const PROMPT_NS = 1e9

/** Whether a connection has none of these findings, seen at a glance: looking for them takes a tenth of the time of a table. */
function isPlain({ e, j }: ColumnSource): boolean {
  const { derived: s } = j
  const { client, server } = e
  if (e.hasTeardown || client.goodbyeKind !== 0 || server.goodbyeKind !== 0) return false
  if (s.first === undefined)
    return bytesAtRisk(e, s, client, server) <= 0 && bytesAtRisk(e, s, server, client) <= 0
  if (!s.bothFins || s.finUnheard !== undefined || s.undelivered !== undefined) return false
  const first = firstTeardown(s)
  return first !== undefined && e.endNs - first.ns < PROMPT_NS
}

/** Bytes of an entry of a tally on its way, about. */
const ENTRY_BYTES = 400

/** Memory that groups on their way take up. */
export function bytesOfGroups(state: GroupsState): number {
  let bytes = 0
  for (const { servers, clients, examples } of state.values()) {
    bytes += ENTRY_BYTES * (servers.entries.length + clients.entries.length)
    for (const each of examples) bytes += 2 * charsOf(each)
  }
  return bytes
}
