// What a worker and its processes say to each other.

import type { JobAnswer, JobData, JobProgress } from './job.js'

/** To a process. */
export type ToProcess =
  { readonly kind: 'job'; readonly id: string; readonly job: JobData } | { readonly kind: 'stop' }

/** From a process. */
export type FromProcess = { readonly kind: 'progress'; readonly progress: JobProgress } | JobOutcome

/** What came of a job. */
export type JobOutcome =
  | { readonly kind: 'done'; readonly answer: JobAnswer }
  /** `isFinal`: trying again is of no use. */
  | { readonly kind: 'failed'; readonly reason: string; readonly isFinal: boolean }
  | { readonly kind: 'stopped' }
