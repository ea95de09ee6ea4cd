// Analyzes several captures as one: connections live on from one file to the next.

import { TeardownError } from '../base/errors.js'
import { CaptureClock } from '../capture/clock.js'
import { MergedCaptures } from '../capture/merge.js'
import type { AnalyzeOptions, CaptureReading } from './analyze-source.js'
import type { ConnectionHandler } from './ended-connection.js'
import { missingPackets } from './packet-count.js'
import { Pipeline, type PipelineSettings } from './pipeline.js'
import { type CaptureReport, captureReport } from './report.js'

/**
 * Analyzes captures as one. Its name is that of the capture that begins first; packet numbers are those of all records in
 * the order of their times; of equal times that of the capture which begins first comes first. A capture that cannot be
 * read, or not to its end, is left out from there on, and the report says so.
 */
export async function analyzeMerged(
  paths: readonly string[],
  handler: ConnectionHandler,
  options: AnalyzeOptions & PipelineSettings = {},
): Promise<CaptureReport> {
  const { report } = await readMerged(paths, handler, options)
  return report
}

/** The same with what ended the reading as an error: of several problems the worst, with all in its message. */
export async function readMerged(
  paths: readonly string[],
  handler: ConnectionHandler,
  options: AnalyzeOptions & PipelineSettings = {},
): Promise<CaptureReading> {
  const { signal, pause, onProgress } = options
  const captures = await MergedCaptures.open(paths, signal)
  const { problems, info } = captures
  const name = options.name ?? captures.firstPath ?? paths[0] ?? '-'
  const clock = new CaptureClock()
  clock.baseNs = captures.baseNs
  const pipeline = new Pipeline(name, clock, handler, options)
  pipeline.origin = info
  pipeline.hasOffsets = false
  try {
    // Of captures that were not even looked into nothing can be said.
    signal?.throwIfAborted()
    await captures.read(pipeline, clock, {
      signal,
      pause,
      onProgress: (readBytes) =>
        onProgress?.({
          readBytes,
          totalBytes: undefined,
          packets: pipeline.frame,
          connections: pipeline.tracker.streams,
        }),
    })
  } catch (error) {
    if (signal?.aborted !== true || error !== signal.reason) throw error
    problems.push(new TeardownError('ERR_INTERRUPTED', 'interrupted: read no further'))
  }
  pipeline.finish()
  const missing = signal?.aborted === true ? undefined : missingPackets(info, pipeline)
  if (missing !== undefined) problems.unshift(missing)
  const problem = together(problems)
  const report = captureReport(name, pipeline, info, clock.baseNs, {}, problem)
  return { report: { ...report, merged_captures: paths.length }, problem }
}

/** Problems that are named one by one; of more only their number is said. */
const MAX_NAMED = 5

/** One error for all: its code is that of the worst, a capture cut short being the least. */
function together(problems: readonly TeardownError[]): TeardownError | undefined {
  const worst = problems.find(({ code }) => code !== 'ERR_CAPTURE_TRUNCATED') ?? problems[0]
  if (worst === undefined || problems.length === 1) return worst
  const named = problems.slice(0, MAX_NAMED)
  const more = problems.length > MAX_NAMED ? [`and ${problems.length - MAX_NAMED} more`] : []
  const message = {
    whole: [...named.map((problem) => problem.message), ...more].join('; '),
    bare: [...named.map((problem) => problem.bareMessage), ...more].join('; '),
  }
  return new TeardownError(worst.code, message, { cause: worst })
}
