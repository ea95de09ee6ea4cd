// What a framer makes of a capture, collected for comparison.

import { CaptureError } from '../../../src/base/errors.js'
import { Framer } from '../../../src/capture/framer.js'
import type { CaptureInfo } from '../../../src/capture/info.js'
import { CaptureClock } from '../../../src/capture/clock.js'
import type { RecordHandler } from '../../../src/capture/record.js'

/** One call of `onRecord`, with the time made absolute and the frame copied. */
export interface SeenRecord {
  /** Frame number as Wireshark counts. */
  readonly frame: number
  readonly timeNs: bigint | undefined
  readonly bytes: Uint8Array
  readonly origlen: number
  readonly linktype: number
  readonly interfaceId: number
}

/** Collects the records of a capture. */
export class Recorder implements RecordHandler {
  readonly clock: CaptureClock = new CaptureClock()
  readonly records: SeenRecord[] = []
  #frames = 0

  onRecord(
    view: DataView,
    start: number,
    end: number,
    origlen: number,
    linktype: number,
    timeNs: number,
    interfaceId: number,
  ): void {
    this.records.push({
      frame: ++this.#frames,
      timeNs: this.clock.baseNs === undefined ? undefined : this.clock.baseNs + BigInt(timeNs),
      bytes: Uint8Array.from(new Uint8Array(view.buffer, start, end - start)),
      origlen,
      linktype,
      interfaceId,
    })
  }

  onSkippedRecord(): void {
    this.#frames++
  }
}

/** Everything a reading showed. */
export interface Reading {
  readonly records: SeenRecord[]
  readonly info: CaptureInfo
  readonly error: CaptureError | undefined
}

/** Reads bytes pushed in chunks of these sizes, the last one over and over, through a small buffer. */
export function readAll(
  capture: Uint8Array,
  chunkSizes: readonly number[] = [capture.length],
  bufferBytes = 64 * 1024,
): Reading {
  const recorder = new Recorder()
  const framer = new Framer(recorder, recorder.clock, { bufferBytes })
  let error: CaptureError | undefined
  try {
    for (let at = 0, chunk = 0; at < capture.length; chunk++) {
      const size = Math.max(1, chunkSizes[Math.min(chunk, chunkSizes.length - 1)] ?? 1)
      framer.push(capture.subarray(at, at + size))
      at += size
    }
    framer.finish()
  } catch (thrown) {
    if (!(thrown instanceof CaptureError)) throw thrown
    error = thrown
  }
  return { records: recorder.records, info: framer.info, error }
}
