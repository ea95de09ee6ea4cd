// The connections of a table in the order of their streams.

import { CONN_REPORTED } from './record/bits.js'
import {
  CONN,
  CONN_CELLS,
  CONN_INTS,
  SIDE,
  SIDE_CELLS,
  SIDE_CELLS_STEP,
  streamOf,
} from './record/connection.js'
import type { ConnectionTable } from './table.js'

/** The records in a table, in stream order. */
export function inStreamOrder(table: ConnectionTable): number[] {
  const { ints } = table.connections
  const records = table.records()
  // Both numbers in one, which is sorted without a function to compare: a sixth of the time.
  const unit = 1 + records.reduce((most, record) => Math.max(most, record), 0)
  const keys = Float64Array.from(records, (record) => streamOf(ints, record) * unit + record)
  keys.sort()
  if ((keys.at(-1) ?? 0) > Number.MAX_SAFE_INTEGER)
    return records.sort((a, b) => streamOf(ints, a) - streamOf(ints, b))
  return Array.from(keys, (key) => key % unit)
}

/** Packets of a connection. */
export function packetsOf(floats: Float64Array, record: number): number {
  const side = record * CONN_CELLS + SIDE_CELLS
  return (
    (floats[side + SIDE.packets] as number) +
    (floats[side + SIDE_CELLS_STEP + SIDE.packets] as number)
  )
}

/** The connections in a table that have not been reported, in stream order. */
export function unreported(table: ConnectionTable): number[] {
  const { ints, floats } = table.connections
  return inStreamOrder(table).filter((record) => {
    const flags = ints[record * CONN_INTS + CONN.flags] as number
    return (flags & CONN_REPORTED) === 0 && packetsOf(floats, record) > 0
  })
}
