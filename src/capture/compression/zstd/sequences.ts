// The sequences of a block (RFC 8878 §3.1.1.3.2 to §3.1.1.5): so many literals, then bytes once more from before.

import { quoting } from '../../../base/quoting.js'
import { copyBytes, type CopyBuffer, repeatBytes } from '../copy.js'
import { FrameDamage } from '../frame-input.js'
import { lastBit } from './bits.js'
import type { FseTable } from './fse.js'
import type { Literals } from './literals.js'
import {
  LITERAL_LENGTH_CODE,
  LITERAL_LENGTHS,
  MATCH_LENGTH_CODE,
  MATCH_LENGTHS,
  OFFSET_CODE,
  readSequenceTable,
} from './sequence-codes.js'

/** Offsets of more bits reach behind every window that is read. */
const MOST_OFFSET_BITS = 28

/** Where a block is written. */
export interface BlockOutput {
  readonly buffer: CopyBuffer
  readonly start: number
  readonly mostBytes: number
  /** The furthest that a match may reach back. */
  readonly windowBytes: number
}

/** Decodes the sequences of the blocks of one frame after another. */
export class Sequences {
  private literalLengths: FseTable | undefined
  private offsets: FseTable | undefined
  private matchLengths: FseTable | undefined
  /** The last three offsets, the last one first. */
  private readonly repeats = new Int32Array(3)

  /** A frame knows no tables of the frame before it. */
  reset(): void {
    this.literalLengths = undefined
    this.offsets = undefined
    this.matchLengths = undefined
    this.repeats.set([1, 4, 8])
  }

  /**
   * Reads the sequences in `bytes[start..end)`, writes what they and the literals make, and returns how many bytes that are.
   *
   * @throws {FrameDamage} where they are damaged, reach too far back, or make too much.
   */
  read(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    literals: Literals,
    output: BlockOutput,
  ): number {
    const { count, end: endOfCount } = readCount(bytes, start, end)
    if (count === 0) {
      if (endOfCount !== end) throw new FrameDamage('the end of the block', 'more')
      if (literals.size > output.mostBytes) throw tooLong(output)
      copyBytes(literals.buffer, 0, literals.size, output.buffer, output.start)
      return literals.size
    }
    const startOfBits = this.readTables(bytes, endOfCount, end)
    return this.execute(bytes, view, startOfBits, end, count, literals, output)
  }

  private readTables(bytes: Uint8Array, start: number, end: number): number {
    const modes = start < end ? (bytes[start] as number) : 0
    if (start >= end || (modes & 3) !== 0) {
      throw new FrameDamage('the modes of three tables', start < end ? quoting`${modes}` : 'none')
    }
    const literalLengths = readSequenceTable(
      LITERAL_LENGTH_CODE,
      modes >> 6,
      this.literalLengths,
      bytes,
      start + 1,
      end,
    )
    this.literalLengths = literalLengths.table
    const mode = (modes >> 4) & 3
    const offsets = readSequenceTable(
      OFFSET_CODE,
      mode,
      this.offsets,
      bytes,
      literalLengths.end,
      end,
    )
    this.offsets = offsets.table
    const matchLengths = readSequenceTable(
      MATCH_LENGTH_CODE,
      (modes >> 2) & 3,
      this.matchLengths,
      bytes,
      offsets.end,
      end,
    )
    this.matchLengths = matchLengths.table
    return matchLengths.end
  }

  // One function for all: what it needs for each sequence stays in registers.
  private execute(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    count: number,
    literals: Literals,
    output: BlockOutput,
  ): number {
    const { cells: llCells, accuracy: llAccuracy } = this.literalLengths as FseTable
    const { cells: ofCells, accuracy: ofAccuracy } = this.offsets as FseTable
    const { cells: mlCells, accuracy: mlAccuracy } = this.matchLengths as FseTable
    const { least: llLeast, bits: llBits } = LITERAL_LENGTHS
    const { least: mlLeast, bits: mlBits } = MATCH_LENGTHS
    const { repeats } = this
    const { buffer: out, windowBytes } = output
    const limit = output.start + output.mostBytes
    const first = start * 8
    let bit = lastBit(bytes, start, end) - llAccuracy
    let ll = peek(view, bit, llAccuracy)
    bit -= ofAccuracy
    let of = peek(view, bit, ofAccuracy)
    bit -= mlAccuracy
    let ml = peek(view, bit, mlAccuracy)
    let to = output.start
    let from = 0
    for (let left = count; ;) {
      const llCell = llCells[ll] as number
      const ofCell = ofCells[of] as number
      const mlCell = mlCells[ml] as number
      const offsetBits = ofCell & 255
      if (offsetBits > MOST_OFFSET_BITS) throw outOfReach(2 ** offsetBits)
      bit -= offsetBits
      if (bit < first) throw exhausted()
      const value = (1 << offsetBits) + peekLong(view, bit, offsetBits)
      const mlWidth = mlBits[mlCell & 255] as number
      bit -= mlWidth
      const matchBytes = (mlLeast[mlCell & 255] as number) + peek(view, bit, mlWidth)
      const llWidth = llBits[llCell & 255] as number
      bit -= llWidth
      const literalBytes = (llLeast[llCell & 255] as number) + peek(view, bit, llWidth)
      const distance = nextOffset(repeats, value, literalBytes === 0)
      const at = to + literalBytes
      if (from + literalBytes > literals.size) throw new FrameDamage('more literals', 'their end')
      if (at + matchBytes > limit) throw tooLong(output)
      if (distance > at || distance > windowBytes || distance === 0) throw outOfReach(distance)
      copyBytes(literals.buffer, from, literalBytes, out, to)
      from += literalBytes
      repeatBytes(out, at, distance, matchBytes)
      to = at + matchBytes
      if (--left === 0) break
      const llNext = (llCell >>> 8) & 255
      bit -= llNext
      ll = (llCell >>> 16) + peek(view, bit, llNext)
      const mlNext = (mlCell >>> 8) & 255
      bit -= mlNext
      ml = (mlCell >>> 16) + peek(view, bit, mlNext)
      const ofNext = (ofCell >>> 8) & 255
      bit -= ofNext
      of = (ofCell >>> 16) + peek(view, bit, ofNext)
    }
    if (bit !== first) throw bit < first ? exhausted() : new FrameDamage('the last bit', 'more')
    const rest = literals.size - from
    if (to + rest > limit) throw tooLong(output)
    copyBytes(literals.buffer, from, rest, out, to)
    return to + rest - output.start
  }
}

function readCount(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly count: number; readonly end: number } {
  const first = start < end ? (bytes[start] as number) : Infinity
  const length = first < 128 ? 1 : first < 255 ? 2 : 3
  if (start + length > end) throw new FrameDamage('a number of sequences', 'the end of the block')
  const second = bytes[start + 1] as number
  if (length === 1) return { count: first, end: start + 1 }
  if (length === 2) return { count: ((first - 128) << 8) + second, end: start + 2 }
  return { count: second + ((bytes[start + 2] as number) << 8) + 0x7f00, end: start + 3 }
}

/** The offset that a value stands for (§3.1.1.5): one of the last three, or another one. */
function nextOffset(repeats: Int32Array, value: number, hasNoLiterals: boolean): number {
  const last = repeats[0] as number
  if (value > 3) {
    repeats[2] = repeats[1] as number
    repeats[1] = last
    return (repeats[0] = value - 3)
  }
  const which = hasNoLiterals ? value : value - 1
  if (which === 0) return last
  const offset = which === 3 ? last - 1 : (repeats[which] as number)
  if (which !== 1) repeats[2] = repeats[1] as number
  repeats[1] = last
  return (repeats[0] = offset)
}

/** Up to 25 bits. */
function peek(view: DataView, bit: number, count: number): number {
  return (view.getUint32(bit >>> 3, true) >>> (bit & 7)) & ((1 << count) - 1)
}

/** Up to 31 bits. */
function peekLong(view: DataView, bit: number, count: number): number {
  if (count <= 25) return peek(view, bit, count)
  return peek(view, bit, 16) + peek(view, bit + 16, count - 16) * 65536
}

function exhausted(): FrameDamage {
  return new FrameDamage('the rest of the sequences', 'the end of the block')
}

function outOfReach(distance: number): FrameDamage {
  return new FrameDamage('a match within the window', quoting`one ${distance} bytes back`)
}

function tooLong({ mostBytes }: BlockOutput): FrameDamage {
  return new FrameDamage(quoting`a block of at most ${mostBytes} bytes`, 'a longer one')
}
