// A job: what one worker is to do at once. It names a capture, or a series of them, and never holds a secret.

import { createHash } from 'node:crypto'
import type { Share } from '../../engine/pipeline.js'
import type { Grouping } from '../../output/endpoints/collect.js'
import { SCHEMA_NAME } from '../../output/schema-name.js'
import type { CaptureIdentity } from '../analyze/identity.js'
import { packageVersion } from '../version.js'

/** What stands in the queue. */
export interface JobData {
  /** Captures that are one timeline, as they were given. */
  readonly timeline: readonly string[]
  /** What they were when the job was filed; absent where that cannot be told. */
  readonly captures?: readonly CaptureIdentity[]
  /** Folder that paths of captures are relative to, where there are such paths. */
  readonly root?: string
  /** Options of `analyze`, as on a command line. */
  readonly options: readonly string[]
  /** By what connections are counted besides. */
  readonly groupBy?: Grouping
  /** Folder or prefix of all results. */
  readonly outDir: string
  /** The name of this result below it. */
  readonly result: string
  /** Which of the endings are in the result, where several jobs share a timeline. */
  readonly share?: Share
  /** Results of the jobs that share the timeline, for the job that adds them up. */
  readonly parts?: readonly JobPart[]
}

/** One of several jobs that share a timeline. */
export interface JobPart {
  readonly job: string
  readonly result: string
}

/** What a job that is done answers: little, since all is in its manifest. */
export interface JobAnswer {
  readonly connections: number
  readonly packets: number
  readonly read_bytes: number
  /** Why the capture could not be read to its end. */
  readonly error?: string
}

/** How far a job is. */
export interface JobProgress {
  readonly read_bytes: number
  readonly packets: number
}

/** The same job has the same id, one of other captures, options or program another. */
export function jobIdOf({
  timeline,
  captures,
  root,
  options,
  groupBy,
  outDir,
  result,
  share,
  parts,
}: JobData): string {
  const made = [
    packageVersion(),
    SCHEMA_NAME,
    timeline,
    captures ?? null,
    root ?? '',
    options,
    groupBy ?? '',
    outDir,
    result,
    share ?? null,
    parts ?? null,
  ]
  // A number would be taken for one of the queue's own.
  return `j${createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 32)}`
}
