// A first-in first-out queue of records, as a ring in typed arrays: no object per entry, and entries can be looked at
// in place. Records are reused, so each entry also keeps a stamp (the stream number) to tell whether it still means
// the same connection.

const FIRST_CAPACITY = 256

/** Queue of (record, stamp) pairs, both int32. */
export class RecordQueue {
  length = 0
  private head = 0
  private records = new Int32Array(FIRST_CAPACITY)
  private stamps = new Int32Array(FIRST_CAPACITY)

  push(record: number, stamp: number): void {
    if (this.length === this.records.length) this.grow()
    const at = (this.head + this.length) & (this.records.length - 1)
    this.records[at] = record
    this.stamps[at] = stamp
    this.length++
  }

  /** Removes the oldest entry and returns its record. The queue must not be empty. */
  shift(): number {
    const record = this.at(0)
    this.head = (this.head + 1) & (this.records.length - 1)
    this.length--
    return record
  }

  /** Record of the entry `index` places after the oldest. */
  at(index: number): number {
    return this.records[(this.head + index) & (this.records.length - 1)] as number
  }

  /** Stamp of that entry. */
  stampAt(index: number): number {
    return this.stamps[(this.head + index) & (this.records.length - 1)] as number
  }

  private grow(): void {
    const { length } = this
    const records = new Int32Array(length * 2)
    const stamps = new Int32Array(length * 2)
    for (let i = 0; i < length; i++) {
      records[i] = this.at(i)
      stamps[i] = this.stampAt(i)
    }
    this.records = records
    this.stamps = stamps
    this.head = 0
  }
}
