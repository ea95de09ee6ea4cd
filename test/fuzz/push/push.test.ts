// A short run of pushed packets. For long it runs in run.mjs.

import { expect, test } from 'vitest'
import { longRuns } from '../../support/runs.js'
import { corpus } from '../corpus.js'
import { findTexts, series } from '../series.js'
import { Pushes } from './campaign.js'

const ROOT = new URL('../../../', import.meta.url)
const SEED = 20_261_126
const RUNS = longRuns(300, 50_000)

test(`${RUNS} rows of pushed packets: every property holds`, async () => {
  const limits = { runs: RUNS, seconds: Infinity, finds: 3 }
  const found = await series(new Pushes(corpus(ROOT), SEED).oneRun, 0, limits)
  expect(findTexts(found)).toEqual([])
  expect(found.runs).toBe(RUNS)
})
