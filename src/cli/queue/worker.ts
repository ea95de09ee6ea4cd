// `tcp-teardown worker`: takes jobs of a queue until it is told to stop, or until there are none.

import type { Job } from 'bullmq'
import { setTimeout } from 'node:timers/promises'
import { availableParallelism } from 'node:os'
import { count } from '../../base/text.js'
import { warn } from '../context.js'
import { EXIT_DONE } from '../exit-codes.js'
import type { WorkerFlags } from './command.js'
import type { JobAnswer, JobData } from './job.js'
import { JobRunner } from './job-runner.js'
import { openQueue, shownQueue } from './queue.js'

/** How often a worker that ends with the queue looks whether it is empty. */
const LOOK_MS = 250
const MS_PER_S = 1000
/** Workers that a job may bring down before it is given up. */
const MOST_STALLED = 3

/** Runs `worker` and returns the exit code. */
export async function runWorker(flags: WorkerFlags, signal: AbortSignal): Promise<number> {
  const { queue: url, prefix, lease } = flags
  const opened = await openQueue({ url, prefix }, warn)
  const { queue, library } = opened
  const runner = new JobRunner()
  let done = 0
  let failed = 0

  async function run(job: Job<JobData, JobAnswer>, token: string | undefined): Promise<JobAnswer> {
    const outcome = await runner.run(job.id ?? '', job.data, (progress) => {
      // Of no consequence: the next one comes soon.
      job.updateProgress({ ...progress }).catch(() => undefined)
    })
    if (outcome.kind === 'done') {
      // Of a capture that several share the last job tells.
      if (job.data.share !== undefined) return outcome.answer
      done++
      if (outcome.answer.error !== undefined) warn(`${job.name}: ${outcome.answer.error}`)
      return outcome.answer
    }
    if (outcome.kind === 'stopped') {
      // Given back as it was: the next worker begins it anew.
      await job.moveToDelayed(Date.now(), token)
      throw new library.DelayedError()
    }
    failed++
    warn(`${job.name}: ${outcome.reason}`)
    if (outcome.isFinal) throw new library.UnrecoverableError(outcome.reason)
    throw new Error(outcome.reason)
  }

  const worker = opened.work(run, {
    concurrency: flags.jobs ?? availableParallelism(),
    lockDuration: lease * MS_PER_S,
    stalledInterval: lease * MS_PER_S,
    maxStalledCount: MOST_STALLED,
  })
  // Lost connections are told by the queue; a lease that was lost is another worker's by now.
  worker.on('error', () => undefined)
  warn(`working for ${shownQueue(url)}; Ctrl-C gives back what is under way`)
  await untilOver(signal, flags.untilEmpty === true ? () => isEmpty(queue) : undefined)
  runner.stop()
  await worker.close()
  await opened.close()
  warn(
    `${count(done, 'capture')} done${failed === 0 ? '' : `, ${count(failed, 'attempt')} failed`}`,
  )
  return EXIT_DONE
}

async function untilOver(
  signal: AbortSignal,
  isOver: (() => Promise<boolean>) | undefined,
): Promise<void> {
  while (!signal.aborted) {
    if (isOver !== undefined && (await isOver())) return
    await setTimeout(LOOK_MS, undefined, { signal }).catch(() => undefined)
  }
}

const NOT_OVER = ['waiting', 'active', 'delayed', 'prioritized', 'waiting-children'] as const
type QueueState = (typeof NOT_OVER)[number]

async function isEmpty(queue: {
  getJobCounts: (...types: QueueState[]) => Promise<{
    [type: string]: number
  }>
}): Promise<boolean> {
  const counts = await queue.getJobCounts(...NOT_OVER)
  return Object.values(counts).every((n) => n === 0)
}
