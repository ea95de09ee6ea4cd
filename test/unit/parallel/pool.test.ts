// The worker pool: order, deaths, interruption. The workers run a bundle, since Node 20 cannot run TypeScript.

import { beforeAll, expect, test } from 'vitest'
import { type TaskOutcome, runPool } from '../../../src/parallel/pool.js'
import { bundled } from '../../support/bundle.mjs'

const MODULE = new URL('./echo-worker.mjs', import.meta.url)

// Once for all workers: one that bundled for itself could find the file of another half written.
let serve = ''
beforeAll(async () => {
  serve = await bundled('src/parallel/serve.ts')
})

interface Task {
  readonly say: string
  readonly cost?: number
  /** Not before so many others have been answered. */
  readonly after?: number
  readonly how?: 'answer' | 'throw' | 'exit' | 'forever'
}

async function outcomes(
  tasks: readonly Task[],
  workers: number,
  stop: AbortController = new AbortController(),
): Promise<TaskOutcome<string>[]> {
  const found: TaskOutcome<string>[] = []
  const finished = new Int32Array(new SharedArrayBuffer(4))
  const pool = runPool<Task, string, string>({
    module: MODULE,
    setup: { serve, text: 'set up', finished },
    workers,
    tasks: tasks.map((task) => ({ task, cost: task.cost ?? 0 })),
    onProgress: () => stop.abort(),
    signal: stop.signal,
  })
  for await (const outcome of pool) found.push(outcome)
  return found
}

const done = (result: string): TaskOutcome<string> => ({ state: 'done', result })

test('answers come in the order of the tasks, whatever is ready first', async () => {
  for (const workers of [1, 2, 4, 9]) {
    // The first task is begun first, and is ready last where there is another worker for the others.
    const after = workers === 1 ? 0 : 3
    const tasks = [
      { say: 'a', cost: 80, after },
      { say: 'b' },
      { say: 'c', cost: 40 },
      { say: 'd' },
    ]
    expect(await outcomes(tasks, workers)).toEqual(
      ['a', 'b', 'c', 'd'].map((s) => done(`${s} set up`)),
    )
  }
})

test('a task that throws or ends its worker fails alone', async () => {
  const found = await outcomes(
    [
      { say: 'a' },
      { say: 'b', how: 'throw' },
      { say: 'c', how: 'exit' },
      { say: 'd' },
      { say: 'e' },
    ],
    2,
  )
  expect(found.map(({ state }) => state)).toEqual(['done', 'died', 'died', 'done', 'done'])
  expect(found[1]).toEqual({ state: 'died', reason: 'b is too much' })
})

test('an interruption asks running tasks for what they have, and begins no other', async () => {
  // Aborted when the first task tells that it runs.
  const stop = new AbortController()
  const tasks: Task[] = [{ say: 'a', how: 'forever' }, { say: 'b' }, { say: 'c' }]
  const found = await outcomes(tasks, 1, stop)
  const notBegun = { state: 'not-begun' }
  expect(found).toEqual([done('a set up'), notBegun, notBegun])
})

test('results that wait for their turn are bounded: what holds them up comes first', async () => {
  const tasks = Array.from({ length: 12 }, (_, n) => ({ task: { say: `${n}` }, cost: n }))
  let settled = 0
  let taken = 0
  let most = 0
  const pool = runPool<Task, string, string>({
    module: MODULE,
    setup: { serve, text: '', finished: new Int32Array(new SharedArrayBuffer(4)) },
    workers: 2,
    tasks,
    onSettled: () => {
      settled++
      most = Math.max(most, settled - taken)
    },
    // One of them is as much as there is room for.
    bytesOf: () => 64 * 1024 * 1024,
    signal: new AbortController().signal,
  })
  const found: TaskOutcome<string>[] = []
  for await (const outcome of pool) {
    taken++
    found.push(outcome)
    for (let turns = 0; turns < 200; turns++) await new Promise(setImmediate)
  }
  expect(found).toEqual(tasks.map(({ task }) => done(`${task.say} `)))
  // Two that were begun while there was room, and the one that was due.
  expect(most).toBeLessThanOrEqual(3)
})

test('no tasks, no workers', async () => {
  expect(await outcomes([], 3)).toEqual([])
})
