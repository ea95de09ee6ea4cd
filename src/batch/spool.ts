// Output that has to wait for its turn: little of it in memory, the rest in temporary files that are gone when read.

import { appendFileSync, closeSync, openSync, readSync, rmSync } from 'node:fs'

/** Octets of one part that are kept in memory. */
const IN_MEMORY_BYTES = 1 << 20
const READ_BYTES = 1 << 18

/** A part of the output: what was written first, and the file with the rest. */
export interface SpooledPart {
  readonly octets: Uint8Array
  readonly file: string | undefined
}

/** Collects parts of output, one after another. */
export class Spool {
  private readonly folder: string
  private readonly prefix: string
  private readonly buffer = Buffer.alloc(IN_MEMORY_BYTES)
  private filled = 0
  private file: string | undefined
  private parts = 0

  /** Files are made in `folder`, with names that begin with `prefix`. */
  constructor(folder: string, prefix: string) {
    this.folder = folder
    this.prefix = prefix
  }

  write(text: string): void {
    this.writeOctets(Buffer.from(text))
  }

  writeOctets(octets: Uint8Array): void {
    if (this.filled + octets.length > this.buffer.length) this.spill()
    if (octets.length > this.buffer.length) {
      appendFileSync(this.spilled(), octets)
    } else {
      this.buffer.set(octets, this.filled)
      this.filled += octets.length
    }
  }

  /** What was written since the last call. */
  take(): SpooledPart {
    if (this.file !== undefined) this.spill()
    const octets = Uint8Array.from(this.buffer.subarray(0, this.filled))
    const { file } = this
    this.filled = 0
    this.file = undefined
    return { octets, file }
  }

  private spill(): void {
    appendFileSync(this.spilled(), this.buffer.subarray(0, this.filled))
    this.filled = 0
  }

  private spilled(): string {
    this.file ??= `${this.folder}/${this.prefix}-${this.parts++}`
    return this.file
  }
}

/** Hands a part over in order, and removes its file. */
export function emptyPart(part: SpooledPart, take: (octets: Uint8Array) => void): void {
  if (part.file !== undefined) {
    const fd = openSync(part.file, 'r')
    const room = Buffer.alloc(READ_BYTES)
    try {
      for (let bytes = readSync(fd, room); bytes > 0; bytes = readSync(fd, room)) {
        take(room.subarray(0, bytes))
      }
    } finally {
      closeSync(fd)
      rmSync(part.file, { force: true })
    }
  }
  if (part.octets.length > 0) take(part.octets)
}
