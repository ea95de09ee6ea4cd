// Records that wait for their turn in a merged timeline.

import type { RecordHandler } from './record.js'

const FIRST_RECORDS = 16
const FIRST_BYTES = 1 << 11
/** Caplen, origlen, linktype, interface. */
const WORDS = 4
/** Stands for the caplen of an entry without a frame. */
const NO_FRAME = -1

/** A queue of copied records, empty for most of the time, and small then. */
export class RecordQueue {
  private bytes = new Uint8Array(FIRST_BYTES)
  private view = new DataView(this.bytes.buffer)
  private filled = 0
  private times = new Float64Array(FIRST_RECORDS)
  private words = new Float64Array(FIRST_RECORDS * WORDS)
  private count = 0
  private head = 0
  private headOffset = 0

  get isEmpty(): boolean {
    return this.head === this.count
  }

  /** Time of the first record, infinite when there is none. */
  get headNs(): number {
    return this.isEmpty ? Infinity : (this.times[this.head] as number)
  }

  /** Copies a record to the end. */
  add(
    view: DataView,
    start: number,
    end: number,
    origlen: number,
    linktype: number,
    timeNs: number,
    interfaceId: number,
  ): void {
    const caplen = end - start
    const at = this.addEntry(caplen, timeNs)
    this.bytes.set(new Uint8Array(view.buffer, view.byteOffset + start, caplen), this.filled)
    this.filled += caplen
    this.words[at] = caplen
    this.words[at + 1] = origlen
    this.words[at + 2] = linktype
    this.words[at + 3] = interfaceId
  }

  /** Adds an entry without a frame. */
  addSkipped(timeNs: number): void {
    this.words[this.addEntry(0, timeNs)] = NO_FRAME
  }

  /** Hands over the first record, and all that follow it as long as they are from before `limitNs`. */
  deliver(handler: RecordHandler, limitNs: number): void {
    do {
      const at = this.head * WORDS
      const timeNs = this.times[this.head] as number
      this.head++
      const caplen = this.words[at] as number
      if (caplen === NO_FRAME) {
        handler.onSkippedRecord?.(timeNs)
        continue
      }
      const start = this.headOffset
      this.headOffset = start + caplen
      handler.onRecord(
        this.view,
        start,
        this.headOffset,
        this.words[at + 1] as number,
        this.words[at + 2] as number,
        timeNs,
        this.words[at + 3] as number,
      )
    } while (this.headNs < limitNs)
  }

  /** Memory it takes up. */
  get heldBytes(): number {
    return this.bytes.length + this.times.byteLength + this.words.byteLength
  }

  /** Lets go of its memory, if nothing is in it. */
  shrink(): void {
    if (!this.isEmpty || this.bytes.length === FIRST_BYTES) return
    this.bytes = new Uint8Array(FIRST_BYTES)
    this.view = new DataView(this.bytes.buffer)
    this.times = new Float64Array(FIRST_RECORDS)
    this.words = new Float64Array(FIRST_RECORDS * WORDS)
  }

  /** Makes room for a record, notes its time, and returns where its words go. */
  private addEntry(caplen: number, timeNs: number): number {
    if (this.isEmpty) this.filled = this.count = this.head = this.headOffset = 0
    this.makeRoom(caplen)
    this.times[this.count] = timeNs
    return this.count++ * WORDS
  }

  private makeRoom(caplen: number): void {
    if (this.filled + caplen > this.bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.filled + caplen))
      larger.set(this.bytes)
      this.bytes = larger
      this.view = new DataView(larger.buffer)
    }
    if (this.count < this.times.length) return
    const times = new Float64Array(2 * this.times.length)
    times.set(this.times)
    this.times = times
    const words = new Float64Array(2 * this.words.length)
    words.set(this.words)
    this.words = words
  }
}
