// What the three codes of a sequence stand for, and the tables that no block has to bring along (RFC 8878 §3.1.1.3.2).

import { quoting } from '../../../base/quoting.js'
import { FrameDamage } from '../frame-input.js'
import { type FseDescription, type FseTable, makeFse, readFse, singleState } from './fse.js'

/** Where the table of a code comes from. */
const PREDEFINED = 0
const SINGLE = 1
const DESCRIBED = 2

/** One of the three codes. */
export interface SequenceCode {
  readonly what: string
  readonly mostAccuracy: number
  readonly mostSymbol: number
  readonly predefined: FseTable
}

/** What a code stands for: the least number, and how many bits follow that are added. */
export interface CodeRanges {
  readonly least: Int32Array
  readonly bits: Uint8Array
}

function ranges(first: number, bits: readonly number[]): CodeRanges {
  const least = new Int32Array(bits.length)
  let next = first
  for (const [code, width] of bits.entries()) {
    least[code] = next
    next += 1 << width
  }
  return { least, bits: Uint8Array.from(bits) }
}

function times(count: number, value: number): number[] {
  return Array.from({ length: count }, () => value)
}

const LITERAL_LENGTH_BITS = [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
const MATCH_LENGTH_BITS = [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]

/** How many literals are copied before a match. */
export const LITERAL_LENGTHS: CodeRanges = ranges(0, [...times(16, 0), ...LITERAL_LENGTH_BITS])

/** Lengths of matches. */
export const MATCH_LENGTHS: CodeRanges = ranges(3, [...times(32, 0), ...MATCH_LENGTH_BITS])

/** The code of {@link LITERAL_LENGTHS}. */
export const LITERAL_LENGTH_CODE: SequenceCode = {
  what: 'literal lengths',
  mostAccuracy: 9,
  mostSymbol: 35,
  predefined: makeFse(
    [4, 3, ...times(11, 2), 1, 1, 1, ...times(9, 2), 3, 2, ...times(5, 1), ...times(4, -1)],
    6,
  ),
}

/** The code of offsets: 2^code, and as many bits. */
export const OFFSET_CODE: SequenceCode = {
  what: 'offsets',
  mostAccuracy: 8,
  mostSymbol: 31,
  predefined: makeFse([...times(6, 1), 2, 2, 2, ...times(15, 1), ...times(5, -1)], 5),
}

/** The code of {@link MATCH_LENGTHS}. */
export const MATCH_LENGTH_CODE: SequenceCode = {
  what: 'match lengths',
  mostAccuracy: 9,
  mostSymbol: 52,
  predefined: makeFse([1, 4, 3, ...times(6, 2), ...times(37, 1), ...times(7, -1)], 6),
}

/**
 * Reads which table a block uses for a code.
 *
 * @param last The one that the block before used.
 * @throws {FrameDamage} where there is none.
 */
export function readSequenceTable(
  code: SequenceCode,
  mode: number,
  last: FseTable | undefined,
  bytes: Uint8Array,
  start: number,
  end: number,
): FseDescription {
  if (mode === PREDEFINED) return { table: code.predefined, end: start }
  if (mode === SINGLE) {
    const symbol = start < end ? (bytes[start] as number) : Infinity
    if (symbol > code.mostSymbol) {
      throw new FrameDamage(`${code.what} up to ${code.mostSymbol}`, quoting`${symbol}`)
    }
    return { table: singleState(symbol), end: start + 1 }
  }
  if (mode === DESCRIBED) return readFse(bytes, start, end, code.mostAccuracy, code.mostSymbol)
  if (last === undefined) throw new FrameDamage(`a table of ${code.what}`, 'a reference to none')
  return { table: last, end: start }
}
