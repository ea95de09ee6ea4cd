// `analyze` with one capture after another, results as they come: for one capture, and the only way for pipes.

import { statOf } from '../../capture/stat.js'
import type { LiveTick, Progress } from '../../engine/analyze-source.js'
import type { CaptureAnalyzer, ReadingOptions, Timeline } from '../../engine/capture-analyzer.js'
import type { CaptureReport } from '../../engine/report.js'
import { DIGEST_CELLS, type DigestHandler } from '../../incidents/digest.js'
import { afterGrace } from '../interrupt.js'
import type { Output } from '../output.js'
import type { ProgressBar } from '../progress.js'
import { type ResultFile, analyzeToFile } from './result-file.js'
import type { LiveView } from './live-view.js'
import type { AnalyzeRun } from './run.js'
import type { AnalyzeSettings } from './settings.js'

/** What both ways of running share. */
export interface RunContext {
  readonly settings: AnalyzeSettings
  readonly timelines: readonly Timeline[]
  /** A result file for each, with `--out-dir`. */
  readonly files: readonly ResultFile[] | undefined
  /** A result file is whole. */
  readonly onFile: ((at: number, report: CaptureReport, matched: boolean) => void) | undefined
  readonly analyzer: CaptureAnalyzer
  readonly run: AnalyzeRun
  /** Takes the digests of all connections. */
  readonly onDigests: DigestHandler
  readonly bar: ProgressBar | undefined
  readonly signal: AbortSignal
}

/** Analyzes all captures in this thread; the rows of a single large one with the help of `threads` others. */
export async function runInSequence(
  context: RunContext,
  output: Output,
  threads: number,
): Promise<void> {
  const { settings, timelines, analyzer, run, bar, signal } = context
  for (const [at, timeline] of timelines.entries()) {
    const [path = '-'] = timeline
    const live = timeline.length === 1 && isLive(path)
    output.immediate = live
    const view = live && settings.isWatched ? await liveView(path, output, settings) : undefined
    const reading = {
      live,
      watcher: view,
      signal: live ? afterGrace(signal) : signal,
      onProgress: (progress: Progress): void => {
        if (view === undefined) bar?.update(path, progress)
      },
      onTick: view === undefined ? undefined : (tick: LiveTick) => view.onTick(tick),
    }
    let report: CaptureReport
    const file = context.files?.[at]
    if (file !== undefined) report = await toFile(context, at, file, reading)
    else if (threads === 0) report = await analyzer.analyze(timeline, reading)
    else report = await withRowThreads(context, timeline, reading, threads)
    view?.stop()
    bar?.finish(path)
    if (report.error !== undefined) bar?.stop()
    run.add(report, live)
    if (signal.aborted) {
      run.leaveOut(timelines.slice(at + 1).flat().length)
      break
    }
  }
}

async function liveView(
  path: string,
  output: Output,
  settings: AnalyzeSettings,
): Promise<LiveView> {
  const { LiveView: View } = await import('./live-view.js')
  return new View(path, output, settings)
}

async function toFile(
  { settings, timelines, onFile, analyzer, onDigests }: RunContext,
  at: number,
  file: ResultFile,
  reading: ReadingOptions,
): Promise<CaptureReport> {
  const timeline = timelines[at] ?? ['-']
  const { report, state } = await analyzeToFile(
    settings,
    timeline,
    file,
    settings.outDir,
    reading,
    onDigests,
  )
  analyzer.writer.absorb(state)
  onFile?.(at, report, state.matched)
  return report
}

/** Reads a capture here and has the rows of its connections made on other threads. */
async function withRowThreads(
  { settings, analyzer, onDigests }: RunContext,
  timeline: Timeline,
  reading: ReadingOptions,
  threads: number,
): Promise<CaptureReport> {
  // Loaded where it is needed: every module costs a millisecond of the start.
  const { RowThreads } = await import('../../parallel/row-threads.js')
  const { BatchRowMaker } = await import('./row-maker.js')
  const { writer } = analyzer
  const module = new URL('./row-worker.js', import.meta.url)
  const here = new BatchRowMaker(settings)
  const makers = new RowThreads(module, settings, threads, here, (made, batch) => {
    writer.flushDigests()
    writer.absorb(made.state)
    writer.absorbBytes(made.rows.bytes)
    const { bytes } = made.digests
    const cells = new Float64Array(
      bytes.buffer,
      bytes.byteOffset,
      bytes.length / Float64Array.BYTES_PER_ELEMENT,
    )
    const { captureName, baseNs } = batch
    onDigests({ captureName, baseNs, count: cells.length / DIGEST_CELLS, cells })
  })
  try {
    const report = await analyzer.analyze(timeline, {
      ...reading,
      handOver: makers.handOver,
      pause: () => makers.catchUp(),
    })
    await makers.drain()
    return report
  } finally {
    await makers.close()
  }
}

/** Standard input and FIFOs may go on for ever. */
export function isLive(path: string): boolean {
  if (path === '-') return true
  return statOf(path)?.isFile() === false
}
