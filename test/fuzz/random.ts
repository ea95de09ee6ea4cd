// Numbers that look random and are the same for the same seed and run, on every machine.

/** One row of numbers. */
export class Random {
  #a: number
  #b: number
  #c: number
  #d = 1

  /** @param run Makes the rows of one seed independent of each other: any of them can be made alone. */
  constructor(seed: number, run: number) {
    this.#a = 0x9e3779b9 ^ seed
    this.#b = 0x85ebca6b ^ (run | 0)
    this.#c = Math.floor(run / 0x1_0000_0000)
    for (let i = 0; i < 12; i++) this.#next()
  }

  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor((this.#next() / 0x1_0000_0000) * limit)
  }

  /** An integer from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  /** 32 bits. */
  word(): number {
    return this.#next()
  }

  /** A length, mostly small. */
  length(most: number): number {
    return this.between(1, this.oneIn(4) ? most : Math.min(most, 8))
  }

  /** Bytes, or one byte again and again. */
  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    if (this.oneIn(3)) return bytes.fill(this.pick([0, 1, 0x7f, 0x80, 0xff]))
    for (let i = 0; i < length; i++) bytes[i] = this.#next()
    return bytes
  }

  // sfc32
  #next(): number {
    const sum = (this.#a + this.#b + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }
}
