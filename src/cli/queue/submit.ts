// `tcp-teardown submit`: files a job for each capture, or series of captures, and with `--wait` ends with their totals.

import { setTimeout } from 'node:timers/promises'
import type { JobsOptions } from 'bullmq'
import { isAbsolute, resolve } from 'node:path'
import { TeardownError } from '../../base/errors.js'
import { count, grouped } from '../../base/text.js'
import { discoverCaptures } from '../../capture/discover.js'
import { holdsSecret, isS3Url, isUrl, isWebUrl } from '../../capture/remote/url.js'
import type { Timeline } from '../../engine/capture-analyzer.js'
import { formatNamed } from '../../output/formats/index.js'
import { passedOverText, timelinesOf } from '../analyze/analyze.js'
import { identitiesOf } from '../analyze/identity.js'
import { checkResults, inGroups } from '../analyze/plan-files.js'
import type { RequestedSettings } from '../analyze/settings.js'
import { resultNames } from '../analyze/result-names.js'
import { warn } from '../context.js'
import { EXIT_DONE } from '../exit-codes.js'
import { needsSpan } from '../moment.js'
import { StatusLine } from '../status-line.js'
import type { SubmitFlags } from './command.js'
import { type JobData, jobIdOf } from './job.js'
import type { FiledJob } from './filed-job.js'
import { BEHIND_BYTES, type Manifest, hasManifest, namesBeside, readManifest } from './manifest.js'
import { parsedOptions } from './options.js'
import { KEPT, NAME, type OpenQueue, openQueue } from './queue.js'
import { tellTotals } from './totals.js'

const FIRST_WAIT_MS = 1000
const LOOK_MS = 500
/** So long a shared folder may keep to what it knew. */
const LATE_MS = 30_000
/** Jobs asked about at once: the oldest come first, and so are done first. */
const LOOKED_AT = 256

/** Runs `submit` and returns the exit code. `options` are those of `analyze`, as on a command line. */
export async function runSubmit(
  inputs: readonly string[],
  options: readonly string[],
  flags: SubmitFlags,
  signal: AbortSignal,
): Promise<number> {
  const settings = parsedOptions(options)
  const { since, until } = settings.filterFlags
  if ([since, until].some(needsSpan))
    throw new TeardownError(
      'ERR_OPTION',
      '--since and --until take whole times here: those that depend on a capture would be others for each',
    )
  if (flags.anonymize === true && flags.anonymizeKey === undefined)
    throw new TeardownError(
      'ERR_OPTION',
      '--anonymize needs --anonymize-key: every result would have a key of its own without it',
    )
  if (flags.shards > 1) requireRows(settings)
  const { captures, passedOver } = await discoverCaptures(inputs, signal)
  if (passedOver.length > 0) warn(passedOverText(inputs, passedOver))
  if (captures.length === 0)
    throw new TeardownError('ERR_OPTION', `no capture found below ${inputs.join(', ')}`)
  if (captures.includes('-'))
    throw new TeardownError('ERR_OPTION', 'standard input cannot be read by others')
  if (captures.some(holdsSecret))
    throw new TeardownError(
      'ERR_OPTION',
      'a URL with a password or a signature would lie in the queue for all to see: workers take TCP_TEARDOWN_AUTHORIZATION',
    )
  const merge = flags.merge === true ? 'all' : flags.mergeSeries === true ? 'series' : undefined
  const timelines = timelinesOf(captures, merge)
  const opened = await openQueue({ url: flags.queue, prefix: flags.prefix }, warn)
  try {
    const jobs = await jobsOf(timelines, options, flags, signal)
    await file(jobs, opened, flags, signal)
    if (flags.wait !== true) return EXIT_DONE
    await untilDone(jobs, opened, signal)
    return tellTotals(jobs, settings, flags)
  } finally {
    await opened.close()
  }
}

/** What is not a row of its own cannot be shared. */
function requireRows(settings: RequestedSettings): void {
  const { format, order, limit } = settings
  if (!formatNamed(format).writesRows(settings) || format === 'table')
    throw new TeardownError(
      'ERR_OPTION',
      '--shards goes with rows: -f ndjson, csv, parquet, zeek …',
    )
  if (order !== undefined || limit !== undefined)
    throw new TeardownError(
      'ERR_OPTION',
      '--shards: rows lie in several results: no --sort, no --limit',
    )
}

async function jobsOf(
  timelines: readonly Timeline[],
  options: readonly string[],
  { outDir, format, groupBy, shards }: SubmitFlags,
  signal: AbortSignal,
): Promise<FiledJob[]> {
  const names = resultNames(
    timelines.map(([first = '-']) => first),
    formatNamed(format).extension,
    BEHIND_BYTES,
  )
  const folder = isS3Url(outDir) || isWebUrl(outDir) ? outDir : resolve(outDir)
  checkResults(
    folder,
    names.flatMap((name) => filesOf(name, shards)),
    timelines,
  )
  return inGroups(timelines, async (timeline, at) => {
    const identities = await identitiesOf(timeline, signal)
    const data = {
      timeline,
      ...(identities === undefined ? {} : { captures: identities }),
      ...(timeline.some(isRelative) ? { root: process.cwd() } : {}),
      options,
      ...(groupBy === undefined ? {} : { groupBy }),
      outDir: folder,
      result: names[at] as string,
    }
    return shards === 1 ? { id: jobIdOf(data), data, shares: [] } : sharedJob(data, shards)
  })
}

function isRelative(path: string): boolean {
  return !isUrl(path) && !isAbsolute(path)
}

/** The results of a timeline that several share. */
function shareNames(result: string, shards: number): string[] {
  const dot = result.lastIndexOf('.')
  return Array.from(
    { length: shards },
    (_, index) => `${result.slice(0, dot)}.shard-${index + 1}-of-${shards}${result.slice(dot)}`,
  )
}

/** All files that are written for a result. */
function filesOf(result: string, shards: number): string[] {
  const results = shards === 1 ? [result] : shareNames(result, shards)
  return [...results, ...[result, ...results].flatMap(namesBeside)]
}

/** The job of a timeline that several share. */
function sharedJob(data: JobData, shards: number): FiledJob {
  const shares = shareNames(data.result, shards).map((result, index) => {
    const own = { ...data, result, share: { index, of: shards } }
    return { id: jobIdOf(own), data: own }
  })
  const parts = shares.map((each) => ({ job: each.id, result: each.data.result }))
  const whole = { ...data, parts }
  return { id: jobIdOf(whole), data: whole, shares }
}

/** Files the jobs whose results are not there yet. */
async function file(
  jobs: readonly FiledJob[],
  opened: OpenQueue,
  { outDir, tries, priority }: SubmitFlags,
  signal: AbortSignal,
): Promise<void> {
  let known = 0
  await inGroups(jobs, async (job) => {
    signal.throwIfAborted()
    const { id, data } = job
    const manifest = data.captures && (await readManifest(data.outDir, data.result, id))
    if (manifest !== undefined && isWhole(manifest)) {
      known++
      job.outcome = manifest
      return
    }
    const options = optionsOf(tries, priority)
    for (const each of [job, ...job.shares]) await forget(each.id, opened)
    if (job.shares.length === 0)
      await opened.queue.add(nameOf(data), data, { ...options, jobId: id })
    else
      await opened.flows.add({
        name: nameOf(data),
        queueName: NAME,
        data,
        opts: { ...options, jobId: id },
        children: job.shares.map((share) => ({
          name: `${nameOf(data)} ${(share.data.share?.index ?? 0) + 1}/${job.shares.length}`,
          queueName: NAME,
          data: share.data,
          opts: { ...options, jobId: share.id, failParentOnFailure: true },
        })),
      })
  })
  const done = known === 0 ? '' : `, ${grouped(known)} done before and unchanged`
  warn(`${count(jobs.length - known, 'job')} filed for results below ${outDir}${done}`)
}

function nameOf({ timeline: [first = '-'] }: JobData): string {
  return first
}

function optionsOf(tries: number, priority: number | undefined): JobsOptions {
  return {
    ...KEPT,
    attempts: tries,
    backoff: { type: 'exponential', delay: FIRST_WAIT_MS },
    ...(priority === undefined ? {} : { priority }),
  }
}

/** What failed, or whose result is gone, is done again. */
async function forget(id: string, { queue }: OpenQueue): Promise<void> {
  const before = await queue.getJob(id)
  if (before !== undefined && ((await before.isCompleted()) || (await before.isFailed())))
    await before.remove()
}

/** Whether nothing would be gained by another attempt. */
function isWhole({ capture: { error } }: Manifest): boolean {
  return error === undefined || error.code === 'ERR_CAPTURE_TRUNCATED'
}

/** Waits until nothing is under way any more. Of what a signal leaves, nothing is known. */
async function untilDone(
  jobs: readonly FiledJob[],
  { queue }: OpenQueue,
  signal: AbortSignal,
): Promise<void> {
  const line = process.stderr.isTTY ? new StatusLine() : undefined
  const begun = Date.now()
  try {
    for (;;) {
      const open = jobs.filter(({ outcome }) => outcome === undefined)
      if (open.length === 0) return
      await Promise.all(open.slice(0, LOOKED_AT).map((job) => look(job, queue)))
      const done = jobs.length - jobs.filter(({ outcome }) => outcome === undefined).length
      line?.show(`${done} of ${jobs.length} captures done after ${seconds(begun)} s`)
      if (done === jobs.length || signal.aborted) return
      await setTimeout(LOOK_MS, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    line?.clear()
  }
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(0)
}

async function look(job: FiledJob, queue: OpenQueue['queue']): Promise<void> {
  const { id, data } = job
  const state = await queue.getJobState(id)
  if (state === 'completed' || state === 'unknown') {
    const manifest = await readManifest(data.outDir, data.result, id)
    job.missingSinceMs ??= Date.now()
    // A shared folder may show late what another machine has written.
    if (manifest === undefined && Date.now() - job.missingSinceMs < LATE_MS) return
    job.outcome = manifest ?? { failed: await missingText(job, state) }
  }
  if (state !== 'failed') return
  // What could be read and written before it was given up counts.
  const manifest = await readManifest(data.outDir, data.result, id)
  job.outcome = manifest ?? { failed: await reasonOf(job, queue) }
}

/** Why there is no manifest of a job that is not under way. */
async function missingText({ data }: FiledJob, state: string): Promise<string> {
  const { outDir, result } = data
  if (await hasManifest(outDir, result))
    return `another job has written ${result} since: results of other options want another folder`
  if (state === 'unknown') return 'its job was removed from the queue'
  return `no manifest of its result below ${outDir}: is that the same folder here as where it was made?`
}

/** Why a job was given up; of one that several share the reason of the first that was. */
async function reasonOf({ id, shares }: FiledJob, queue: OpenQueue['queue']): Promise<string> {
  for (const share of shares) {
    const reason = (await queue.getJob(share.id))?.failedReason
    if (reason !== undefined) return reason
  }
  return (await queue.getJob(id))?.failedReason ?? 'for no known reason'
}
