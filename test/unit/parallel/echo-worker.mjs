// A worker for the tests of the pool.
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { workerData } from 'node:worker_threads'

const { serve, text, finished } = workerData
const { serveTasks } = await import(serve)

serveTasks(async ({ say, after = 0, how = 'answer' }, tell, signal) => {
  while (Atomics.load(finished, 0) < after) await turn()
  if (how === 'throw') throw new Error(`${say} is too much`)
  if (how === 'exit') process.exit(3)
  if (how === 'forever') {
    const stopped = once(signal, 'abort')
    tell('running')
    await stopped
  }
  Atomics.add(finished, 0, 1)
  return `${say} ${text}`
})
