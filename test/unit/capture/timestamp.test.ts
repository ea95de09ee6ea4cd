import { assert, bigInt, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitSeconds, TickScale, TickUnit } from '../../../src/capture/timestamp.js'

const HUNDRED_DAYS_NS = 100n * 86_400n * 1_000_000_000n
const BASE_NS = 1_700_000_000_123_456_789n

/** Floor division, which `/` of bigint is not. */
function floorDivide(a: bigint, b: bigint): bigint {
  return a >= 0n ? a / b : -((-a + b - 1n) / b)
}

describe('tick counts', () => {
  const resolutions = [
    { tsresol: 0, ticksPerSecond: 1n },
    { tsresol: 3, ticksPerSecond: 1_000n },
    { tsresol: 6, ticksPerSecond: 1_000_000n },
    { tsresol: 7, ticksPerSecond: 10_000_000n },
    { tsresol: 9, ticksPerSecond: 1_000_000_000n },
    { tsresol: 10, ticksPerSecond: 10_000_000_000n },
    { tsresol: 0x80, ticksPerSecond: 1n },
    { tsresol: 0x8a, ticksPerSecond: 1024n },
    { tsresol: 0x94, ticksPerSecond: 1n << 20n },
    { tsresol: 0xa0, ticksPerSecond: 1n << 32n },
  ]

  test.each(resolutions)('are exact to the ns with if_tsresol $tsresol', (row) => {
    const { tsresol, ticksPerSecond } = row
    const arbitraryNs = bigInt({ min: -HUNDRED_DAYS_NS, max: HUNDRED_DAYS_NS })
    const arbitraryOffset = bigInt({ min: -100_000n, max: 100_000n })
    assert(
      property(arbitraryNs, arbitraryOffset, (awayNs, offsetSeconds) => {
        const ticks = floorDivide(
          (BASE_NS + awayNs - offsetSeconds * 1_000_000_000n) * ticksPerSecond,
          1_000_000_000n,
        )
        const absoluteNs =
          floorDivide(ticks * 1_000_000_000n, ticksPerSecond) + offsetSeconds * 1_000_000_000n
        const scale = new TickScale(new TickUnit(tsresol, offsetSeconds), BASE_NS)
        const relativeNs = scale.toNs(Number(ticks >> 32n), Number(ticks & 0xffff_ffffn))
        expect(BigInt(relativeNs)).toBe(absoluteNs - BASE_NS)
      }),
    )
  })

  test('count whole ns by multiplication alone where they can', () => {
    const whole = [0, 6, 9, 0x80, 0x89].map((tsresol) => isWhole(tsresol))
    const broken = [10, 12, 0x8a, 0xa0].map((tsresol) => isWhole(tsresol))
    expect(whole).toEqual([true, true, true, true, true])
    expect(broken).toEqual([false, false, false, false])
  })

  test('of nonsensical resolutions are still numbers', () => {
    for (const tsresol of [20, 0x7f, 0xbf, 0xff]) {
      const scale = new TickScale(new TickUnit(tsresol, 0n), BASE_NS)
      expect(Number.isFinite(scale.toNs(0x60000, 1))).toBe(true)
    }
  })

  test('give an absolute time before there is a base', () => {
    const ticks = 1_700_000_000_123_456n
    const unit = new TickUnit(6, -3600n)
    const ns = unit.toNs(Number(ticks >> 32n), Number(ticks & 0xffff_ffffn))
    expect(ns).toBe((ticks - 3_600_000_000n) * 1000n)
  })
})

test('times before 1970 split into a negative second and ns above it', () => {
  expect(splitSeconds(-1n)).toEqual({ seconds: -1, restNs: 999_999_999 })
  expect(splitSeconds(-2_000_000_000n)).toEqual({ seconds: -2, restNs: 0 })
  expect(splitSeconds(1_000_000_001n)).toEqual({ seconds: 1, restNs: 1 })
})

function isWhole(tsresol: number): boolean {
  return new TickScale(new TickUnit(tsresol, 0n), BASE_NS).whole
}
