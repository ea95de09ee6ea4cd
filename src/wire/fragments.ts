// Reassembly of IP fragments (RFC 791 §3.2, RFC 8200 §4.5), as far as the headers go: of each
// datagram the first octets are kept, of the rest only which ranges have arrived.
//
// The segment counts where the datagram is completed, as in Wireshark, with the length of the whole
// datagram. Only the table's own copies are kept, never capture bytes. Bounded in datagrams, octets
// and holes; overlapping, repeated and contradicting fragments at worst leave a datagram incomplete.

import type { Walk } from './cursor.js'

/** Datagrams held at most; the oldest goes first. */
export const MAX_DATAGRAMS = 1024

/** Octets kept of each datagram: room for the headers of a tunnel or two, and TCP with options. */
export const KEPT_OCTETS = 256

/** Separate ranges kept of each datagram; more come only from hostile packets. */
const MAX_RANGES = 64

/** Receivers give up after 60 s or less (RFC 8200 §4.5); identifications repeat after that. */
const MAX_AGE_NS = 120e9

/** Identification is shared by IPv4 and IPv6, but not their datagrams. */
const VERSION_SALT = 0x5bd1e995

/** One datagram on its way to completeness. */
export class Datagram {
  /** The first octets of the payload; those not arrived are 0. */
  readonly view: DataView = new DataView(new ArrayBuffer(KEPT_OCTETS))
  /** Starts and ends of the ranges that arrived, in order, neither touching nor overlapping. */
  readonly ranges: number[] = []
  key = 0
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
  /** Octets of the whole payload, -1 until the last fragment has told. */
  totalLen = -1

  /** Begins a datagram with the addresses of the walk. */
  reset(walk: Walk, key: number): void {
    this.ranges.length = 0
    this.key = key
    this.ipVersion = walk.ipVersion
    this.id = walk.fragmentId
    this.protocol = walk.next
    this.src0 = walk.src0
    this.src1 = walk.src1
    this.src2 = walk.src2
    this.src3 = walk.src3
    this.dst0 = walk.dst0
    this.dst1 = walk.dst1
    this.dst2 = walk.dst2
    this.dst3 = walk.dst3
    this.startNs = walk.timeNs
    this.totalLen = -1
  }

  /** Whether the fragment the walk stands at belongs here. */
  matches(walk: Walk): boolean {
    return (
      this.ipVersion === walk.ipVersion &&
      this.id === walk.fragmentId &&
      (walk.ipVersion === 6 || this.protocol === walk.next) &&
      this.src0 === walk.src0 &&
      this.dst0 === walk.dst0 &&
      this.src1 === walk.src1 &&
      this.dst1 === walk.dst1 &&
      this.src2 === walk.src2 &&
      this.dst2 === walk.dst2 &&
      this.src3 === walk.src3 &&
      this.dst3 === walk.dst3
    )
  }

  /** Whether every octet up to the end has arrived. */
  isComplete(): boolean {
    return this.totalLen >= 0 && this.ranges[0] === 0 && (this.ranges[1] ?? 0) >= this.totalLen
  }
}

/** The datagrams of which fragments have been seen. */
export class FragmentTable {
  /** By hash, oldest first: a collision costs the older datagram. */
  readonly #datagrams = new Map<number, Datagram>()
  readonly #free: Datagram[] = []

  /** How many datagrams are held. */
  get size(): number {
    return this.#datagrams.size
  }

  /**
   * Takes the fragment the walk stands at, which must be captured whole.
   *
   * @returns The datagram if this completes it, valid until the next call, else undefined.
   */
  add(walk: Walk): Datagram | undefined {
    const datagram = this.#find(walk)
    const start = walk.fragmentOffset
    const end = start + walk.fragmentLen
    if (walk.fragmentOffset === 0) datagram.protocol = walk.next
    if (!walk.fragmentMore && datagram.totalLen < 0) datagram.totalLen = end
    copyNew(walk, datagram, start, end)
    insertRange(datagram.ranges, start, end)
    if (datagram.isComplete()) {
      this.#release(datagram)
      return datagram
    }
    if (datagram.ranges.length > MAX_RANGES * 2) this.#release(datagram)
    return undefined
  }

  #find(walk: Walk): Datagram {
    const key = hash(walk)
    const found = this.#datagrams.get(key)
    if (found?.matches(walk)) {
      if (walk.timeNs - found.startNs <= MAX_AGE_NS) return found
    }
    if (found) this.#release(found)
    if (this.#datagrams.size >= MAX_DATAGRAMS) {
      for (const oldest of this.#datagrams.values()) {
        this.#release(oldest)
        break
      }
    }
    const datagram = this.#free.pop() ?? new Datagram()
    datagram.reset(walk, key)
    this.#datagrams.set(key, datagram)
    return datagram
  }

  #release(datagram: Datagram): void {
    this.#datagrams.delete(datagram.key)
    this.#free.push(datagram)
  }
}

function hash(walk: Walk): number {
  let key = Math.imul(walk.fragmentId ^ walk.src0, 0x9e3779b1) ^ walk.dst0
  if (walk.ipVersion === 4) return Math.imul(key ^ walk.next, 0x85ebca6b) | 0
  key = Math.imul(key ^ walk.src1 ^ walk.dst1, 0x9e3779b1)
  key = Math.imul(key ^ walk.src2 ^ walk.dst2, 0x9e3779b1)
  return (Math.imul(key ^ walk.src3, 0x9e3779b1) ^ walk.dst3 ^ VERSION_SALT) | 0
}

/** Copies what belongs to the kept octets and has not arrived before. */
function copyNew(walk: Walk, datagram: Datagram, start: number, end: number): void {
  const limit = Math.min(end, KEPT_OCTETS)
  for (let i = start; i < limit; i++) {
    if (!contains(datagram.ranges, i)) {
      datagram.view.setUint8(i, walk.view.getUint8(walk.pos + i - start))
    }
  }
}

function contains(ranges: readonly number[], octet: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) {
    if (octet < (ranges[i] ?? 0)) return false
    if (octet < (ranges[i + 1] ?? 0)) return true
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
