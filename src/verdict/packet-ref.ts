// References to packets of a connection, read where they lie in its records: a time and a frame. Times are ns
// relative to the capture clock and NaN when the event did not happen; frames are 0 then.

import type { Block } from '../tcp/record/fields.js'

/** A packet of the capture: when it passed, and its number. */
export interface PacketRef {
  /** Relative ns, NaN when absent. */
  readonly ns: number
  /** Record number, 0 when absent. */
  readonly frame: number
  /** Whether the event happened. */
  readonly seen: boolean
}

/** Ns from one packet to a later one; never negative, NaN when one of them is absent. */
export function between(from: PacketRef, to: PacketRef): number {
  if (!from.seen || !to.seen) return NaN
  return Math.max(0, to.ns - from.ns)
}

/** A time and, in the next cell, its frame, where they lie in a block. */
export class BlockPacketRef implements PacketRef {
  private readonly block: Block
  private readonly at: number

  /** `at`: position of the time. */
  constructor(block: Block, at: number) {
    this.block = block
    this.at = at
  }

  get ns(): number {
    const { floats, cell } = this.block
    const at = cell + this.at
    return floats[at + 1] === 0 ? NaN : (floats[at] as number)
  }

  get frame(): number {
    return this.block.floats[this.block.cell + this.at + 1] as number
  }

  get seen(): boolean {
    return this.block.floats[this.block.cell + this.at + 1] !== 0
  }
}
