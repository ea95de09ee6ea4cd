// Refusals in runs.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refusals, refusedBetween } from '../../../src/incidents/refusals.js'

const SECOND = 1e9

function refusalsAt(times: readonly number[]): Refusals {
  const refusals = new Refusals()
  for (const seconds of times) refusals.add(7, seconds * SECOND, 1)
  return refusals
}

test('what follows at once is one run, what comes later another', () => {
  const runs = refusalsAt([1, 1.1, 1.2, 5, 5.1]).of(7)
  expect(runs.map(({ count }) => count)).toEqual([3, 2])
  expect(refusedBetween(runs, NaN, 4 * SECOND)?.count).toBe(3)
  expect(refusedBetween(runs, 0.5 * SECOND, NaN)).toEqual({
    firstNs: SECOND,
    lastNs: 5.1 * SECOND,
    count: 5,
  })
})

test('a connection that was taken in the middle of a run leaves the number open', () => {
  expect(refusedBetween(refusalsAt([1, 1.1, 1.2]).of(7), 1.05 * SECOND, NaN)).toBeUndefined()
})

test('the order in which they come makes no difference, and all are counted', () => {
  const times = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(times, (tenths) => {
      const sorted = [...tenths].sort((a, b) => a - b)
      const runs = refusalsAt(tenths.map((t) => t / 10)).of(7)
      expect(refusedBetween(runs, NaN, NaN)?.count).toBe(tenths.length)
      expect(runs[0]?.firstNs).toBe(((sorted[0] as number) / 10) * SECOND)
      expect(runs.at(-1)?.lastNs).toBe(((sorted.at(-1) as number) / 10) * SECOND)
      for (const [at, run] of runs.entries()) {
        expect(run.firstNs).toBeLessThanOrEqual(run.lastNs)
        if (at > 0) expect(run.firstNs).toBeGreaterThan(runs[at - 1]?.lastNs as number)
      }
    }),
  )
})

test('very many runs are joined, the closest first', () => {
  const runs = refusalsAt(Array.from({ length: 1000 }, (_, i) => i + (i < 500 ? 0 : 1000))).of(7)
  expect(runs.length).toBe(128)
  expect(refusedBetween(runs, NaN, 1000 * SECOND)?.count).toBe(500)
})
