// A few kills. For long they run in run.mjs.

import { afterAll, expect, test } from 'vitest'
import { longRuns } from '../../support/runs.js'
import { findTexts, series } from '../series.js'
import { Kills } from './campaign.js'

const SEED = 20_261_127
const RUNS = longRuns(2, 40)
const CONNECTIONS = 2000

const kills = new Kills(SEED, CONNECTIONS)
afterAll(() => kills.close())

// Where every signal is a kill there is none that a program could tidy up after.
test.skipIf(process.platform === 'win32')(
  `${RUNS} kills: results are whole or absent, and nothing is left over`,
  async () => {
    const limits = { runs: RUNS, seconds: Infinity, finds: 3 }
    expect(findTexts(await series(kills.oneRun, 0, limits))).toEqual([])
  },
)
