// One capture of a merged timeline: read a step at a time, when its records are wanted.

import { TeardownError } from '../base/errors.js'
import type { CaptureClock } from './clock.js'
import { Framer } from './framer.js'
import type { CaptureInfo } from './info.js'
import type { InterfaceBudget } from './interface-budget.js'
import type { MergeMemory } from './merge-memory.js'
import { RecordQueue } from './record-queue.js'
import type { RecordHandler } from './record.js'
import { readCapture } from './source.js'

/** What the inputs of one timeline share. */
export interface MergeContext {
  /** Takes the records of all of them, in the order of their times. */
  readonly handler: RecordHandler
  readonly clock: CaptureClock
  readonly signal: AbortSignal | undefined
  readonly interfaceBudget: InterfaceBudget
  readonly memory: MergeMemory
  /** Awaited behind each step: lets other work have its turn when it is time for that. */
  readonly giveTurn: (info: CaptureInfo) => Promise<void>
}

/** Reads one capture. */
export class MergeInput implements RecordHandler {
  readonly path: string
  /** Of equal times, the lower number comes first. */
  readonly order: number
  error: TeardownError | undefined
  private isDone = false
  /** Memory that decompressing takes up: buffers, and windows. */
  private keptBytes = 0
  private windowBytes = 0
  /** A record is wanted in whole. */
  private isAwaited = false
  private readonly queue = new RecordQueue()
  private readonly framer: Framer
  private readonly context: MergeContext
  private limitNs = -Infinity
  private reading: Promise<void> | undefined
  private goOn: (() => void) | undefined
  private paused: (() => void) | undefined

  /** `untimedNs`: where records go in front of the first that has a time. */
  constructor(path: string, order: number, untimedNs: number, context: MergeContext) {
    this.path = path
    this.order = order
    this.context = context
    const { clock, interfaceBudget } = context
    this.framer = new Framer(this, clock, { bufferBytes: 1, interfaceBudget, untimedNs })
    context.memory.heldBytes += this.heldBytes
  }

  get info(): CaptureInfo {
    return this.framer.info
  }

  /** Memory that is kept while others are read. */
  private get heldBytes(): number {
    return this.queue.heldBytes + this.framer.room.byteLength + this.keptBytes
  }

  /** Whether it is known what comes next. */
  get isKnown(): boolean {
    return this.isDone || !this.queue.isEmpty || this.framer.pendingNs !== undefined
  }

  /** Time of the next record, once it is known: of one that waits, or has begun in the buffer; infinite at the end. */
  get headNs(): number {
    if (!this.queue.isEmpty) return this.queue.headNs
    return this.isDone ? Infinity : (this.framer.pendingNs ?? Infinity)
  }

  /** Hands over the first record that waits, and all from before `limitNs` behind it; false where none waits. */
  deliver(limitNs: number): boolean {
    if (this.queue.isEmpty) return false
    this.queue.deliver(this.context.handler, limitNs)
    return true
  }

  /** Reads on until it is known what comes next: records from before `limitNs` are handed over at once, others wait. */
  async readOn(limitNs: number): Promise<void> {
    const { context, queue, framer } = this
    const { memory } = context
    this.limitNs = limitNs
    memory.heldBytes -= this.heldBytes
    queue.shrink()
    framer.borrow(memory.buffer)
    // It is the turn of a record that has begun: it is read to its end.
    this.isAwaited = framer.pendingNs !== undefined
    do {
      await this.readStep()
      await context.giveTurn(this.info)
    } while (!this.isDone && (this.isAwaited || !this.isKnown))
    framer.giveBack()
    memory.heldBytes += this.heldBytes
  }

  /** Nothing is read any more. */
  close(): void {
    const { memory } = this.context
    memory.heldBytes -= this.heldBytes
    memory.windowBytes -= this.windowBytes
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
    const { queue, limitNs } = this
    this.isAwaited = false
    if (timeNs < limitNs && queue.isEmpty) {
      const { handler } = this.context
      handler.onRecord(view, start, end, origlen, linktype, timeNs, interfaceId)
    } else queue.add(view, start, end, origlen, linktype, timeNs, interfaceId)
  }

  onSkippedRecord(timeNs: number): void {
    if (timeNs < this.limitNs && this.queue.isEmpty) this.context.handler.onSkippedRecord?.(timeNs)
    else this.queue.addSkipped(timeNs)
  }

  private async readStep(): Promise<void> {
    const paused = new Promise<void>((resolve) => {
      this.paused = resolve
    })
    if (this.reading === undefined) this.reading = this.readAll()
    else this.goOn?.()
    await Promise.race([paused, this.reading])
  }

  private async readAll(): Promise<void> {
    const { context, framer } = this
    try {
      await readCapture(this.path, framer, {
        signal: context.signal,
        step: {
          bytes: () => context.memory.stepBytes,
          pause: () =>
            new Promise((resolve) => {
              this.goOn = resolve
              this.paused?.()
            }),
          keep: (bytes) => {
            this.keptBytes += bytes
          },
          keepWindow: (bytes) => {
            context.memory.keepWindow(bytes)
            this.windowBytes += bytes
          },
        },
      })
    } catch (error) {
      if (!(error instanceof TeardownError) || error.code === 'ERR_WRITE') throw error
      this.error = error
    } finally {
      this.isDone = true
      framer.release()
    }
  }
}
