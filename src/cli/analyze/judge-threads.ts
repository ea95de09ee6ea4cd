// One capture on several threads: the main one reads it and follows its connections; those that have ended are judged, and
// their rows written, wherever there is time: by the others, and by the main one when it would have to wait for them.
// Results are taken in the order of the endings, so that the output is the same to the byte.

import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { BatchWriter, type EndedBatch } from '../../parallel/ending-batch.js'
import { BatchJudge, type JudgedBatch } from './batch-judge.js'
import type { JudgeAnswer, JudgeSetup, JudgeTask } from './judge-worker.js'
import type { AnalyzeSettings } from './settings.js'

/** Batches that one thread has at most: enough to be busy while the main one reads a megabyte. */
const MAX_BUSY = 4

/** Who makes results, and the memory of those that have been used up since its last task. */
interface Maker {
  usedUp: number[]
}

/** One of the threads. */
interface Thread extends Maker {
  readonly worker: Worker
  isReady: boolean
  /** Batches it has. */
  busy: number
}

/** A batch on its way, who has it, and what came of it when that is there. */
interface Errand {
  readonly at: number
  readonly batch: EndedBatch
  maker?: Maker | undefined
  judged?: JudgedBatch
}

/** Judges ended connections on several threads. Until the first has started, connections are judged by the caller. */
export class JudgeThreads {
  /** Where the analysis hands its connections over. */
  readonly handOver: BatchWriter = new BatchWriter((batch) => this.add(batch))
  private readonly onJudged: (judged: JudgedBatch) => void
  private readonly threads: Thread[] = []
  private readonly here: BatchJudge
  private readonly hereMaker: Maker = { usedUp: [] }
  /** All batches whose results have not been taken, in order. */
  private readonly errands = new Map<number, Errand>()
  /** Those of them nobody has yet. */
  private readonly waiting: Errand[] = []
  private sent = 0
  private taken = 0

  /** `onJudged` takes the results in order; they are valid during the call. */
  constructor(
    settings: AnalyzeSettings,
    setup: JudgeSetup,
    threads: number,
    onJudged: (judged: JudgedBatch) => void,
  ) {
    this.onJudged = onJudged
    this.here = new BatchJudge(settings, setup.nameCaptures, setup.width)
    const module = new URL('./judge-worker.js', import.meta.url)
    for (let i = 0; i < threads; i++) this.start(new Worker(module, { workerData: setup }))
  }

  /** Takes the results there are; what the threads cannot keep up with is judged here. */
  async catchUp(): Promise<void> {
    this.pass()
    while (this.waiting.length > 0) await this.help()
  }

  /** Judges what is left and takes all results. */
  async drain(): Promise<void> {
    this.handOver.flush()
    this.handOver.isOpen = false
    this.pass()
    while (this.errands.size > 0) await this.help()
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()))
  }

  private start(worker: Worker): void {
    const thread: Thread = { worker, isReady: false, busy: 0, usedUp: [] }
    this.threads.push(thread)
    worker.on('message', (message: 'ready' | JudgeAnswer) => {
      if (message === 'ready') {
        thread.isReady = true
        this.handOver.isOpen = true
        return
      }
      thread.busy--
      const errand = this.errands.get(message.at)
      // After a thread's death its last answers may still come; others do that work by then.
      if (errand?.maker === thread) errand.judged = message.judged
      this.assign()
    })
    worker.on('error', () => undefined)
    worker.on('exit', () => this.replace(thread))
  }

  /** A thread died: what it had is still there, and judged by others. An error in judging shows when it is judged here. */
  private replace(thread: Thread): void {
    this.threads.splice(this.threads.indexOf(thread), 1)
    const left = [...this.errands.values()].filter(
      ({ maker, judged }) => maker === thread && judged === undefined,
    )
    for (const errand of left) errand.maker = undefined
    this.waiting.unshift(...left)
  }

  private add(batch: EndedBatch): void {
    const errand = { at: this.sent++, batch }
    this.errands.set(errand.at, errand)
    this.waiting.push(errand)
    this.assign()
  }

  /** Gives waiting batches to threads that have room. */
  private assign(): void {
    for (const thread of this.threads) {
      while (thread.isReady && thread.busy < MAX_BUSY) {
        const errand = this.waiting.shift()
        if (errand === undefined) return
        const { at, batch } = errand
        const { usedUp } = thread
        errand.maker = thread
        thread.usedUp = []
        thread.busy++
        thread.worker.postMessage({ at, batch, usedUp } satisfies JudgeTask)
      }
    }
  }

  /** Judges one batch here, if one waits, and lets the messages of the threads come in. */
  private async help(): Promise<void> {
    const errand = this.waiting.shift()
    if (errand !== undefined) {
      this.here.giveBack(this.hereMaker.usedUp)
      this.hereMaker.usedUp = []
      errand.maker = this.hereMaker
      errand.judged = this.here.judge(errand.batch)
    }
    await setImmediate()
    this.pass()
  }

  /** Passes results on as far as they are there without a gap. */
  private pass(): void {
    for (;;) {
      const errand = this.errands.get(this.taken)
      if (errand?.judged === undefined) return
      this.errands.delete(this.taken)
      this.taken++
      this.onJudged(errand.judged)
      errand.maker?.usedUp.push(errand.judged.written.memory)
      this.handOver.release(errand.batch)
    }
  }
}
