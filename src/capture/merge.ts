// One timeline out of several captures: the files of a ring buffer (tcpdump -C, -G, -W; dumpcap -b), or what several
// interfaces saw at once. Records are taken in the order of their times, a file is opened when its first record is due, and
// what follows sees one capture. Of files that follow one another no record is copied; of files that overlap, those that have
// to wait for their turn, a megabyte of each file at most.

import { TeardownError } from '../base/errors.js'
import { CaptureClock } from './clock.js'
import { Framer } from './framer.js'
import { type CaptureInfo, emptyCaptureInfo } from './info.js'
import { RecordQueue } from './record-queue.js'
import type { RecordHandler } from './record.js'
import { readCapture } from './source.js'

const PEEK_BYTES = 1 << 16

/** Settings of {@link MergedCaptures.read}. */
export interface MergeOptions {
  readonly signal?: AbortSignal | undefined
  /** Awaited every few ms of work: the reading goes on when it resolves. */
  readonly pause?: (() => Promise<void>) | undefined
  readonly onProgress?: ((readBytes: number) => void) | undefined
}

/** One capture and when it begins. */
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

/** Captures that are read as one timeline. */
export class MergedCaptures {
  /** What is known of all of them together, as they are closed. */
  readonly info: CaptureInfo = emptyCaptureInfo()
  /** What was wrong with some of them, each with its path. */
  readonly problems: TeardownError[]
  /** Path of the one that begins first, undefined when none can be read. */
  readonly firstPath: string | undefined
  /** Time of the first record of all, ns since 1970. */
  readonly baseNs: bigint | undefined
  private readonly waiting: Start[]
  private readonly open = new Set<Input>()
  private doneBytes = 0

  private constructor(starts: readonly Start[], problems: TeardownError[]) {
    this.problems = problems
    this.firstPath = starts[0]?.path
    this.baseNs = starts[0]?.firstNs
    this.waiting = [...starts].reverse()
  }

  /** Looks into each capture for the time of its first record. */
  static async open(paths: readonly string[], signal?: AbortSignal): Promise<MergedCaptures> {
    const starts: Start[] = []
    const problems: TeardownError[] = []
    for (const path of paths) {
      const { firstNs, error } = await peek(path, signal)
      if (firstNs !== undefined) starts.push({ path, firstNs, order: starts.length })
      else if (error !== undefined) problems.push(named(path, error))
    }
    starts.sort((a, b) => Number(a.firstNs - b.firstNs) || a.order - b.order)
    return new MergedCaptures(starts, problems)
  }

  /** Hands all records to `handler`, in the order of their times. */
  async read(handler: RecordHandler, clock: CaptureClock, options: MergeOptions): Promise<void> {
    for (;;) {
      const first = await this.earliest()
      const dueNs = this.nextStartNs(clock)
      if (first === undefined || first.queue.headNs >= dueNs) {
        const start = this.waiting.pop()
        if (start === undefined) return
        this.open.add(new Input(start.path, handler, clock, options.signal))
        continue
      }
      const limitNs = Math.min(dueNs, this.headOfOthers(first))
      first.queue.deliver(handler, limitNs)
      if (first.queue.isEmpty) {
        await first.read(limitNs)
        await options.pause?.()
        options.onProgress?.(this.doneBytes + first.info.bytes)
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

  private nextStartNs({ baseNs = 0n }: CaptureClock): number {
    const start = this.waiting.at(-1)
    return start === undefined ? Infinity : Number(start.firstNs - baseNs)
  }

  private headOfOthers(first: Input): number {
    let ns = Infinity
    for (const input of this.open) if (input !== first) ns = Math.min(ns, input.queue.headNs)
    return ns
  }

  private close(input: Input): void {
    this.open.delete(input)
    const { info, path } = input
    this.doneBytes += info.bytes
    this.info.format ??= info.format
    this.info.bytes += info.bytes
    this.info.snaplen = Math.max(this.info.snaplen, info.snaplen)
    this.info.hasDrops ||= info.hasDrops
    for (const each of info.interfaces) this.info.interfaces.push(each)
    for (const type of info.linktypes) this.info.linktypes.add(type)
    if (input.error !== undefined) this.problems.push(named(path, input.error))
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

/** Says which of the captures it was. */
function named(path: string, error: TeardownError): TeardownError {
  // Where reading was not even begun the message says it already.
  if (error.code === 'ERR_READ') return error
  const message = { whole: `${path}: ${error.message}`, bare: `${path}: ${error.bareMessage}` }
  return new TeardownError(error.code, message, { cause: error })
}
