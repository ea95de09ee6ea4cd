// The memory of a merge: one buffer to read into, and what all captures together may keep of records that wait.

/** What waits of all captures, but for {@link STEP_BYTES_MIN} of each. */
const HELD_BYTES_MAX = 64 * 1024 * 1024
const STEP_BYTES_MIN = 8 * 1024
const STEP_BYTES_MAX = 1024 * 1024
/** Share of what is left that one capture may read at once: each later one has less, and there is always some. */
const SHARE = 8

/** Shared by the captures of one merge, of which one reads at a time. */
export class MergeMemory {
  readonly buffer: ArrayBuffer = new ArrayBuffer(STEP_BYTES_MAX)
  /** What the queues of all captures take up. */
  heldBytes = 0

  /** Bytes that a capture may read at once now. */
  get stepBytes(): number {
    const share = (HELD_BYTES_MAX - this.heldBytes) / SHARE
    return Math.max(STEP_BYTES_MIN, Math.min(share, STEP_BYTES_MAX)) | 0
  }
}
