import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    testTimeout: 20_000,
    // Half of the files wait for child processes; by default one core of two would stay idle.
    maxWorkers: '100%',
  },
})
