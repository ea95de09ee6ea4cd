// Bytes in, records out. The framer owns the one buffer a capture goes through: sources read
// straight into it, readers hand out frames in place, and only the unread tail is ever moved.
// Synchronous throughout, and indifferent to how the bytes were split on their way.

import { assert } from '../base/assert.js'
import { CaptureError } from '../base/errors.js'
import type { CaptureClock } from './clock.js'
import { emptyCaptureInfo, type CaptureInfo } from './info.js'
import { describeForeign, MAGIC_BYTES, readerFor } from './magic.js'
import { InterfaceBudget } from './interface-budget.js'
import type { Reader, ReaderContext } from './reader.js'
import type { RecordHandler } from './record.js'

const DEFAULT_BUFFER_BYTES = 1024 * 1024

/** Settings of a {@link Framer}. */
export interface FramerOptions {
  /** First size of the buffer; it doubles as long as a record does not fit. */
  readonly bufferBytes?: number
  /** What is read into instead of a new buffer, as long as every record fits. */
  readonly room?: DataView | undefined
  /** Interfaces that may still be declared, shared by captures that are read at the same time. */
  readonly interfaceBudget?: InterfaceBudget
  /** Time of records in front of the first that has one, ns after the clock's base; by default 0. */
  readonly untimedNs?: number
}

/** Cuts one capture into records. */
export class Framer {
  /** What is known of the capture so far. */
  readonly info: CaptureInfo = emptyCaptureInfo()
  private readonly context: ReaderContext
  private reader: Reader | undefined
  private bytes: Uint8Array
  private view: DataView
  /** Bytes in the buffer; those not used yet always start at 0 between calls. */
  private filled = 0
  private failed = false

  constructor(handler: RecordHandler, clock: CaptureClock, options: FramerOptions = {}) {
    const { interfaceBudget = new InterfaceBudget(), untimedNs = 0 } = options
    this.context = { info: this.info, handler, clock, interfaceBudget, untimedNs }
    const { bufferBytes = DEFAULT_BUFFER_BYTES } = options
    this.view = options.room ?? new DataView(new ArrayBuffer(Math.max(bufferBytes, 1)))
    this.bytes = bytesOf(this.view)
  }

  /** What is read into, for the next framer when this one is done. */
  get room(): DataView {
    return this.view
  }

  /** Free room for the next bytes of the capture, at least one; valid until the next call. */
  reserve(): Uint8Array {
    if (this.filled === this.bytes.length) this.grow()
    return this.bytes.subarray(this.filled)
  }

  /**
   * Takes the first `bytes` bytes of what `reserve` returned as the next ones of the capture, and
   * delivers every record that is whole by now.
   *
   * @throws {CaptureError} at damage; nothing may follow.
   */
  commit(bytes: number): void {
    assert(!this.failed, 'a capture is not read on after damage')
    assert(bytes >= 0 && bytes <= this.bytes.length - this.filled, 'bytes fit the free room')
    this.filled += bytes
    const reader = this.reader ?? this.open()
    if (reader === undefined) return
    let used = 0
    try {
      used = reader.read(this.view, 0, this.filled, this.info.bytes)
    } catch (error) {
      this.failed = true
      if (error instanceof CaptureError) this.info.bytes = error.offset
      throw error
    }
    this.info.bytes += used
    if (used === 0) return
    this.bytes.copyWithin(0, used, this.filled)
    this.filled -= used
  }

  /** Time of the record that has begun and is not whole, as far as it is known: relative ns. */
  get pendingNs(): number | undefined {
    return this.reader?.pendingNs(this.view, 0, this.filled)
  }

  /**
   * Goes on in another buffer, one that it is lent: it must not be used for anything else before {@link giveBack}.
   */
  borrow(buffer: ArrayBuffer): void {
    if (this.filled >= buffer.byteLength) return
    const bytes = new Uint8Array(buffer)
    bytes.set(this.bytes.subarray(0, this.filled))
    this.use(bytes)
  }

  /** Leaves the buffer, and keeps what has not been used of it: part of a record. */
  giveBack(): void {
    this.use(this.bytes.subarray(0, Math.max(1, this.filled)).slice())
  }

  /** Says that no more is read of the capture, so that others may declare as many interfaces. */
  release(): void {
    this.reader?.release()
  }

  /** Copies bytes from elsewhere into the buffer and delivers the records in them. */
  push(chunk: Uint8Array): void {
    let rest = chunk
    while (rest.length > 0) {
      const room = this.reserve()
      const part = rest.subarray(0, room.length)
      room.set(part)
      this.commit(part.length)
      rest = rest.subarray(part.length)
    }
  }

  /**
   * Says that the capture is over.
   *
   * @throws {CaptureError} ERR_CAPTURE_TRUNCATED if it ends inside a header or record,
   *   ERR_CAPTURE_FORMAT if it is too short to be a capture at all.
   */
  finish(): void {
    if (this.failed) return
    if (this.reader === undefined) throw this.unknownFormat()
    const damage = this.reader.missing(this.view, 0, this.filled, this.info.bytes)
    if (damage === undefined) return
    this.failed = true
    throw new CaptureError('ERR_CAPTURE_TRUNCATED', 'capture cut short', damage)
  }

  private open(): Reader | undefined {
    if (this.filled < MAGIC_BYTES) return undefined
    this.reader = readerFor(this.view, 0, this.context)
    if (this.reader === undefined) throw this.unknownFormat()
    return this.reader
  }

  private unknownFormat(): CaptureError {
    this.failed = true
    const found = this.bytes.subarray(0, this.filled)
    return new CaptureError('ERR_CAPTURE_FORMAT', 'not a capture', {
      offset: 0,
      expected: 'a pcap or pcapng magic number',
      found: this.filled === 0 ? 'an empty file' : describeForeign(found),
    })
  }

  private grow(): void {
    const bytes = new Uint8Array(this.bytes.length * 2)
    bytes.set(this.bytes)
    this.use(bytes)
  }

  private use(bytes: Uint8Array): void {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: DataView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
