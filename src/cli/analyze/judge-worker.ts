// A thread that judges connections which the main thread has followed to their end, and writes their rows.

import { parentPort, workerData } from 'node:worker_threads'
import type { EndedBatch } from '../../parallel/ending-batch.js'
import type { WorkerSetup } from './analyze-worker.js'
import { BatchJudge, type JudgedBatch } from './batch-judge.js'
import { analyzeSettings } from './settings.js'

/** What such a thread is started with. */
export type JudgeSetup = Omit<WorkerSetup, 'folder'>

/** A batch to judge. */
export interface JudgeTask {
  readonly at: number
  readonly batch: EndedBatch
  /** Memory of results of this thread that have been used up since the last task. */
  readonly usedUp: readonly number[]
}

/** What such a thread answers; its first message only says that it is there. */
export interface JudgeAnswer {
  readonly at: number
  readonly judged: JudgedBatch
}

const { flags, nameCaptures, width, colour, anonymizeKey } = workerData as JudgeSetup
const settings = { ...analyzeSettings(flags), colour, anonymizeKey }
const judge = new BatchJudge(settings, nameCaptures, width)

parentPort?.on('message', ({ at, batch, usedUp }: JudgeTask) => {
  judge.giveBack(usedUp)
  parentPort?.postMessage({ at, judged: judge.judge(batch) } satisfies JudgeAnswer)
})
parentPort?.postMessage('ready')
