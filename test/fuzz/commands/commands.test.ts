// A short run of command lines. For long it runs in run.mjs.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { longRuns } from '../../support/runs.js'
import { corpus } from '../corpus.js'
import { findTexts, series } from '../series.js'
import { Commands } from './campaign.js'
import type { Main } from './program.js'

const ROOT = new URL('../../../', import.meta.url)
const SEED = 20_261_125
const RUNS = longRuns(80, 20_000)

let commands: Commands
beforeAll(async () => {
  const path = new URL('dist/main.js', ROOT).href
  const { main } = (await import(path)) as { main: Main }
  commands = new Commands(main, corpus(ROOT), SEED)
})
afterAll(() => commands.close())

// Windows has no such names of files.
test.skipIf(process.platform === 'win32')(
  `${RUNS} runs of commands: every property holds`,
  async () => {
    const limits = { runs: RUNS, seconds: Infinity, finds: 3 }
    const found = await series(commands.oneRun, 0, limits)
    expect(findTexts(found)).toEqual([])
    expect(found.runs).toBe(RUNS)
  },
)
