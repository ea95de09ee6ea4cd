// One worker of `analyze --jobs`: judges captures and hands over what it would have written.

import { threadId, workerData } from 'node:worker_threads'
import { serveTasks } from '../../parallel/serve.js'
import { Spool, type SpooledPart } from '../../parallel/spool.js'
import type { Progress } from '../../engine/analyze-source.js'
import { type CapturePart, CaptureJudge, type Timeline } from './run.js'
import { analyzeToFile } from './result-folder.js'
import { reporterOf } from './reporters.js'
import { type AnalyzeFlags, analyzeSettings } from './settings.js'

/** What a worker is started with. */
export interface WorkerSetup {
  readonly flags: AnalyzeFlags
  readonly nameCaptures: boolean
  readonly width: number
  readonly colour: boolean
  /** One key for all workers. */
  readonly anonymizeKey: Uint8Array | undefined
  /** Folder for output that has to wait. */
  readonly folder: string
}

/** What a worker is to do: a result file is written by the worker itself, everything else is handed over. */
export interface WorkerTask {
  readonly timeline: Timeline
  readonly file: string | undefined
}

/** What a worker answers. */
export interface WorkerResult {
  readonly part: CapturePart
  readonly written: SpooledPart
}

const PROGRESS_MS = 100

const { flags, nameCaptures, width, colour, anonymizeKey, folder } = workerData as WorkerSetup
const settings = { ...analyzeSettings(flags), colour, anonymizeKey }
const spool = new Spool(folder, `part-${threadId}`)
const reporter = reporterOf(settings, spool, nameCaptures, width)
// What begins a document is written by the main thread.
spool.take()
const judge = new CaptureJudge(settings, reporter)

serveTasks<WorkerTask, Progress, WorkerResult>(async ({ timeline, file }, tell, signal) => {
  let toldMs = Date.now()
  const options = {
    live: false,
    signal,
    onProgress: (progress: Progress): void => {
      if (Date.now() - toldMs < PROGRESS_MS) return
      toldMs = Date.now()
      tell(progress)
    },
  }
  if (file !== undefined) {
    const part = await analyzeToFile(settings, timeline, file, options)
    return { part, written: spool.take() }
  }
  const report = await judge.judge(timeline, options)
  return { part: judge.take(report), written: spool.take() }
})
