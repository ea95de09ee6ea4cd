// Runs of the fuzzing, one behind the other, with what is to be told of them.

import { performance } from 'node:perf_hooks'
import { Broken } from './broken.js'
import { check } from './check.js'
import type { Base } from './corpus.js'
import { inputOf } from './input.js'
import { Random } from './random.js'

/** A generous time for an input: a slow machine, a busy one, and a collection of garbage are in it. */
const INPUT_MS = 500
const BYTE_NS = 50_000
/** Runs between two looks at the clock. */
const CLOCK_RUNS = 128

/** An input for which something does not hold. */
export interface Find {
  readonly run: number
  readonly property: string
  readonly message: string
  readonly bytes: Uint8Array
}

/** What came of some runs. */
export interface Campaign {
  runs: number
  bytes: number
  seconds: number
  slowest: { run: number; nsPerByte: number; bytes: number }
  readonly finds: Find[]
}

/** When to stop. */
export interface Limits {
  readonly runs: number
  readonly seconds: number
  readonly finds: number
  /** Whether an input that takes long is a find: only a machine with nothing else to do can tell. */
  readonly timed: boolean
}

/** Runs inputs `first`, `first + 1` and so on until a limit is reached. */
export async function campaign(
  bases: readonly Base[],
  seed: number,
  first: number,
  limits: Limits,
  onProgress?: (soFar: Campaign) => void,
): Promise<Campaign> {
  const result: Campaign = {
    runs: 0,
    bytes: 0,
    seconds: 0,
    slowest: { run: first, nsPerByte: 0, bytes: 0 },
    finds: [],
  }
  const started = performance.now()
  while (result.runs < limits.runs && result.finds.length < limits.finds) {
    const run = first + result.runs
    const find = await oneRun(bases, seed, run, result, limits.timed)
    if (find !== undefined) result.finds.push(find)
    result.runs++
    if (result.runs % CLOCK_RUNS !== 0) continue
    result.seconds = (performance.now() - started) / 1000
    if (result.seconds >= limits.seconds) break
    onProgress?.(result)
  }
  result.seconds = (performance.now() - started) / 1000
  return result
}

async function oneRun(
  bases: readonly Base[],
  seed: number,
  run: number,
  result: Campaign,
  timed: boolean,
): Promise<Find | undefined> {
  const { bytes, changedAt, random } = inputOf(bases, seed, run)
  const started = performance.now()
  const find = await findOf(bytes, changedAt, random)
  const ms = performance.now() - started
  result.bytes += bytes.length
  if (find !== undefined) return { ...find, run, bytes }
  if (!timed) return undefined
  const nsPerByte = (ms * 1e6) / Math.max(bytes.length, 256)
  if (nsPerByte <= result.slowest.nsPerByte) return undefined
  // The machine has slow moments: an input is slow if it always is.
  const best = Math.min(ms, await timeOf(bytes, changedAt), await timeOf(bytes, changedAt))
  const bestPerByte = (best * 1e6) / Math.max(bytes.length, 256)
  if (bestPerByte > result.slowest.nsPerByte) {
    result.slowest = { run, nsPerByte: bestPerByte, bytes: bytes.length }
  }
  if (best < INPUT_MS + (bytes.length * BYTE_NS) / 1e6) return undefined
  return { run, property: 'time is linear', message: `${best.toFixed(0)} ms`, bytes }
}

async function timeOf(bytes: Uint8Array, changedAt: number): Promise<number> {
  const started = performance.now()
  await findOf(bytes, changedAt, new Random(1, 1))
  return performance.now() - started
}

/** What does not hold for an input, if anything. */
export async function findOf(
  bytes: Uint8Array,
  changedAt: number,
  random: Random,
  thorough = false,
): Promise<{ property: string; message: string } | undefined> {
  try {
    // Only compressed inputs have to be waited for.
    const running = check(bytes, changedAt, random, thorough)
    if (running !== undefined) await running
    return undefined
  } catch (error) {
    if (error instanceof Broken) return { property: error.property, message: error.message }
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { property: 'no exception but the documented ones', message }
  }
}
