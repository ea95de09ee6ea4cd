// Output of a thread that another thread passes on: bytes in shared memory, so that none is copied on the way.

import type { ByteSink } from '../output/row-writer.js'

const FIRST_BYTES = 1 << 20

/** A part of the output. */
export interface SharedPart {
  readonly bytes: Uint8Array
  /** Names the memory it lies in, to give that back. */
  readonly memory: number
}

/** Collects one part of output after another; the memory of parts that have been used up serves again. */
export class SharedSink implements ByteSink {
  private bytes = new Uint8Array(new SharedArrayBuffer(FIRST_BYTES))
  private filled = 0
  /** The memory of parts on their way, and what waits for the next one. */
  private readonly lent = new Map<number, Uint8Array<SharedArrayBuffer>>()
  private parts = 0
  private readonly spare: Uint8Array<SharedArrayBuffer>[] = []

  writeBytes(bytes: Uint8Array): void {
    if (this.filled + bytes.length > this.bytes.length) this.grow(this.filled + bytes.length)
    this.bytes.set(bytes, this.filled)
    this.filled += bytes.length
  }

  /** What was written since the last call; nothing changes in it until it is given back. */
  take(): SharedPart {
    const part = { bytes: this.bytes.subarray(0, this.filled), memory: this.parts++ }
    this.lent.set(part.memory, this.bytes)
    this.bytes = this.spare.pop() ?? new Uint8Array(new SharedArrayBuffer(FIRST_BYTES))
    this.filled = 0
    return part
  }

  /** Parts have been used up. */
  giveBack(memories: readonly number[]): void {
    for (const memory of memories) {
      const bytes = this.lent.get(memory)
      this.lent.delete(memory)
      if (bytes !== undefined) this.spare.push(bytes)
    }
  }

  private grow(least: number): void {
    const larger = new Uint8Array(new SharedArrayBuffer(Math.max(least, 2 * this.bytes.length)))
    larger.set(this.bytes)
    this.bytes = larger
  }
}
