// How the facts of a connection lie in memory. A record is a run of 8-byte cells, seen as int32 words and as float64 cells.
// Each field is defined once, in a subclass of Words: its name, its meaning, its unit. Its position follows from its place
// in the list, so that no two fields overlap. Code of the packet path reads `ints[block + SIDE.nxt]`: V8 folds the position
// of a constant instance into the code (measured: as fast as a literal). All other code uses accessors made from the same
// definition, see fields.ts.

/** How a field is kept: an int32 word, a float64 cell, or a list of words without an accessor. */
export type FieldKind = 'int' | 'float' | 'list'

/** One field of a block of words. */
export interface Field {
  readonly name: string
  readonly kind: FieldKind
  /** From the start of the block: in words for `int` and `list`, in cells for `float`. */
  readonly at: number
  /** Words it takes. */
  readonly words: number
}

/** The fields of one block of a record, one after another. */
export abstract class Words {
  readonly #fields: Omit<Field, 'name'>[] = []
  #used = 0

  /** Words of the block, a whole number of cells. Taken once, when a module is loaded: it is not a constant to V8. */
  get size(): number {
    return this.#used + (this.#used % 2)
  }

  /** All fields in order. */
  fields(): Field[] {
    const names = Object.keys(this)
    return this.#fields.map((field, i) => ({ ...field, name: names[i] ?? '' }))
  }

  /** The next int32 field. */
  protected int(): number {
    return this.#take('int', 1)
  }

  /** The next `words` int32 words, which belong together. */
  protected list(words: number): number {
    return this.#take('list', words)
  }

  /** The next float64 field. */
  protected float(): number {
    this.#used += this.#used % 2
    return this.#take('float', 2)
  }

  /** Goes on at a word further on: what lies between belongs to others. */
  protected from(word: number): this {
    this.#used = word
    return this
  }

  #take(kind: FieldKind, words: number): number {
    const at = kind === 'float' ? this.#used / 2 : this.#used
    this.#fields.push({ kind, at, words })
    this.#used += words
    return at
  }
}
