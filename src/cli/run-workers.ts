// `analyze` on worker threads: a capture on each, results in the order of the captures.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runPool } from '../batch/pool.js'
import { emptyPart } from '../batch/spool.js'
import type { Progress } from '../engine/analyze.js'
import type { CaptureReport } from '../engine/capture-report.js'
import type { Reporter } from '../report/reporter.js'
import type { AnalyzeRun } from './analyze-run.js'
import type { WorkerResult, WorkerSetup, WorkerTask } from './analyze-worker.js'
import type { RunContext } from './run-here.js'

/** Judges the captures on `workers` threads; `costs` are their sizes. */
export async function runOnWorkers(
  { timelines, files, onFile, run, reporter, bar, signal }: RunContext,
  costs: readonly number[],
  workers: number,
  setup: Omit<WorkerSetup, 'folder'>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tcp-teardown-'))
  try {
    const outcomes = runPool<WorkerTask, Progress, WorkerResult>({
      module: new URL('./analyze-worker.js', import.meta.url),
      setup: { ...setup, folder } satisfies WorkerSetup,
      workers,
      tasks: timelines.map((timeline, at) => ({
        task: { timeline, file: files?.[at] },
        cost: costs[at] ?? 0,
      })),
      onProgress: (at, progress) => bar?.update(timelines[at]?.[0] ?? '', progress),
      signal,
    })
    let at = 0
    for await (const outcome of outcomes) {
      const path = timelines[at]?.[0] ?? ''
      if (outcome.state === 'done') {
        absorb(outcome.result, run, reporter)
        onFile?.(at, outcome.result.part.report)
      } else if (outcome.state === 'died') run.add(deadCapture(path, outcome.reason))
      else break
      at++
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function absorb({ part, written }: WorkerResult, run: AnalyzeRun, reporter: Reporter): void {
  reporter.absorb(part.state)
  emptyPart(written, (octets) => reporter.absorbOctets(octets))
  run.add(part)
}

/** What is said of a capture whose worker died over it. */
function deadCapture(path: string, reason: string): Parameters<AnalyzeRun['add']>[0] {
  const report: CaptureReport = {
    type: 'capture',
    capture: path,
    linktypes: [],
    packets: 0,
    tcp_packets: 0,
    wire_bytes: 0,
    read_bytes: 0,
    connections: 0,
    skipped: [],
    error: { code: 'ERR_WORKER', message: `not analyzed, its worker died: ${reason}` },
  }
  const tally = { connections: 0, selected: 0, rules: [], closers: [] }
  return { report, tally, matched: false }
}
