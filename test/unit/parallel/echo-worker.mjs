// A worker for the tests of the pool.
import { setTimeout as sleep } from 'node:timers/promises'
import { workerData } from 'node:worker_threads'
import { bundled } from '../../support/bundle.mjs'

const { serveTasks } = await import(await bundled('src/parallel/serve.ts'))

serveTasks(async ({ say, ms = 0, how = 'answer' }, _tell, signal) => {
  await sleep(ms)
  if (how === 'throw') throw new Error(`${say} is too much`)
  if (how === 'exit') process.exit(3)
  if (how === 'forever') while (!signal.aborted) await sleep(10)
  return `${say} ${workerData}`
})
