// Output of a thread that another thread writes on: octets in shared memory, so that none is copied on the way.

import type { TextSink } from '../../output/formats/reporter.js'

const FIRST_BYTES = 1 << 20

/** A part of the output. */
export interface SharedPart {
  readonly octets: Uint8Array
  /** Names the memory it lies in, to give that back. */
  readonly memory: number
}

/** Collects one part of output after another; the memory of parts that have been used up serves again. */
export class SharedSink implements TextSink {
  private octets = new Uint8Array(new SharedArrayBuffer(FIRST_BYTES))
  private filled = 0
  /** The memory of parts on their way, and what waits for the next one. */
  private readonly lent = new Map<number, Uint8Array<SharedArrayBuffer>>()
  private parts = 0
  private readonly spare: Uint8Array<SharedArrayBuffer>[] = []

  write(text: string): void {
    this.writeOctets(Buffer.from(text))
  }

  writeOctets(octets: Uint8Array): void {
    if (this.filled + octets.length > this.octets.length) this.grow(this.filled + octets.length)
    this.octets.set(octets, this.filled)
    this.filled += octets.length
  }

  /** What was written since the last call; nothing changes in it until it is given back. */
  take(): SharedPart {
    const part = { octets: this.octets.subarray(0, this.filled), memory: this.parts++ }
    this.lent.set(part.memory, this.octets)
    this.octets = this.spare.pop() ?? new Uint8Array(new SharedArrayBuffer(FIRST_BYTES))
    this.filled = 0
    return part
  }

  /** Parts have been used up. */
  giveBack(memories: readonly number[]): void {
    for (const memory of memories) {
      const octets = this.lent.get(memory)
      this.lent.delete(memory)
      if (octets !== undefined) this.spare.push(octets)
    }
  }

  private grow(bytes: number): void {
    const octets = new Uint8Array(new SharedArrayBuffer(Math.max(bytes, 2 * this.octets.length)))
    octets.set(this.octets.subarray(0, this.filled))
    this.octets = octets
  }
}
