// A thread that analyzes whole captures and hands over what it would have written.

import { workerData } from 'node:worker_threads'
import type { Progress } from '../../engine/analyze-source.js'
import {
  type AnalyzerOptions,
  CaptureAnalyzer,
  type Timeline,
} from '../../engine/capture-analyzer.js'
import { serveTasks } from '../../parallel/serve.js'
import { Spool, type SpooledPart } from '../../parallel/spool.js'
import { type CapturePart, type ResultFile, analyzeToFile } from './result-file.js'

/** What a worker is started with. */
export interface WorkerSetup {
  readonly options: AnalyzerOptions
  /** Folder of `--out-dir`. */
  readonly outDir: string | undefined
}

/** What a worker is to do: a result file is written by the worker itself, everything else is handed over. */
export interface WorkerTask {
  readonly timeline: Timeline
  readonly file: ResultFile | undefined
}

/** What a worker answers. */
export interface WorkerResult {
  readonly part: CapturePart
  readonly rows: SpooledPart
  readonly digests: SpooledPart
  /** Zero of the times in the digests. */
  readonly baseNs: bigint
}

const PROGRESS_MS = 100

const { options, outDir } = workerData as WorkerSetup
const rows = new Spool()
const digests = new Spool()
let baseNs = 0n
const analyzer = new CaptureAnalyzer(options, rows, keepDigests)

function keepDigests(batch: { readonly cells: Float64Array; readonly baseNs: bigint }): void {
  const { buffer, byteOffset, byteLength } = batch.cells
  baseNs = batch.baseNs
  digests.writeBytes(new Uint8Array(buffer, byteOffset, byteLength))
}

serveTasks<WorkerTask, Progress, WorkerResult>(async ({ timeline, file }, tell, signal) => {
  let toldMs = Date.now()
  const reading = {
    live: false,
    signal,
    onProgress: (progress: Progress): void => {
      if (Date.now() - toldMs < PROGRESS_MS) return
      toldMs = Date.now()
      tell(progress)
    },
  }
  let part: CapturePart
  if (file === undefined) {
    const report = await analyzer.analyze(timeline, reading)
    part = { report, state: analyzer.writer.take(), incidents: [], bytes: 0 }
  } else {
    part = await analyzeToFile(options, timeline, file, outDir, reading, keepDigests)
  }
  return { part, rows: rows.take(), digests: digests.take(), baseNs }
})
