// Addresses and what they are replaced by, as far as they are kept ready: a table of fixed size. Which addresses a capture
// holds, an attacker may have chosen, so the place of one is a random function of it.

/** Bytes of all keys and values of one table. */
export const KNOWN_ADDRESS_BYTES: number = 2 * 1024 * 1024

/** Addresses that share a place; the last to come takes the turn of one of them. */
const WAYS = 4
const WORD_BYTES = 4
/** Values of a byte. */
const BYTE_VALUES = 256

/** Keeps addresses of one length, 1 word or 4, beside their replacements. */
export class KnownAddresses {
  private readonly words: number
  private readonly mask: number
  private readonly keys: Int32Array
  /** Replacements, less that of the address zero: memory that was never written says the truth of that one. */
  private readonly values: Int32Array
  private readonly zero: Int32Array
  /** A random word for each value of each byte: tabulation hashing, of which nobody outside knows two equal places. */
  private readonly random: Int32Array
  private turn = 0

  /** `zero` is the replacement of the address that is all zeros. */
  constructor(zero: Int32Array) {
    this.words = zero.length
    this.zero = zero
    const slots = KNOWN_ADDRESS_BYTES / (2 * WORD_BYTES * this.words)
    this.mask = slots - WAYS
    this.keys = new Int32Array(slots * this.words)
    this.values = new Int32Array(slots * this.words)
    const length = BYTE_VALUES * WORD_BYTES * this.words
    this.random = Int32Array.from({ length }, () => (Math.random() * 0x1_0000_0000) | 0)
  }

  /** Where the address at `at` of `from` is kept, -1 if it is not. */
  find(from: Int32Array, at: number): number {
    const { keys, words } = this
    const first = this.place(from, at)
    for (let slot = first; slot < first + WAYS; slot++) {
      let same = 0
      while (same < words && keys[slot * words + same] === from[at + same]) same++
      if (same === words) return slot
    }
    return -1
  }

  /** One word of what the address in `slot` is replaced by. */
  word(slot: number, word: number): number {
    return (this.values[slot * this.words + word] as number) ^ (this.zero[word] as number)
  }

  /** Keeps an address, in place of another one, and returns where. */
  keep(from: Int32Array, at: number, replaced: Int32Array): number {
    const { keys, values, words, zero } = this
    const slot = this.place(from, at) + (this.turn++ & (WAYS - 1))
    const start = slot * words
    for (let word = 0; word < words; word++) {
      keys[start + word] = from[at + word] as number
      values[start + word] = (replaced[word] as number) ^ (zero[word] as number)
    }
    return slot
  }

  /** The first of the slots an address may be in. */
  private place(from: Int32Array, at: number): number {
    const { random, words } = this
    let place = 0
    for (let word = 0; word < words; word++) {
      const value = from[at + word] as number
      const table = word * WORD_BYTES * BYTE_VALUES
      place ^=
        (random[table + (value & 0xff)] as number) ^
        (random[table + BYTE_VALUES + ((value >>> 8) & 0xff)] as number) ^
        (random[table + 2 * BYTE_VALUES + ((value >>> 16) & 0xff)] as number) ^
        (random[table + 3 * BYTE_VALUES + (value >>> 24)] as number)
    }
    return place & this.mask
  }
}
