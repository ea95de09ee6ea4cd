import { readFileSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { LONG } from './support/runs.js'

const FOLDER = new URL('./', import.meta.url)

/** The test files that try more in the long run, by what they import. */
function longTests(): string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .filter((name) => readFileSync(new URL(name, FOLDER), 'utf8').includes('support/runs.js'))
    .map((name) => `test/${name}`)
}

// Hang guards, and no measure of anything: a machine that is busy with other things may take its time.
const QUICK_HANG_MS = 120_000
const LONG_HANG_MS = 900_000

export default defineConfig({
  test: {
    include: LONG ? longTests() : ['test/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    testTimeout: LONG ? LONG_HANG_MS : QUICK_HANG_MS,
    hookTimeout: QUICK_HANG_MS,
    // Half of the files wait for child processes: two for each core take 67 s where one takes 79.
    maxWorkers: 2 * availableParallelism(),
  },
})
