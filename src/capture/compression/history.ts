// Decompressed bytes: those that wait to be taken, and those before them that later blocks may repeat.

import { COPY_MARGIN_BYTES, type CopyBuffer, copyBuffer } from './copy.js'

/** Bytes by which the buffer is longer than what has to stay in it: it is moved once in so many bytes at most. */
const SLACK_BYTES = 256 * 1024
/** Share of the window that is added for a large one, so that a byte is moved four times at most. */
const SLACK_SHARE = 4

/** The output of one decompressor. It grows as it is filled: a large window that nothing uses takes no memory. */
export class History {
  /** Output up to `end`; what stands behind it is room. Another one after {@link reserve}. */
  buffer: CopyBuffer = copyBuffer(new Uint8Array(0))
  end = 0
  /** Bytes before `end` that have not been taken. */
  private waiting = 0
  private windowBytes = 0
  private readonly keep: ((bytes: number) => void) | undefined

  /** `keep`: told of each growth before it, in bytes. */
  constructor(keep: ((bytes: number) => void) | undefined) {
    this.keep = keep
  }

  /** Begins with a frame that repeats nothing from before it. All output must have been taken. */
  reset(windowBytes: number): void {
    this.end = 0
    this.windowBytes = windowBytes
  }

  get bytes(): Uint8Array {
    return this.buffer.bytes
  }

  /** Makes room for `bytes` bytes behind `end`. The window in front of it stays, and where it lies may change. */
  reserve(bytes: number): void {
    const count = bytes + COPY_MARGIN_BYTES
    if (this.end + count <= this.bytes.length) return
    const slackBytes = Math.max(SLACK_BYTES, this.windowBytes / SLACK_SHARE)
    const mostBytes = Math.ceil(Math.max(this.windowBytes, this.waiting) + slackBytes + count)
    if (this.end + count > mostBytes) this.slide()
    const neededBytes = this.end + count
    if (neededBytes <= this.bytes.length) return
    this.grow(Math.min(mostBytes, Math.max(2 * this.bytes.length, neededBytes)))
  }

  /** Counts `count` bytes that have been written behind `end`. */
  add(count: number): void {
    this.end += count
    this.waiting += count
  }

  /** Bytes that wait to be taken. */
  get waitingBytes(): number {
    return this.waiting
  }

  /** The next bytes that wait, at most `count`, valid until the next call of {@link reserve}. */
  take(count: number): Uint8Array {
    const start = this.end - this.waiting
    const taken = this.bytes.subarray(start, Math.min(start + count, this.end))
    this.waiting -= taken.length
    return taken
  }

  private slide(): void {
    const from = Math.max(0, this.end - Math.max(this.windowBytes, this.waiting))
    this.bytes.copyWithin(0, from, this.end)
    this.end -= from
  }

  private grow(length: number): void {
    this.keep?.(length - this.bytes.length)
    const bytes = new Uint8Array(length)
    bytes.set(this.bytes.subarray(0, this.end))
    this.buffer = copyBuffer(bytes)
  }
}
