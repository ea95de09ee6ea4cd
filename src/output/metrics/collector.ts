// What metrics count of connections. Threads count on their own; the counts of each capture are added up in the order of the
// captures, so that which endpoints are told apart does not depend on the number of threads.

import type { Collector } from '../../incidents/collector.js'
import { rowOf } from '../../verdict/endings.js'
import { EndpointNames } from '../collect/tally.js'
import type { ColumnSource } from '../columns/column.js'
import { Counts, type CountsState } from './counts.js'
import { Histogram, type HistogramState } from './histogram.js'
import { TIMINGS, TIMING_COLUMNS } from './timings.js'

/** Server endpoints that are counted apart. */
const MOST_ENDPOINTS = 1 << 12
/** Stands for all endpoints that are not told apart; no endpoint is called so. */
export const OTHER_ENDPOINTS = 'other'

/** Counts of connections on their way between threads. */
export interface MetricsState {
  readonly causes: CountsState
  readonly closers: CountsState
  readonly endpoints: CountsState
  readonly clientBytes: number
  readonly serverBytes: number
  readonly timings: readonly HistogramState[]
}

/** Counts of connections. */
class Gathered {
  /** By verdict and cause. */
  readonly causes: Counts = new Counts()
  /** By verdict and closer. */
  readonly closers: Counts = new Counts()
  /** By server endpoint and verdict. */
  readonly endpoints: Counts = new Counts()
  /** Payload as seen. */
  clientBytes = 0
  serverBytes = 0
  /** One for each of `TIMINGS`. */
  readonly timings: readonly Histogram[] = TIMINGS.map(() => new Histogram())
}

/** Counts of connections, for reading. */
export type ConnectionCounts = Readonly<Gathered>

/** Counts connections for metrics. */
export class MetricsCollector implements Collector<ColumnSource, MetricsState> {
  private growing = new Gathered()
  private names = new EndpointNames(true)
  private readonly sum = new Gathered()

  add(c: ColumnSource): void {
    const { growing, names } = this
    const { j, e } = c
    const { verdict, cause } = rowOf(j.ending)
    growing.causes.add(verdict, cause, 1)
    growing.closers.add(verdict, j.closer, 1)
    const place = names.placeOf(c)
    growing.endpoints.add(place < 0 ? OTHER_ENDPOINTS : names.nameOf(place), verdict, 1)
    growing.clientBytes += e.client.bytes
    growing.serverBytes += e.server.bytes
    for (const [at, histogram] of growing.timings.entries())
      histogram.add(TIMING_COLUMNS[at]?.raw(c) as number)
  }

  take(): MetricsState {
    const { causes, closers, endpoints, clientBytes, serverBytes, timings } = this.growing
    this.growing = new Gathered()
    this.names = new EndpointNames(true)
    return {
      causes: causes.state(),
      closers: closers.state(),
      endpoints: endpoints.state(),
      clientBytes,
      serverBytes,
      timings: timings.map((histogram) => histogram.state()),
    }
  }

  absorb(state: MetricsState): void {
    const { sum } = this
    for (const [verdict, cause, n] of state.causes) sum.causes.add(verdict, cause, n)
    for (const [verdict, closer, n] of state.closers) sum.closers.add(verdict, closer, n)
    for (const [endpoint, verdict, n] of state.endpoints) {
      const isCounted = sum.endpoints.has(endpoint) || sum.endpoints.size < MOST_ENDPOINTS
      sum.endpoints.add(isCounted ? endpoint : OTHER_ENDPOINTS, verdict, n)
    }
    sum.clientBytes += state.clientBytes
    sum.serverBytes += state.serverBytes
    for (const [at, histogram] of state.timings.entries()) sum.timings[at]?.absorb(histogram)
  }

  /** What was counted so far; to be called where a capture ends, if there are several. */
  counts(): ConnectionCounts {
    this.absorb(this.take())
    return this.sum
  }
}
