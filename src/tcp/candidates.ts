// Connections among which one is looked for that was quiet for long, once a table is full.

import { RecordQueue } from './queue.js'
import { CONN, CONN_CELLS, CONN_INTS } from './record/connection.js'
import { inStreamOrder } from './stream-order.js'
import type { ConnectionTable } from './table.js'

/** Of so many, the one that was quiet the longest goes: nearly the quietest of all, at a fixed price. */
const EVICTION_SAMPLE = 64
/** Entries of connections that are gone, besides as many as there are connections. */
const SLACK = 1024

/** Every connection of a table, from the first search on. */
export class Candidates {
  private readonly table: ConnectionTable
  private queue: RecordQueue | undefined

  constructor(table: ConnectionTable) {
    this.table = table
  }

  /** A connection was opened. */
  add(record: number, stream: number): void {
    const { queue } = this
    if (queue === undefined) return
    queue.push(record, stream)
    // Most of them are gone: the queue is made anew when it is needed again.
    if (queue.length > 2 * this.table.size + SLACK) this.queue = undefined
  }

  /** One of the records that were quiet the longest, -1 for none; which one does not depend on how records are reused. */
  quietest(): number {
    const queue = (this.queue ??= this.all())
    const { ints, floats } = this.table.connections
    let quietest = -1
    let quietestNs = Infinity
    for (let seen = 0, left = queue.length; seen < EVICTION_SAMPLE && left > 0; left--) {
      const stream = queue.stampAt(0)
      const record = queue.shift()
      if (ints[record * CONN_INTS + CONN.streamLow] !== stream) continue
      queue.push(record, stream)
      seen++
      const endNs = floats[record * CONN_CELLS + CONN.endNs] as number
      if (endNs >= quietestNs) continue
      quietest = record
      quietestNs = endNs
    }
    return quietest
  }

  private all(): RecordQueue {
    const { ints } = this.table.connections
    const all = new RecordQueue()
    for (const record of inStreamOrder(this.table))
      all.push(record, ints[record * CONN_INTS + CONN.streamLow] as number)
    return all
  }
}
