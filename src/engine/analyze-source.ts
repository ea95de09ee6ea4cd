// Reads one capture to its end, or to its damage, and hands every connection over as soon as its ending is settled.

import { TeardownError } from '../base/errors.js'
import { CaptureClock } from '../capture/clock.js'
import { Framer } from '../capture/framer.js'
import { type CaptureSource, isSmallFile, readCapture } from '../capture/source.js'
import { shownInput } from '../capture/remote/url.js'
import type { ReadSummary } from '../capture/turns.js'
import { CompiledPath } from '../tcp/compiled/compiled-path.js'
import type { ConnectionHandler, EndedConnection } from './ended-connection.js'
import { missingPackets } from './packet-count.js'
import { Pipeline, type AnalysisOptions, type PipelineSettings } from './pipeline.js'
import { type CaptureReport, captureReport } from './report.js'

/** How long after its last packet an ended connection of a live source is reported. */
const SETTLE_NS = 1e9
/** How often a live source is looked after while no packet comes. */
const SETTLE_EVERY_MS = 250

/** A smaller file is done before memory for the compiled path is set up. */
const SMALL_BYTES = 4 << 20

/** Settings of {@link analyzeSource}. */
export interface AnalyzeOptions extends AnalysisOptions {
  /** Name for the `capture` column; by default the path. */
  readonly name?: string | undefined
  /** Report endings a second after they are certain instead of when memory wants them: for pipes that do not end. */
  readonly live?: boolean | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Is told regularly where a live source has got to, also while no packet comes. */
  readonly onTick?: ((tick: LiveTick) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** What to read small captures into, for callers that analyze one after another. */
  readonly room?: DataView | undefined
  /** Awaited every few ms of work: the reading goes on when it resolves. */
  readonly pause?: (() => Promise<void>) | undefined
}

/** How far the reading of a capture is. */
export interface Progress {
  readonly readBytes: number
  readonly totalBytes: number | undefined
  readonly packets: number
  readonly connections: number
}

/** Where a live source has got to. */
export interface LiveTick {
  readonly packets: number
  /** Connections that are not closed, about. */
  readonly openConnections: number
  /** Zero of its times, ns since 1970. */
  readonly baseNs: bigint
  /** The time of its last packet, and what has passed in silence since then. */
  readonly nowNs: number
  /** Shows the connections that are not over. */
  readonly survey: (visit: (connection: EndedConnection) => void) => void
}

/** What the reading of a capture gave. */
export interface CaptureReading {
  readonly report: CaptureReport
  /** Why it was not read, or not to its end: what the report says of it. */
  readonly problem: TeardownError | undefined
}

/**
 * Analyzes one capture. Connections reach `handler` while it is read; what is still open, after its end.
 * A capture that is damaged, cannot be opened or is given up by `signal` is not an exception: its report says so, and
 * what came before is whole.
 */
export async function analyzeSource(
  source: CaptureSource,
  handler: ConnectionHandler,
  options: AnalyzeOptions & PipelineSettings = {},
): Promise<CaptureReport> {
  const { report } = await readSource(source, handler, options)
  return report
}

/** The same with what ended the reading as an error. */
export async function readSource(
  source: CaptureSource,
  handler: ConnectionHandler,
  options: AnalyzeOptions & PipelineSettings = {},
): Promise<CaptureReading> {
  const name = options.name ?? (typeof source === 'string' ? shownInput(source) : '-')
  const clock = new CaptureClock()
  const compiled = isSmallFile(source, SMALL_BYTES) ? undefined : CompiledPath.open()
  const pipeline = new Pipeline(name, clock, handler, { ...options, compiled })
  const framer = new Framer(pipeline, clock, { room: compiled?.view ?? options.room })
  pipeline.origin = framer.info
  const failure = new AbortController()
  function tellProgress(readBytes: number, totalBytes: number | undefined): void {
    const { frame: packets, tracker } = pipeline
    options.onProgress?.({ readBytes, totalBytes, packets, connections: tracker.streams })
  }
  const timer =
    options.live === true
      ? settleRegularly(pipeline, failure, (nowNs) => {
          tellProgress(framer.info.bytes, undefined)
          options.onTick?.({
            packets: pipeline.frame,
            openConnections: pipeline.tracker.openCount,
            baseNs: clock.baseNs ?? 0n,
            nowNs,
            survey: (visit) => pipeline.survey(visit),
          })
        })
      : undefined
  const signal = timer === undefined ? options.signal : eitherOf(failure.signal, options.signal)
  let reading: Partial<ReadSummary> = {}
  let problem: TeardownError | undefined
  try {
    reading = await readCapture(source, framer, {
      signal,
      pause: options.pause,
      onProgress: tellProgress,
    })
  } catch (error) {
    failure.signal.throwIfAborted()
    problem = problemOf(error, options.signal)
  } finally {
    clearInterval(timer)
  }
  pipeline.finish()
  problem = missingPackets(framer.info, pipeline) ?? problem
  const report = captureReport(name, pipeline, framer.info, clock.baseNs, reading, problem)
  return { report, problem }
}

/** What ended the reading. Bugs are thrown on, and what is wrong with the results and not with the capture. */
function problemOf(error: unknown, signal: AbortSignal | undefined): TeardownError {
  if (error instanceof TeardownError && error.code !== 'ERR_WRITE') return error
  if (signal?.aborted !== true || error !== signal.reason) throw error
  return new TeardownError('ERR_INTERRUPTED', 'interrupted: read no further', { cause: error })
}

function eitherOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? one : AbortSignal.any([one, other])
}

/**
 * While a pipe is silent no packet moves time on, so the wall clock does. Nobody would catch what the taker of a
 * connection throws here, such as a reader of the results that is gone: `failure` carries it to the reading.
 */
function settleRegularly(
  pipeline: Pipeline,
  failure: AbortController,
  onTick: (nowNs: number) => void,
): NodeJS.Timeout {
  let frame = -1
  let seenAt = Date.now()
  return setInterval(() => {
    if (pipeline.frame !== frame) {
      frame = pipeline.frame
      seenAt = Date.now()
    }
    const nowNs = pipeline.captureEndNs + (Date.now() - seenAt) * 1e6
    try {
      pipeline.tracker.settle(nowNs - SETTLE_NS)
      onTick(nowNs)
    } catch (error) {
      failure.abort(error)
    }
  }, SETTLE_EVERY_MS)
}
