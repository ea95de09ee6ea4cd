// Turns of a long reading: how far it is, and when other work has to have its turn.

import { setImmediate } from 'node:timers/promises'

/** How a capture is read by steps. */
export interface ReadStep {
  /** Bytes to read now. */
  bytes(): number
  /** Awaited behind each step. */
  pause(): Promise<void>
  /** Told of memory that the reading keeps from step to step. */
  keep(bytes: number): void
  /**
   * Told of memory that decompressing is about to keep besides.
   *
   * @throws {TeardownError} where that is too much.
   */
  keepWindow(bytes: number): void
}

/** Settings of a reading. */
export interface ReadOptions {
  /**
   * Called every few ms of work and at the end.
   *
   * @param readBytes Bytes read of the source so far, compressed ones where it is compressed.
   * @param totalBytes Size of the source, where it is a regular file.
   */
  readonly onProgress?: ((readBytes: number, totalBytes: number | undefined) => void) | undefined
  /** Stops the reading: what was read has been delivered, and the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined
  /** Reads by steps, for callers that read many captures at a time. */
  readonly step?: ReadStep | undefined
  /** Awaited between turns, to let a slow taker of the records' results catch up. */
  readonly pause?: (() => Promise<void>) | undefined
}

/** How a capture was read. */
export interface ReadSummary {
  /** Bytes read of the source, compressed ones where it is compressed. */
  readonly readBytes: number
  /** Where bytes start that follow the compressed data and were ignored. */
  readonly garbageOffset: number | undefined
}

/** Bytes read before other work, such as Ctrl-C, gets its turn: some ms, and a quarter of a second where rows are written. */
const TURN_BYTES = 4 * 1024 * 1024

/** Likewise where a taker may have to be waited for: what piles up until then is what this much holds. */
const TURN_BYTES_WITH_PAUSE = 1024 * 1024

/** Smaller buffers cost more than they save. */
const KEPT_BYTES_MIN = 8 * 1024

/** Keeps count of what is read, reports it, and lets other work have its turn. */
export class Turns {
  private readonly options: ReadOptions
  private readonly totalBytes: number | undefined
  /** Bytes read so far, compressed ones where the source is compressed. */
  readBytes = 0
  private turnBytes = 0
  private inflatedBytes = 0

  constructor(options: ReadOptions, totalBytes: number | undefined) {
    this.options = options
    this.totalBytes = totalBytes
  }

  /** The bytes to read at once, at most `most`. */
  stepBytes(most: number): number {
    return Math.min(most, this.options.step?.bytes() ?? most)
  }

  /** The length of buffers that are kept until the end, `count` of them and of at most `most` bytes each. */
  keptBytes(count: number, most: number): number {
    const { step } = this.options
    if (step === undefined) return most
    const bytes = Math.min(most, Math.max(KEPT_BYTES_MIN, Math.floor(step.bytes() / (4 * count))))
    step.keep(count * bytes)
    return bytes
  }

  /** Counts memory that decompressing keeps until the end; throws where the caller has no more. */
  keepWindow(bytes: number): void {
    this.options.step?.keepWindow(bytes)
  }

  throwIfAborted(): void {
    this.options.signal?.throwIfAborted()
  }

  /** Counts bytes, and says whether it is time for `give`. */
  isDue(bytes: number): boolean {
    this.readBytes += bytes
    this.turnBytes += bytes
    const { step, pause } = this.options
    return step !== undefined || this.turnBytes >= (pause ? TURN_BYTES_WITH_PAUSE : TURN_BYTES)
  }

  /** Counts bytes that may come out of few compressed ones, and says whether it is time for `give`. */
  isTooMuch(bytes: number): boolean {
    this.inflatedBytes += bytes
    const { step, pause } = this.options
    return step !== undefined || this.inflatedBytes >= (pause ? TURN_BYTES_WITH_PAUSE : TURN_BYTES)
  }

  async give(): Promise<void> {
    this.turnBytes = 0
    this.inflatedBytes = 0
    this.options.onProgress?.(this.readBytes, this.totalBytes)
    const { step, pause } = this.options
    if (step === undefined) await setImmediate()
    await (step === undefined ? pause?.() : step.pause())
    this.throwIfAborted()
  }

  /** The same chunks, counted and with turns in between. */
  async *over(
    chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      if (this.isDue(chunk.length)) await this.give()
      yield chunk
    }
  }

  summary(): ReadSummary {
    this.options.onProgress?.(this.readBytes, this.totalBytes)
    return { readBytes: this.readBytes, garbageOffset: undefined }
  }
}
