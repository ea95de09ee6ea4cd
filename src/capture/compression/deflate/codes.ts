// Prefix codes of deflate (RFC 1951 §3.2.2): a table for codes that are short, as most are, and counting for longer ones.

/** Bits that the table is looked up with. */
export const TABLE_BITS = 10
/** The longest code. */
const MOST_BITS = 15

/** A symbol that no code may stand for. */
export const NO_SYMBOL = 0xfff
/** In an entry: the length of the code lies below its symbol. */
export const SYMBOL_SHIFT = 4
const LENGTH_MASK = (1 << SYMBOL_SHIFT) - 1
/** An entry for codes that are longer than the table is wide. */
const LONGER = 0

/** A code whose bits are read from the lowest on. */
export class PrefixCode {
  /** By the next bits: the symbol and the length of its code; 0 where that is longer. */
  readonly table: Uint16Array = new Uint16Array(1 << TABLE_BITS)
  private readonly counts = new Uint16Array(MOST_BITS + 1)
  private readonly symbols = new Uint16Array(288)

  /**
   * Takes the length of each symbol's code, 0 for none.
   *
   * @returns False if these lengths are no code: more than there can be, or fewer; one code of one bit is taken unless `isWhole`.
   */
  set(lengths: Uint8Array, from: number, to: number, isWhole = false): boolean {
    const { counts } = this
    counts.fill(0)
    for (let at = from; at < to; at++) bump(counts, lengths[at] as number)
    counts[0] = 0
    let left = 1
    let longest = 0
    for (let bits = 1; bits <= MOST_BITS; bits++) {
      left = left * 2 - (counts[bits] as number)
      if (left < 0) return false
      if (counts[bits] !== 0) longest = bits
    }
    if (left > 0 && longest > 0 && (isWhole || longest > 1)) return false
    this.sortSymbols(lengths, from, to)
    this.fillTable()
    return true
  }

  /** The entry of a code that is longer than the table is wide; 0 if `bits` of `hold` are too few to tell. */
  longEntry(hold: number, bits: number): number {
    const { counts, symbols } = this
    let code = 0
    let first = 0
    let index = 0
    for (let length = 1; length <= MOST_BITS; length++) {
      if (length > bits) return LONGER
      code |= (hold >>> (length - 1)) & 1
      const count = counts[length] as number
      if (code - first < count)
        return ((symbols[index + code - first] as number) << SYMBOL_SHIFT) | length
      index += count
      first = (first + count) * 2
      code *= 2
    }
    return (NO_SYMBOL << SYMBOL_SHIFT) | MOST_BITS
  }

  /** Symbols in the order of their codes. */
  private sortSymbols(lengths: Uint8Array, from: number, to: number): void {
    const offsets = new Uint16Array(MOST_BITS + 2)
    for (let bits = 1; bits <= MOST_BITS; bits++)
      offsets[bits + 1] = (offsets[bits] as number) + (this.counts[bits] as number)
    for (let at = from; at < to; at++) {
      const length = lengths[at] as number
      if (length === 0) continue
      this.symbols[offsets[length] as number] = at - from
      bump(offsets, length)
    }
  }

  private fillTable(): void {
    const { table, counts, symbols } = this
    // What no code stands for takes one bit, as zlib has it.
    table.fill((NO_SYMBOL << SYMBOL_SHIFT) | 1)
    let code = 0
    let index = 0
    for (let length = 1; length <= MOST_BITS; length++) {
      code *= 2
      for (let n = counts[length] as number; n > 0; n--) {
        const entry = ((symbols[index++] as number) << SYMBOL_SHIFT) | length
        const isLong = length > TABLE_BITS
        const start = isLong ? code >>> (length - TABLE_BITS) : code
        const bits = Math.min(length, TABLE_BITS)
        const step = 1 << bits
        for (let at = reversed(start, bits); at < table.length; at += step)
          table[at] = isLong ? LONGER : entry
        code++
      }
    }
  }
}

/** Length of the code of an entry. */
export function lengthOf(entry: number): number {
  return entry & LENGTH_MASK
}

function bump(counts: Uint16Array, at: number): void {
  counts[at] = (counts[at] as number) + 1
}

function reversed(code: number, bits: number): number {
  let result = 0
  for (let at = 0; at < bits; at++) result |= ((code >>> at) & 1) << (bits - 1 - at)
  return result
}
