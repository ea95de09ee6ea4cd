// The memory of a merge: one buffer to read into, and what all captures together may keep of records that wait.

import { TeardownError } from '../base/errors.js'

/** What waits of all captures, but for {@link STEP_BYTES_MIN} of each. */
const HELD_BYTES_MAX = 64 * 1024 * 1024
const STEP_BYTES_MIN = 8 * 1024
const STEP_BYTES_MAX = 1024 * 1024
/** Share of what is left that one capture may read at once: each later one has less, and there is always some. */
const SHARE = 8

/** What the windows of all compressed captures that are open may take up. */
const WINDOW_BYTES_MAX = 512 * 1024 * 1024

/** Shared by the captures of one merge, of which one reads at a time. */
export class MergeMemory {
  readonly buffer: ArrayBuffer = new ArrayBuffer(STEP_BYTES_MAX)
  /** What the queues of all captures take up. */
  heldBytes = 0
  /** What their windows take up: what zstd and LZ4 look back into, and the blocks that they decode in whole. */
  windowBytes = 0

  /** Bytes that a capture may read at once now. */
  get stepBytes(): number {
    const share = (HELD_BYTES_MAX - this.heldBytes) / SHARE
    return Math.max(STEP_BYTES_MIN, Math.min(share, STEP_BYTES_MAX)) | 0
  }

  /**
   * Counts a window, or that it grows.
   *
   * @throws {TeardownError} ERR_DECOMPRESS where all of them would be too much: no part of a window can be left out.
   */
  keepWindow(bytes: number): void {
    if (this.windowBytes + bytes > WINDOW_BYTES_MAX) {
      throw new TeardownError(
        'ERR_DECOMPRESS',
        'too many captures that are compressed by zstd or LZ4 overlap: together they need more than 512 MB; decompress some of them first',
      )
    }
    this.windowBytes += bytes
  }
}
