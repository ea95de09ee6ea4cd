// Huffman codes of literals (RFC 8878 §4.2).

import { quoting } from '../../../base/quoting.js'
import { FrameDamage } from '../frame-input.js'
import { lastBit } from './bits.js'
import { readFse } from './fse.js'

const MOST_BITS = 11
const MOST_WEIGHT_ACCURACY = 6
const MOST_WEIGHTS = 255

/** A code; `cells[next bits]` is the symbol and, << 8, how many of the bits it takes. */
export interface HuffmanTable {
  /** Bits of the longest code: the table has 2^bits cells. */
  readonly bits: number
  readonly cells: Uint16Array
}

/**
 * Reads the description of a code.
 *
 * @returns the code, and where the bytes end that describe it.
 * @throws {FrameDamage} where the weights are those of no code.
 */
export function readHuffman(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): { readonly table: HuffmanTable; readonly end: number } {
  const header = start < end ? (bytes[start] as number) : 0
  const isPlain = header >= 128
  const length = isPlain ? (header - 126) >> 1 : header
  const endOfWeights = start + 1 + length
  if (length === 0 || endOfWeights > end) {
    throw new FrameDamage('the weights of a Huffman code', 'the end of the block')
  }
  const weights = isPlain
    ? plainWeights(bytes, start + 1, header - 127)
    : packedWeights(bytes, view, start + 1, endOfWeights)
  return { table: makeHuffman(weights), end: endOfWeights }
}

function plainWeights(bytes: Uint8Array, start: number, count: number): number[] {
  return Array.from({ length: count }, (_, n) => {
    const pair = bytes[start + (n >> 1)] as number
    return n % 2 === 0 ? pair >> 4 : pair & 15
  })
}

/** Weights that two states of one table give in turn, until the bits are used up. */
function packedWeights(bytes: Uint8Array, view: DataView, start: number, end: number): number[] {
  const { table, end: endOfTable } = readFse(bytes, start, end, MOST_WEIGHT_ACCURACY, MOST_BITS + 1)
  const { accuracy, cells } = table
  const first = endOfTable * 8
  let bit = lastBit(bytes, endOfTable, end) - 2 * accuracy
  if (bit < first) throw new FrameDamage('two states of weights', 'the end of the block')
  function bitsAt(at: number, count: number): number {
    return (view.getUint32(at >>> 3, true) >>> (at & 7)) & ((1 << count) - 1)
  }
  let state = bitsAt(bit + accuracy, accuracy)
  let other = bitsAt(bit, accuracy)
  const weights: number[] = []
  while (weights.length < MOST_WEIGHTS) {
    const cell = cells[state] as number
    weights.push(cell & 255)
    const width = (cell >>> 8) & 255
    if (bit - width < first) {
      // Bits that are not there any more count as zeros, and the other state gives the last weight.
      weights.push((cells[other] as number) & 255)
      return weights
    }
    bit -= width
    state = other
    other = (cell >>> 16) + bitsAt(bit, width)
  }
  throw new FrameDamage(`at most ${MOST_WEIGHTS} weights`, 'more of them')
}

/** Makes a code of weights; that of the last symbol is what is missing to a power of two. */
function makeHuffman(weights: readonly number[]): HuffmanTable {
  let sum = 0
  for (const weight of weights) {
    if (weight > MOST_BITS) throw new FrameDamage(`weights up to ${MOST_BITS}`, quoting`${weight}`)
    if (weight > 0) sum += 1 << (weight - 1)
  }
  const bits = 32 - Math.clz32(sum)
  const left = (1 << bits) - sum
  const isCode = sum > 0 && bits <= MOST_BITS && (left & (left - 1)) === 0
  if (!isCode || weights.length > MOST_WEIGHTS) {
    throw new FrameDamage('the weights of a Huffman code', 'other ones')
  }
  const all = [...weights, 32 - Math.clz32(left)]
  // Two of the longest, at least: without them the code would have fewer bits than it says.
  if (!all.includes(1)) throw new FrameDamage('the weights of a Huffman code', 'other ones')
  const cells = new Uint16Array(1 << bits)
  let at = 0
  for (let weight = 1; weight <= bits; weight++) {
    for (const [symbol, own] of all.entries()) {
      if (own !== weight) continue
      const width = 1 << (weight - 1)
      cells.fill(symbol | ((bits + 1 - weight) << 8), at, at + width)
      at += width
    }
  }
  return { bits, cells }
}

/**
 * Decodes one stream into `out[at..endOut)`.
 *
 * @throws {FrameDamage} unless the stream holds exactly so many symbols.
 */
export function readSymbols(
  table: HuffmanTable,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
  endOut: number,
): void {
  const { bits, cells } = table
  const mask = (1 << bits) - 1
  const first = start * 8
  let bit = lastBit(bytes, start, end)
  let to = at
  // Two symbols for each load: they take 22 bits at most, and a load holds 25.
  const lastPair = endOut - 1
  while (to < lastPair && bit >= first) {
    const from = bit - 2 * bits
    const word = view.getUint32(from >>> 3, true) >>> (from & 7)
    const one = cells[(word >>> bits) & mask] as number
    const taken = one >>> 8
    const two = cells[(word >>> (bits - taken)) & mask] as number
    out[to] = one
    out[to + 1] = two
    to += 2
    bit -= taken + (two >>> 8)
  }
  if (to < endOut && bit >= first) {
    const from = bit - bits
    const cell = cells[(view.getUint32(from >>> 3, true) >>> (from & 7)) & mask] as number
    out[to++] = cell
    bit -= cell >>> 8
  }
  if (to !== endOut || bit !== first) {
    throw new FrameDamage('as many literals as their bits hold', 'another number')
  }
}
