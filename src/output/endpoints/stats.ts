// What is counted of the connections of one endpoint, or of one endpoint in one span of time.

import { type Ending, TROUBLE, rowOf } from '../../verdict/endings.js'
import { closeWaitNs, finToFinNs, idleBeforeTeardownNs } from '../../verdict/timings.js'
import type { ColumnSource } from '../columns/column.js'
import { Sketch, type SketchState } from './sketch.js'

/** A time: ns after a zero that is ns since 1970. One number would be exact to a quarter of a microsecond. */
export interface Time {
  readonly baseNs: bigint
  readonly ns: number
}

function isBefore(time: Time | undefined, baseNs: bigint, ns: number): boolean {
  if (time === undefined) return false
  return time.baseNs === baseNs ? time.ns < ns : Number(time.baseNs - baseNs) + time.ns < ns
}

/** Names of what is simply added up. */
const COUNTS = [
  'connections',
  'closedByClient',
  'closedByServer',
  'resets',
  'refused',
  'unanswered',
  'requestsUnanswered',
  'troubled',
  'trouble',
  'clientBytes',
  'serverBytes',
] as const
/** Names of the durations. */
const SKETCHES = ['halfClose', 'idle', 'clientCloseWait', 'serverCloseWait'] as const

/** A time as text can hold it. */
type TimeState = readonly [baseNs: string, ns: number]

/** What {@link EndpointStats} hold, as plain data that may be written as JSON. */
export interface StatsState {
  /** In the order of their names above. */
  readonly counts: readonly number[]
  readonly causes: readonly (readonly [Ending, number])[]
  readonly sketches: readonly SketchState[]
  readonly first?: TimeState | undefined
  readonly last?: TimeState | undefined
}

/** Counts and durations. */
export class EndpointStats {
  connections = 0
  closedByClient = 0
  closedByServer = 0
  /** Ended by a reset that counts. */
  resets = 0
  refused = 0
  unanswered = 0
  requestsUnanswered = 0
  /** Connections that did not end as they should. */
  troubled = 0
  /** The same, each by how much that matters, see {@link TROUBLE}. */
  trouble = 0
  clientBytes = 0
  serverBytes = 0
  /** Times of the first and last packet. */
  first: Time | undefined
  last: Time | undefined
  readonly causes: Map<Ending, number> = new Map<Ending, number>()
  readonly halfClose: Sketch = new Sketch()
  readonly idle: Sketch = new Sketch()
  readonly clientCloseWait: Sketch = new Sketch()
  readonly serverCloseWait: Sketch = new Sketch()

  /** Adds a connection. */
  add({ e, j, baseNs }: ColumnSource): void {
    const { ending, closer, derived } = j
    this.connections++
    this.causes.set(ending, (this.causes.get(ending) ?? 0) + 1)
    const weight = TROUBLE[rowOf(ending).severity]
    if (weight > 0) this.troubled++
    this.trouble += weight
    const wasOpen = rowOf(ending).verdict !== 'handshake_failed'
    if (closer === 'client' && wasOpen) this.closedByClient++
    if (closer === 'server' && wasOpen) this.closedByServer++
    if (ending === 'handshake_failed.refused') this.refused++
    else if (derived.resetDecides) this.resets++
    if (ending === 'handshake_failed.unanswered') this.unanswered++
    if (ending === 'graceful_fin.unanswered_request') this.requestsUnanswered++
    this.clientBytes += e.client.bytes
    this.serverBytes += e.server.bytes
    this.notEarlier({ baseNs, ns: e.startNs })
    this.notLater({ baseNs, ns: e.endNs })
    // Without a closing record no FIN has passed, and before it is open nothing can be said on a connection.
    if (!e.hasClosing || !(e.handshake.seen || derived.midstream)) return
    this.halfClose.add(finToFinNs(derived))
    this.idle.add(idleBeforeTeardownNs(e, derived))
    this.clientCloseWait.add(closeWaitNs(e.client, e.server, e))
    this.serverCloseWait.add(closeWaitNs(e.server, e.client, e))
  }
  /** What they hold. */
  state(): StatsState {
    return {
      counts: COUNTS.map((name) => this[name]),
      causes: [...this.causes],
      sketches: SKETCHES.map((name) => this[name].state()),
      first: stateOf(this.first),
      last: stateOf(this.last),
    }
  }

  /** Adds what others hold. */
  absorb({ counts, causes, sketches, first, last }: StatsState): void {
    for (const [at, name] of COUNTS.entries()) this[name] += counts[at] ?? 0
    for (const [ending, n] of causes) this.causes.set(ending, (this.causes.get(ending) ?? 0) + n)
    for (const [at, name] of SKETCHES.entries()) {
      const sketch = sketches[at]
      if (sketch !== undefined) this[name].absorb(sketch)
    }
    if (first !== undefined) this.notEarlier(timeOf(first))
    if (last !== undefined) this.notLater(timeOf(last))
  }

  private notEarlier(time: Time): void {
    if (!isBefore(this.first, time.baseNs, time.ns)) this.first = time
  }

  private notLater(time: Time): void {
    if (this.last === undefined || isBefore(this.last, time.baseNs, time.ns)) this.last = time
  }
}

function stateOf(time: Time | undefined): TimeState | undefined {
  return time && [String(time.baseNs), time.ns]
}

function timeOf([baseNs, ns]: TimeState): Time {
  return { baseNs: BigInt(baseNs), ns }
}
