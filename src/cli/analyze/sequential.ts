// `analyze` in one thread: captures one after another, results as they come. The only way for pipes.

import { statOf } from '../../capture/stat.js'
import type { Progress } from '../../engine/analyze-source.js'
import type { CaptureReport } from '../../engine/report.js'
import type { Reporter } from '../../output/formats/reporter.js'
import { type AnalyzeRun, CaptureJudge, type ReadingOptions, type Timeline } from './run.js'
import type { JudgeSetup } from './judge-worker.js'
import type { Output } from '../output.js'
import { analyzeToFile } from './result-folder.js'
import type { ProgressBar } from '../progress.js'
import type { AnalyzeSettings } from './settings.js'

const GRACE_MS = 1500

/** Threads that judge the connections of the only capture. */
export interface Helpers {
  readonly threads: number
  readonly setup: JudgeSetup
}

/** What both ways of running share. */
export interface RunContext {
  readonly timelines: readonly Timeline[]
  /** A result file for each, with `--out-dir`. */
  readonly files: readonly string[] | undefined
  /** A result file is whole. */
  readonly onFile: ((at: number, report: CaptureReport, matched: boolean) => void) | undefined
  readonly run: AnalyzeRun
  readonly reporter: Reporter
  readonly bar: ProgressBar | undefined
  readonly signal: AbortSignal
}

/** Judges all captures in this thread; a single one with the help of others if `helpers` says so. */
export async function runHere(
  { timelines, files, onFile, run, reporter, bar, signal }: RunContext,
  settings: AnalyzeSettings,
  output: Output,
  helpers: Helpers | undefined,
): Promise<void> {
  const judge = new CaptureJudge(settings, reporter)
  for (const [at, timeline] of timelines.entries()) {
    const [path = '-'] = timeline
    const live = timeline.length === 1 && isLive(path)
    output.immediate = live
    let last: Progress | undefined
    const options = {
      live,
      signal: live ? afterGrace(signal) : signal,
      onProgress: (progress: Progress): void => {
        last = progress
        bar?.update(path, progress)
      },
    }
    const file = files?.[at]
    const part =
      file !== undefined
        ? await analyzeToFile(settings, timeline, file, options)
        : judge.takeHere(
            helpers === undefined
              ? await judge.judge(timeline, options)
              : await judgeWithHelp(judge, timeline, options, settings, helpers),
          )
    bar?.done(last)
    if (part.report.error !== undefined) bar?.stop()
    run.add(part, live)
    onFile?.(at, part.report, part.matched)
    if (signal.aborted) {
      run.leaveOut(timelines.slice(at + 1).flat().length)
      break
    }
  }
}

/** Reads a capture here and judges its connections on other threads. */
async function judgeWithHelp(
  judge: CaptureJudge,
  timeline: Timeline,
  options: ReadingOptions,
  settings: AnalyzeSettings,
  { threads, setup }: Helpers,
): Promise<CaptureReport> {
  // Loaded where it is needed: every module costs a millisecond of the start.
  const { JudgeThreads } = await import('./judge-threads.js')
  const judges = new JudgeThreads(settings, setup, threads, ({ part, written }) =>
    judge.absorb(part, written.octets),
  )
  try {
    const report = await judge.judge(timeline, {
      ...options,
      handOver: judges.handOver,
      pause: () => judges.catchUp(),
    })
    await judges.drain()
    return report
  } finally {
    await judges.close()
  }
}

/**
 * Ctrl-C reaches the whole pipeline. Whoever writes into the pipe gets this long to write out what it holds and close.
 */
function afterGrace(signal: AbortSignal): AbortSignal {
  const later = new AbortController()
  signal.addEventListener('abort', () => setTimeout(() => later.abort(), GRACE_MS).unref(), {
    once: true,
  })
  return later.signal
}

/** Standard input and FIFOs may go on for ever. */
function isLive(path: string): boolean {
  if (path === '-') return true
  return statOf(path)?.isFile() === false
}
