// Output that has to wait for its turn: little of it in memory, the rest in temporary files. Threads share descriptors.

import { closeSync, readSync, writeSync } from 'node:fs'
import { namelessFile, temporaryError } from '../engine/temporary-file.js'

/** Bytes of one part that are kept in memory. */
const IN_MEMORY_BYTES = 1 << 20
const READ_BYTES = 1 << 18
/** What a file counts as: a descriptor is scarcer than its memory. */
const FILE_HELD_BYTES = 1 << 20

/** A part of the output: the descriptor of a file with what was written first, and the rest. */
export interface SpooledPart {
  readonly file: number | undefined
  readonly bytes: Uint8Array
}

/** Collects parts of output, one after another. */
export class Spool {
  private readonly buffer = Buffer.alloc(IN_MEMORY_BYTES)
  private filled = 0
  private file: number | undefined

  writeBytes(bytes: Uint8Array): void {
    if (this.filled + bytes.length > this.buffer.length) this.spill()
    if (bytes.length > this.buffer.length) {
      this.append(bytes)
    } else {
      this.buffer.set(bytes, this.filled)
      this.filled += bytes.length
    }
  }

  /** What was written since the last call. */
  take(): SpooledPart {
    if (this.file !== undefined) this.spill()
    const bytes = Uint8Array.from(this.buffer.subarray(0, this.filled))
    const { file } = this
    this.filled = 0
    this.file = undefined
    return { bytes, file }
  }

  private spill(): void {
    this.append(this.buffer.subarray(0, this.filled))
    this.filled = 0
  }

  private append(bytes: Uint8Array): void {
    try {
      this.file ??= namelessFile()
      for (let at = 0; at < bytes.length;) at += writeSync(this.file, bytes, at)
    } catch (error) {
      if (this.file !== undefined) closeSync(this.file)
      this.file = undefined
      throw temporaryError(error)
    }
  }
}

/** @throws {TeardownError} ERR_WRITE where no temporary file can be made. */
export function checkTemporaryFolder(): void {
  try {
    closeSync(namelessFile())
  } catch (error) {
    throw temporaryError(error)
  }
}

/** What a part takes up while it waits. */
export function heldBytes({ file, bytes }: SpooledPart): number {
  return bytes.length + (file === undefined ? 0 : FILE_HELD_BYTES)
}

/** Hands a part over in order, in pieces of whole units of `unit` bytes, and closes its file. */
export function emptyPart(
  { file, bytes: rest }: SpooledPart,
  take: (bytes: Uint8Array) => void,
  unit: number = 1,
): void {
  if (file !== undefined) {
    const room = Buffer.alloc(READ_BYTES - (READ_BYTES % unit))
    try {
      for (let at = 0, bytes = 1; bytes > 0; at += bytes) {
        bytes = readSync(file, room, 0, room.length, at)
        if (bytes > 0) take(room.subarray(0, bytes))
      }
    } finally {
      closeSync(file)
    }
  }
  if (rest.length > 0) take(rest)
}
