// The records of a little-endian pcap one after another, as capture/pcap.ts cuts them and engine/timeline.ts counts them.

import { lookAhead } from './ahead'
import {
  READ_END_NS,
  READ_LAST_NS,
  READ_RECORDS,
  READ_SEGMENTS,
  READ_WIRE_BYTES,
  TAKEN_LEFT,
} from './layout'
import { float, setFloat, setInt } from './memory'
import { REFUSED, take } from './take'

const HEADER_BYTES: usize = 16
/** A record that is longer, or claims to be, is for the others. */
const MOST_BYTES: u32 = 65_535
/** So is one so long after the one before: the clock may have been set. */
const MOST_SILENCE_NS: f64 = 3600e9

let read: usize = 0
let taken: usize = 0
let linktype: i32 = 0
let nsPerFraction: f64 = 0
let baseSeconds: f64 = 0
let baseRestNs: f64 = 0

/** Tells where the cells of what has been read lie, and the words of what was taken. */
export function placeRead(cells: usize, words: usize): void {
  read = cells
  taken = words
}

/** Tells what the records of the capture are, and the zero of their times. */
export function placeFraming(type: i32, nsOfFraction: f64, seconds: f64, restNs: f64): void {
  linktype = type
  nsPerFraction = nsOfFraction
  baseSeconds = seconds
  baseRestNs = restNs
}

/**
 * Takes the records from an address on, up to the first that is refused, not whole, or leaves something to do; returns where
 * the next one begins.
 */
export function run(start: usize, end: usize): usize {
  let at = start
  setInt(taken, TAKEN_LEFT, REFUSED)
  while (at + HEADER_BYTES <= end) {
    lookAhead(at, end)
    const caplen = load<u32>(at, 8)
    const origlen = load<u32>(at, 12)
    const frame = at + HEADER_BYTES
    if (caplen > MOST_BYTES || origlen > MOST_BYTES || frame + caplen > end) break
    const timeNs =
      (<f64>load<u32>(at) - baseSeconds) * 1e9 + (<f64>load<u32>(at, 4) * nsPerFraction - baseRestNs)
    const number = float(read, READ_RECORDS) + 1
    if (
      number == 1 ||
      timeNs < float(read, READ_END_NS) ||
      timeNs - float(read, READ_LAST_NS) > MOST_SILENCE_NS
    ) {
      break
    }
    const left = take(frame, frame + caplen, <i32>origlen, linktype, number, timeNs)
    if (left == REFUSED) break
    setFloat(read, READ_LAST_NS, timeNs)
    setFloat(read, READ_END_NS, timeNs)
    setFloat(read, READ_RECORDS, number)
    setFloat(read, READ_WIRE_BYTES, float(read, READ_WIRE_BYTES) + <f64>origlen)
    setFloat(read, READ_SEGMENTS, float(read, READ_SEGMENTS) + 1)
    at = frame + caplen
    if (left == 0) continue
    setInt(taken, TAKEN_LEFT, left)
    break
  }
  return at
}
