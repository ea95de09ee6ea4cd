// One timeline that goes on: a pipe, or the files of a folder one after another. Connections live on from one capture to the
// next, and packets are numbered through.

import { TeardownError } from '../base/errors.js'
import { CaptureClock } from '../capture/clock.js'
import { Framer } from '../capture/framer.js'
import { type CaptureInfo, addInfo, emptyCaptureInfo } from '../capture/info.js'
import { type CaptureSource, readCapture } from '../capture/source.js'
import type { ConnectionHandler, EndedConnection } from '../engine/ended-connection.js'
import { type PipelineSettings, Pipeline } from '../engine/pipeline.js'
import { unreported } from '../tcp/stream-order.js'
import { type CaptureReport, captureReport } from '../engine/report.js'

/** How long after its last packet an ended connection is handed over. */
const SETTLE_NS = 1e9

/** Analyzes captures as one that has no end. */
export class LiveAnalysis {
  readonly name: string
  /** Captures read or begun. */
  captures = 0
  private readonly clock = new CaptureClock()
  private readonly pipeline: Pipeline
  private readonly info: CaptureInfo = emptyCaptureInfo()
  private framer: Framer | undefined
  private seenFrame = -1
  private seenAtMs = Date.now()
  private problem: TeardownError | undefined
  /** Captures that could not be read, or not to their end. */
  problems = 0

  constructor(name: string, handler: ConnectionHandler, options: PipelineSettings) {
    this.name = name
    this.pipeline = new Pipeline(name, this.clock, handler, options)
    this.pipeline.hasOffsets = false
  }

  /** Packets read so far. */
  get packets(): number {
    return this.pipeline.frame
  }

  /** TCP segments read so far. */
  get tcpPackets(): number {
    return this.pipeline.segments
  }

  /** Connections that are followed and not over. */
  get openConnections(): number {
    return unreported(this.pipeline.tracker.table).length
  }

  /** The same, about, and at once. */
  get openCount(): number {
    return this.pipeline.tracker.openCount
  }

  /** Zero of its times, ns since 1970. */
  get baseNs(): bigint {
    return this.clock.baseNs ?? 0n
  }

  /** Where the capture has got to: the time of its last packet, and what has passed in silence since then. */
  get nowNs(): number {
    const silentMs = this.seenFrame === this.pipeline.frame ? Date.now() - this.seenAtMs : 0
    return this.pipeline.captureEndNs + silentMs * 1e6
  }

  /** Bytes read, decompressed. */
  get readBytes(): number {
    return this.info.bytes + (this.framer?.info.bytes ?? 0)
  }

  /** Packets that the capturing host lost, as far as captures say so. */
  get droppedPackets(): number {
    return (this.info.droppedPackets ?? 0) + (this.framer?.info.droppedPackets ?? 0)
  }

  /** Reads the next capture to its end, or to the damage that is returned. */
  async read(
    source: CaptureSource,
    signal: AbortSignal | undefined,
  ): Promise<TeardownError | undefined> {
    this.captures++
    // What has no time is placed where the timeline has got to.
    const untimedNs = this.pipeline.captureEndNs
    const framer = new Framer(this.pipeline, this.clock, { room: this.framer?.room, untimedNs })
    this.framer = framer
    this.pipeline.origin = framer.info
    try {
      await readCapture(source, framer, { signal })
    } catch (error) {
      if (signal?.aborted === true && error === signal.reason) return undefined
      if (!(error instanceof TeardownError) || error.code === 'ERR_WRITE') throw error
      return error
    } finally {
      addInfo(this.info, framer.info)
      framer.info.bytes = 0
      framer.info.droppedPackets = undefined
      framer.release()
    }
    return undefined
  }

  /** Something of what was to be read has not been; the report tells the last one. */
  fail(problem: TeardownError): void {
    this.problem = problem
    this.problems++
  }

  /** Hands over connections that are over and have been quiet since; to be called every now and then. */
  settle(): void {
    if (this.pipeline.frame !== this.seenFrame) {
      this.seenFrame = this.pipeline.frame
      this.seenAtMs = Date.now()
    }
    this.pipeline.tracker.settle(this.nowNs - SETTLE_NS)
  }

  /** Shows the connections that are not over, as they would be judged if the capture ended now. */
  survey(visit: (connection: EndedConnection) => void): void {
    this.pipeline.survey(visit)
  }

  /** Hands over all that is left, and says what there was. */
  finish(): CaptureReport {
    this.pipeline.finish()
    const { name, pipeline, info, clock, captures } = this
    const report = captureReport(name, pipeline, info, clock.baseNs, {}, this.problem)
    return captures > 1 ? { ...report, merged_captures: captures } : report
  }
}
