// One worker of `analyze --jobs`: judges captures and hands over what it would have written.

import { threadId, workerData } from 'node:worker_threads'
import { serveTasks } from '../batch/serve.js'
import { Spool, type SpooledPart } from '../batch/spool.js'
import type { Progress } from '../engine/analyze.js'
import { type CapturePart, CaptureJudge, type Timeline } from './analyze-run.js'
import { reporterOf } from './reporters.js'
import { type AnalyzeFlags, analyzeSettings } from './settings.js'

/** What a worker is started with. */
export interface WorkerSetup {
  readonly flags: AnalyzeFlags
  readonly nameCaptures: boolean
  readonly width: number
  readonly colour: boolean
  /** Folder for output that has to wait. */
  readonly folder: string
}

/** What a worker answers. */
export interface WorkerResult {
  readonly part: CapturePart
  readonly written: SpooledPart
}

const PROGRESS_MS = 100

const { flags, nameCaptures, width, colour, folder } = workerData as WorkerSetup
const settings = { ...analyzeSettings(flags), colour }
const spool = new Spool(folder, `part-${threadId}`)
const reporter = reporterOf(settings, spool, nameCaptures, width)
// What begins a document is written by the main thread.
spool.take()
const judge = new CaptureJudge(settings, reporter)

serveTasks<Timeline, Progress, WorkerResult>(async (timeline, tell, signal) => {
  let toldMs = Date.now()
  const report = await judge.judge(timeline, {
    live: false,
    signal,
    onProgress: (progress) => {
      if (Date.now() - toldMs < PROGRESS_MS) return
      toldMs = Date.now()
      tell(progress)
    },
  })
  return { part: judge.take(report), written: spool.take() }
})
