// Compressed blocks of a zstd frame (RFC 8878 §3.1.1.3).

import { FrameDamage } from '../frame-input.js'
import type { History } from '../history.js'
import { MARGIN_BYTES } from './bits.js'
import { Literals } from './literals.js'
import { Sequences } from './sequences.js'

/** What a block may hold at most, compressed or not: 128 KiB. */
export const MOST_BLOCK_BYTES: number = 128 * 1024

/** Decodes compressed blocks, one after another. */
export class BlockDecoder {
  /** A copy of the block with room around it: bits are loaded four bytes at a time. */
  private readonly block = new Uint8Array(MOST_BLOCK_BYTES + 2 * MARGIN_BYTES)
  private readonly view = new DataView(this.block.buffer)
  private readonly literals = new Literals(MOST_BLOCK_BYTES)
  private readonly sequences = new Sequences()

  /** Memory that it takes, in bytes. */
  static readonly bytes: number = 2 * MOST_BLOCK_BYTES

  /** Begins with a frame. */
  reset(): void {
    this.literals.reset()
    this.sequences.reset()
  }

  /**
   * Decodes one block, of at most {@link MOST_BLOCK_BYTES}, to the end of the history.
   *
   * @throws {FrameDamage} and leaves the history as it was.
   */
  decode(packed: Uint8Array, history: History, windowBytes: number, mostBytes: number): void {
    const { block, view, literals, sequences } = this
    if (packed.length < 2) throw new FrameDamage('literals and sequences', 'the end of the block')
    block.set(packed, MARGIN_BYTES)
    const end = MARGIN_BYTES + packed.length
    const endOfLiterals = literals.read(block, view, MARGIN_BYTES, end, mostBytes)
    history.reserve(mostBytes)
    const output = { buffer: history.buffer, start: history.end, mostBytes, windowBytes }
    history.add(sequences.read(block, view, endOfLiterals, end, literals, output))
  }
}
