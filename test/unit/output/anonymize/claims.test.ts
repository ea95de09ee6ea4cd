// What of the numbers a capture claims is shown where addresses are replaced.

import { expect, test } from 'vitest'
import {
  credibleCount,
  credibleLinktypes,
  credibleSnaplen,
  credibleSpan,
  isCredibleSequence,
  isCredibleSpan,
} from '../../../../src/output/anonymize/claims.js'

const DAY_NS = 86_400e9
/** 192.168.77.13 and, read in the other byte order, 192.168.77.0. */
const ADDRESS = 0xc0a84d0d
const NETWORK_SWAPPED = 0x004da8c0

test.each([
  [96, 96],
  [65_535, 65_535],
  [262_144, 262_144],
  [16_777_216, 16_777_216],
  [0x0200_0000, 0],
  [0x8000_0000, 0],
  [0xffff_ffff, 0],
  [ADDRESS, 0],
  [NETWORK_SWAPPED, 0],
])('a snaplen of %d: %d', (snaplen, shown) => {
  expect(credibleSnaplen(snaplen)).toBe(shown)
})

test('link types: those that may have been given away', () => {
  expect(credibleLinktypes([1, 276, 19_725, 0xc0a8])).toEqual([1, 276])
})

test.each([
  [65_535, 65_535],
  [1_234_567, 1_200_000],
  [ADDRESS, 3_200_000_000],
  [ADDRESS * 2 ** 32, 14e18],
])('a count of %d: %d', (count, shown) => {
  expect(credibleCount(count)).toBe(shown)
})

test.each([
  [30 * DAY_NS, 30 * DAY_NS],
  [ADDRESS * 1e9, 3_200_000_000e9],
  [-ADDRESS * 1e9, -3_200_000_000e9],
  [NaN, NaN],
])('a span of %d ns: %d', (ns, shown) => {
  expect(credibleSpan(ns)).toBe(shown)
})

test('spans that only a clock makes', () => {
  expect([DAY_NS, 31 * DAY_NS, -31 * DAY_NS].map(isCredibleSpan)).toEqual([true, false, false])
})

test.each([
  [1, true],
  [0xff_ffff, true],
  [0x100_0000, false],
  [ADDRESS, false],
  [0xffff_ffff, true],
  [0xfffe_0000, false],
])('sequence number %d: %s', (number, isShown) => {
  expect(isCredibleSequence(number)).toBe(isShown)
})
