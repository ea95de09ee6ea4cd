// The connection that a rare event happens to, with all of its facts by name. Its closing and teardown records are made
// when the first event needs them.

import { RecordQueue } from './queue.js'
import type { RecordPool } from './record-pool.js'
import { CONN_CLIENT_IS_SIDE_1 } from './record/bits.js'
import { CONN, CONN_INTS } from './record/connection.js'
import { Side, Whole } from './record/view.js'

/** Entries of `holders` that may be of connections that are gone, besides as many as are followed. */
const HOLDERS_SLACK = 1024

/** The pools of a table. */
export interface RecordPools {
  readonly connections: RecordPool
  readonly closings: RecordPool
  readonly teardowns: RecordPool
}

/** A window on one connection of a table at a time. */
export class TrackedConnection extends Whole {
  /** Connections with teardown records, in the order in which they came to them. */
  readonly holders: RecordQueue = new RecordQueue()
  private readonly pools: RecordPools
  private readonly side0 = new Side()
  private readonly side1 = new Side()
  private hasClosing = false
  private hasTeardown = false

  constructor(pools: RecordPools) {
    super()
    this.pools = pools
  }

  /** Points at a connection and returns itself. */
  at(record: number): this {
    const { pools } = this
    this.pointAt(pools, record)
    this.side0.pointAt(pools, record, 0)
    this.side1.pointAt(pools, record, 1)
    const closing = this.closingIndex - 1
    if (closing >= 0 || this.hasClosing) this.pointAtClosings(closing)
    const teardown = this.teardownIndex - 1
    if (teardown >= 0 || this.hasTeardown) this.pointAtTeardowns(teardown)
    return this
  }

  side(n: number): Side {
    return n === 0 ? this.side0 : this.side1
  }

  /** Side of the client, as far as SYNs have told it. */
  get clientSide(): number {
    return this.has(CONN_CLIENT_IS_SIDE_1) ? 1 : 0
  }

  /** Makes sure that there is a closing record. */
  openClosing(): void {
    if (this.hasClosing) return
    const index = this.pools.closings.take()
    this.closingIndex = index + 1
    this.pointAtClosings(index)
  }

  /** Makes sure that there is a teardown record. */
  openTeardown(): void {
    if (this.hasTeardown) return
    const { teardowns } = this.pools
    const index = teardowns.take()
    teardowns.followed++
    this.holders.push(this.record, this.streamLow)
    if (this.holders.length > 2 * teardowns.followed + HOLDERS_SLACK) this.forgetGone()
    this.teardownIndex = index + 1
    this.pointAtTeardowns(index)
  }

  /** Takes those out of `holders` that are not followed any more: their record is another one's. */
  private forgetGone(): void {
    const { holders } = this
    const { ints } = this.pools.connections
    for (let left = holders.length; left > 0; left--) {
      const stream = holders.stampAt(0)
      const record = holders.shift()
      const at = record * CONN_INTS
      if (ints[at + CONN.streamLow] === stream) holders.push(record, stream)
    }
  }

  private pointAtClosings(index: number): void {
    this.hasClosing = index >= 0
    this.pointAtClosing(this.pools, index)
    this.side0.pointAtClosing(this.pools, index, 0)
    this.side1.pointAtClosing(this.pools, index, 1)
  }

  private pointAtTeardowns(index: number): void {
    this.hasTeardown = index >= 0
    this.pointAtTeardown(this.pools, index)
    this.side0.pointAtTeardown(this.pools, index, 0)
    this.side1.pointAtTeardown(this.pools, index, 1)
  }
}
