// The bytes of a file that somebody writes: to its end, and on from there for as long as it may grow.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { TeardownError } from '../base/errors.js'
import { systemErrorText } from '../base/system-error.js'
import { START_BYTES } from '../capture/compression/compressions.js'

const CHUNK_BYTES = 1 << 18

/** What the reader of a growing file asks. */
export interface Growth {
  /** Whether nobody writes to it any more: what is there then is all. */
  isOver(): boolean
  /** Whether nothing more is wanted, of a file that is not read to its end either. */
  isEnough(): boolean
  /** Resolves when it may have grown. */
  wait(): Promise<void>
}

/** A file that is read on and on, until it is over and read to its end. One that became shorter has been begun anew. */
export class GrowingFile implements AsyncIterable<Uint8Array> {
  /** Bytes read so far. */
  readBytes = 0
  /** The first of them, {@link START_BYTES} at least. */
  start: Uint8Array = new Uint8Array(0)
  private readonly path: string
  private readonly growth: Growth

  constructor(path: string, growth: Growth) {
    this.path = path
    this.growth = growth
  }

  /** @throws {TeardownError} ERR_READ if it cannot be opened or read. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const { path, growth } = this
    const file = systemCall(path, () => openSync(path, 'r'))
    try {
      while (!growth.isEnough()) {
        // Asked before the last look: what is written until it is over is read.
        const isOver = growth.isOver()
        const chunk = new Uint8Array(CHUNK_BYTES)
        const at = this.readBytes
        const bytes = systemCall(path, () => readSync(file, chunk, 0, CHUNK_BYTES, at))
        if (at < START_BYTES) this.start = Buffer.concat([this.start, chunk.subarray(0, bytes)])
        this.readBytes += bytes
        if (bytes > 0) yield chunk.subarray(0, bytes)
        else if (isOver || systemCall(path, () => fstatSync(file)).size < at) return
        else await growth.wait()
      }
    } finally {
      closeSync(file)
    }
  }
}

function systemCall<T>(path: string, call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw new TeardownError('ERR_READ', `cannot read ${path}: ${systemErrorText(error)}`, {
      cause: error,
    })
  }
}
