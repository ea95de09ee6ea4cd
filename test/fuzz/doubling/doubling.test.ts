// Input four times as large makes four times the work, counted. Processor time and memory are measured by run.mjs.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runs } from '../../support/runs.js'
import { Program } from '../commands/program.js'
import { WorkCounter } from '../work.js'
import { SHAPES } from './shapes.js'

/** How much more work four times the size may be: a logarithm is in it, a square is not. */
const RATIO_MAX = 4.6

const counter = new WorkCounter()
const scratch = mkdtempSync(join(tmpdir(), 'tcp-teardown-doubling-'))
let program: Program
beforeAll(async () => {
  // Behind the counter, which does not see what was there before it.
  const { main } = await import('../../../src/cli/main.js')
  program = new Program(main)
})
afterAll(() => {
  counter.close()
  rmSync(scratch, { recursive: true })
})

test.each(SHAPES)('$name', async ({ counted, make }) => {
  async function workFor(n: number): Promise<number> {
    const folder = join(scratch, `${n}`)
    mkdirSync(folder)
    const args = make(n, folder)
    const work = await counter.of(() => program.run(args))
    rmSync(folder, { recursive: true })
    return work
  }
  const n = runs(counted)
  expect((await workFor(4 * n)) / (await workFor(n))).toBeLessThan(RATIO_MAX)
})
