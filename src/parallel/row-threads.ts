// One capture on several threads: the main one reads it and follows its connections; those that have ended are classified,
// and their rows written, wherever there is time: by the others, and by the main one when it would have to wait for them.
// Results are taken in the order of the endings, so that the output is the same to the byte. What a row is nobody knows here.

import { setImmediate } from 'node:timers/promises'
import { Worker, parentPort } from 'node:worker_threads'
import { BatchWriter, type EndingBatch } from './ending-batch.js'
import type { SharedPart } from './shared-memory.js'

/** What came of a batch. `S` is plain data. */
export interface MadeRows<S> {
  readonly state: S
  /** The rows, in memory that all threads share; it stays until it is given back. */
  readonly rows: SharedPart
  /** The digests of the connections, likewise. */
  readonly digests: SharedPart
}

/** Makes rows of batches, in one thread. */
export interface RowMaker<S> {
  make(batch: EndingBatch): MadeRows<S>
  /** Takes back the memory of results that have been used up. */
  giveBack(usedUp: readonly UsedUp[]): void
}

/** Names the memory of a result. */
export interface UsedUp {
  readonly rows: number
  readonly digests: number
}

/** A batch for a thread. */
interface RowTask {
  readonly at: number
  readonly batch: EndingBatch
  /** Memory of results of this thread that have been used up since its last task. */
  readonly usedUp: readonly UsedUp[]
}

/** What a thread answers; its first message only says that it is there. */
interface RowAnswer<S> {
  readonly at: number
  readonly made: MadeRows<S>
}

/** Makes rows for the {@link RowThreads} that started this thread. */
export function serveRows<S>(maker: RowMaker<S>): void {
  parentPort?.on('message', ({ at, batch, usedUp }: RowTask) => {
    maker.giveBack(usedUp)
    parentPort?.postMessage({ at, made: maker.make(batch) } satisfies RowAnswer<S>)
  })
  parentPort?.postMessage('ready')
}

/** Batches that one thread has at most: enough to be busy while the main one reads a megabyte. */
const MAX_BUSY = 4

/** Who made results, and the memory of those that have been used up since its last task. */
interface Owner {
  usedUp: UsedUp[]
}

/** One of the threads. */
interface Thread extends Owner {
  readonly worker: Worker
  isReady: boolean
  /** Batches it has. */
  busy: number
}

/** A batch on its way, who has it, and what came of it when that is there. */
interface PendingBatch<S> {
  readonly at: number
  readonly batch: EndingBatch
  owner?: Owner | undefined
  made?: MadeRows<S>
}

/** Makes rows on several threads. Until the first has started, connections are left to the caller. */
export class RowThreads<S> {
  /** Where the analysis hands its connections over. */
  readonly handOver: BatchWriter = new BatchWriter((batch) => this.add(batch))
  private readonly onMade: (made: MadeRows<S>, batch: EndingBatch) => void
  private readonly threads: Thread[] = []
  private readonly here: RowMaker<S>
  private readonly hereOwner: Owner = { usedUp: [] }
  /** All batches whose results have not been taken, in order. */
  private readonly pending = new Map<number, PendingBatch<S>>()
  /** Those of them nobody has yet. */
  private readonly waiting: PendingBatch<S>[] = []
  private sent = 0
  private taken = 0

  /**
   * Starts `threads` threads that run `module` with `setup`; `here` makes rows in this one. `onMade` takes the results in
   * order; they are valid during the call.
   */
  constructor(
    module: URL,
    setup: unknown,
    threads: number,
    here: RowMaker<S>,
    onMade: (made: MadeRows<S>, batch: EndingBatch) => void,
  ) {
    this.here = here
    this.onMade = onMade
    for (let i = 0; i < threads; i++)
      this.start(
        new Worker(module, { workerData: setup, resourceLimits: { maxYoungGenerationSizeMb: 8 } }),
      )
  }

  /** Takes the results there are; what the threads cannot keep up with is made here. */
  async catchUp(): Promise<void> {
    this.pass()
    while (this.waiting.length > 0) await this.help()
  }

  /** Makes what is left and takes all results. */
  async drain(): Promise<void> {
    this.handOver.flush()
    this.handOver.isOpen = false
    this.pass()
    while (this.pending.size > 0) await this.help()
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()))
  }

  private start(worker: Worker): void {
    const thread: Thread = { worker, isReady: false, busy: 0, usedUp: [] }
    this.threads.push(thread)
    worker.on('message', (message: 'ready' | RowAnswer<S>) => {
      if (message === 'ready') {
        thread.isReady = true
        this.handOver.isOpen = true
        return
      }
      thread.busy--
      const pending = this.pending.get(message.at)
      // After a thread's death its last answers may still come; others do that work by then.
      if (pending?.owner === thread) pending.made = message.made
      this.assign()
    })
    worker.on('error', () => undefined)
    worker.on('exit', () => this.replace(thread))
  }

  /** A thread died: what it had is still there, and made by others. An error in making it shows when it is made here. */
  private replace(thread: Thread): void {
    this.threads.splice(this.threads.indexOf(thread), 1)
    const left = [...this.pending.values()].filter(
      ({ owner, made }) => owner === thread && made === undefined,
    )
    for (const pending of left) pending.owner = undefined
    this.waiting.unshift(...left)
  }

  private add(batch: EndingBatch): void {
    const pending = { at: this.sent++, batch }
    this.pending.set(pending.at, pending)
    this.waiting.push(pending)
    this.assign()
  }

  /** Gives waiting batches to threads that have room. */
  private assign(): void {
    for (const thread of this.threads) {
      while (thread.isReady && thread.busy < MAX_BUSY) {
        const pending = this.waiting.shift()
        if (pending === undefined) return
        const { at, batch } = pending
        const { usedUp } = thread
        pending.owner = thread
        thread.usedUp = []
        thread.busy++
        thread.worker.postMessage({ at, batch, usedUp } satisfies RowTask)
      }
    }
  }

  /** Makes one batch here, if one waits, and lets the messages of the threads come in. */
  private async help(): Promise<void> {
    const pending = this.waiting.shift()
    if (pending !== undefined) {
      this.here.giveBack(this.hereOwner.usedUp)
      this.hereOwner.usedUp = []
      pending.owner = this.hereOwner
      pending.made = this.here.make(pending.batch)
    }
    await setImmediate()
    this.pass()
  }

  /** Passes results on as far as they are there without a gap. */
  private pass(): void {
    for (;;) {
      const pending = this.pending.get(this.taken)
      if (pending?.made === undefined) return
      this.pending.delete(this.taken)
      this.taken++
      const { made, batch, owner } = pending
      this.onMade(made, batch)
      owner?.usedUp.push({ rows: made.rows.memory, digests: made.digests.memory })
      this.handOver.release(pending.batch)
    }
  }
}
