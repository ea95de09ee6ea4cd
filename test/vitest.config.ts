import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    testTimeout: 20_000,
    // Half of the files wait for child processes: two for each core take 67 s where one takes 79.
    maxWorkers: 2 * availableParallelism(),
  },
})
