// Fisher's exact test and Holm's correction against known values.

import { describe, expect, test } from 'vitest'
import { fisherExact, leastPossible } from '../../../../src/compare/before-after/fisher.js'
import { holm } from '../../../../src/compare/before-after/holm.js'

function p(some: number, all: number, someAfter: number, allAfter: number): number {
  return fisherExact({ some, all }, { some: someAfter, all: allAfter })
}

describe('two-sided, as R and SciPy have it', () => {
  test.each([
    // The lady tasting tea.
    [3, 4, 1, 4, 0.48571428571428565],
    [4, 4, 0, 4, 0.028571428571428567],
    // Students who study.
    [1, 10, 11, 14, 0.0027594561852200836],
    [0, 5, 5, 5, 0.007936507936507938],
    [7, 7, 3, 9, 0.011363636363636364],
    [2, 1000, 31, 1000, 1.0635945803567159e-7],
    [10, 10_000, 30, 9000, 0.0006584974009728923],
    [0, 100_000, 12, 90_000, 0.00012755552332662981],
    [5, 20, 5, 20, 1],
    [1, 30, 0, 2, 1],
    [0, 3, 0, 4, 1],
    [3, 3, 4, 4, 1],
  ])('%i of %i and %i of %i', (some, all, someAfter, allAfter, expected) => {
    expect(p(some, all, someAfter, allAfter) / expected).toBeCloseTo(1, 9)
    expect(p(someAfter, allAfter, some, all) / expected).toBeCloseTo(1, 9)
    expect(p(all - some, all, allAfter - someAfter, allAfter) / expected).toBeCloseTo(1, 9)
  })
})

test('millions: near enough, and at once', () => {
  const since = performance.now()
  expect(p(50_000, 1_000_000, 50_900, 1_000_000) / 0.003679485567582368).toBeCloseTo(1, 6)
  expect(p(12_000, 3_000_000, 1100, 300_000) / 0.005326730155247282).toBeCloseTo(1, 6)
  expect(p(400_000, 1_000_000, 600_000, 1_000_000)).toBe(0)
  expect(p(50_000_000, 100_000_000, 50_000_010, 100_000_000)).toBeGreaterThan(0.9)
  expect(performance.now() - since).toBeLessThan(1000)
})

test('the least a table could come to', () => {
  expect(leastPossible({ some: 1, all: 5 }, { some: 4, all: 5 })).toBeCloseTo(p(0, 5, 5, 5), 12)
  expect(leastPossible({ some: 0, all: 50 }, { some: 1, all: 50 })).toBe(1)
  // Two of two in the smaller group would be rarer than two of the larger.
  expect(leastPossible({ some: 2, all: 100 }, { some: 0, all: 2 })).toBeCloseTo(p(0, 100, 2, 2), 12)
})

test('Holm: the smallest times all of them, the next times one less, never falling', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005])
  expect(adjusted.map((each) => Number(each.toFixed(12)))).toEqual([0.03, 0.06, 0.06, 0.02])
  expect(holm([0.5, 0.9])).toEqual([1, 1])
  expect(holm([])).toEqual([])
})
