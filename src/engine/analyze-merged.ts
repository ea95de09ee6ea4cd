// One timeline out of several captures: the files of a ring buffer (tcpdump -C, -G, -W; dumpcap -b), or what several
// interfaces saw at once. Records are taken in the order of their times, a file is opened when its first record is due, and
// connections live on from one file to the next. Of files that follow one another no record is copied; of files that overlap,
// those that have to wait for their turn, a megabyte of each file at most.

import { TeardownError } from '../base/errors.js'
import { Framer } from '../capture/framer.js'
import { type CaptureInfo, emptyCaptureInfo } from '../capture/info.js'
import { CaptureClock, type RecordHandler } from '../capture/record.js'
import { readCapture } from '../capture/source.js'
import { Analysis, type AnalysisSettings } from './pipeline.js'
import type { AnalyzeOptions, Progress } from './analyze-source.js'
import { type CaptureReport, captureReport } from './report.js'
import type { ConnectionHandler } from './ended-connection.js'
import { RecordQueue } from '../capture/record-queue.js'

const PEEK_BYTES = 1 << 16

/**
 * Analyzes captures as one. Its name is that of the capture that begins first; packet numbers are those of all records in
 * the order of their times; of equal times that of the capture which begins first comes first. A capture that cannot be
 * read, or not to its end, is left out from there on, and the report says so.
 */
export async function analyzeMerged(
  paths: readonly string[],
  handler: ConnectionHandler,
  options: AnalyzeOptions & AnalysisSettings = {},
): Promise<CaptureReport> {
  const { signal } = options
  const starts: Start[] = []
  const problems: TeardownError[] = []
  for (const path of paths) {
    const { firstNs, error } = await peek(path, signal)
    if (firstNs !== undefined) starts.push({ path, firstNs, order: starts.length })
    else if (error !== undefined) problems.push(named(path, error))
  }
  starts.sort((a, b) => Number(a.firstNs - b.firstNs) || a.order - b.order)
  const name = options.name ?? starts[0]?.path ?? paths[0] ?? '-'
  const clock = new CaptureClock()
  clock.baseNs = starts[0]?.firstNs
  const analysis = new Analysis(name, clock, handler, options)
  const merger = new Merger(starts, analysis, clock, problems, options)
  try {
    // Of captures that were not even looked into nothing can be said.
    signal?.throwIfAborted()
    await merger.run()
  } catch (error) {
    if (signal?.aborted !== true || error !== signal.reason) throw error
    problems.push(new TeardownError('ERR_INTERRUPTED', 'interrupted: read no further'))
  }
  analysis.finish()
  const problem = together(problems)
  const report = captureReport(name, analysis, merger.info, clock.baseNs, {}, problem)
  return { ...report, merged_captures: paths.length }
}

interface Start {
  readonly path: string
  readonly firstNs: bigint
  readonly order: number
}

/** Thrown to stop reading; nothing is wrong. */
class Enough extends Error {}

/** Time of a capture's first record. */
async function peek(
  path: string,
  signal: AbortSignal | undefined,
): Promise<{ firstNs?: bigint; error?: TeardownError }> {
  const clock = new CaptureClock()
  const stop: RecordHandler = {
    onRecord: () => {
      throw new Enough('the first record is all that is wanted')
    },
  }
  try {
    await readCapture(path, new Framer(stop, clock, { bufferBytes: PEEK_BYTES }), { signal })
  } catch (error) {
    if (error instanceof TeardownError) return { error }
    if (!(error instanceof Enough) && error !== signal?.reason) throw error
  }
  return clock.baseNs === undefined ? {} : { firstNs: clock.baseNs }
}

class Merger {
  readonly info: CaptureInfo = emptyCaptureInfo()
  private readonly problems: TeardownError[]
  private readonly waiting: Start[]
  private readonly open = new Set<Input>()
  private readonly analysis: Analysis
  private readonly clock: CaptureClock
  private readonly options: AnalyzeOptions
  private readonly progress = { doneBytes: 0 }

  constructor(
    starts: readonly Start[],
    analysis: Analysis,
    clock: CaptureClock,
    problems: TeardownError[],
    options: AnalyzeOptions,
  ) {
    this.problems = problems
    this.waiting = [...starts].reverse()
    this.analysis = analysis
    this.clock = clock
    this.options = options
    analysis.origin = this.info
  }

  async run(): Promise<void> {
    for (;;) {
      const first = await this.earliest()
      const dueNs = this.nextStartNs()
      if (first === undefined || first.queue.headNs >= dueNs) {
        const start = this.waiting.pop()
        if (start === undefined) return
        this.open.add(new Input(start.path, this.analysis, this.clock, this.options.signal))
        continue
      }
      const limitNs = Math.min(dueNs, this.headOfOthers(first))
      first.queue.deliver(this.analysis, limitNs)
      if (first.queue.isEmpty) {
        await first.read(limitNs)
        await this.options.pause?.()
        this.report(first)
      }
    }
  }

  /** The open input whose next record comes first; those without one are read on, or closed at their end. */
  private async earliest(): Promise<Input | undefined> {
    let first: Input | undefined
    for (const input of this.open) {
      while (input.queue.isEmpty && !input.isDone) await input.read(-Infinity)
      if (input.queue.isEmpty) this.close(input)
      else if (first === undefined || input.queue.headNs < first.queue.headNs) first = input
    }
    return first
  }

  private nextStartNs(): number {
    const start = this.waiting.at(-1)
    return start === undefined ? Infinity : Number(start.firstNs - (this.clock.baseNs ?? 0n))
  }

  private headOfOthers(first: Input): number {
    let ns = Infinity
    for (const input of this.open) if (input !== first) ns = Math.min(ns, input.queue.headNs)
    return ns
  }

  private close(input: Input): void {
    this.open.delete(input)
    const { info, path } = input
    this.progress.doneBytes += info.bytes
    this.info.format ??= info.format
    this.info.bytes += info.bytes
    this.info.snaplen = Math.max(this.info.snaplen, info.snaplen)
    this.info.hasDrops ||= info.hasDrops
    for (const each of info.interfaces) this.info.interfaces.push(each)
    for (const type of info.linktypes) this.info.linktypes.add(type)
    if (input.error !== undefined) this.problems.push(named(path, input.error))
  }

  private report(input: Input): void {
    const progress: Progress = {
      readBytes: this.progress.doneBytes + input.info.bytes,
      totalBytes: undefined,
      packets: this.analysis.frame,
      connections: this.analysis.tracker.streams,
    }
    this.options.onProgress?.(progress)
  }
}

/** One capture of several: read a megabyte at a time, when its records are wanted. */
class Input implements RecordHandler {
  readonly path: string
  readonly queue = new RecordQueue()
  isDone = false
  error: TeardownError | undefined
  private readonly framer: Framer
  private readonly target: RecordHandler
  private readonly signal: AbortSignal | undefined
  private limitNs = -Infinity
  private reading: Promise<void> | undefined
  private goOn: (() => void) | undefined
  private paused: (() => void) | undefined

  constructor(
    path: string,
    target: RecordHandler,
    clock: CaptureClock,
    signal: AbortSignal | undefined,
  ) {
    this.path = path
    this.target = target
    this.signal = signal
    this.framer = new Framer(this, clock)
  }

  get info(): CaptureInfo {
    return this.framer.info
  }

  onRecord(
    view: DataView,
    start: number,
    end: number,
    origlen: number,
    linktype: number,
    timeNs: number,
    interfaceId: number,
  ): void {
    if (timeNs < this.limitNs && this.queue.isEmpty) {
      this.target.onRecord(view, start, end, origlen, linktype, timeNs, interfaceId)
    } else {
      this.queue.add(view, start, end, origlen, linktype, timeNs, interfaceId)
    }
  }

  onSkippedRecord(): void {
    this.target.onSkippedRecord?.()
  }

  /** Reads on for a while; records before `limitNs` go through at once, others wait in the queue. */
  async read(limitNs: number): Promise<void> {
    this.limitNs = limitNs
    const paused = new Promise<void>((resolve) => {
      this.paused = resolve
    })
    if (this.reading === undefined) this.reading = this.readAll()
    else this.goOn?.()
    await Promise.race([paused, this.reading])
    this.signal?.throwIfAborted()
  }

  private async readAll(): Promise<void> {
    try {
      await readCapture(this.path, this.framer, {
        signal: this.signal,
        pause: () =>
          new Promise((resolve) => {
            this.goOn = resolve
            this.paused?.()
          }),
      })
    } catch (error) {
      if (!(error instanceof TeardownError) || error.code === 'ERR_WRITE') throw error
      this.error = error
    } finally {
      this.isDone = true
    }
  }
}

/** Problems that are named one by one; of more only their number is said. */
const MAX_NAMED = 5

/** One error for all: its code is that of the worst, a capture cut short being the least. */
function together(problems: readonly TeardownError[]): TeardownError | undefined {
  const worst = problems.find(({ code }) => code !== 'ERR_CAPTURE_TRUNCATED') ?? problems[0]
  if (worst === undefined || problems.length === 1) return worst
  const texts = problems.slice(0, MAX_NAMED).map(({ message }) => message)
  if (problems.length > MAX_NAMED) texts.push(`and ${problems.length - MAX_NAMED} more`)
  return new TeardownError(worst.code, texts.join('; '), { cause: worst })
}

/** Says which of the captures it was. */
function named(path: string, error: TeardownError): TeardownError {
  // Where reading was not even begun the message says it already.
  if (error.code === 'ERR_READ') return error
  return new TeardownError(error.code, `${path}: ${error.message}`, { cause: error })
}
