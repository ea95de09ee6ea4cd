// Reassembly of IP fragments (RFC 791 §3.2, RFC 8200 §4.5), as far as the headers go: of each
// datagram the first bytes are kept, of the rest only which ranges have arrived.
//
// The segment counts where the datagram is completed, as in Wireshark, with the length of the whole
// datagram. Only the table's own copies are kept, never capture bytes. Bounded in datagrams, bytes
// and holes; overlapping, repeated and contradicting fragments at worst leave a datagram incomplete.

import { HashIndex } from '../base/hash-index.js'
import { mix, newSeed } from '../base/seed.js'
import type { Cursor } from './cursor.js'

/** Datagrams held at most; the oldest goes first. */
export const MAX_DATAGRAMS = 1024

/** Bytes kept of each datagram: room for the headers of a tunnel or two, and TCP with options. */
export const KEPT_BYTES = 256

/** Separate ranges kept of each datagram; more come only from hostile packets. */
const MAX_RANGES = 64

/** Receivers give up after 60 s or less (RFC 8200 §4.5); identifications repeat after that. */
const MAX_AGE_NS = 120e9

/** One datagram on its way to completeness. */
export class Datagram {
  /** The first bytes of the payload; those not arrived are 0. */
  readonly view: DataView = new DataView(new ArrayBuffer(KEPT_BYTES))
  /** Starts and ends of the ranges that arrived, in order, neither touching nor overlapping. */
  readonly ranges: number[] = []
  /** Its place in the table. */
  readonly place: number
  hash = 0
  /** Which one it is of all there have been: the lower, the older. */
  age = 0
  ipVersion = 0
  id = 0
  /** Protocol of the payload: part of the key in IPv4, taken from the first fragment in IPv6. */
  protocol = 0
  src0 = 0
  src1 = 0
  src2 = 0
  src3 = 0
  dst0 = 0
  dst1 = 0
  dst2 = 0
  dst3 = 0
  startNs = 0
  /** Bytes of the whole payload, -1 until the last fragment has told. */
  totalLen = -1

  constructor(place: number) {
    this.place = place
  }

  /** Begins a datagram with the addresses of the cursor. */
  reset(cursor: Cursor, hash: number, age: number): void {
    this.ranges.length = 0
    this.hash = hash
    this.age = age
    this.ipVersion = cursor.ipVersion
    this.id = cursor.fragmentId
    this.protocol = cursor.next
    this.src0 = cursor.src0
    this.src1 = cursor.src1
    this.src2 = cursor.src2
    this.src3 = cursor.src3
    this.dst0 = cursor.dst0
    this.dst1 = cursor.dst1
    this.dst2 = cursor.dst2
    this.dst3 = cursor.dst3
    this.startNs = cursor.timeNs
    this.totalLen = -1
  }

  /** Whether the fragment the cursor stands at belongs here. */
  matches(cursor: Cursor): boolean {
    return (
      this.ipVersion === cursor.ipVersion &&
      this.id === cursor.fragmentId &&
      (cursor.ipVersion === 6 || this.protocol === cursor.next) &&
      this.src0 === cursor.src0 &&
      this.dst0 === cursor.dst0 &&
      this.src1 === cursor.src1 &&
      this.dst1 === cursor.dst1 &&
      this.src2 === cursor.src2 &&
      this.dst2 === cursor.dst2 &&
      this.src3 === cursor.src3 &&
      this.dst3 === cursor.dst3
    )
  }

  /** Whether every byte up to the end has arrived. */
  isComplete(): boolean {
    return this.totalLen >= 0 && this.ranges[0] === 0 && (this.ranges[1] ?? 0) >= this.totalLen
  }
}

/** The datagrams of which fragments have been seen. */
export class FragmentTable {
  /** By age, the oldest first: numbers that nobody chooses. */
  private readonly datagrams = new Map<number, Datagram>()
  /** All there are, by place. */
  private readonly all: Datagram[] = []
  private readonly free: Datagram[] = []
  private readonly index = new HashIndex(64)
  private readonly seed = newSeed()
  private ages = 0

  /** How many datagrams are held. */
  get size(): number {
    return this.datagrams.size
  }

  /**
   * Takes the fragment the cursor stands at, which must be captured whole.
   *
   * @returns The datagram if this completes it, valid until the next call, else undefined.
   */
  add(cursor: Cursor): Datagram | undefined {
    const datagram = this.find(cursor)
    const start = cursor.fragmentOffset
    const end = start + cursor.fragmentLen
    if (cursor.fragmentOffset === 0) datagram.protocol = cursor.next
    if (!cursor.fragmentMore && datagram.totalLen < 0) datagram.totalLen = end
    copyNew(cursor, datagram, start, end)
    insertRange(datagram.ranges, start, end)
    if (datagram.isComplete()) {
      this.release(datagram)
      return datagram
    }
    if (datagram.ranges.length > MAX_RANGES * 2) this.release(datagram)
    return undefined
  }

  private find(cursor: Cursor): Datagram {
    const hash = this.hashOf(cursor)
    const found = this.lookUp(cursor, hash)
    if (found !== undefined) {
      if (cursor.timeNs - found.startNs <= MAX_AGE_NS) return found
      this.release(found)
    }
    if (this.datagrams.size >= MAX_DATAGRAMS) {
      for (const oldest of this.datagrams.values()) {
        this.release(oldest)
        break
      }
    }
    const datagram = this.free.pop() ?? this.newDatagram()
    datagram.reset(cursor, hash, this.ages++)
    this.datagrams.set(datagram.age, datagram)
    this.index.insert(datagram.place, hash)
    return datagram
  }

  private lookUp(cursor: Cursor, hash: number): Datagram | undefined {
    const { index } = this
    const { slots } = index
    for (let slot = index.slotFor(hash); slots[slot] !== 0; slot = index.behind(slot)) {
      if (slots[slot + 1] !== hash) continue
      const datagram = this.all[(slots[slot] as number) - 1] as Datagram
      if (datagram.matches(cursor)) return datagram
    }
    return undefined
  }

  private newDatagram(): Datagram {
    const made = new Datagram(this.all.length)
    this.all.push(made)
    return made
  }

  private release(datagram: Datagram): void {
    this.datagrams.delete(datagram.age)
    this.index.free(this.index.slotOf(datagram.place, datagram.hash))
    this.free.push(datagram)
  }

  /** Of what `matches` compares. */
  private hashOf(cursor: Cursor): number {
    let hash = mix(this.seed ^ cursor.ipVersion, cursor.fragmentId)
    hash = mix(hash, cursor.src0)
    hash = mix(hash, cursor.dst0)
    if (cursor.ipVersion === 4) return mix(hash, cursor.next)
    hash = mix(mix(hash, cursor.src1), cursor.dst1)
    hash = mix(mix(hash, cursor.src2), cursor.dst2)
    return mix(mix(hash, cursor.src3), cursor.dst3)
  }
}

/** Copies what belongs to the kept bytes and has not arrived before. */
function copyNew(cursor: Cursor, datagram: Datagram, start: number, end: number): void {
  const limit = Math.min(end, KEPT_BYTES)
  for (let i = start; i < limit; i++) {
    if (!contains(datagram.ranges, i)) {
      datagram.view.setUint8(i, cursor.view.getUint8(cursor.pos + i - start))
    }
  }
}

function contains(ranges: readonly number[], byte: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) {
    if (byte < (ranges[i] ?? 0)) return false
    if (byte < (ranges[i + 1] ?? 0)) return true
  }
  return false
}

/** Adds a range to ordered ones and joins it with those it touches. */
function insertRange(ranges: number[], start: number, end: number): void {
  let first = 0
  while (first < ranges.length && (ranges[first + 1] ?? 0) < start) first += 2
  let from = start
  let to = end
  let last = first
  while (last < ranges.length && (ranges[last] ?? 0) <= to) {
    from = Math.min(from, ranges[last] ?? from)
    to = Math.max(to, ranges[last + 1] ?? to)
    last += 2
  }
  ranges.splice(first, last - first, from, to)
}
