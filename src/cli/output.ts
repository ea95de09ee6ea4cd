// Where results go: standard output or a file. Writing is synchronous, so that memory stays bounded however slow the
// reader is, and a reader that goes away (`| head`) ends the run quietly.

import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { TeardownError } from '../base/errors.js'
import { systemErrorText } from '../base/system-error.js'
import { statOf } from '../capture/stat.js'
import type { ByteSink } from '../output/row-writer.js'
import { AsciiLines } from './ascii.js'
import { atExit } from './exit-hooks.js'
import { giveUpSignals } from './interrupt.js'

const STDOUT = 1
const BUFFER_BYTES = 1 << 18
/** First and longest pause before writing again to a reader that is not ready. One that only works is ready in no time. */
const RETRY_MS = 0.05
const RETRY_MS_MAX = 5
/**
 * A reader that takes nothing for so many pauses may never do: from then on a signal ends the process, for here nobody
 * could listen to it.
 */
const PATIENT_RETRIES = 40

/** The reader of our output has gone away: not an error, but the end of the run. */
export class OutputClosed extends Error {}

/** Where the text of a file goes until it is whole. */
function partialPath(path: string): string {
  return `${path}.${process.pid}.partial`
}

/** Removes what was written of a file. Where it cannot be removed either, its name says what it is. */
export function removePartial(path: string): void {
  try {
    rmSync(partialPath(path), { force: true })
  } catch {
    // Its folder may be gone, or not be ours any more.
  }
}

/** A buffered, synchronous text output. A file appears under its name when it is whole. */
export class Output implements ByteSink {
  private readonly fd: number
  private readonly name: string
  /** Where the text goes until it is whole; undefined for standard output and special files. */
  private readonly aside: string | undefined
  private readonly forget: () => void = () => undefined
  private isOpen = true
  /** Why something could not be written: what follows would leave a hole, and is refused. */
  private broken: Error | undefined
  private readonly buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  private filled = 0
  /** Write at once: somebody watches a live source. */
  immediate = false

  private readonly ascii: AsciiLines | undefined

  /**
   * Opens `path`, or standard output for `-`. Opening comes before any work, so that a bad path fails early.
   *
   * @param isAscii Write text for people in ASCII.
   */
  constructor(path: string, isAscii = false) {
    this.ascii = isAscii ? new AsciiLines() : undefined
    this.name = path === '-' ? 'standard output' : path
    if (path === '-') {
      this.fd = STDOUT
      return
    }
    const isSpecial = statOf(path)?.isFile() === false
    const aside = isSpecial ? undefined : partialPath(path)
    this.aside = aside
    try {
      this.fd = openSync(this.aside ?? path, 'w')
    } catch (error) {
      throw this.failure(error)
    }
    if (aside !== undefined) this.forget = atExit(() => removePartial(path))
  }

  /** Whether nobody sees what is written before it is closed. */
  get isAside(): boolean {
    return this.aside !== undefined
  }

  write(text: string): void {
    this.writeBytes(Buffer.from(text))
  }

  writeBytes(bytes: Uint8Array): void {
    this.take(this.ascii === undefined ? bytes : Buffer.from(this.ascii.push(bytes)))
  }

  private take(bytes: Uint8Array): void {
    if (this.filled + bytes.length > this.buffer.length) this.flush()
    if (bytes.length > this.buffer.length) {
      this.writeAll(bytes)
    } else {
      this.buffer.set(bytes, this.filled)
      this.filled += bytes.length
    }
    if (this.immediate) this.flush()
  }

  /** Writes out what is buffered. */
  flush(): void {
    const bytes = this.buffer.subarray(0, this.filled)
    this.filled = 0
    this.writeAll(bytes)
  }

  /** Writes what is left and puts a file in its place. */
  close(): void {
    if (this.ascii !== undefined) this.take(Buffer.from(this.ascii.end()))
    this.flush()
    if (this.fd === STDOUT) return
    try {
      this.closeFile()
      if (this.aside !== undefined) renameSync(this.aside, this.name)
    } catch (error) {
      throw this.failure(error)
    }
    this.forget()
  }

  /** Drops what was written to a file; for runs that fail. */
  discard(): void {
    this.filled = 0
    if (this.fd === STDOUT) return
    try {
      this.closeFile()
    } catch {
      // The file goes anyway.
    }
    if (this.aside !== undefined) removePartial(this.name)
    this.forget()
  }

  private closeFile(): void {
    if (!this.isOpen) return
    // Closed even where closing fails.
    this.isOpen = false
    closeSync(this.fd)
  }

  private writeAll(bytes: Uint8Array): void {
    if (this.broken !== undefined) throw this.broken
    let rest = bytes
    let retries = 0
    let takeBack: (() => void) | undefined
    try {
      while (rest.length > 0) {
        const taken = this.writeSome(rest, Math.min(RETRY_MS * 2 ** retries, RETRY_MS_MAX))
        rest = rest.subarray(taken)
        retries = taken === 0 ? retries + 1 : 0
        if (retries === PATIENT_RETRIES) takeBack ??= giveUpSignals()
      }
    } finally {
      takeBack?.()
    }
  }

  private writeSome(bytes: Uint8Array, retryMs: number): number {
    try {
      return writeSync(this.fd, bytes)
    } catch (error) {
      const code = codeOf(error)
      if (code === 'EAGAIN') {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs)
        return 0
      }
      this.broken =
        code === 'EPIPE'
          ? new OutputClosed('the reader of the output is gone')
          : this.failure(error)
      throw this.broken
    }
  }

  private failure(error: unknown): TeardownError {
    return new TeardownError('ERR_WRITE', `cannot write ${this.name}: ${systemErrorText(error)}`, {
      cause: error,
    })
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
