// A short run of the fuzzing, and every find of the past once more. For hours it runs in run.mjs.

import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { campaign, findOf } from './campaign.js'
import { longRuns } from '../support/runs.js'
import { corpus } from './corpus.js'
import { Random } from './random.js'

const ROOT = new URL('../../', import.meta.url)
const SEEDS = new URL('seeds/', import.meta.url)
const SEED = 20_261_124
const RUNS = longRuns(2500, 100_000)

test(`${RUNS} spoiled captures: every property holds`, async () => {
  const limits = { runs: RUNS, seconds: Infinity, finds: 3, timed: false }
  const { finds, runs } = await campaign(corpus(ROOT), SEED, 0, limits)
  expect(finds.map(({ run, message }) => `run ${run}: ${message}`)).toEqual([])
  expect(runs).toBe(RUNS)
})

test.each(readdirSync(SEEDS))('%s', async (name) => {
  const bytes = new Uint8Array(readFileSync(new URL(name, SEEDS)))
  expect(await findOf(bytes, 0, new Random(1, 1), true)).toBeUndefined()
})
