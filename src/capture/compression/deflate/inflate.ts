// One deflate stream (RFC 1951), decoded piece by piece where there is no zlib that says how far it came. What cannot be decoded
// is called as zlib calls it.

import { NO_SYMBOL, PrefixCode, SYMBOL_SHIFT, TABLE_BITS, lengthOf } from './codes.js'

/** How far back a match may lie. */
const WINDOW_BYTES = 32 * 1024
/** The longest match. */
const MATCH_MAX = 258

const TABLE_MASK = (1 << TABLE_BITS) - 1
const END_OF_BLOCK = 256
const LENGTH_CODES = 29
const DISTANCE_CODES = 30

/** Bits behind a code for a length, and for a distance. */
const LENGTH_EXTRAS = Uint8Array.from({ length: LENGTH_CODES }, (_, at) =>
  at === LENGTH_CODES - 1 ? 0 : Math.max(0, (at >> 2) - 1),
)
const DISTANCE_EXTRAS = Uint8Array.from({ length: DISTANCE_CODES }, (_, at) =>
  Math.max(0, (at >> 1) - 1),
)
/** What they are added to. The longest match has a code of its own. */
const LENGTH_BASES = basesOf(3, LENGTH_EXTRAS).fill(MATCH_MAX, LENGTH_CODES - 1)
const DISTANCE_BASES = basesOf(1, DISTANCE_EXTRAS)

function basesOf(first: number, extras: Uint8Array): Uint16Array {
  let next = first
  return Uint16Array.from(extras, (bits) => {
    const base = next
    next += 1 << bits
    return base
  })
}

/** Order of the lengths of the code for code lengths. */
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
const CODE_BITS = 3
const LITERALS_MAX = 286

/** Lengths of the fixed codes: of literals, then of distances. */
const FIXED = Uint8Array.from({ length: 288 + 32 }, (_, at) =>
  at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : at < 288 ? 8 : 5,
)

/** Why decoding stopped: it needs more input, room for output, or is at the end. */
export type Stop = 'input' | 'room' | 'end'

/** What cannot be decoded. */
export class DeflateError extends Error {}

/** Something is not there yet. Thrown once for each input, where an answer would be in the way of every bit. */
const MORE = new Error('more input')

type Mode = 'block' | 'stored' | 'codes' | 'end'

/** Decodes one stream. */
export class Inflate {
  /** Whole bytes of the last input that have been used. */
  usedBytes = 0
  private readonly window: Uint8Array
  private readonly literals = new PrefixCode()
  private readonly distances = new PrefixCode()
  private readonly codeLengths = new PrefixCode()
  private mode: Mode = 'block'
  private isLast = false
  /** Bytes left of a stored block. */
  private stored = 0
  /** Where output is written next, and from where on it has not been taken. */
  private end = 0
  private taken = 0
  private outputBytes = 0
  /** Bits of the first byte of the next input that have been used. */
  private usedBits = 0
  private bytes: Uint8Array = new Uint8Array(0)
  private at = 0
  /** Bits that were read ahead, and how many: at most 24, which is a small number for any engine. */
  private hold = 0
  private bits = 0
  /** The same before what is being decoded. */
  private atBefore = 0
  private holdBefore = 0
  private bitsBefore = 0

  /** `outputBytes`: the largest output. */
  constructor(outputBytes: number) {
    this.window = new Uint8Array(WINDOW_BYTES + outputBytes + MATCH_MAX)
  }

  /** Begins another stream, in the same memory. */
  restart(): void {
    this.mode = 'block'
    this.isLast = false
    this.outputBytes = 0
    this.usedBits = 0
  }

  /**
   * Decodes from `bytes`: those after the ones that were used, with more behind them.
   *
   * @throws {DeflateError} for what is no deflate stream; the output up to there can be taken.
   */
  run(bytes: Uint8Array): Stop {
    this.bytes = bytes
    this.at = 0
    this.hold = 0
    this.bits = 0
    if (this.usedBits > 0) {
      if (bytes.length === 0) return this.stop('input')
      this.hold = (bytes[0] as number) >>> this.usedBits
      this.bits = 8 - this.usedBits
      this.at = 1
    }
    try {
      for (;;) {
        const stopped = this.step()
        if (stopped !== undefined) return this.stop(stopped)
      }
    } catch (error) {
      if (error !== MORE) throw error
      this.at = this.atBefore
      this.hold = this.holdBefore
      this.bits = this.bitsBefore
      return this.stop('input')
    }
  }

  /** The output that has not been taken; valid until the next `run`. */
  take(): Uint8Array {
    const output = this.window.subarray(this.taken, this.end)
    this.taken = this.end
    return output
  }

  /** One block header, or as much of a block as there is room for. */
  private step(): Stop | undefined {
    if (this.mode === 'end') return 'end'
    if (this.mode === 'block') {
      this.mark()
      this.readHeader()
      return undefined
    }
    if (this.window.length - this.end <= MATCH_MAX) {
      if (this.taken < this.end) return 'room'
      this.window.copyWithin(0, this.end - WINDOW_BYTES, this.end)
      this.end = WINDOW_BYTES
      this.taken = WINDOW_BYTES
    }
    if (this.mode === 'stored') return this.copyStored()
    this.decodeCodes()
    return undefined
  }

  /** Where to go on when the rest of what comes is there. */
  private mark(): void {
    this.atBefore = this.at
    this.holdBefore = this.hold
    this.bitsBefore = this.bits
  }

  private stop(why: Stop): Stop {
    // The last byte of a stream may have bits to spare.
    const rest = why === 'end' ? 0 : this.bits & 7
    this.usedBits = (8 - rest) & 7
    this.usedBytes = this.at - (this.bits >> 3) - (rest > 0 ? 1 : 0)
    return why
  }

  private readHeader(): void {
    if (this.isLast) {
      this.mode = 'end'
      this.isLast = false
      return
    }
    const isLast = this.takeBits(1) === 1
    const type = this.takeBits(2)
    if (type === 3) throw new DeflateError('invalid block type')
    if (type === 0) this.readStored()
    else if (type === 1) {
      this.literals.set(FIXED, 0, 288)
      this.distances.set(FIXED, 288, FIXED.length)
    } else this.readCodes()
    this.mode = type === 0 ? 'stored' : 'codes'
    this.isLast = isLast
  }

  private readStored(): void {
    this.takeBits(this.bits & 7)
    const length = this.takeBits(16)
    if ((length ^ 0xffff) !== this.takeBits(16))
      throw new DeflateError('invalid stored block lengths')
    this.stored = length
  }

  private readCodes(): void {
    const literals = this.takeBits(5) + 257
    const distances = this.takeBits(5) + 1
    const codes = this.takeBits(4) + 4
    if (literals > LITERALS_MAX || distances > DISTANCE_CODES)
      throw new DeflateError('too many length or distance symbols')
    const lengths = new Uint8Array(CODE_ORDER.length)
    for (const symbol of CODE_ORDER.slice(0, codes)) lengths[symbol] = this.takeBits(CODE_BITS)
    if (!this.codeLengths.set(lengths, 0, lengths.length, true))
      throw new DeflateError('invalid code lengths set')
    const all = this.readLengths(literals + distances)
    if (all[END_OF_BLOCK] === 0) throw new DeflateError('invalid code -- missing end-of-block')
    if (!this.literals.set(all, 0, literals)) throw new DeflateError('invalid literal/lengths set')
    if (!this.distances.set(all, literals, all.length))
      throw new DeflateError('invalid distances set')
  }

  private readLengths(count: number): Uint8Array {
    const lengths = new Uint8Array(count)
    for (let have = 0; have < count;) {
      const symbol = this.takeSymbol(this.codeLengths)
      if (symbol < 16 || symbol === NO_SYMBOL) {
        lengths[have++] = symbol === NO_SYMBOL ? 0 : symbol
        continue
      }
      const isZero = symbol > 16
      const repeat =
        symbol === 16
          ? 3 + this.takeBits(2)
          : symbol === 17
            ? 3 + this.takeBits(3)
            : 11 + this.takeBits(7)
      if ((!isZero && have === 0) || have + repeat > count)
        throw new DeflateError('invalid bit length repeat')
      if (!isZero) lengths.fill(lengths[have - 1] as number, have, have + repeat)
      have += repeat
    }
    return lengths
  }

  /** The next `count` bits, at most 16. */
  private takeBits(count: number): number {
    this.refill()
    if (this.bits < count) throw MORE
    const value = this.hold & ((1 << count) - 1)
    this.hold >>>= count
    this.bits -= count
    return value
  }

  private takeSymbol(code: PrefixCode): number {
    this.refill()
    let entry = code.table[this.hold & TABLE_MASK] as number
    if (entry === 0) entry = code.longEntry(this.hold, this.bits)
    const length = lengthOf(entry)
    if (entry === 0 || length > this.bits) throw MORE
    this.hold >>>= length
    this.bits -= length
    return entry >>> SYMBOL_SHIFT
  }

  private refill(): void {
    while (this.bits <= 16 && this.at < this.bytes.length) {
      this.hold |= (this.bytes[this.at++] as number) << this.bits
      this.bits += 8
    }
  }

  private copyStored(): Stop | undefined {
    // Whole bytes that were read ahead are given back.
    this.at -= this.bits >> 3
    this.bits = 0
    this.hold = 0
    const room = this.window.length - this.end
    const count = Math.min(this.stored, room, this.bytes.length - this.at)
    this.window.set(this.bytes.subarray(this.at, this.at + count), this.end)
    this.at += count
    this.end += count
    this.outputBytes += count
    this.stored -= count
    if (this.stored === 0) this.mode = 'block'
    else if (this.at === this.bytes.length) return 'input'
    return undefined
  }

  /** Literals and matches, to the end of the block or of the room. */
  private decodeCodes(): void {
    const { window, literals } = this
    const roomEnd = window.length - MATCH_MAX
    while (this.end < roomEnd) {
      this.mark()
      const symbol = this.takeSymbol(literals)
      if (symbol < END_OF_BLOCK) {
        window[this.end++] = symbol
        this.outputBytes++
      } else if (symbol === END_OF_BLOCK) {
        this.mode = 'block'
        return
      } else this.copyMatch(symbol - END_OF_BLOCK - 1)
    }
  }

  private copyMatch(lengthCode: number): void {
    if (lengthCode >= LENGTH_CODES) throw new DeflateError('invalid literal/length code')
    const length =
      (LENGTH_BASES[lengthCode] as number) + this.takeBits(LENGTH_EXTRAS[lengthCode] as number)
    const code = this.takeSymbol(this.distances)
    if (code >= DISTANCE_CODES) throw new DeflateError('invalid distance code')
    const distance =
      (DISTANCE_BASES[code] as number) + this.takeBits(DISTANCE_EXTRAS[code] as number)
    if (distance > this.outputBytes) throw new DeflateError('invalid distance too far back')
    const { window } = this
    let { end } = this
    // A match may reach into itself.
    for (const stopAt = end + length; end < stopAt; end++)
      window[end] = window[end - distance] as number
    this.end = end
    this.outputBytes += length
  }
}
