// `analyze` on worker threads: a capture on each, results in the order of the captures.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TeardownError } from '../../base/errors.js'
import { runPool } from '../../parallel/pool.js'
import { emptyPart } from '../../parallel/spool.js'
import type { Progress } from '../../engine/analyze-source.js'
import type { Reporter } from '../../output/formats/reporter.js'
import { type AnalyzeRun, failedPart } from './run.js'
import { atOnce } from '../exit-hooks.js'
import type { WorkerResult, WorkerSetup, WorkerTask } from './analyze-worker.js'
import { removePartial } from '../output.js'
import type { RunContext } from './sequential.js'

/** Judges the captures on `workers` threads; `costs` are their sizes. */
export async function runOnWorkers(
  { timelines, files, onFile, run, reporter, bar, signal }: RunContext,
  costs: readonly number[],
  workers: number,
  setup: Omit<WorkerSetup, 'folder'>,
): Promise<void> {
  const folder = temporaryFolder()
  function removeTemporary(): void {
    rmSync(folder, { recursive: true, force: true })
    for (const file of files ?? []) removePartial(file)
  }
  const forget = atOnce(removeTemporary)
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
      onSettled: (at, outcome) => {
        if (outcome.state !== 'done') return
        const { part } = outcome.result as WorkerResult
        onFile?.(at, part.report, part.matched)
      },
      signal,
    })
    let at = 0
    for await (const outcome of outcomes) {
      const path = timelines[at]?.[0] ?? ''
      if (outcome.state === 'done') absorb(outcome.result, run, reporter)
      else if (outcome.state === 'died')
        run.add(failedPart(path, 'ERR_WORKER', `not analyzed, its worker died: ${outcome.reason}`))
      else run.leaveOut(timelines[at]?.length ?? 0)
      at++
    }
  } finally {
    // No worker runs any more; one that died may have left what it was writing.
    removeTemporary()
    forget()
  }
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'tcp-teardown-'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new TeardownError('ERR_WRITE', `no folder for temporary files (TMPDIR): ${why}`, {
      cause: error,
    })
  }
}

function absorb({ part, written }: WorkerResult, run: AnalyzeRun, reporter: Reporter): void {
  reporter.absorb(part.state)
  emptyPart(written, (octets) => reporter.absorbOctets(octets))
  run.add(part)
}
