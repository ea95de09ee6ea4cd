// Accessors made from the definitions in connection.ts, closing.ts and teardown.ts: one property for each field, so that a
// new field is one line there and nothing here.

import type { Words } from './words.js'

/** Records of one kind. */
export interface Records {
  readonly ints: Int32Array
  readonly floats: Float64Array
}

/** Records in memory that is already there. */
export function recordsOf(floats: Float64Array): Records {
  return { floats, ints: new Int32Array(floats.buffer, floats.byteOffset, floats.length * 2) }
}

/** A block of a record: its memory, its first word, and its first cell. */
export class Block implements Records {
  ints: Int32Array
  floats: Float64Array
  word = 0
  cell = 0

  constructor({ ints, floats }: Records) {
    this.ints = ints
    this.floats = floats
  }

  /** Points at the block that begins at `word`. */
  pointAt({ ints, floats }: Records, word: number): void {
    this.ints = ints
    this.floats = floats
    this.word = word
    this.cell = word >>> 1
  }
}

/** The blocks of one side, or of the connection as a whole, in its three records. */
export interface Blocks {
  /** In the connection record. */
  readonly own: Block
  /** In the closing record. */
  readonly closing: Block
  /** In the teardown record. */
  readonly teardown: Block
}

/** The fields of a definition as numbers that can be read and set. */
export type Fields<W extends Words> = {
  -readonly [K in Exclude<keyof W, keyof Words>]: number
}

/** Makes the accessors of one position. */
interface Accessors {
  readonly int: (at: number) => PropertyDescriptor & ThisType<Blocks>
  readonly float: (at: number) => PropertyDescriptor & ThisType<Blocks>
}

// The three differ in one name only. One function that took it as an argument would read properties by a variable name:
// measured, ten times slower.

/** Fields of the connection record. */
export const OWN: Accessors = {
  int: (at) => ({
    get() {
      return this.own.ints[this.own.word + at]
    },
    set(value: number) {
      this.own.ints[this.own.word + at] = value
    },
  }),
  float: (at) => ({
    get() {
      return this.own.floats[this.own.cell + at]
    },
    set(value: number) {
      this.own.floats[this.own.cell + at] = value
    },
  }),
}

/** Fields of the closing record. */
export const IN_CLOSING: Accessors = {
  int: (at) => ({
    get() {
      return this.closing.ints[this.closing.word + at]
    },
    set(value: number) {
      this.closing.ints[this.closing.word + at] = value
    },
  }),
  float: (at) => ({
    get() {
      return this.closing.floats[this.closing.cell + at]
    },
    set(value: number) {
      this.closing.floats[this.closing.cell + at] = value
    },
  }),
}

/** Fields of the teardown record. */
export const IN_TEARDOWN: Accessors = {
  int: (at) => ({
    get() {
      return this.teardown.ints[this.teardown.word + at]
    },
    set(value: number) {
      this.teardown.ints[this.teardown.word + at] = value
    },
  }),
  float: (at) => ({
    get() {
      return this.teardown.floats[this.teardown.cell + at]
    },
    set(value: number) {
      this.teardown.floats[this.teardown.cell + at] = value
    },
  }),
}

/** Gives `prototype` a property for each field. */
export function defineFields(prototype: object, words: Words, accessors: Accessors): void {
  for (const { name, kind, at } of words.fields()) {
    if (kind === 'list') continue
    if (name in prototype) throw new Error(`two fields are named ${name}`)
    Object.defineProperty(prototype, name, accessors[kind](at))
  }
}
