// Connections that their clients have not completed: how many there are, and which one is the oldest when there are too many.

import { RecordQueue } from './queue.js'
import { CONN_HALF_OPEN } from './record/bits.js'
import { CONN, CONN_INTS } from './record/connection.js'
import { inStreamOrder } from './stream-order.js'
import type { ConnectionTable } from './table.js'

/** Entries that are done which the queue may hold, besides as many as there are open ones. */
const QUEUE_SLACK = 1024

/** The half-open connections of a table. */
export class HalfOpen {
  private readonly table: ConnectionTable
  private readonly most: number
  private count = 0
  /**
   * All of them in the order of their opening, and some that have been completed since; undefined while there are few, and
   * nobody has to know which one is the oldest. Made anew when it holds mostly those that are done.
   */
  private queue: RecordQueue | undefined

  /** `most`: beyond that {@link tooMany} names the oldest. */
  constructor(table: ConnectionTable, most: number) {
    this.table = table
    this.most = most
  }

  /** A connection was opened, and is not complete. */
  add(record: number): void {
    const { ints } = this.table.connections
    const at = record * CONN_INTS
    ints[at + CONN.flags] = (ints[at + CONN.flags] as number) | CONN_HALF_OPEN
    this.count++
    const { queue } = this
    if (queue === undefined) return
    queue.push(record, ints[at + CONN.streamLow] as number)
    if (queue.length > 2 * this.count + QUEUE_SLACK) this.queue = undefined
  }

  /** One of them was completed; `flags` are those of its connection. */
  complete(record: number, flags: number): void {
    this.table.connections.ints[record * CONN_INTS + CONN.flags] = flags & ~CONN_HALF_OPEN
    this.count--
  }

  /** One of them is given up. */
  leave(): void {
    this.count--
  }

  /** The oldest, which has to go; -1 while there is room for all. */
  tooMany(): number {
    if (this.count <= this.most) return -1
    const queue = (this.queue ??= this.all())
    for (;;) {
      this.table.warm(queue)
      const stream = queue.stampAt(0)
      const record = queue.shift()
      if (this.isHalfOpen(record, stream)) return record
    }
  }

  private all(): RecordQueue {
    const { ints } = this.table.connections
    const all = new RecordQueue()
    for (const record of inStreamOrder(this.table)) {
      const stream = ints[record * CONN_INTS + CONN.streamLow] as number
      if (this.isHalfOpen(record, stream)) all.push(record, stream)
    }
    return all
  }

  private isHalfOpen(record: number, stream: number): boolean {
    const { ints } = this.table.connections
    const base = record * CONN_INTS
    const flags = ints[base + CONN.flags] as number
    return ints[base + CONN.streamLow] === stream && (flags & CONN_HALF_OPEN) !== 0
  }
}
