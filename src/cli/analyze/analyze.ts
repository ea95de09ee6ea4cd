// `tcp-teardown analyze`: captures in, endings out.

import { devNull } from 'node:os'
import { TeardownError } from '../../base/errors.js'
import { count } from '../../base/text.js'
import { discoverCaptures } from '../../capture/discover.js'
import { isUrl } from '../../capture/remote/url.js'
import { groupBySeries } from '../../capture/rotation.js'
import { statOf } from '../../capture/stat.js'
import { CaptureAnalyzer, type Timeline, anonymizerOf } from '../../engine/capture-analyzer.js'
import { IncidentDetector } from '../../engine/incident-detector.js'
import type { DigestBatch } from '../../incidents/digest.js'
import { formatNamed } from '../../output/formats/index.js'
import { captureWorkers, rowThreads } from '../../parallel/plan.js'
import { filterOver } from '../filters.js'
import { warn } from '../context.js'
import { atExit } from '../exit-hooks.js'
import { Output } from '../output.js'
import { encoderOf } from './encoder.js'
import { DigestLog } from './digest-log.js'
import { planFiles } from './plan-files.js'
import { AnalyzeRun } from './run.js'
import { type RunContext, isLive, runInSequence } from './sequential.js'
import type { AnalyzeSettings, RequestedSettings } from './settings.js'

/** Files named of those that are passed over. */
const NAMED = 3

/** Runs `analyze` and returns the exit code. */
export async function runAnalyze(
  inputs: readonly string[],
  requested: RequestedSettings,
  signal: AbortSignal,
): Promise<number> {
  const { captures, passedOver } = await discoverCaptures(inputs, signal)
  if (passedOver.length > 0) warn(passedOverText(inputs, passedOver))
  if (captures.length === 0) {
    throw new TeardownError('ERR_OPTION', `no capture found below ${inputs.join(', ')}`)
  }
  refuseToOverwrite(captures, requested.output)
  const timelines = timelinesOf(captures, requested.merge)
  const nameCaptures = timelines.length > 1
  const { filterFlags, ...others } = requested
  const filter = await filterOver(captures, filterFlags, signal)
  const settings = { ...others, ...pagingOf(others, captures), filter, nameCaptures }
  const output = new Output(settings.outDir === undefined ? settings.output : devNull, settings)
  try {
    return await runOver(timelines, settings, output, signal)
  } catch (error) {
    output.discard()
    throw error
  }
}

/** Lines that come while somebody watches go through no pager; the head is shown once more below instead. */
function pagingOf(
  { pager, rows }: Pick<AnalyzeSettings, 'pager' | 'rows'>,
  captures: readonly string[],
): Pick<AnalyzeSettings, 'pager' | 'rows'> {
  const isPaged = pager !== undefined && !captures.some(isLive)
  return isPaged ? { pager, rows: undefined } : { pager: undefined, rows }
}

async function runOver(
  timelines: readonly Timeline[],
  settings: AnalyzeSettings,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const digests = new DigestLog(settings.anonymizeKey === undefined)
  const incidents = new IncidentDetector(anonymizerOf(settings.anonymizeKey), settings.isLocalTime)
  function onDigests(batch: DigestBatch): void {
    digests.add(batch)
    incidents.add(batch)
  }
  const encoder = settings.outDir === undefined ? await encoderOf(settings, output) : undefined
  const analyzer = new CaptureAnalyzer(settings, encoder ?? output, onDigests)
  const { strict, limits } = settings
  const run = new AnalyzeRun(analyzer.writer, incidents, {
    strict,
    warns: true,
    limits,
    isSearching: settings.filter.contains !== undefined,
  })
  analyzer.writer.begin()
  const plan = await planFiles(timelines, settings, signal)
  // Loaded where it is needed: every module costs a millisecond of the start.
  const sizes = plan.timelines.map((paths) => paths.reduce((sum, path) => sum + sizeOf(path), 0))
  const size = {
    captures: plan.timelines.length,
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
  }
  const bar = settings.progress ? new (await import('../progress.js')).ProgressBar(size) : undefined
  for (const before of plan.kept) run.remember(before)
  const context: RunContext = { ...plan, settings, analyzer, run, onDigests, bar, signal }
  // A bar that is left behind leaves a terminal without cursor.
  const forget = atExit(() => bar?.stop())
  try {
    // Which rows come first is known in one place.
    const isOrdered = (settings.order ?? settings.limit) !== undefined
    const jobs = isOrdered && settings.outDir === undefined ? 1 : settings.jobs
    const workers = captureWorkers(jobs, sizes)
    if (workers > 1) {
      const { runInParallel } = await import('./parallel.js')
      await runInParallel(context, sizes, workers)
    } else {
      const writesRows =
        settings.outDir === undefined && formatNamed(settings.format).writesRows(settings)
      await runInSequence(context, output, rowThreads(jobs, sizes, writesRows && !isOrdered))
    }
  } finally {
    bar?.stop()
    forget()
  }
  const summary = run.finish()
  digests.tell()
  if (!plan.tell(summary)) run.fail()
  if (run.isHalf && output.isAside) {
    output.discard()
    warn(`${settings.output}: not written: interrupted`)
  } else {
    encoder?.end()
    output.close()
  }
  return run.exitCode
}

/** One note for all files of folders that are no captures, with the names of the first. */
export function passedOverText(inputs: readonly string[], files: readonly string[]): string {
  const [folder = '', ...others] = inputs.filter((input) =>
    files.some((path) => path.startsWith(`${input.replace(/\/+$/, '')}/`)),
  )
  const top = others.length === 0 ? `${folder.replace(/\/+$/, '')}/` : ''
  const names = files.slice(0, NAMED).map((path) => path.slice(top.length))
  if (files.length > NAMED) names.push('…')
  const where = others.length === 0 ? ` below ${folder}` : ''
  const are = files.length === 1 ? 'is no capture' : 'are no captures'
  return `passed over ${count(files.length, 'file')}${where} that ${are}: ${names.join(', ')}`
}

/** What is analyzed together. Captures that look like parts of one are pointed out when they are not. */
export function timelinesOf(
  captures: readonly string[],
  merge: AnalyzeSettings['merge'],
): Timeline[] {
  if (merge === 'all') return [onlyFiles(captures)]
  const groups = groupBySeries(captures)
  if (merge === 'series')
    return groups.map((paths) => (paths.length === 1 ? paths : onlyFiles(paths)))
  const series = groups.filter((paths) => paths.length > 1)
  const [first] = series
  if (first !== undefined) {
    const others = series.length === 1 ? '' : `, and ${series.length - 1} more such series`
    warn(
      `${first.length} captures look like parts of one (${first[0] ?? ''} and on${others}): ` +
        `--merge-series follows connections from one to the next`,
    )
  }
  return captures.map((path) => [path])
}

/** Captures of one timeline are looked into before they are read: pipes cannot be. */
function onlyFiles(paths: readonly string[]): readonly string[] {
  const other = paths.length === 1 ? undefined : paths.find((path) => Number.isNaN(sizeOf(path)))
  if (other === undefined) return paths
  const name = other === '-' ? 'standard input' : other
  throw new TeardownError('ERR_OPTION', `${name} is no regular file, which merging needs`)
}

/** Bytes of a file; NaN for what is none. */
function sizeOf(path: string): number {
  const stat = path === '-' ? undefined : statOf(path)
  if (path === '-' || (stat !== undefined && !stat.isFile())) return NaN
  return stat?.size ?? 0
}

/** The output must not be one of the captures. */
export function refuseToOverwrite(captures: readonly string[], output: string): void {
  if (isUrl(output))
    throw new TeardownError('ERR_OPTION', `-o ${output}: it takes a file; --out-dir takes s3://`)
  const target = output === '-' ? undefined : statOf(output)
  if (target?.isFile() !== true) return
  for (const path of captures) {
    const source = path === '-' ? undefined : statOf(path)
    if (source?.dev !== target.dev || source.ino !== target.ino) continue
    throw new TeardownError('ERR_OPTION', `-o ${output}: is one of the captures to read`)
  }
}
