// Percentiles from a histogram, compared with those of the sorted durations.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Sketch } from '../../../../src/output/endpoints/sketch.js'

test('a percentile is off by one percent at most', () => {
  const durations = fc.array(fc.double({ min: 1, max: 1e17, noNaN: true }), { minLength: 1 })
  const share = fc.constantFrom(0.01, 0.5, 0.9, 0.95, 0.99, 1)
  fc.assert(
    fc.property(durations, share, (values, of) => {
      const sketch = new Sketch()
      for (const ns of values) sketch.add(ns)
      const sorted = [...values].sort((a, b) => a - b)
      const exact = sorted[Math.max(0, Math.ceil(of * values.length) - 1)] as number
      expect(Math.abs(sketch.percentile(of) / exact - 1)).toBeLessThan(0.0101)
    }),
  )
})

test('what is unknown is not counted, and no time is no time', () => {
  const sketch = new Sketch()
  sketch.add(NaN)
  expect([sketch.count, sketch.percentile(0.5)]).toEqual([0, NaN])
  for (const ns of [0, 0, 0, 5e6]) sketch.add(ns)
  expect(sketch.count).toBe(4)
  expect(sketch.percentile(0.75)).toBe(0)
  expect(sketch.percentile(0.99)).toBeCloseTo(5e6, -5)
})
