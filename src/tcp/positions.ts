// Positions in the record pools, for the rare paths that do not keep them in locals.

import {
  CLOSING_CELLS,
  CLOSING_INTS,
  CLOSING_SIDE_FLOATS,
  CLOSING_SIDE_FLOATS_STEP,
  CLOSING_SIDE_INTS_STEP,
  CONN_CELLS,
  CONN_INTS,
  SIDE_FLOATS,
  SIDE_FLOATS_STEP,
  SIDE_INTS,
  SIDE_INTS_STEP,
  STREAM,
  STREAM_HIGH,
  TEARDOWN_CELLS,
  TEARDOWN_INTS,
  TEARDOWN_SIDE_FLOATS,
  TEARDOWN_SIDE_FLOATS_STEP,
  TEARDOWN_SIDE_INTS,
  TEARDOWN_SIDE_INTS_STEP,
} from './layout.js'

/** Lower bits of a stream number that lie in one word, and what the bits above them stand for. */
export const STREAM_LOW = 0x7fff_ffff
export const STREAM_HIGH_UNIT = 0x8000_0000

/** Wireshark's tcp.stream number of a connection. */
export function streamOf(ints: Int32Array, record: number): number {
  const conn = record * CONN_INTS
  return (ints[conn + STREAM_HIGH] as number) * STREAM_HIGH_UNIT + (ints[conn + STREAM] as number)
}

/** First word of a side's block in a connection record. */
export function sideInts(record: number, side: number): number {
  return record * CONN_INTS + SIDE_INTS + side * SIDE_INTS_STEP
}

/** First float64 of a side's block in a connection record. */
export function sideFloats(record: number, side: number): number {
  return record * CONN_CELLS + SIDE_FLOATS + side * SIDE_FLOATS_STEP
}

/** First word of a side's block in a teardown record. */
export function teardownInts(teardown: number, side: number): number {
  return teardown * TEARDOWN_INTS + TEARDOWN_SIDE_INTS + side * TEARDOWN_SIDE_INTS_STEP
}

/** First float64 of a side's block in a teardown record. */
export function teardownFloats(teardown: number, side: number): number {
  return teardown * TEARDOWN_CELLS + TEARDOWN_SIDE_FLOATS + side * TEARDOWN_SIDE_FLOATS_STEP
}

/** First word of a side's block in a closing record. */
export function closingInts(closing: number, side: number): number {
  return closing * CLOSING_INTS + side * CLOSING_SIDE_INTS_STEP
}

/** First float64 of a side's block in a closing record. */
export function closingFloats(closing: number, side: number): number {
  return closing * CLOSING_CELLS + CLOSING_SIDE_FLOATS + side * CLOSING_SIDE_FLOATS_STEP
}
