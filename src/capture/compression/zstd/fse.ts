// Finite state entropy (RFC 8878 §4.1): tables of states, each with its symbol and how the next state is found.

import { quoting } from '../../../base/quoting.js'
import { FrameDamage } from '../frame-input.js'

const LEAST_ACCURACY = 5

/** A table of states; `cells[state]` is its symbol, bits of the next state << 8, and base of the next state << 16. */
export interface FseTable {
  /** The table has 2^accuracy states. */
  readonly accuracy: number
  readonly cells: Uint32Array
}

/** A table of one state, that always gives the same symbol and never changes. */
export function singleState(symbol: number): FseTable {
  return { accuracy: 0, cells: Uint32Array.of(symbol) }
}

/** A table as a block describes it. */
export interface FseDescription {
  readonly table: FseTable
  /** Where the bytes end that describe it. */
  readonly end: number
}

/**
 * Reads how often each symbol comes, and makes a table of it (§4.1.1).
 *
 * @throws {FrameDamage} where the counts fit no table.
 */
export function readFse(
  bytes: Uint8Array,
  start: number,
  end: number,
  mostAccuracy: number,
  mostSymbol: number,
): FseDescription {
  if (start >= end) throw new FrameDamage('a table', 'the end of the block')
  const accuracy = ((bytes[start] as number) & 15) + LEAST_ACCURACY
  if (accuracy > mostAccuracy) {
    throw new FrameDamage(`a table of at most 2^${mostAccuracy} states`, quoting`2^${accuracy}`)
  }
  const counts: number[] = []
  let bit = start * 8 + 4
  let left = 1 << accuracy
  while (left > 0) {
    const width = 32 - Math.clz32(left + 1)
    const value = bitsAt(bytes, end, bit, width)
    const short = (1 << width) - 2 - left
    const low = value & ((1 << (width - 1)) - 1)
    const isShort = low < short
    bit += isShort ? width - 1 : width
    const isHigh = value >= 1 << (width - 1)
    const count = (isShort ? low : isHigh ? value - short : value) - 1
    counts.push(count)
    left -= Math.abs(count)
    if (count === 0) {
      for (let more = 3; more === 3;) {
        more = bitsAt(bytes, end, bit, 2)
        bit += 2
        for (let n = 0; n < more; n++) counts.push(0)
        if (counts.length > mostSymbol + 1) break
      }
    }
    if (counts.length > mostSymbol + 1) {
      throw new FrameDamage(`symbols up to ${mostSymbol} in a table`, 'more of them')
    }
  }
  const endOfTable = Math.ceil(bit / 8)
  if (endOfTable > end) throw new FrameDamage('the rest of a table', 'the end of the block')
  if (left < 0) throw new FrameDamage('counts that fill a table', 'too many of them')
  return { table: makeFse(counts, accuracy), end: endOfTable }
}

/** Makes a table of how many states each symbol has; -1 stands for less than one (§4.1.1). */
export function makeFse(counts: readonly number[], accuracy: number): FseTable {
  const size = 1 << accuracy
  const symbols = new Uint8Array(size)
  const next = new Uint16Array(counts.length)
  let high = size
  for (const [symbol, count] of counts.entries()) {
    next[symbol] = Math.abs(count)
    if (count === -1) symbols[--high] = symbol
  }
  const step = (size >> 1) + (size >> 3) + 3
  let at = 0
  for (const [symbol, count] of counts.entries()) {
    for (let n = 0; n < count; n++) {
      symbols[at] = symbol
      do at = (at + step) & (size - 1)
      while (at >= high)
    }
  }
  const cells = new Uint32Array(size)
  for (let state = 0; state < size; state++) {
    const symbol = symbols[state] as number
    const from = (next[symbol] as number)++
    const bits = accuracy - (31 - Math.clz32(from))
    cells[state] = symbol | (bits << 8) | (((from << bits) - size) << 16)
  }
  return { accuracy, cells }
}

/** Up to 16 bits from bit `bit` on, the lowest first; zeros behind the end. */
function bitsAt(bytes: Uint8Array, end: number, bit: number, count: number): number {
  const at = bit >>> 3
  let word = 0
  for (let n = 0; n < 3; n++) if (at + n < end) word |= (bytes[at + n] as number) << (8 * n)
  return (word >>> (bit & 7)) & ((1 << count) - 1)
}
