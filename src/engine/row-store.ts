// Rows that wait for their turn: the first in memory, more in a temporary file.

import { closeSync, readSync, writeSync } from 'node:fs'
import type { RowBytes } from '../output/sorted-rows.js'
import { namelessFile, temporaryError } from './temporary-file.js'

/** Bytes kept in memory. */
const IN_MEMORY_BYTES = 1 << 24
const FIRST_BYTES = 1 << 16

/** Keeps the bytes of rows. */
export class RowStore implements RowBytes {
  private buffer = Buffer.alloc(FIRST_BYTES)
  /** Where in all bytes the buffer begins, and how many it holds. */
  private base = 0
  private filled = 0
  private file: number | undefined

  append(bytes: Uint8Array): number {
    if (this.filled + bytes.length > this.buffer.length) this.makeRoom(bytes.length)
    this.buffer.set(bytes, this.filled)
    this.filled += bytes.length
    return this.base + this.filled - bytes.length
  }

  read(at: number, length: number): Uint8Array {
    if (at >= this.base) return this.buffer.subarray(at - this.base, at - this.base + length)
    const bytes = Buffer.alloc(length)
    for (let got = 0; got < length;) {
      const read = readSync(this.file as number, bytes, got, length - got, at + got)
      if (read === 0) throw temporaryError(new Error('it is shorter than what was written'))
      got += read
    }
    return bytes
  }

  clear(): void {
    if (this.file !== undefined) closeSync(this.file)
    this.file = undefined
    this.base = this.filled = 0
  }

  private makeRoom(bytes: number): void {
    const needed = this.filled + bytes
    if (this.file === undefined && needed <= IN_MEMORY_BYTES) {
      this.resize(needed)
      return
    }
    this.spill()
    if (bytes > this.buffer.length) this.resize(bytes)
  }

  private resize(needed: number): void {
    let length = this.buffer.length
    while (length < needed) length *= 2
    const larger = Buffer.alloc(length)
    larger.set(this.buffer.subarray(0, this.filled))
    this.buffer = larger
  }

  private spill(): void {
    try {
      this.file ??= namelessFile()
      for (let at = 0; at < this.filled;)
        at += writeSync(this.file, this.buffer, at, this.filled - at, this.base + at)
    } catch (error) {
      throw temporaryError(error)
    }
    this.base += this.filled
    this.filled = 0
  }
}
