// Runs tasks on worker threads: one task at a time on each, the costliest first, results in the order of the tasks. A task
// whose worker dies fails alone, and another worker takes its place. Results that wait for their turn are bounded: beyond
// that only the task that holds them up is begun.

import { Worker } from 'node:worker_threads'
import type { FromWorker, ToWorker } from './messages.js'

/** A task and what it is expected to cost, in any unit. */
export interface CostedTask<T> {
  readonly task: T
  readonly cost: number
}

/** Settings of {@link runPool}. */
export interface PoolOptions<T, P, R> {
  /** The module that runs in each worker, see `serveTasks`. */
  readonly module: URL
  /** Handed to each worker at its start. */
  readonly setup: unknown
  readonly workers: number
  readonly tasks: readonly CostedTask<T>[]
  /** Something a task tells while it runs. */
  readonly onProgress?: (index: number, progress: P) => void
  /** A task has come out, in no order: `runPool` yields the same again when it is its turn. */
  readonly onSettled?: (index: number, outcome: TaskOutcome<unknown>) => void
  /** Memory that a result takes up while it waits for its turn. */
  readonly bytesOf?: (result: R) => number
  /** Ends the running tasks, which answer with what they have; no other is begun. */
  readonly signal: AbortSignal
}

/** Memory for results that wait for their turn. */
const HELD_BYTES_MAX = 64 * 1024 * 1024

/** How a task came out. */
export type TaskOutcome<R> =
  | { readonly state: 'done'; readonly result: R }
  | { readonly state: 'died'; readonly reason: string }
  | { readonly state: 'not-begun' }

/** Runs all tasks and yields their outcomes in the order of the tasks. */
export async function* runPool<T, P, R>(
  options: PoolOptions<T, P, R>,
): AsyncGenerator<TaskOutcome<R>, void, undefined> {
  const pool = new Pool<T, P, R>(options)
  try {
    for (let index = 0; index < options.tasks.length; index++) yield await pool.outcome(index)
  } finally {
    await pool.close()
  }
}

class Pool<T, P, R> {
  private readonly options: PoolOptions<T, P, R>
  /** Indices of tasks that have not begun, the costliest last. */
  private readonly waiting: number[]
  private readonly outcomes = new Map<number, TaskOutcome<R>>()
  private readonly listeners = new Map<number, (outcome: TaskOutcome<R>) => void>()
  private readonly workers = new Set<Worker>()
  private closing = false
  /** The task whose outcome is taken next. */
  private due = 0
  private heldBytes = 0
  /** Has workers go on that wait for results to be taken. */
  private readonly parked: (() => void)[] = []

  constructor(options: PoolOptions<T, P, R>) {
    this.options = options
    const { tasks, workers, signal } = options
    this.waiting = tasks.map((_task, index) => index)
    this.waiting.sort((a, b) => (tasks[a]?.cost ?? 0) - (tasks[b]?.cost ?? 0) || b - a)
    signal.addEventListener('abort', () => this.interrupt(), { once: true })
    for (let i = 0; i < Math.min(workers, tasks.length); i++) this.start()
  }

  /** The outcome of a task, as soon as it is known; each may be asked for once. */
  outcome(index: number): Promise<TaskOutcome<R>> {
    this.due = index
    const known = this.outcomes.get(index)
    if (known !== undefined) {
      this.outcomes.delete(index)
      this.heldBytes -= this.bytesOf(known)
      this.wake()
      return Promise.resolve(known)
    }
    this.wake()
    return new Promise((resolve) => this.listeners.set(index, resolve))
  }

  async close(): Promise<void> {
    this.closing = true
    await Promise.all([...this.workers].map((worker) => worker.terminate()))
  }

  private start(): void {
    const { module, setup, signal, tasks } = this.options
    if (signal.aborted) return this.giveUpWaiting()
    // Files that a worker opened and handed over stay open when it ends.
    const worker = new Worker(module, { workerData: setup, trackUnmanagedFds: false })
    this.workers.add(worker)
    let running: number | undefined
    const next = (): void => {
      running = this.nextTask()
      if (running === undefined && this.waiting.length > 0) return void this.parked.push(next)
      if (running === undefined) return void worker.terminate()
      worker.postMessage({ kind: 'task', task: tasks[running]?.task } satisfies ToWorker<T>)
    }
    let death = 'the worker ended before its task'
    worker.on('message', (message: FromWorker<P, R>) => {
      if (running === undefined) return
      if (message.kind === 'progress') {
        this.options.onProgress?.(running, message.progress)
        return
      }
      this.settle(running, { state: 'done', result: message.result })
      next()
    })
    worker.on('error', (error: Error) => {
      death = error.message
    })
    worker.on('exit', () => {
      this.workers.delete(worker)
      if (this.closing || running === undefined) return
      this.settle(running, { state: 'died', reason: death })
      running = undefined
      if (this.waiting.length > 0) this.start()
    })
    next()
  }

  /** The costliest task that waits; the one that is due when there is no more room for results. */
  private nextTask(): number | undefined {
    if (this.heldBytes < HELD_BYTES_MAX) return this.waiting.pop()
    const at = this.waiting.indexOf(this.due)
    return at < 0 ? undefined : this.waiting.splice(at, 1)[0]
  }

  private wake(): void {
    for (const next of this.parked.splice(0)) next()
  }

  private bytesOf(outcome: TaskOutcome<R>): number {
    return outcome.state === 'done' ? (this.options.bytesOf?.(outcome.result) ?? 0) : 0
  }

  private settle(index: number, outcome: TaskOutcome<R>): void {
    this.options.onSettled?.(index, outcome)
    const listener = this.listeners.get(index)
    this.listeners.delete(index)
    if (listener !== undefined) return listener(outcome)
    this.outcomes.set(index, outcome)
    this.heldBytes += this.bytesOf(outcome)
  }

  private interrupt(): void {
    this.giveUpWaiting()
    for (const worker of this.workers) worker.postMessage({ kind: 'stop' } satisfies ToWorker<T>)
  }

  private giveUpWaiting(): void {
    for (const index of this.waiting.splice(0)) this.settle(index, { state: 'not-begun' })
    this.wake()
  }
}
