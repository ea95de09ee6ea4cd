// Analyzes a capture whose bytes come from wherever there is no file system: what runs in a browser.

import { TeardownError } from '../base/errors.js'
import { CaptureClock } from '../capture/clock.js'
import type { CompressionName } from '../capture/compression/decompressor.js'
import { Framer } from '../capture/framer.js'
import type { ConnectionHandler } from './ended-connection.js'
import { missingPackets } from './packet-count.js'
import { Pipeline, type AnalysisOptions } from './pipeline.js'
import { type CaptureReport, captureReport } from './report.js'

/** A capture's bytes, decompressed. */
export interface CaptureChunks {
  readonly name: string
  readonly compression: CompressionName | undefined
  readonly chunks: AsyncIterable<Uint8Array>
  /** Where bytes start that follow the compressed data and were ignored, when all has been read. */
  readonly garbageOffset?: () => number | undefined
}

/** Analyzes one capture. Damage is no exception: the report says so, and what came before is whole. */
export async function analyzeChunks(
  { name, compression, chunks, garbageOffset }: CaptureChunks,
  handler: ConnectionHandler,
  options: AnalysisOptions & { readonly onPackets?: (packets: number) => void } = {},
): Promise<CaptureReport> {
  const clock = new CaptureClock()
  const pipeline = new Pipeline(name, clock, handler, options)
  const framer = new Framer(pipeline, clock)
  framer.info.compression = compression
  pipeline.origin = framer.info
  let problem: TeardownError | undefined
  try {
    for await (const chunk of chunks) {
      framer.push(chunk)
      options.onPackets?.(pipeline.frame)
    }
    framer.finish()
  } catch (error) {
    if (!(error instanceof TeardownError)) throw error
    problem = error
  }
  const reading = problem === undefined ? { garbageOffset: garbageOffset?.() } : {}
  pipeline.finish()
  problem = missingPackets(framer.info, pipeline) ?? problem
  return captureReport(name, pipeline, framer.info, clock.baseNs, reading, problem)
}
