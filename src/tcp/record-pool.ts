// A growable array of packed records, see record/words.ts.

import type { Records } from './record/fields.js'

/** Small: most captures have few connections, and thousands of them are read in one run. */
const FIRST_RECORDS = 16
/**
 * From here on it grows at one go to what is enough for the usual bounds: what is not used of it takes no memory, and a copy
 * of half of it for a while would be the largest thing there is.
 */
const MANY_RECORDS = 1 << 16

/** A growable array of equal records with a free list. Records are zero when handed out. */
export class RecordPool implements Records {
  readonly cells: number
  ints: Int32Array
  floats: Float64Array
  /** Records handed out and not given back. */
  used = 0
  /** Of these, those whose connections are followed; others wait for somebody who judges them. Kept by the table, of teardowns. */
  followed = 0
  private capacity = FIRST_RECORDS
  private fresh = 0
  private readonly free: number[] = []
  private readonly isShared: boolean

  constructor(cells: number, isShared: boolean) {
    this.cells = cells
    this.isShared = isShared
    this.floats = this.cellsFor(FIRST_RECORDS)
    this.ints = new Int32Array(this.floats.buffer)
  }

  take(): number {
    this.used++
    const again = this.free.pop()
    if (again !== undefined) {
      // A loop: for so few cells a call of fill() takes three times as long.
      const { floats, cells } = this
      for (let at = again * cells, end = at + cells; at < end; at++) floats[at] = 0
      return again
    }
    if (this.fresh === this.capacity) this.grow()
    return this.fresh++
  }

  give(record: number): void {
    this.used--
    this.free.push(record)
  }

  private grow(): void {
    this.capacity *= this.capacity < MANY_RECORDS ? 2 : 8
    const floats = this.cellsFor(this.capacity)
    floats.set(this.floats)
    this.floats = floats
    this.ints = new Int32Array(floats.buffer)
  }

  private cellsFor(records: number): Float64Array {
    const bytes = records * this.cells * Float64Array.BYTES_PER_ELEMENT
    return new Float64Array(this.isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes))
  }
}
