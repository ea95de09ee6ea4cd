// One timeline out of several captures: the files of a ring buffer (tcpdump -C, -G, -W; dumpcap -b), or what several
// interfaces saw at once. Records are taken in the order of their times, a file is opened when its first record is due, and
// what follows sees one capture. Of files that follow one another no record is copied; of files that overlap, those that have
// to wait for their turn. Records without a time have that of the one before them in their capture, at its beginning that of
// the first one behind them that has a time; a capture without any is placed at the beginning of all.

import { setImmediate } from 'node:timers/promises'
import { TeardownError } from '../base/errors.js'
import { CaptureClock } from './clock.js'
import { Framer } from './framer.js'
import { type CaptureInfo, addInfo, emptyCaptureInfo } from './info.js'
import { InterfaceBudget } from './interface-budget.js'
import { MergeHeap } from './merge-heap.js'
import { type MergeContext, MergeInput } from './merge-input.js'
import { MergeMemory } from './merge-memory.js'
import type { RecordHandler } from './record.js'
import { readCapture } from './source.js'

const PEEK_BYTES = 1 << 16
/** Bytes read between two turns for other work. */
const TURN_BYTES = 1024 * 1024

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
  /** Time of its first record that has one; undefined where none has. */
  readonly firstNs: bigint | undefined
}

/** Thrown to stop reading; nothing is wrong. */
class Enough extends Error {}

/** Looks for the first time in a capture, absolute ns. */
export async function peek(
  path: string,
  signal: AbortSignal | undefined,
): Promise<{ info: CaptureInfo; firstNs?: bigint; error?: TeardownError }> {
  const clock = new CaptureClock()
  const stop: RecordHandler = {
    onRecord: () => {
      if (clock.baseNs !== undefined) throw new Enough('the first time is all that is wanted')
    },
  }
  const framer = new Framer(stop, clock, { bufferBytes: PEEK_BYTES })
  let error: TeardownError | undefined
  try {
    await readCapture(path, framer, {
      signal,
      step: {
        bytes: () => PEEK_BYTES,
        pause: () => setImmediate(),
        keep: () => {},
        keepWindow: () => {},
      },
    })
  } catch (reason) {
    if (reason instanceof TeardownError) error = reason
    else if (!(reason instanceof Enough) && reason !== signal?.reason) throw reason
  }
  return {
    info: framer.info,
    ...(clock.baseNs === undefined ? {} : { firstNs: clock.baseNs }),
    ...(error === undefined ? {} : { error }),
  }
}

/** Captures that are read as one timeline. */
export class MergedCaptures {
  /** What is known of all of them together, as they are closed. */
  readonly info: CaptureInfo
  /** What was wrong with some of them, each with its path. */
  readonly problems: TeardownError[]
  /** Path of the one that begins first, undefined when none can be read. */
  readonly firstPath: string | undefined
  /** Time of the first record that has one, of all, in ns since 1970. */
  readonly baseNs: bigint | undefined
  private readonly starts: readonly Start[]
  /** How many of them have been opened. */
  private begun = 0
  private readonly open = new MergeHeap<MergeInput>()
  private doneBytes = 0
  private turnBytes = 0

  private constructor(starts: readonly Start[], problems: TeardownError[], info: CaptureInfo) {
    this.info = info
    this.problems = problems
    this.starts = starts
    this.firstPath = starts[0]?.path
    this.baseNs = starts.find(({ firstNs }) => firstNs !== undefined)?.firstNs
  }

  /** Looks into each capture for the time of its first record. */
  static async open(paths: readonly string[], signal?: AbortSignal): Promise<MergedCaptures> {
    const starts: Start[] = []
    const problems: TeardownError[] = []
    const all = emptyCaptureInfo()
    for (const path of paths) {
      const { firstNs, error, info } = await peek(path, signal)
      // Damage behind the first records is met again, and named, when they are read.
      if (firstNs !== undefined || info.records + info.skippedRecords > 0) {
        starts.push({ path, firstNs })
        continue
      }
      // There is nothing in it to read, but it may tell of packets that were lost.
      addInfo(all, info)
      if (error !== undefined) problems.push(named(path, error))
    }
    starts.sort((a, b) => compare(a.firstNs, b.firstNs))
    return new MergedCaptures(starts, problems, all)
  }

  /** Hands all records to `handler`, in the order of their times. */
  async read(handler: RecordHandler, clock: CaptureClock, options: MergeOptions): Promise<void> {
    const { open } = this
    const context: MergeContext = {
      handler,
      clock,
      signal: options.signal,
      interfaceBudget: new InterfaceBudget(),
      memory: new MergeMemory(),
      giveTurn: (info) => this.giveTurn(info, context.memory, options),
    }
    try {
      await this.readAll(context)
    } finally {
      while (open.top !== undefined) this.close(open.top)
    }
  }

  private async readAll(context: MergeContext): Promise<void> {
    const { open } = this
    for (;;) {
      const dueNs = this.nextStartNs(context.clock)
      const first = open.top
      if (dueNs < Infinity && (first === undefined || dueNs <= first.headNs)) {
        await this.begin(dueNs, context)
        continue
      }
      if (first === undefined) return
      const limitNs = Math.min(dueNs, open.nextNs)
      if (!first.deliver(limitNs) || !first.isKnown) await first.readOn(limitNs)
      if (first.headNs === Infinity) this.close(first)
      else open.settle()
    }
  }

  /** Opens the next capture, whose first record is due. */
  private async begin(dueNs: number, context: MergeContext): Promise<void> {
    const order = this.begun++
    const { path } = this.starts[order] as Start
    const input = new MergeInput(path, order, dueNs, context)
    const limitNs = Math.min(this.nextStartNs(context.clock), this.open.top?.headNs ?? Infinity)
    await input.readOn(limitNs)
    this.open.add(input)
  }

  /** When the next capture begins: relative ns, infinite when there is none. */
  private nextStartNs({ baseNs = 0n }: CaptureClock): number {
    const start = this.starts[this.begun]
    if (start === undefined) return Infinity
    return start.firstNs === undefined ? 0 : Number(start.firstNs - baseNs)
  }

  /** Captures that are read by small steps need no turn for each. */
  private async giveTurn(
    info: CaptureInfo,
    { stepBytes }: MergeMemory,
    { signal, pause, onProgress }: MergeOptions,
  ): Promise<void> {
    this.turnBytes += stepBytes
    if (this.turnBytes < TURN_BYTES) return
    this.turnBytes = 0
    await setImmediate()
    await pause?.()
    onProgress?.(this.doneBytes + info.bytes)
    signal?.throwIfAborted()
  }

  private close(input: MergeInput): void {
    this.open.remove()
    input.close()
    this.doneBytes += input.info.bytes
    addInfo(this.info, input.info)
    if (input.error !== undefined) this.problems.push(named(input.path, input.error))
  }
}

/** Captures without any time come first. */
function compare(a: bigint | undefined, b: bigint | undefined): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined)
  return a < b ? -1 : Number(a > b)
}

/** Says which of the captures it was. */
function named(path: string, error: TeardownError): TeardownError {
  // Where reading was not even begun the message says it already.
  if (error.code === 'ERR_READ') return error
  const message = { whole: `${path}: ${error.message}`, bare: `${path}: ${error.bareMessage}` }
  return new TeardownError(error.code, message, { cause: error })
}
