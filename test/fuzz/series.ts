// Runs of any kind of fuzzing, one behind the other: each is made from its number alone, so that a find is its number.

import { performance } from 'node:perf_hooks'
import { Broken } from './broken.js'

/** A run for which something does not hold. */
export interface SeriesFind {
  readonly run: number
  readonly property: string
  readonly message: string
}

/** What came of some runs. */
export interface Series {
  runs: number
  seconds: number
  readonly finds: SeriesFind[]
}

/** When to stop. */
export interface SeriesLimits {
  readonly runs: number
  readonly seconds: number
  readonly finds: number
}

/** One run; it throws what it finds. */
export type OneRun = (run: number) => void | Promise<void>

/** Runs `first`, `first + 1` and so on until a limit is reached. */
export async function series(
  oneRun: OneRun,
  first: number,
  limits: SeriesLimits,
  onProgress?: (soFar: Series) => void,
): Promise<Series> {
  const result: Series = { runs: 0, seconds: 0, finds: [] }
  const started = performance.now()
  while (result.runs < limits.runs && result.finds.length < limits.finds) {
    const run = first + result.runs
    try {
      const running = oneRun(run)
      if (running !== undefined) await running
    } catch (error) {
      result.finds.push({ run, ...described(error) })
    }
    result.runs++
    result.seconds = (performance.now() - started) / 1000
    if (result.seconds >= limits.seconds) break
    onProgress?.(result)
  }
  return result
}

/** One line for each find, as a test shows them. */
export function findTexts({ finds }: Series): string[] {
  return finds.map(({ run, message }) => `run ${run}: ${message}`)
}

function described(error: unknown): { property: string; message: string } {
  if (error instanceof Broken) return { property: error.property, message: error.message }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { property: 'no exception but the documented ones', message }
}
