// Positions in the record pools, for the rare paths that do not keep them in locals.

import * as L from './layout.js'

/** First word of a side's block in a connection record. */
export function sideInts(record: number, side: number): number {
  return record * L.CONN_INTS + L.SIDE_INTS + side * L.SIDE_INTS_STEP
}

/** First float64 of a side's block in a connection record. */
export function sideFloats(record: number, side: number): number {
  return record * L.CONN_CELLS + L.SIDE_FLOATS + side * L.SIDE_FLOATS_STEP
}

/** First word of a side's block in a teardown record. */
export function teardownInts(teardown: number, side: number): number {
  return teardown * L.TEARDOWN_INTS + L.TEARDOWN_SIDE_INTS + side * L.TEARDOWN_SIDE_INTS_STEP
}

/** First float64 of a side's block in a teardown record. */
export function teardownFloats(teardown: number, side: number): number {
  return teardown * L.TEARDOWN_CELLS + L.TEARDOWN_SIDE_FLOATS + side * L.TEARDOWN_SIDE_FLOATS_STEP
}
