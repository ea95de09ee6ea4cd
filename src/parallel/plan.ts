// Who runs where: how many threads are worth their start.

import { availableParallelism } from 'node:os'

/** Starting workers costs as much as reading so many bytes. */
const WORTH_WORKERS_BYTES = 32e6
/** Classifying a short connection and writing its row takes twice as long as following it: more threads would only wait. */
const MAX_ROW_THREADS = 3

/**
 * Threads that take a capture each: as many as asked for with `jobs`, or as there are cores if that is worth their start.
 * `sizes` are those of the captures in bytes, NaN for sources that cannot be shared, which are read by one thread.
 */
export function captureWorkers(jobs: number | undefined, sizes: readonly number[]): number {
  if (sizes.some(Number.isNaN)) return 1
  const most = Math.min(jobs ?? availableParallelism(), sizes.length)
  if (jobs !== undefined) return most
  return sizes.reduce((sum, size) => sum + size, 0) < WORTH_WORKERS_BYTES ? 1 : most
}

/**
 * Threads that classify connections and write their rows while one reads a single large capture. None where there are no
 * rows: records that go from one core's cache to another's and back cost as much as classifying them.
 */
export function rowThreads(
  jobs: number | undefined,
  sizes: readonly number[],
  writesRows: boolean,
): number {
  const [size = NaN] = sizes
  if (sizes.length !== 1 || !writesRows || !(size >= WORTH_WORKERS_BYTES)) return 0
  return Math.min((jobs ?? availableParallelism()) - 1, MAX_ROW_THREADS)
}
