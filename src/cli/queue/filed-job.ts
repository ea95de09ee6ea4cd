// A job as its submitter knows it.

import type { JobData } from './job.js'
import type { Manifest } from './manifest.js'

/** A job that was filed, and what is known of it. */
export interface FiledJob {
  readonly id: string
  readonly data: JobData
  /** Jobs it waits for: those that share its timeline. */
  readonly shares: readonly { readonly id: string; readonly data: JobData }[]
  /** Since when it is done and no manifest has been seen. */
  missingSinceMs?: number
  /** What came out; a reason where it was given up. */
  outcome?: Manifest | { readonly failed: string } | undefined
}
