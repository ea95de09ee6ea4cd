// Times of day beside the relative ones.

import { expect, test, vi } from 'vitest'
import { clockOver } from '../../../../src/output/ladder/time-of-day.js'

const BASE_NS = 1_763_942_340_123_456_789n // 2025-11-23T23:59:00.123456789Z

test('the date stands only where it is another one', () => {
  const clock = clockOver(BASE_NS, 0, false)
  expect(clock(0)).toBe('23:59:00.123456')
  expect(clock(59.9e9)).toBe('2025-11-24 00:00:00.023456')
})

test('clocks here', () => {
  vi.stubEnv('TZ', 'Asia/Kolkata')
  expect(clockOver(BASE_NS, 0, true)(59.9e9)).toBe('05:30:00.023456')
  vi.unstubAllEnvs()
})

test('a time of no calendar keeps its name', () => {
  expect(clockOver(0n, 0, false)(1e21)).toBe('after year 9999')
})
