// `analyze` on worker threads: a capture on each, results in the order of the captures.

import type { Progress } from '../../engine/analyze-source.js'
import { DIGEST_CELLS } from '../../incidents/digest.js'
import { bytesOfGroups } from '../../output/collect/groups.js'
import { runPool } from '../../parallel/pool.js'
import { checkTemporaryFolder, emptyPart, heldBytes } from '../../parallel/spool.js'
import { atExit } from '../exit-hooks.js'
import { removePartial } from '../partial-file.js'
import type { WorkerResult, WorkerSetup, WorkerTask } from './capture-worker.js'
import { failedPart } from './result-file.js'
import type { RunContext } from './sequential.js'

/** Analyzes the captures on `workers` threads; `costs` are their sizes. */
export async function runInParallel(
  context: RunContext,
  costs: readonly number[],
  workers: number,
): Promise<void> {
  const { settings, timelines, files, onFile, run, bar, signal } = context
  checkTemporaryFolder()
  function removeUnfinished(): void {
    for (const { partial } of files ?? []) removePartial(partial)
  }
  const forget = atExit(removeUnfinished)
  try {
    const outcomes = runPool<WorkerTask, Progress, WorkerResult>({
      module: new URL('./capture-worker.js', import.meta.url),
      setup: { options: settings, outDir: settings.outDir } satisfies WorkerSetup,
      workers,
      tasks: timelines.map((timeline, at) => ({
        task: { timeline, file: files?.[at] },
        cost: costs[at] ?? 0,
      })),
      onProgress: (at, progress) => bar?.update(timelines[at]?.[0] ?? '', progress),
      onSettled: (at, outcome) => {
        bar?.finish(timelines[at]?.[0] ?? '')
        if (outcome.state !== 'done') return
        const { part } = outcome.result as WorkerResult
        onFile?.(at, part.report, part.state.matched)
      },
      bytesOf: ({ rows, digests, part }) =>
        heldBytes(rows) + heldBytes(digests) + bytesOfGroups(part.state.groups),
      signal,
    })
    let at = 0
    for await (const outcome of outcomes) {
      const path = timelines[at]?.[0] ?? ''
      if (outcome.state === 'done') {
        absorb(outcome.result, context)
      } else if (outcome.state === 'died') {
        const why = `not analyzed, its worker died: ${outcome.reason}`
        run.add(failedPart(path, 'ERR_WORKER', why).report)
      } else {
        run.leaveOut(timelines[at]?.length ?? 0)
      }
      at++
    }
  } finally {
    // No worker runs any more; one that died may have left what it was writing.
    removeUnfinished()
    forget()
  }
}

function absorb(
  { part, rows, digests, baseNs }: WorkerResult,
  { analyzer: { writer }, run, onDigests }: RunContext,
): void {
  writer.absorb(part.state)
  emptyPart(rows, (bytes) => writer.absorbBytes(bytes))
  function addDigests(bytes: Uint8Array): void {
    // The bytes may begin anywhere in their memory, numbers may not.
    const cells = new Float64Array(Uint8Array.from(bytes).buffer)
    const count = cells.length / DIGEST_CELLS
    onDigests({ captureName: part.report.capture, baseNs, count, cells })
  }
  emptyPart(digests, addDigests, DIGEST_CELLS * Float64Array.BYTES_PER_ELEMENT)
  run.add(part.report)
}
