// Where results go: standard output or a file. Writing is synchronous, so that memory stays bounded however slow the
// reader is, and a reader that goes away (`| head`) ends the run quietly.

import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { TeardownError } from '../base/errors.js'
import type { TextSink } from '../report/reporter.js'

const STDOUT = 1
const BUFFER_BYTES = 1 << 18
/** Pause before writing again to a reader that is not ready. */
const RETRY_MS = 5

/** The reader of our output has gone away: not an error, but the end of the run. */
export class OutputClosed extends Error {}

/** A buffered, synchronous text output. A file appears under its name when it is whole. */
export class Output implements TextSink {
  private readonly fd: number
  private readonly name: string
  /** Where the text goes until it is whole; undefined for standard output and special files. */
  private readonly aside: string | undefined
  private readonly buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  private filled = 0
  /** Write at once: somebody watches a live source. */
  immediate = false

  /** Opens `path`, or standard output for `-`. Opening comes before any work, so that a bad path fails early. */
  constructor(path: string) {
    this.name = path === '-' ? 'standard output' : path
    if (path === '-') {
      this.fd = STDOUT
      return
    }
    const isSpecial = statSync(path, { throwIfNoEntry: false })?.isFile() === false
    if (!isSpecial) this.aside = `${path}.${process.pid}.partial`
    try {
      this.fd = openSync(this.aside ?? path, 'w')
    } catch (error) {
      throw this.failure(error)
    }
  }

  write(text: string): void {
    this.writeOctets(Buffer.from(text))
  }

  writeOctets(octets: Uint8Array): void {
    if (this.filled + octets.length > this.buffer.length) this.flush()
    if (octets.length > this.buffer.length) {
      this.writeAll(octets)
    } else {
      this.buffer.set(octets, this.filled)
      this.filled += octets.length
    }
    if (this.immediate) this.flush()
  }

  /** Writes out what is buffered. */
  flush(): void {
    const octets = this.buffer.subarray(0, this.filled)
    this.filled = 0
    this.writeAll(octets)
  }

  /** Writes what is left and puts a file in its place. */
  close(): void {
    this.flush()
    if (this.fd === STDOUT) return
    closeSync(this.fd)
    if (this.aside === undefined) return
    try {
      renameSync(this.aside, this.name)
    } catch (error) {
      throw this.failure(error)
    }
  }

  /** Drops what was written to a file; for runs that fail. */
  discard(): void {
    this.filled = 0
    if (this.fd === STDOUT) return
    closeSync(this.fd)
    if (this.aside !== undefined) rmSync(this.aside, { force: true })
  }

  private writeAll(octets: Uint8Array): void {
    let rest = octets
    while (rest.length > 0) rest = rest.subarray(this.writeSome(rest))
  }

  private writeSome(octets: Uint8Array): number {
    try {
      return writeSync(this.fd, octets)
    } catch (error) {
      const code = codeOf(error)
      if (code === 'EPIPE') throw new OutputClosed('the reader of the output is gone')
      if (code !== 'EAGAIN') {
        throw this.failure(error)
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
      return 0
    }
  }

  private failure(error: unknown): TeardownError {
    return new TeardownError('ERR_WRITE', `cannot write ${this.name}: ${reason(error)}`, {
      cause: error,
    })
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function reason(error: unknown): string {
  const code = codeOf(error)
  if (code === 'ENOSPC') return 'no space left on the device'
  if (code === 'ENOENT') return 'no such folder'
  if (code === 'EACCES') return 'permission denied'
  if (code === 'EISDIR') return 'is a directory'
  return error instanceof Error ? error.message : String(error)
}
