// Addresses replaced with others, against the published values of two other implementations of Crypto-PAn.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CryptoPan } from '../../../../src/output/anonymize/crypto-pan.js'
import { addressText } from '../../../../src/output/columns/address.js'

/** Key and values of the sample trace that comes with the authors' own implementation. */
const AUTHORS_KEY = Buffer.from(
  '1522178d33a4cf80130a5b1649907d10d8988f837979652762574c2d2a842202',
  'hex',
)
/** Key and values of yacryptopan's documentation, the one that says something of IPv6. */
const PYTHON_KEY = new TextEncoder().encode('32-char-str-for-AES-key-and-pad.')

test.each([
  [AUTHORS_KEY, 0x800b4484, '135.242.180.132'],
  [AUTHORS_KEY, 0x81764a04, '134.136.186.123'],
  [AUTHORS_KEY, 0x8284fcf4, '133.68.164.234'],
  [PYTHON_KEY, 0xc0000201, '192.0.125.244'],
])('known values %#: IPv4', (key, address, replaced) => {
  const word = new CryptoPan(key).ipv4(address | 0)
  expect(addressText(Int32Array.of(word), 0, false)).toBe(replaced)
})

test('known values: IPv6', () => {
  const words = new CryptoPan(PYTHON_KEY).ipv6(Int32Array.of(0x20010db8, 0, 0, 1), 0)
  expect(addressText(words, 0, true)).toBe('27fe:8bc7:fee:1e:1e1f:f0fe:f0e1:83fd')
})

describe('prefixes', () => {
  const anonymizer = new CryptoPan(PYTHON_KEY)
  const words = fc.array(fc.integer(), { minLength: 4, maxLength: 4 })

  test('two IPv4 addresses have as many first bits in common as before', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 31 }), fc.integer(), (a, same, noise) => {
        const b = a ^ (noise >>> same)
        expect(common([anonymizer.ipv4(a)], [anonymizer.ipv4(b)])).toBe(common([a], [b]))
      }),
    )
  })

  test('so have two IPv6 addresses', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 0, max: 127 }), (a, bit) => {
        const b = a.map((word, at) => (at === bit >> 5 ? word ^ (1 << (31 - (bit & 31))) : word))
        const replaced = [a, b].map((each) => anonymizer.ipv6(Int32Array.from(each), 0))
        expect(common(replaced[0], replaced[1])).toBe(bit)
      }),
    )
  })

  test('more addresses than are kept ready are replaced the same way again', () => {
    const first = anonymizer.ipv4(1)
    for (let word = 0; word < 300_000; word++) anonymizer.ipv4(word)
    expect(anonymizer.ipv4(1)).toBe(first)
  })
})

test('another key gives other addresses', () => {
  expect(new CryptoPan(AUTHORS_KEY).ipv4(0x0a00_0001)).not.toBe(
    new CryptoPan(PYTHON_KEY).ipv4(0x0a00_0001),
  )
})

test('a key of another length is refused', () => {
  expect(() => new CryptoPan(new Uint8Array(16))).toThrow('a key of 32 bytes is needed, not 16')
})

/** First bits two addresses have in common. */
function common(a: ArrayLike<number> = [], b: ArrayLike<number> = []): number {
  let bits = 0
  for (let at = 0; at < a.length; at++) {
    const same = Math.clz32((a[at] as number) ^ (b[at] as number))
    bits += same
    if (same < 32) break
  }
  return bits
}
