// The worker's side of a pool.

import { parentPort } from 'node:worker_threads'
import type { FromWorker, ToWorker } from './messages.js'

/** Runs tasks: `tell` reports progress, `signal` says that the answer is wanted now, as far as it is. */
export type TaskRunner<T, P, R> = (
  task: T,
  tell: (progress: P) => void,
  signal: AbortSignal,
) => Promise<R>

/** Answers the tasks of the pool this thread belongs to. An error in a task ends the thread. */
export function serveTasks<T, P, R>(run: TaskRunner<T, P, R>): void {
  const port = parentPort
  if (port === null) throw new Error('serveTasks runs in worker threads')
  const stop = new AbortController()
  function send(message: FromWorker<P, R>): void {
    port?.postMessage(message)
  }
  async function answer(task: T): Promise<void> {
    const result = await run(task, (progress) => send({ kind: 'progress', progress }), stop.signal)
    send({ kind: 'result', result })
  }
  port.on('message', (message: ToWorker<T>) => {
    if (message.kind === 'stop') return stop.abort()
    // Nobody waits for it here: an error is to end the thread, and does when it is thrown in a turn of its own.
    answer(message.task as T).catch((error: unknown) => {
      setImmediate(() => {
        throw error
      })
    })
  })
}
