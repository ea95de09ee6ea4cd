// The options of a SYN: as handshake.ts takes them from wire/tcp/options.ts. Fast open and multipath are left to these.

import { SIDE_TIMESTAMPS, SIDE_WINDOW_SCALE } from './layout'
import { half, word } from './memory'
import * as seg from './segment'

const END: i32 = 0
const NOP: i32 = 1
const WINDOW_SCALE: i32 = 3
const TIMESTAMPS: i32 = 8
const MULTIPATH: i32 = 30
const FAST_OPEN: i32 = 34
const EXPERIMENT: i32 = 254
/** RFC 7323 §2.3. */
const WINDOW_SHIFT_MAX: i32 = 14

/** SIDE_* bits that the options set. */
export let bits: i32 = 0
/** Shift count of the window, 0 without the option. */
export let windowShift: i32 = 0

/** Reads the options of the segment in hand; false when one of them is for the others. */
export function readOptions(): bool {
  let at = seg.tcp + 20
  const end = seg.payload
  bits = 0
  windowShift = 0
  if (isLinux(at, end)) return true
  while (at < end) {
    const kind = <i32>load<u8>(at)
    if (kind == END) return true
    if (kind == NOP) {
      at++
      continue
    }
    if (at + 2 > end) return true
    const len = <i32>load<u8>(at, 1)
    if (len < 2 || at + <usize>len > end) return true
    if (kind == MULTIPATH || kind == FAST_OPEN || kind == EXPERIMENT) return false
    if (kind == WINDOW_SCALE && len == 3) scaleBy(<i32>load<u8>(at, 2))
    else if (kind == TIMESTAMPS && len == 10) bits |= SIDE_TIMESTAMPS
    at += <usize>len
  }
  return true
}

/** The layout of Linux: MSS, SACK permitted, timestamps, NOP, window scale. */
@inline
function isLinux(start: usize, end: usize): bool {
  if (end - start != 20) return false
  const scale = word(start + 16)
  if (half(start) != 0x0204 || word(start + 4) != 0x0402080a || scale >>> 8 != 0x010303) return false
  bits = SIDE_TIMESTAMPS
  scaleBy(scale & 0xff)
  return true
}

@inline
function scaleBy(shift: i32): void {
  bits |= SIDE_WINDOW_SCALE
  windowShift = min(shift, WINDOW_SHIFT_MAX)
}
