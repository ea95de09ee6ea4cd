// Where results go: standard output or a file. Writing is synchronous, so that memory stays bounded however slow the
// reader is, and a reader that goes away (`| head`) ends the run quietly.

import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { TeardownError } from '../base/errors.js'
import { systemErrorText } from '../base/system-error.js'
import type { ByteSink } from '../output/row-writer.js'
import { AsciiLines } from './ascii.js'
import { atExit } from './exit-hooks.js'
import { endIfInterrupted, giveUpSignals, withoutListeners } from './interrupt.js'
import { MOST_PAGED_BYTES, page } from './pager.js'
import { type OutputTarget, outputTarget } from './output-target.js'
import { openPartial, partialPath, removeLeftPartials, removePartial } from './partial-file.js'

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
/** After a signal nobody waits longer than some seconds for a reader. */
const INTERRUPTED_RETRIES = 400

/** The reader of our output has gone away: not an error, but the end of the run. */
export class OutputClosed extends Error {}

/** Entries of a folder that are looked at for what an earlier run has left. */
const ENTRIES_MAX = 1000
/** Permissions of a new file, before the umask. */
const NEW_FILE_MODE = 0o666

/** How an {@link Output} is opened. */
export interface OutputOptions {
  /** Write text for people in ASCII. */
  readonly isAscii?: boolean
  /** Command that shows what is longer than the terminal. */
  readonly pager?: string | undefined
  /** Name for a file until it is whole, for callers that would have to remove it; by default a new one. */
  readonly partial?: string | undefined
}

/** A buffered, synchronous text output. A file appears under its name when it is whole. */
export class Output implements ByteSink {
  private readonly fd: number
  private readonly name: string
  /** Where the text of a file goes until it is whole, and what it is to replace. */
  private readonly aside: { readonly partial: string; readonly path: string } | undefined
  private readonly forget: () => void = () => undefined
  private isOpen = true
  /** Why something could not be written: what follows would leave a hole, and is refused. */
  private broken: Error | undefined
  private readonly buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  private filled = 0
  /** Write at once: somebody watches a live source. */
  immediate = false

  private readonly ascii: AsciiLines | undefined
  private pager: string | undefined
  /** What waits for the pager. */
  private readonly pages: Buffer[] = []

  /** Opens `path`, or standard output for `-`. Opening comes before any work, so that a bad path fails early. */
  constructor(path: string, { isAscii = false, pager, partial }: OutputOptions = {}) {
    this.pager = path === '-' ? pager : undefined
    this.ascii = isAscii ? new AsciiLines() : undefined
    this.name = path === '-' ? 'standard output' : path
    try {
      const target = outputTarget(path)
      if (target.kind === 'stdout') this.fd = STDOUT
      else if (target.kind === 'stream') this.fd = openStream(path)
      else {
        if (partial === undefined) removeLeftPartials(dirname(target.path), ENTRIES_MAX)
        const aside = { partial: partial ?? partialPath(target.path), path: target.path }
        this.aside = aside
        this.fd = openFile(target, aside.partial)
        this.forget = atExit(() => removePartial(aside.partial))
      }
    } catch (error) {
      throw this.failure(error)
    }
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
    if (this.pager !== undefined) {
      this.pages.push(Buffer.from(bytes))
      if (this.immediate || sizeOf(this.pages) > MOST_PAGED_BYTES) this.endPaging(undefined)
      return
    }
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
    if (this.pager !== undefined) this.endPaging(this.pager)
    this.flush()
    if (this.fd === STDOUT) return
    try {
      this.closeFile()
      if (this.aside !== undefined) renameSync(this.aside.partial, this.aside.path)
    } catch (error) {
      throw this.failure(error)
    }
    this.forget()
  }

  /** Drops what was written to a file; for runs that fail. */
  discard(): void {
    this.filled = 0
    this.pages.length = 0
    if (this.fd === STDOUT) return
    try {
      this.closeFile()
    } catch {
      // The file goes anyway.
    }
    if (this.aside !== undefined) removePartial(this.aside.partial)
    this.forget()
  }

  /** Shows what has waited for the pager in it, or without it where there is none or all fits. */
  private endPaging(pager: string | undefined): void {
    const text = Buffer.concat(this.pages)
    this.pages.length = 0
    this.pager = undefined
    const isLong = linesOf(text) >= (process.stdout.rows || Infinity)
    if (pager === undefined || !isLong || !page(pager, text)) this.take(text)
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
        if (retries >= INTERRUPTED_RETRIES) endIfInterrupted()
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

/** Appends: what a shell has opened for several programs keeps what the others write. */
function openStream(path: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants
  // A pipe may have no reader yet.
  const file = withoutListeners(() => openSync(path, O_WRONLY | O_APPEND | O_CREAT, NEW_FILE_MODE))
  if (!fstatSync(file).isFIFO()) return file
  try {
    // Nor may its reader ever read: opened once more so that writing does not wait, which opening had to.
    const patient = openSync(`/dev/fd/${file}`, O_WRONLY | O_NONBLOCK)
    closeSync(file)
    return patient
  } catch {
    return file
  }
}

/** Opens a partial file with the permissions, and as far as that is allowed the owner, of the file it will replace. */
function openFile({ before }: OutputTarget & { kind: 'file' }, partial: string): number {
  const fd = openPartial(partial, before?.mode ?? NEW_FILE_MODE)
  if (before === undefined) return fd
  // Only root may give files away, and some file systems keep no permissions.
  for (const step of [
    () => fchownSync(fd, before.uid, before.gid),
    () => fchmodSync(fd, before.mode),
  ]) {
    try {
      step()
    } catch {
      // The file is as good without.
    }
  }
  return fd
}

function sizeOf(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, { length }) => sum + length, 0)
}

function linesOf(text: Buffer): number {
  let lines = 0
  for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) lines++
  return lines
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
