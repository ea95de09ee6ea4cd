// Follows a file that grows, or a folder into which captures are rotated.

import { setTimeout } from 'node:timers/promises'
import type { TeardownError } from '../base/errors.js'
import { CaptureFolder, type Tell } from './capture-folder.js'
import { GrowingFile, type Growth } from './growing-file.js'
import type { LiveAnalysis } from './live-analysis.js'

/** How often something is looked at that may have grown, and the share of the time that looking may take. */
const LOOK_MS = 200
const LOOK_SHARE = 20
/** What is there when a signal comes is read for so long. */
const GRACE_MS = 1500

/** What a follower tells. */
export interface FollowOptions {
  readonly signal: AbortSignal
  /** A capture is begun. */
  readonly onCapture: (path: string) => void
  /** A capture could not be read, or not to its end. */
  readonly onProblem: (path: string, problem: TeardownError) => void
  readonly tell: Tell
}

/** Follows one capture until the signal comes. */
export async function followFile(
  path: string,
  analysis: LiveAnalysis,
  options: FollowOptions,
): Promise<void> {
  const growth = new SignalGrowth(new Stop(options.signal))
  options.onCapture(path)
  await readOn(path, new GrowingFile(path, growth), analysis, options)
}

/**
 * Follows a folder until the signal comes: each of its captures once, in the order in which they begin.
 *
 * @throws {TeardownError} ERR_READ if the folder cannot be listed.
 */
export async function followFolder(
  path: string,
  analysis: LiveAnalysis,
  options: FollowOptions,
): Promise<void> {
  const { signal, onCapture, tell } = options
  const folder = new CaptureFolder(path, tell)
  const stop = new Stop(signal)
  while (!signal.aborted) {
    const beginMs = performance.now()
    await folder.look()
    const capture = await folder.next()
    if (capture === undefined) {
      await pause(performance.now() - beginMs, signal)
      continue
    }
    onCapture(capture)
    const file = new GrowingFile(capture, new FolderGrowth(stop, folder, capture))
    await readOn(capture, file, analysis, options)
    await folder.done(capture, file)
  }
}

async function readOn(
  path: string,
  file: GrowingFile,
  analysis: LiveAnalysis,
  { signal, onProblem }: FollowOptions,
): Promise<void> {
  const problem = await analysis.read(file, undefined)
  // Somebody stands in the middle of a record that is being written.
  const isBegun = signal.aborted && problem?.code === 'ERR_CAPTURE_TRUNCATED'
  if (problem !== undefined && !isBegun) onProblem(path, problem)
}

/** When the signal came. */
class Stop {
  readonly signal: AbortSignal
  private abortedMs = Infinity

  constructor(signal: AbortSignal) {
    this.signal = signal
    signal.addEventListener('abort', () => (this.abortedMs = performance.now()), { once: true })
  }

  get isLate(): boolean {
    return performance.now() - this.abortedMs > GRACE_MS
  }
}

/** Grows until a signal comes. */
class SignalGrowth implements Growth {
  protected readonly stop: Stop

  constructor(stop: Stop) {
    this.stop = stop
  }

  isOver(): boolean {
    return this.stop.signal.aborted
  }

  isEnough(): boolean {
    return this.stop.isLate
  }

  wait(): Promise<void> {
    return pause(0, this.stop.signal)
  }
}

/** Grows until a later capture is begun. */
class FolderGrowth extends SignalGrowth {
  private readonly folder: CaptureFolder
  private readonly path: string

  constructor(stop: Stop, folder: CaptureFolder, path: string) {
    super(stop)
    this.folder = folder
    this.path = path
  }

  override isOver(): boolean {
    return super.isOver() || this.folder.hasLater(this.path)
  }

  override async wait(): Promise<void> {
    const beginMs = performance.now()
    await this.folder.look()
    await pause(performance.now() - beginMs, this.stop.signal)
  }
}

/** Waits until it is worth another look, which took `tookMs`. */
async function pause(tookMs: number, signal: AbortSignal): Promise<void> {
  const ms = Math.max(LOOK_MS, LOOK_SHARE * tookMs)
  await setTimeout(ms, undefined, { signal }).catch(() => undefined)
}
