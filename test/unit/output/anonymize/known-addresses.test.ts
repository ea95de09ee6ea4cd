// The table of addresses that are kept ready: it never says anything but what was put in, and its size is fixed.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  KNOWN_ADDRESS_BYTES,
  KnownAddresses,
} from '../../../../src/output/anonymize/known-addresses.js'

const ZERO = Int32Array.of(11, -22, 33, -44)

describe.each([1, 4])('addresses of %d words', (words) => {
  const zero = ZERO.slice(0, words)
  const address = fc.array(fc.integer(), { minLength: words, maxLength: words })

  test('that of zeros is known from the beginning', () => {
    const known = new KnownAddresses(zero)
    const slot = known.find(new Int32Array(words), 0)
    expect(slot).toBeGreaterThanOrEqual(0)
    expect(zero.map((_, word) => known.word(slot, word))).toEqual(zero)
  })

  test('what is found is what was kept, wherever it stands', () => {
    const known = new KnownAddresses(zero)
    fc.assert(
      fc.property(address, address, (key, value) => {
        const from = Int32Array.from([0, ...key])
        fc.pre(known.find(from, 1) < 0)
        known.keep(from, 1, Int32Array.from(value))
        const slot = known.find(Int32Array.from(key), 0)
        expect(value.map((_, word) => known.word(slot, word))).toEqual(value)
      }),
    )
  })

  test('of more than it has room for some are forgotten, the last ones least', () => {
    const known = new KnownAddresses(zero)
    const slots = KNOWN_ADDRESS_BYTES / (8 * words)
    const key = new Int32Array(words)
    for (let n = 1; n <= 2 * slots; n++) {
      key[words - 1] = n
      known.keep(key, 0, key)
    }
    let found = 0
    let wrong = 0
    for (let n = 1; n <= 2 * slots; n++) {
      key[words - 1] = n
      const slot = known.find(key, 0)
      if (slot < 0) continue
      found++
      if (known.word(slot, words - 1) !== n) wrong++
    }
    expect(wrong).toBe(0)
    expect(found).toBeGreaterThan(slots / 2)
    expect(found).toBeLessThanOrEqual(slots)
    expect(known.find(key, 0)).toBeGreaterThanOrEqual(0)
  })
})

test('no two tables place addresses alike: nobody can choose some that fall together', () => {
  const places = [0, 1].map(() => {
    const known = new KnownAddresses(ZERO.slice(0, 1))
    return [1, 2, 3, 4].map((n) => known.keep(Int32Array.of(n), 0, Int32Array.of(n)))
  })
  expect(places[0]).not.toEqual(places[1])
})
