// Moments of a connection, read where they lie in its packed records: a time and the frame it was seen on. Times are ns
// relative to the capture clock and NaN when the event did not happen; frames are 0 then.

import * as L from '../tcp/layout.js'

/** A moment in the capture: when, and on which packet. */
export interface Moment {
  /** Relative ns, NaN when absent. */
  readonly ns: number
  /** Record number, 0 when absent. */
  readonly frame: number
  /** Whether the event happened. */
  readonly seen: boolean
}

/** Ns from one moment to a later one; never negative, NaN when one of them is absent. */
export function between(from: Moment, to: Moment): number {
  if (!from.seen || !to.seen) return NaN
  return Math.max(0, to.ns - from.ns)
}

/** Where the facts of a side or connection are read: a typed array and the first position of its block. */
export interface FloatBlock {
  floats: Float64Array
  base: number
}

/** Stands in for the closing or teardown record of connections that have none: nothing ever happened. */
export const NO_WORDS: Int32Array = new Int32Array(Math.max(L.TEARDOWN_INTS, L.CLOSING_INTS))
export const NO_TIMES: Float64Array = new Float64Array(Math.max(L.TEARDOWN_CELLS, L.CLOSING_CELLS))

/** A (time, frame) pair that lies side by side in a block. */
export class PackedMoment implements Moment {
  private readonly block: FloatBlock
  private readonly offset: number

  constructor(block: FloatBlock, offset: number) {
    this.block = block
    this.offset = offset
  }

  get ns(): number {
    const at = this.block.base + this.offset
    return this.block.floats[at + 1] === 0 ? NaN : (this.block.floats[at] as number)
  }

  get frame(): number {
    return this.block.floats[this.block.base + this.offset + 1] as number
  }

  get seen(): boolean {
    return this.block.floats[this.block.base + this.offset + 1] !== 0
  }
}
