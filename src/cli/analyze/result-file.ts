// One result file of `--out-dir`: a document of its own, written aside and renamed, so that it is whole or absent.

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { TeardownError, type TeardownErrorCode } from '../../base/errors.js'
import { systemErrorText } from '../../base/system-error.js'
import { statOf } from '../../capture/stat.js'
import {
  type AnalyzerOptions,
  CaptureAnalyzer,
  type ReadingOptions,
  type Timeline,
  anonymizerOf,
} from '../../engine/capture-analyzer.js'
import { NOTHING_WRITTEN, type WrittenState } from '../../engine/connection-writer.js'
import type { CaptureReport } from '../../engine/report.js'
import { IncidentDetector } from '../../engine/incident-detector.js'
import type { DigestHandler } from '../../incidents/digest.js'
import type { IncidentRow } from '../../output/incidents/row.js'
import { Output } from '../output.js'
import { removePartial } from '../partial-file.js'
import { encoderOf } from './encoder.js'
import { AnalyzeRun, isHalf } from './run.js'

/** Columns of text in a file. */
const FILE_WIDTH = 100

/** Where a result goes, and where it is written until it is whole. */
export interface ResultFile {
  readonly path: string
  readonly partial: string
  /** The object that it becomes then; the file is gone afterwards. */
  readonly object?: ResultObject | undefined
}

/** An object of a storage, and what is kept beside it. */
export interface ResultObject {
  readonly url: string
  /** Names what the result is made of. */
  readonly made: string
}

/** Names of what is kept beside an object. */
export const OBJECT_NOTES = {
  made: 'tcp-teardown-made',
  matched: 'tcp-teardown-matched',
  cutShort: 'tcp-teardown-cut-short',
} as const

/** What came of a capture; the bytes that were written for it go beside it. */
export interface CapturePart {
  readonly report: CaptureReport
  readonly state: WrittenState
  /** Of a result file, which has them in it. */
  readonly incidents: readonly IncidentRow[]
  /** Size of a result file; 0 where there is none. */
  readonly bytes: number
}

/** What is said of a capture that could not be analyzed, for a reason that does not lie in it. */
export function failedPart(path: string, code: TeardownErrorCode, message: string): CapturePart {
  return {
    report: {
      type: 'capture',
      capture: path,
      linktypes: [],
      packets: 0,
      tcp_packets: 0,
      wire_bytes: 0,
      read_bytes: 0,
      connections: 0,
      skipped: [],
      error: { code, message },
    },
    state: NOTHING_WRITTEN,
    incidents: [],
    bytes: 0,
  }
}

/** Analyzes a timeline into a file of its own. A file is left out when the reading was stopped. */
export async function analyzeToFile(
  options: AnalyzerOptions,
  timeline: Timeline,
  { path, partial, object }: ResultFile,
  outDir: string | undefined,
  reading: ReadingOptions,
  onDigests: DigestHandler,
): Promise<CapturePart> {
  let output: Output
  try {
    makeFolder(dirname(path), outDir)
    output = new Output(path, { partial })
  } catch (error) {
    return failedPart(timeline[0] ?? '-', 'ERR_WRITE', messageOf(error))
  }
  try {
    const own = { ...options, nameCaptures: false, width: FILE_WIDTH }
    const detector = new IncidentDetector(anonymizerOf(options.anonymizeKey), options.isLocalTime)
    const incidents: IncidentRow[] = []
    const encoder = await encoderOf(own, output)
    const analyzer = new CaptureAnalyzer(own, encoder ?? output, (batch) => {
      detector.add(batch)
      onDigests(batch)
    })
    const { writer } = analyzer
    const source = {
      take: (capture: string): readonly IncidentRow[] => {
        incidents.push(...detector.take(capture))
        return incidents
      },
    }
    const run = new AnalyzeRun(writer, source, {
      strict: false,
      warns: false,
      limits: [],
      isSearching: false,
    })
    writer.begin()
    const report = await analyzer.analyze(timeline, reading)
    run.add(report)
    run.finish()
    let bytes = 0
    if (isHalf(report) && !reading.live) output.discard()
    else {
      encoder?.end()
      output.close()
      bytes = statOf(path)?.size ?? 0
      if (object !== undefined)
        await intoObject(path, object, writer.matched, report, reading.signal)
    }
    const state = { ...writer.take(), rows: 0, groups: NOTHING_WRITTEN.groups }
    return { report, state, incidents, bytes }
  } catch (error) {
    output.discard()
    if (!(error instanceof TeardownError)) throw error
    return failedPart(timeline[0] ?? '-', 'ERR_WRITE', error.message)
  }
}

/** Moves a result that is whole into an object, at once. */
async function intoObject(
  path: string,
  { url, made }: ResultObject,
  matched: boolean,
  { error }: CaptureReport,
  signal: AbortSignal,
): Promise<void> {
  const { putS3 } = await import('../../capture/remote/s3.js')
  // What could not be read to its end is tried again.
  const isDone = error === undefined || error.code === 'ERR_CAPTURE_TRUNCATED'
  try {
    const notes = {
      [OBJECT_NOTES.made]: isDone ? made : '',
      [OBJECT_NOTES.matched]: String(matched),
      [OBJECT_NOTES.cutShort]: String(error !== undefined),
    }
    await putS3(url, path, notes, signal)
  } finally {
    removePartial(path)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Makes a folder and those above it, but not again the one of all results, which was there when the run began. */
export function makeFolder(folder: string, root: string | undefined): void {
  try {
    // Step by step: mkdir's own recursion never ends below /proc (Node 20).
    const there = statOf(folder)
    if (there?.isDirectory() === true) return
    if (folder === root) throw new TeardownError('ERR_WRITE', `the folder ${folder} is gone`)
    if (there !== undefined) {
      throw new TeardownError('ERR_WRITE', `cannot make the folder ${folder}: a file has its name`)
    }
    const parent = dirname(folder)
    if (parent !== folder) makeFolder(parent, root)
    mkdirSync(folder)
  } catch (error) {
    if (error instanceof TeardownError) throw error
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
    throw new TeardownError('ERR_WRITE', `cannot make ${folder}: ${systemErrorText(error)}`, {
      cause: error,
    })
  }
}
