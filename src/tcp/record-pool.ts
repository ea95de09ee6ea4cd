// A growable array of packed records, see record/words.ts.

import type { PoolRoom } from './compiled/room.js'
import type { Records } from './record/fields.js'

/** Small: most captures have few connections, and thousands of them are read in one run. */
const FIRST_RECORDS = 16
/**
 * From here on it grows at one go to what is enough for the usual bounds: what is not used of it takes no memory, and a copy
 * of half of it for a while would be the largest thing there is.
 */
const MANY_RECORDS = 1 << 16

// Words of the head of a pool.
const FIRST_FREE = 0
const USED = 1
const FRESH = 2

/**
 * A growable array of equal records with a free list: the first word of a free one holds the number of the next, plus one.
 * Records are zero when handed out.
 */
export class RecordPool implements Records {
  readonly cells: number
  ints: Int32Array
  floats: Float64Array
  /** Of these, those whose connections are followed; others wait for somebody who judges them. Kept by the table, of teardowns. */
  followed = 0
  private capacity: number
  private readonly head: Int32Array
  private readonly isShared: boolean

  constructor(cells: number, isShared: boolean, room?: PoolRoom) {
    this.cells = cells
    this.isShared = isShared
    this.capacity = room === undefined ? FIRST_RECORDS : Math.floor(room.floats.length / cells)
    this.head = room?.head ?? new Int32Array(3)
    this.floats = room?.floats ?? this.cellsFor(FIRST_RECORDS)
    this.ints = new Int32Array(this.floats.buffer, this.floats.byteOffset, 2 * this.floats.length)
  }

  /** Records handed out and not given back. */
  get used(): number {
    return this.head[USED] as number
  }

  take(): number {
    const { head } = this
    head[USED] = (head[USED] as number) + 1
    const again = (head[FIRST_FREE] as number) - 1
    if (again >= 0) {
      const { floats, cells } = this
      head[FIRST_FREE] = this.ints[again * cells * 2] as number
      // A loop: for so few cells a call of fill() takes three times as long.
      for (let at = again * cells, end = at + cells; at < end; at++) floats[at] = 0
      return again
    }
    const fresh = head[FRESH] as number
    if (fresh === this.capacity) this.grow()
    head[FRESH] = fresh + 1
    return fresh
  }

  give(record: number): void {
    const { head } = this
    head[USED] = (head[USED] as number) - 1
    this.ints[record * this.cells * 2] = head[FIRST_FREE] as number
    head[FIRST_FREE] = record + 1
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
