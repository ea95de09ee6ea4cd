// The worker pool: order, deaths, interruption. The workers run code of dist, since Node 20 cannot run TypeScript.

import { expect, test } from 'vitest'
import { type TaskOutcome, runPool } from '../../../src/parallel/pool.js'

const MODULE = new URL('./echo-worker.mjs', import.meta.url)

interface Task {
  readonly say: string
  readonly ms?: number
  readonly how?: 'answer' | 'throw' | 'exit' | 'forever'
}

async function outcomes(
  tasks: readonly Task[],
  workers: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<TaskOutcome<string>[]> {
  const found: TaskOutcome<string>[] = []
  const costed = tasks.map((task) => ({ task, cost: task.ms ?? 0 }))
  const pool = runPool<Task, string, string>({
    module: MODULE,
    setup: 'set up',
    workers,
    tasks: costed,
    signal,
  })
  for await (const outcome of pool) found.push(outcome)
  return found
}

const done = (result: string): TaskOutcome<string> => ({ state: 'done', result })

test('answers come in the order of the tasks, whatever they cost', async () => {
  const tasks = [{ say: 'a', ms: 80 }, { say: 'b' }, { say: 'c', ms: 40 }, { say: 'd' }]
  for (const workers of [1, 2, 4, 9]) {
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
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 300)
  const found = await outcomes(
    [{ say: 'a', how: 'forever' }, { say: 'b' }, { say: 'c' }],
    1,
    stop.signal,
  )
  const notBegun = { state: 'not-begun' }
  expect(found).toEqual([done('a set up'), notBegun, notBegun])
})

test('no tasks, no workers', async () => {
  expect(await outcomes([], 3)).toEqual([])
})
