// `--out-dir` with a folder: one result file for each capture. A result is written aside and renamed, so that it is whole or
// absent; a line in the folder's list says what it was made of.

import { dirname, join } from 'node:path'
import { systemErrorText } from '../../base/system-error.js'
import { statOf } from '../../capture/stat.js'
import { partialPath, removeLeftPartials } from '../partial-file.js'
import type { CaptureIdentity } from './identity.js'
import { type ResultFile, makeFolder } from './result-file.js'
import { appendLine, linesOf } from './result-list.js'
import { type KnownResult, type MadeResult, type ResultStore, optionsText } from './result-store.js'
import type { AnalyzeSettings } from './settings.js'

const LIST = '.tcp-teardown.list'

/** One line of the list: a result, and what it was made of. */
interface Made {
  readonly result: string
  readonly captures: readonly CaptureIdentity[]
  readonly options: string
  /** Size of the result. */
  readonly bytes: number
}

/** The same with what a later run has to know. */
interface Known extends KnownResult {
  readonly made: Made
}

/** The folder of `--out-dir`. */
export class ResultFolder implements ResultStore {
  private readonly folder: string
  private readonly options: string
  private readonly made = new Map<string, Known>()
  private listProblem: string | undefined

  /**
   * @param names All results there are to be.
   * @throws {TeardownError} ERR_WRITE if the folder cannot be made.
   */
  constructor(folder: string, settings: AnalyzeSettings, names: readonly string[]) {
    this.folder = folder
    this.options = optionsText(settings)
    makeFolder(folder, undefined)
    const files = names.map((name) => join(folder, name))
    this.readList(new Set(files))
    if (!settings.resume) return
    for (const each of new Set(files.map((file) => dirname(file)))) removeLeftPartials(each)
  }

  get problem(): string | undefined {
    if (this.listProblem === undefined) return undefined
    return `cannot write ${join(this.folder, LIST)}: ${this.listProblem}: --resume will make results again`
  }

  known(name: string, captures: readonly CaptureIdentity[] | undefined): KnownResult | undefined {
    const file = join(this.folder, name)
    const known = this.made.get(file)
    const now = this.lineOf(file, captures)
    if (known === undefined || now === undefined) return undefined
    return JSON.stringify(known.made) === JSON.stringify(now) ? known : undefined
  }

  fileOf(name: string): ResultFile {
    const path = join(this.folder, name)
    return { path, partial: partialPath(path) }
  }

  note(name: string, { captures, report, matched }: MadeResult): void {
    const file = join(this.folder, name)
    const made = this.lineOf(file, captures)
    if (made === undefined) return
    const cutShort = report.error !== undefined
    const line = JSON.stringify({ made, matched, cutShort } satisfies Known)
    // The same result once more needs no further line.
    if (line === JSON.stringify(this.made.get(file))) return
    try {
      appendLine(join(this.folder, LIST), line)
    } catch (problem) {
      this.listProblem ??= systemErrorText(problem)
    }
  }

  /** Reads what the list says of these results. */
  private readList(wanted: ReadonlySet<string>): void {
    for (const line of linesOf(join(this.folder, LIST))) {
      const known = knownIn(line)
      if (known !== undefined && wanted.has(known.made.result)) {
        this.made.set(known.made.result, known)
      }
    }
  }

  private lineOf(file: string, captures: readonly CaptureIdentity[] | undefined): Made | undefined {
    const result = statOf(file)
    if (captures === undefined || result === undefined) return undefined
    return { result: file, captures, options: this.options, bytes: result.size }
  }
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
