// Names for what a connection was wrapped in. A stack such as VLAN 5 / VXLAN 42 gets a small number,
// the same for the same stack, so that connections carry an integer and the text is made once.
//
// The table is a trie: an entry is (parent entry, kind, value), found by open addressing in three
// Int32Arrays, so looking up a known stack allocates nothing. It is bounded, since tunnel ids come
// from the packets: past the limit every new stack gets the same last entry.

import { newSeed } from '../base/seed.js'
import type { Cursor } from './cursor.js'

/** Kinds of encapsulation; the numbers index the texts below. */
export const ENCAP_VLAN = 1
export const ENCAP_VXLAN = 2
export const ENCAP_GENEVE = 3
export const ENCAP_GRE = 4
export const ENCAP_GRE_KEY = 5
export const ENCAP_PPTP = 6
export const ENCAP_ERSPAN = 7
export const ENCAP_GTP = 8
export const ENCAP_MPLS = 9
export const ENCAP_PPPOE = 10
export const ENCAP_L2TP = 11
export const ENCAP_IPIP = 12
export const ENCAP_6IN4 = 13
export const ENCAP_4IN6 = 14
export const ENCAP_IP6IP6 = 15
export const ENCAP_TEREDO = 16
export const ENCAP_LISP = 17
export const ENCAP_ETHERIP = 18
export const ENCAP_CAPWAP = 19
export const ENCAP_NSH = 20
export const ENCAP_TZSP = 21
export const ENCAP_FABRICPATH = 22
export const ENCAP_TRILL = 23
export const ENCAP_PBB = 24
export const ENCAP_ISL = 25
export const ENCAP_VNTAG = 26
export const ENCAP_AYIYA = 27
export const ENCAP_EOIP = 28
export const ENCAP_SFLOW = 29

/** How a kind is written: its word, and whether and how the value follows. */
const TEXTS: readonly (readonly [word: string, value: 'none' | 'decimal' | 'hex'])[] = [
  ['', 'none'],
  ['vlan', 'decimal'],
  ['vxlan', 'decimal'],
  ['geneve', 'decimal'],
  ['gre', 'none'],
  ['gre key', 'decimal'],
  ['pptp', 'decimal'],
  ['erspan', 'decimal'],
  ['gtp teid', 'hex'],
  ['mpls', 'decimal'],
  ['pppoe', 'decimal'],
  ['l2tp', 'decimal'],
  ['ipip', 'none'],
  ['6in4', 'none'],
  ['4in6', 'none'],
  ['ip6ip6', 'none'],
  ['teredo', 'none'],
  ['lisp', 'decimal'],
  ['etherip', 'none'],
  ['capwap', 'none'],
  ['nsh', 'decimal'],
  ['tzsp', 'none'],
  ['fabricpath', 'decimal'],
  ['trill', 'none'],
  ['pbb', 'decimal'],
  ['isl', 'decimal'],
  ['vntag', 'none'],
  ['ayiya', 'none'],
  ['eoip', 'decimal'],
  ['sflow', 'none'],
]

/** Entries a table may hold, "" and the common last one included. */
export const MAX_ENCAPSULATION_IDS = 65_536

/** Text of the entry that stands for all stacks beyond {@link MAX_ENCAPSULATION_IDS}. */
export const OTHER_ENCAPSULATION = 'other'

/** Characters of all texts that are made: a frame of a thousand layers has one of ten thousand. */
const TEXT_CHARS_MAX = 8 * 1024 * 1024

const KIND_BITS = 5
const KIND_MASK = (1 << KIND_BITS) - 1

/** Numbers for stacks of encapsulations, and the texts after the numbers. */
export class EncapsulationTable {
  /** Ids given, 0 included. */
  private count = 1
  /** Texts of ids that were asked for. */
  private readonly texts: string[] = ['']
  private textChars = 0
  /** Ids by hash; 0 is a free slot. */
  private slots = new Int32Array(256)
  /** Parent id and kind of each id, in one number. */
  private links = new Int32Array(128)
  private values = new Int32Array(128)
  /** Makes collisions unpredictable: tunnel ids come from the packets. */
  private readonly seed = newSeed()
  private readonly largestShown: number
  /** What stands for values that are not shown, by id. */
  private readonly replaced: number[] = []
  private replacements = 0

  /** Values above `largestShown`, which may be addresses, are replaced by small numbers, one for each stack. */
  constructor(largestShown: number = Infinity) {
    this.largestShown = largestShown
  }

  /** How many ids have been given, 0 included. */
  get size(): number {
    return this.count
  }

  /** The text of `id`, outermost first, as in "vlan 5/vxlan 42"; "" for 0. */
  text(id: number): string {
    return this.texts[id] ?? this.makeText(id)
  }

  /** The id of the stack a cursor has passed. */
  intern(cursor: Cursor): number {
    let id = 0
    for (let i = 0; i < cursor.depth; i++)
      id = this.child(id, cursor.kinds[i] ?? 0, cursor.values[i] ?? 0)
    return id
  }

  /** The id of `parent` with one more encapsulation inside it. */
  child(parent: number, kind: number, value: number): number {
    const link = (parent << KIND_BITS) | kind
    const mask = this.slots.length - 1
    let slot = this.hash(link, value) & mask
    for (;;) {
      const id = this.slots[slot] ?? 0
      if (id === 0) return this.add(parent, kind, value)
      if (this.links[id] === link && this.values[id] === value) return id
      slot = (slot + 1) & mask
    }
  }

  private makeText(id: number): string {
    const parts: string[] = []
    for (let at = id; at !== 0; at = (this.links[at] ?? 0) >>> KIND_BITS) {
      parts.push(this.describe(at))
    }
    const isKnown = this.textChars < TEXT_CHARS_MAX
    const text = isKnown ? parts.reverse().join('/') : OTHER_ENCAPSULATION
    this.textChars += text.length
    this.texts[id] = text
    return text
  }

  private add(parent: number, kind: number, value: number): number {
    const id = this.count
    if (id >= MAX_ENCAPSULATION_IDS - 1) {
      this.count = MAX_ENCAPSULATION_IDS
      this.texts[MAX_ENCAPSULATION_IDS - 1] = OTHER_ENCAPSULATION
      return MAX_ENCAPSULATION_IDS - 1
    }
    this.count++
    if (id === this.links.length) this.grow()
    this.links[id] = (parent << KIND_BITS) | kind
    this.values[id] = value
    this.place(id)
    return id
  }

  /** The last encapsulation of a stack. */
  private describe(id: number): string {
    const [word, form] = TEXTS[(this.links[id] ?? 0) & KIND_MASK] ?? ['tunnel', 'decimal']
    if (form === 'none') return word
    const value = (this.values[id] ?? 0) >>> 0
    if (value > this.largestShown) return `${word} #${(this.replaced[id] ??= ++this.replacements)}`
    return form === 'hex' ? `${word} 0x${value.toString(16)}` : `${word} ${value}`
  }

  /** Doubles the table; the slots stay at most half full. */
  private grow(): void {
    const links = this.links
    const values = this.values
    this.links = new Int32Array(links.length * 2)
    this.links.set(links)
    this.values = new Int32Array(values.length * 2)
    this.values.set(values)
    this.slots = new Int32Array(this.slots.length * 2)
    for (let id = 1; id < links.length; id++) this.place(id)
  }

  private place(id: number): void {
    const mask = this.slots.length - 1
    let slot = this.hash(this.links[id] ?? 0, this.values[id] ?? 0) & mask
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask
    this.slots[slot] = id
  }

  private hash(link: number, value: number): number {
    let mixed = Math.imul(value ^ this.seed, 0x9e3779b1)
    mixed = Math.imul(mixed ^ (mixed >>> 15) ^ link ^ this.seed, 0x85ebca6b)
    return mixed ^ (mixed >>> 15)
  }
}
