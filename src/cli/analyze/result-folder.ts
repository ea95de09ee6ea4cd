// `--out-dir`: one result file for each capture, and `--resume`: what is done and unchanged is not done again. A result is
// written aside and renamed, so that it is whole or absent; a line in the folder's list says what it was made of.

import { createHmac } from 'node:crypto'
import { dirname, join } from 'node:path'
import { TeardownError } from '../../base/errors.js'
import { systemErrorText } from '../../base/system-error.js'
import { count } from '../../base/text.js'
import { statOf } from '../../capture/stat.js'
import type { Timeline } from '../../engine/capture-analyzer.js'
import type { CaptureReport } from '../../engine/report.js'
import { SCHEMA_NAME } from '../../output/schema-name.js'
import { formatNamed } from '../../output/formats/index.js'
import type { Summary } from '../../output/collect/summary.js'
import { totalsText } from './batch-end.js'
import { warn } from '../context.js'
import { packageVersion } from '../version.js'
import { partialPath, removeLeftPartials } from '../partial-file.js'
import { type ResultFile, makeFolder } from './result-file.js'
import { appendLine, linesOf } from './result-list.js'
import { resultNames } from './result-names.js'
import type { AnalyzeSettings } from './settings.js'

const LIST = '.tcp-teardown.list'

/** Settings that do not change a result. */
const WITHOUT_EFFECT = new Set([
  'jobs',
  'progress',
  'output',
  'outDir',
  'resume',
  'strict',
  'width',
  'rows',
  'pager',
  'isWatched',
  'isAscii',
  'nameCaptures',
])

/** Path, size and time of change of each capture of a timeline. */
type Captures = readonly (readonly [path: string, bytes: number, changedMs: number])[]

/** One line of the list: a result, and what it was made of. */
interface Made {
  readonly result: string
  readonly captures: Captures
  readonly options: string
  /** Size of the result. */
  readonly bytes: number
}

/** What a run has to know of a result that was made before. */
interface Known {
  readonly made: Made
  readonly matched: boolean
  readonly cutShort: boolean
}

/** Errors after which there is no result file. */
const NO_RESULT: ReadonlySet<string> = new Set(['ERR_INTERRUPTED', 'ERR_WORKER', 'ERR_WRITE'])

/** What is to be analyzed, and into which files. */
export interface FilePlan {
  readonly timelines: readonly Timeline[]
  /** A result file for each timeline; undefined when all results go to one place. */
  readonly files: readonly ResultFile[] | undefined
  /** The file of the timeline at this place is whole. */
  readonly onFile: ((at: number, report: CaptureReport, matched: boolean) => void) | undefined
  /** What earlier runs found of the timelines that are left out. */
  readonly kept: readonly { readonly matched: boolean; readonly cutShort: boolean }[]
  /** Says on stderr what lies in the folder now, and whether all could be noted; standard output stays empty. */
  readonly tell: (summary: Summary) => boolean
}

/** Decides which timelines are analyzed into which files. */
export function planFiles(all: readonly Timeline[], settings: AnalyzeSettings): FilePlan {
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
  const folder = new ResultFolder(outDir, settings)
  const files = folder.filesOf(all)
  refuseCaptures(files, all)
  folder.readList(files)
  if (resume)
    for (const each of new Set(files.map((file) => dirname(file)))) removeLeftPartials(each)
  const planned = all.map((timeline, at) => {
    const file = files[at] ?? ''
    // Before the reading: what changes from now on is not known to be in the result.
    const captures = capturesOf(timeline)
    return { timeline, file, captures, known: resume ? folder.known(file, captures) : undefined }
  })
  const due = planned.filter(({ known }) => known === undefined)
  let made = 0
  let listProblem: string | undefined
  return {
    timelines: due.map(({ timeline }) => timeline),
    files: due.map(({ file }) => ({ path: file, partial: partialPath(file) })),
    kept: planned.flatMap(({ known }) => known ?? []),
    onFile: (at, { error }, matched) => {
      if (error !== undefined && NO_RESULT.has(error.code)) return
      made++
      const { file, captures } = due[at] as (typeof due)[number]
      // What could not be read to its end is tried again.
      if (error !== undefined && error.code !== 'ERR_CAPTURE_TRUNCATED') return
      try {
        folder.note(file, captures, matched, error !== undefined)
      } catch (problem) {
        listProblem ??= systemErrorText(problem)
      }
    },
    tell: (summary) => {
      const kept = all.length - due.length
      const before = kept === 0 ? '' : `, ${kept} done before and unchanged`
      const totals = made === 0 ? '' : `: ${totalsText(summary)}`
      warn(`${count(made, 'result')} written below ${outDir}${before}${totals}`)
      if (listProblem === undefined) return true
      warn(`cannot write ${join(outDir, LIST)}: ${listProblem}: --resume will make results again`)
      return false
    },
  }
}

/** A result must not take the place of a capture, such as one that is called like the result of another. */
function refuseCaptures(files: readonly string[], timelines: readonly Timeline[]): void {
  const captures = new Set(timelines.flat().map(fileNumber))
  for (const file of files) {
    const number = fileNumber(file)
    if (number === undefined || !captures.has(number)) continue
    throw new TeardownError('ERR_OPTION', `--out-dir: the result ${file} would replace a capture`)
  }
}

/** The same for all names of a file; undefined where there is none. */
function fileNumber(path: string): string | undefined {
  const stat = statOf(path)
  return stat?.isFile() === true ? `${stat.dev}:${stat.ino}` : undefined
}

/** The folder of `--out-dir`. */
class ResultFolder {
  private readonly folder: string
  private readonly extension: string
  private readonly options: string
  private readonly made = new Map<string, Known>()

  /** @throws {TeardownError} ERR_WRITE if the folder cannot be made. */
  constructor(folder: string, settings: AnalyzeSettings) {
    this.folder = folder
    this.extension = formatNamed(settings.format).extension
    this.options = optionsText(settings)
    makeFolder(folder, undefined)
  }

  /** Reads what the list says of these results. */
  readList(files: readonly string[]): void {
    const wanted = new Set(files)
    for (const line of linesOf(join(this.folder, LIST))) {
      const known = knownIn(line)
      if (known !== undefined && wanted.has(known.made.result)) {
        this.made.set(known.made.result, known)
      }
    }
  }

  /** The result file of each timeline: the path of its first capture below the folder. */
  filesOf(timelines: readonly Timeline[]): string[] {
    const names = resultNames(
      timelines.map(([first = '-']) => first),
      this.extension,
    )
    return names.map((name) => join(this.folder, name))
  }

  /** What is known of a result, if it is there and made of the same captures with the same options. */
  known(file: string, captures: Captures | undefined): Known | undefined {
    const known = this.made.get(file)
    const now = this.lineOf(file, captures)
    if (known === undefined || now === undefined) return undefined
    return JSON.stringify(known.made) === JSON.stringify(now) ? known : undefined
  }

  /** Notes a result that is whole. */
  note(file: string, captures: Captures | undefined, matched: boolean, cutShort: boolean): void {
    const made = this.lineOf(file, captures)
    if (made === undefined) return
    const line = JSON.stringify({ made, matched, cutShort } satisfies Known)
    // The same result once more needs no further line.
    if (line === JSON.stringify(this.made.get(file))) return
    appendLine(join(this.folder, LIST), line)
  }

  private lineOf(file: string, captures: Captures | undefined): Made | undefined {
    const result = statOf(file)
    if (captures === undefined || result === undefined) return undefined
    return { result: file, captures, options: this.options, bytes: result.size }
  }
}

/** Options as they are noted, with the version, which may judge differently: what is anonymized must not stand beside the results in clear, `--host` for one. */
function optionsText({ anonymizeKey: key, ...settings }: AnalyzeSettings): string {
  const chosen = Object.entries(settings).filter(([name]) => !WITHOUT_EFFECT.has(name))
  const options = JSON.stringify(
    [SCHEMA_NAME, packageVersion(), chosen],
    (_name, value: unknown) => (typeof value === 'bigint' ? `${value}` : value),
  )
  return key === undefined ? options : createHmac('sha256', key).update(options).digest('hex')
}

/** What a timeline's captures are now; undefined if one of them is no regular file. */
function capturesOf(timeline: Timeline): Captures | undefined {
  const captures: [string, number, number][] = []
  for (const path of timeline) {
    const stat = statOf(path)
    if (stat?.isFile() !== true) return undefined
    captures.push([path, stat.size, stat.mtimeMs])
  }
  return captures
}

/** What a line says; undefined for one that was cut short by a crash, or is damaged. */
function knownIn(line: string): Known | undefined {
  try {
    const known = JSON.parse(line) as Known | null
    return typeof known?.made?.result === 'string' ? known : undefined
  } catch {
    return undefined
  }
}
