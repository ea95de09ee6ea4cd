// Decodes some records ahead of the analysis, so that what is known of their connections can be fetched for all of them at once.
// Everything happens in the order of the records, and comes to the same as without it: what was read ahead is done before
// anything else is, and before the bytes it lies in are gone.

import type { RecordHandler } from '../capture/record.js'
import { LOOK_AHEAD } from '../tcp/table.js'
import { SEGMENT } from '../wire/decode-status.js'
import { Segment } from '../wire/segment.js'
import type { Pipeline } from './pipeline.js'

/** Takes records for a pipeline. */
export class ReadAhead implements RecordHandler {
  private readonly pipeline: Pipeline
  /** Segments that wait, with the times and lengths of their records, and what was known of drops when they were read. */
  private readonly segments = Array.from({ length: LOOK_AHEAD }, () => new Segment())
  private readonly hashes = new Int32Array(LOOK_AHEAD)
  private readonly timesNs = new Float64Array(LOOK_AHEAD)
  private readonly origlens = new Float64Array(LOOK_AHEAD)
  private readonly drops = new Uint8Array(LOOK_AHEAD)
  private count = 0
  /** What the waiting segments point into. */
  private view: DataView = new DataView(new ArrayBuffer(0))

  constructor(pipeline: Pipeline) {
    this.pipeline = pipeline
  }

  onRecord(
    view: DataView,
    start: number,
    end: number,
    origlen: number,
    linktype: number,
    timeNs: number,
  ): void {
    const { pipeline, count } = this
    const { decoder } = pipeline
    const segment = this.segments[count] as Segment
    decoder.segment = segment
    const status = decoder.decode(view, start, end, origlen, linktype, timeNs)
    // A datagram of fragments lies in memory of the decoder.
    if (status === SEGMENT && decoder.segmentView === view) {
      if (this.view !== view) this.view = view
      this.hashes[count] = pipeline.tracker.table.hashOf(segment)
      this.timesNs[count] = timeNs
      this.origlens[count] = origlen
      this.drops[count] = pipeline.origin.hasDrops ? 1 : 0
      this.count = count + 1
      if (this.count === LOOK_AHEAD) this.onPause()
      return
    }
    this.onPause()
    if (status === SEGMENT) {
      const hash = pipeline.tracker.table.hashOf(segment)
      pipeline.onSegment(segment, hash, decoder.segmentView, origlen, timeNs)
    } else pipeline.onOther(status, start, origlen, timeNs)
  }

  onSkippedRecord(): void {
    this.onPause()
    this.pipeline.onSkippedRecord()
  }

  /** Does what waits. */
  onPause(): void {
    const { pipeline, count, segments, hashes, timesNs, origlens, drops, view } = this
    if (count === 0) return
    this.count = 0
    pipeline.tracker.table.lookAhead(hashes, count)
    try {
      for (let i = 0; i < count; i++) {
        pipeline.dropsSoFar = drops[i] === 1
        pipeline.onSegment(
          segments[i] as Segment,
          hashes[i] as number,
          view,
          origlens[i] as number,
          timesNs[i] as number,
        )
      }
    } finally {
      pipeline.dropsSoFar = undefined
    }
  }
}
