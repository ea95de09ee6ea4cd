import { expect, test } from 'vitest'
import { count, duration } from '../../../src/verdict/phrases.js'

test.each([
  [0, '0 ns'],
  [1, '1 ns'],
  [999, '999 ns'],
  [1000, '1.00 µs'],
  [57_340, '57.3 µs'],
  [999_400, '999 µs'],
  [1e6, '1.00 ms'],
  [12_345_678, '12.3 ms'],
  [1e9, '1.00 s'],
  [119e9, '119 s'],
  [120e9, '2.00 min'],
  [7200e9, '2.00 h'],
  [172_800e9, '2.00 days'],
  [NaN, 'an unknown time'],
])('%d ns are %s', (ns, text) => {
  expect(duration(ns)).toBe(text)
})

test.each([
  [999_600, '1.00 ms'],
  [999_999_999, '1.00 s'],
  [9_996_000, '10.0 ms'],
  [99_960, '100 µs'],
])('three digits also where rounding carries: %d ns are %s', (ns, text) => {
  expect(duration(ns)).toBe(text)
})

test.each([
  [0, '0 packets'],
  [1, '1 packet'],
  [2, '2 packets'],
  [1_234_567, '1,234,567 packets'],
])('%i packet(s)', (n, text) => {
  expect(count(n, 'packet')).toBe(text)
})
