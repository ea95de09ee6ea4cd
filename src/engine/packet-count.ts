// Nothing is lost silently: what was read of a capture has to be what was counted, named or followed. Checked in every run.

import { TeardownError } from '../base/errors.js'
import type { CaptureInfo } from '../capture/info.js'
import type { Pipeline } from './pipeline.js'

/** What is wrong when packets have gone missing on the way through; undefined if none have. */
export function missingPackets(info: CaptureInfo, pipeline: Pipeline): TeardownError | undefined {
  const { frame, segments, skippedEntries, tracker } = pipeline
  const read = info.records + info.skippedRecords
  const others = pipeline.decodeCounts().reduce((sum, { packets }) => sum + packets, 0)
  const named = segments + others + skippedEntries
  const followed = tracker.reportedPackets + tracker.latePackets
  if (read === frame && frame === named && followed === segments) return undefined
  return new TeardownError(
    'ERR_COUNT',
    `packets went missing (a bug in tcp-teardown, please report): ${read} read, ${frame} counted, ` +
      `${named} with a name; ${segments} TCP segments, ${followed} in connections`,
  )
}
