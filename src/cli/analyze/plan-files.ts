// `--out-dir` and `--resume`: which captures are analyzed into which results; what is done and unchanged is not done again.

import { join } from 'node:path'
import { TeardownError } from '../../base/errors.js'
import { count } from '../../base/text.js'
import { isS3Url, isWebUrl, s3Place } from '../../capture/remote/url.js'
import { statOf } from '../../capture/stat.js'
import type { Timeline } from '../../engine/capture-analyzer.js'
import type { CaptureReport } from '../../engine/report.js'
import type { Summary } from '../../output/collect/summary.js'
import { formatNamed } from '../../output/formats/index.js'
import { warn } from '../context.js'
import { totalsText } from './batch-end.js'
import { identitiesOf } from './identity.js'
import type { ResultFile } from './result-file.js'
import { ResultFolder } from './result-folder.js'
import { resultNames } from './result-names.js'
import type { KnownResult, ResultStore } from './result-store.js'
import type { AnalyzeSettings } from './settings.js'

/** Errors after which there is no result file. */
const NO_RESULT: ReadonlySet<string> = new Set(['ERR_INTERRUPTED', 'ERR_WORKER', 'ERR_WRITE'])

/** Results and captures asked about at once, where each answer comes over a network. */
const AT_ONCE = 16

/** What is to be analyzed, and into which files. */
export interface FilePlan {
  readonly timelines: readonly Timeline[]
  /** A result file for each timeline; undefined when all results go to one place. */
  readonly files: readonly ResultFile[] | undefined
  /** The file of the timeline at this place is whole. */
  readonly onFile: ((at: number, report: CaptureReport, matched: boolean) => void) | undefined
  /** What earlier runs found of the timelines that are left out. */
  readonly kept: readonly KnownResult[]
  /** Says on stderr what lies in the folder now, and whether all could be noted; standard output stays empty. */
  readonly tell: (summary: Summary) => boolean
}

/** Decides which timelines are analyzed into which files. */
export async function planFiles(
  all: readonly Timeline[],
  settings: AnalyzeSettings,
  signal: AbortSignal,
): Promise<FilePlan> {
  const { outDir, resume } = settings
  if (outDir === undefined) {
    return {
      timelines: all,
      files: undefined,
      onFile: undefined,
      kept: [],
      tell: () => true,
    }
  }
  const names = resultNames(
    all.map(([first = '-']) => first),
    formatNamed(settings.format).extension,
  )
  const store = await storeOf(outDir, settings, names, all, signal)
  // Before the reading: what changes from now on is not known to be in the result.
  const planned = await inGroups(all, async (timeline, at) => {
    const name = names[at] as string
    const captures = await identitiesOf(timeline, signal)
    const known = resume ? await store.known(name, captures) : undefined
    return { timeline, name, captures, known }
  })
  const due = planned.filter(({ known }) => known === undefined)
  const files = due.map(({ name, captures }) => store.fileOf(name, captures))
  let made = 0
  return {
    timelines: due.map(({ timeline }) => timeline),
    files,
    kept: planned.flatMap(({ known }) => known ?? []),
    onFile: (at, report, matched) => {
      const { error } = report
      if (error !== undefined && NO_RESULT.has(error.code)) return
      made++
      const { name, captures } = due[at] as (typeof due)[number]
      // What could not be read to its end is tried again.
      if (error !== undefined && error.code !== 'ERR_CAPTURE_TRUNCATED') return
      store.note(name, { captures, report, matched })
    },
    tell: (summary) => {
      const kept = all.length - due.length
      const before = kept === 0 ? '' : `, ${kept} done before and unchanged`
      const totals = made === 0 ? '' : `: ${totalsText(summary)}`
      warn(`${count(made, 'result')} written below ${outDir}${before}${totals}`)
      if (store.problem !== undefined) warn(store.problem)
      return store.problem === undefined
    },
  }
}

async function storeOf(
  outDir: string,
  settings: AnalyzeSettings,
  names: readonly string[],
  timelines: readonly Timeline[],
  signal: AbortSignal,
): Promise<ResultStore> {
  checkResults(outDir, names, timelines)
  if (!isS3Url(outDir)) {
    return new ResultFolder(outDir, settings, names)
  }
  const { ResultBucket } = await import('./result-bucket.js')
  return new ResultBucket(outDir, settings, signal)
}

/** The results of `work` in the order of the items, some of which are under way at once. */
export async function inGroups<T, R>(
  items: readonly T[],
  work: (item: T, at: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const group = items.slice(at, at + AT_ONCE)
    results.push(...(await Promise.all(group.map((item, i) => work(item, at + i)))))
  }
  return results
}

/**
 * Looks at where results are to go.
 *
 * @throws {TeardownError} ERR_OPTION for what is neither a folder nor a bucket, and where a result would take the place of a
 * capture, such as one that is called like the result of another.
 */
export function checkResults(
  outDir: string,
  names: readonly string[],
  timelines: readonly Timeline[],
): void {
  if (isWebUrl(outDir))
    throw new TeardownError('ERR_OPTION', '--out-dir takes a folder, or s3://BUCKET/PREFIX')
  if (isS3Url(outDir)) {
    if (s3Place(outDir).bucket === '')
      throw new TeardownError('ERR_OPTION', '--out-dir: s3:// names no bucket')
    return
  }
  const captures = new Set(timelines.flat().map(fileNumber))
  for (const path of names.map((name) => join(outDir, name))) {
    const number = fileNumber(path)
    if (number === undefined || !captures.has(number)) continue
    throw new TeardownError('ERR_OPTION', `--out-dir: the result ${path} would replace a capture`)
  }
}

/** The same for all names of a file; undefined where there is none. */
function fileNumber(path: string): string | undefined {
  const stat = statOf(path)
  return stat?.isFile() === true ? `${stat.dev}:${stat.ino}` : undefined
}
