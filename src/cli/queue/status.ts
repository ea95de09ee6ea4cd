// `tcp-teardown status`: what a queue holds, what is under way, what was given up.

import type { Job } from 'bullmq'
import { grouped } from '../../base/text.js'
import { print, warn } from '../context.js'
import { EXIT_DONE } from '../exit-codes.js'
import type { StatusFlags } from './command.js'
import type { JobAnswer, JobData, JobProgress } from './job.js'
import { type OpenQueue, openQueue, shownQueue } from './queue.js'

/** Jobs that were done last, of which the rate is made. */
const LAST_DONE = 1000
const RATE_MS = 5 * 60 * 1000
const MS_PER_MINUTE = 60 * 1000

/** What a queue holds. */
interface QueueStatus {
  readonly type: 'queue'
  readonly queue: string
  readonly waiting: number
  readonly active: number
  readonly done: number
  readonly failed: number
  /** Captures done in the last five minutes, a minute. */
  readonly done_per_minute: number
  readonly under_way: readonly {
    readonly capture: string
    readonly attempt: number
    readonly packets?: number
    readonly read_bytes?: number
  }[]
  readonly given_up: readonly {
    readonly capture: string
    readonly attempts: number
    readonly reason: string
  }[]
  /** Captures that are done although they could not be read to their end. */
  readonly with_errors: readonly { readonly capture: string; readonly error: string }[]
}

type ActiveJob = Pick<Job<JobData, JobAnswer>, 'name' | 'attemptsMade' | 'progress'>

/** Runs `status` and returns the exit code. */
export async function runStatus(flags: StatusFlags): Promise<number> {
  const { queue: url, prefix, format, limit } = flags
  const opened = await openQueue({ url, prefix }, warn)
  try {
    const status = await statusOf(shownQueue(url), opened, limit)
    print(format === 'json' ? `${JSON.stringify(status)}\n` : textOf(status))
    return EXIT_DONE
  } finally {
    await opened.close()
  }
}

async function statusOf(shown: string, { queue }: OpenQueue, limit: number): Promise<QueueStatus> {
  const counts = await queue.getJobCounts(
    'waiting',
    'prioritized',
    'delayed',
    'waiting-children',
    'active',
    'completed',
    'failed',
  )
  function of(state: string): number {
    return counts[state] ?? 0
  }
  const [active, failed, done] = await Promise.all([
    queue.getActive(0, limit - 1),
    queue.getFailed(0, limit - 1),
    queue.getCompleted(0, LAST_DONE - 1),
  ])
  const now = Date.now()
  const recent = done.filter(({ finishedOn = 0 }) => now - finishedOn < RATE_MS)
  const since = Math.min(...recent.map(({ finishedOn = now }) => finishedOn), now)
  const minutes = Math.max((now - since) / MS_PER_MINUTE, 1)
  return {
    type: 'queue',
    queue: shown,
    waiting: of('waiting') + of('prioritized') + of('delayed') + of('waiting-children'),
    active: of('active'),
    done: of('completed'),
    failed: of('failed'),
    done_per_minute: Number((recent.length / minutes).toFixed(1)),
    under_way: active.map(underWay),
    given_up: failed.map(({ name, attemptsMade, failedReason }) => ({
      capture: name,
      attempts: attemptsMade,
      reason: failedReason,
    })),
    with_errors: done
      .flatMap(({ name, data, returnvalue }) =>
        data.share !== undefined || returnvalue?.error === undefined
          ? []
          : [{ capture: name, error: returnvalue.error }],
      )
      .slice(0, limit),
  }
}

function underWay({ name, attemptsMade, progress }: ActiveJob): QueueStatus['under_way'][number] {
  const far = typeof progress === 'object' ? (progress as JobProgress) : undefined
  return { capture: name, attempt: attemptsMade + 1, ...far }
}

function textOf(status: QueueStatus): string {
  const lines = [
    `${status.queue}: ${grouped(status.waiting)} waiting, ${grouped(status.active)} under way, ` +
      `${grouped(status.done)} done, ${grouped(status.failed)} given up` +
      (status.done_per_minute === 0 ? '' : `; ${status.done_per_minute} a minute`),
  ]
  section(
    lines,
    'under way',
    status.under_way.map(({ capture, attempt, packets }) => {
      const far = packets === undefined ? '' : `, ${grouped(packets)} packets`
      return `${capture}${attempt > 1 ? ` (attempt ${attempt})` : ''}${far}`
    }),
  )
  section(
    lines,
    'given up',
    status.given_up.map(
      ({ capture, attempts, reason }) => `${capture}: ${reason} (${attempts} attempts)`,
    ),
  )
  section(
    lines,
    'done, but not read to the end',
    status.with_errors.map(({ capture, error }) => `${capture}: ${error}`),
  )
  return `${lines.join('\n')}\n`
}

function section(lines: string[], title: string, items: readonly string[]): void {
  if (items.length > 0) lines.push('', title, ...items.map((item) => `  ${item}`))
}
