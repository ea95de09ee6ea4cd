// `tcp-teardown analyze`: captures in, endings out.

import { availableParallelism, devNull } from 'node:os'
import { TeardownError } from '../../base/errors.js'
import { discoverCaptures } from '../../capture/discover.js'
import { groupBySeries } from '../../capture/rotation.js'
import { statOf } from '../../capture/stat.js'
import { printable } from '../../base/printable.js'
import { atOnce } from '../exit-hooks.js'
import { AnalyzeRun, type Timeline } from './run.js'
import { Output } from '../output.js'
import { planFiles } from './result-folder.js'
import { outputWidth, reporterOf } from './reporters.js'
import { runHere } from './sequential.js'
import type { AnalyzeFlags, AnalyzeSettings } from './settings.js'

/** Starting workers costs as much as reading so many octets. */
const WORTH_WORKERS_BYTES = 32e6
/** Judging a short connection and writing its row takes twice as long as following it: more threads would only wait. */
const MAX_ROW_HELPERS = 3

/** Runs `analyze` and returns the exit code. */
export async function runAnalyze(
  inputs: readonly string[],
  settings: AnalyzeSettings,
  flags: AnalyzeFlags,
  signal: AbortSignal,
): Promise<number> {
  const captures = await discoverCaptures(inputs, signal)
  if (captures.length === 0) {
    throw new TeardownError('ERR_OPTION', `no capture found below ${inputs.join(', ')}`)
  }
  refuseToOverwrite(captures, settings.output)
  const output = new Output(settings.outDir === undefined ? settings.output : devNull)
  try {
    return await runOver(captures, settings, flags, output, signal)
  } catch (error) {
    output.discard()
    throw error
  }
}

async function runOver(
  captures: readonly string[],
  settings: AnalyzeSettings,
  flags: AnalyzeFlags,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const width = outputWidth(settings.output)
  const timelines = timelinesOf(captures, settings.merge)
  const nameCaptures = timelines.length > 1
  const reporter = reporterOf(settings, output, nameCaptures, width)
  const run = new AnalyzeRun(settings, reporter)
  const plan = planFiles(timelines, settings, flags)
  // Loaded where it is needed: every module costs a millisecond of the start.
  const bar = settings.progress ? new (await import('../progress.js')).ProgressBar() : undefined
  const sizes = plan.timelines.map((paths) => paths.reduce((sum, path) => sum + sizeOf(path), 0))
  const workers = workersFor(settings.jobs, sizes)
  for (const before of plan.kept) run.remember(before)
  const context = { ...plan, run, reporter, bar, signal }
  const { colour, anonymizeKey } = settings
  const setup = { flags, nameCaptures, width, colour, anonymizeKey }
  // A bar that is left behind leaves a terminal without cursor.
  const forget = atOnce(() => bar?.stop())
  try {
    if (workers > 1) {
      const { runOnWorkers } = await import('./parallel.js')
      await runOnWorkers(context, sizes, workers, setup)
    } else {
      const threads = helpersFor(settings, sizes)
      const helpers = threads === 0 ? undefined : { threads, setup }
      await runHere(context, settings, output, helpers)
    }
  } finally {
    bar?.stop()
    forget()
  }
  run.finish()
  if (!plan.tell()) run.fail()
  if (run.isHalf && output.isAside) {
    output.discard()
    process.stderr.write(`tcp-teardown: ${printable(settings.output)}: not written: interrupted\n`)
  } else {
    output.close()
  }
  return run.exitCode
}

/** What is analyzed together. Captures that look like parts of one are pointed out when they are not. */
function timelinesOf(captures: readonly string[], merge: AnalyzeSettings['merge']): Timeline[] {
  if (merge === 'all') return [onlyFiles(captures)]
  const groups = groupBySeries(captures)
  if (merge === 'series')
    return groups.map((paths) => (paths.length === 1 ? paths : onlyFiles(paths)))
  const series = groups.filter((paths) => paths.length > 1)
  const [first] = series
  if (first !== undefined) {
    const others = series.length === 1 ? '' : `, and ${series.length - 1} more such series`
    process.stderr.write(
      `tcp-teardown: ${first.length} captures look like parts of one (${printable(first[0] ?? '')} and on${others}): ` +
        `--merge-series follows connections from one to the next\n`,
    )
  }
  return captures.map((path) => [path])
}

/** Captures of one timeline are looked into before they are read: pipes cannot be. */
function onlyFiles(paths: readonly string[]): readonly string[] {
  const other = paths.length === 1 ? undefined : paths.find((path) => Number.isNaN(sizeOf(path)))
  if (other === undefined) return paths
  const name = other === '-' ? 'standard input' : other
  throw new TeardownError('ERR_OPTION', `${name} is no regular file, which --merge needs`)
}

/** As many as asked for, or as there are cores if that is worth their start; one for sources that cannot be shared. */
function workersFor(jobs: number | undefined, sizes: readonly number[]): number {
  if (sizes.some(Number.isNaN)) return 1
  const most = Math.min(jobs ?? availableParallelism(), sizes.length)
  if (jobs !== undefined) return most
  return sizes.reduce((sum, size) => sum + size, 0) < WORTH_WORKERS_BYTES ? 1 : most
}

/**
 * How many threads are to judge connections and write their rows while one reads a single large capture. None where
 * there are no rows: records that go from one core's cache to another's and back cost as much as judging them.
 */
function helpersFor(settings: AnalyzeSettings, sizes: readonly number[]): number {
  const { jobs, outDir, summaryOnly, format, columnsChosen, all } = settings
  const [size = NaN] = sizes
  if (sizes.length !== 1 || outDir !== undefined || !(size >= WORTH_WORKERS_BYTES)) return 0
  if (summaryOnly || (format === 'table' && !columnsChosen && !all)) return 0
  return Math.min((jobs ?? availableParallelism()) - 1, MAX_ROW_HELPERS)
}

/** Octets of a file; NaN for what is none. */
function sizeOf(path: string): number {
  const stat = path === '-' ? undefined : statOf(path)
  if (path === '-' || (stat !== undefined && !stat.isFile())) return NaN
  return stat?.size ?? 0
}

/** The output must not be one of the captures. */
function refuseToOverwrite(captures: readonly string[], output: string): void {
  const target = output === '-' ? undefined : statOf(output)
  if (target?.isFile() !== true) return
  for (const path of captures) {
    const source = path === '-' ? undefined : statOf(path)
    if (source?.dev !== target.dev || source.ino !== target.ino) continue
    throw new TeardownError('ERR_OPTION', `-o ${output}: is one of the captures to read`)
  }
}
