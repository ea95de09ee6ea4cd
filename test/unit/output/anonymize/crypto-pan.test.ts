// Addresses replaced with others, against the published values of two other implementations of Crypto-PAn.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CryptoPan } from '../../../../src/output/anonymize/crypto-pan.js'

/** Key and values of the sample trace that comes with the authors' own implementation. */
const AUTHORS_KEY = Buffer.from(
  '1522178d33a4cf80130a5b1649907d10d8988f837979652762574c2d2a842202',
  'hex',
)
/** Key and values of yacryptopan's documentation, the one that says something of IPv6. */
const PYTHON_KEY = new TextEncoder().encode('32-char-str-for-AES-key-and-pad.')

test.each([
  [AUTHORS_KEY, '128.11.68.132', '135.242.180.132'],
  [AUTHORS_KEY, '129.118.74.4', '134.136.186.123'],
  [AUTHORS_KEY, '130.132.252.244', '133.68.164.234'],
  [PYTHON_KEY, '192.0.2.1', '192.0.125.244'],
  [PYTHON_KEY, '2001:db8::1', '27fe:8bc7:fee:1e:1e1f:f0fe:f0e1:83fd'],
])('known values %#: %s', (key, address, replaced) => {
  expect(new CryptoPan(key).text(address)).toBe(replaced)
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
    for (let word = 0; word < 70_000; word++) anonymizer.ipv4(word)
    expect(anonymizer.ipv4(1)).toBe(first)
  })
})

test('another key gives other addresses', () => {
  expect(new CryptoPan(AUTHORS_KEY).ipv4(0x0a00_0001)).not.toBe(
    new CryptoPan(PYTHON_KEY).ipv4(0x0a00_0001),
  )
})

test.each([
  ['rpcap://[2001:db8::1]:2002/eth0', 'rpcap://[27fe:8bc7:fee:1e:1e1f:f0fe:f0e1:83fd]:2002/eth0'],
  ['rpcap://192.0.2.1:2002/eth0', 'rpcap://192.0.125.244:2002/eth0'],
  ['2001:DB8:0:0::1', '27fe:8bc7:fee:1e:1e1f:f0fe:f0e1:83fd'],
  ['eth0.5', undefined],
  ['any', undefined],
  ['', undefined],
])('addresses within a text: %s', (text, replaced) => {
  expect(new CryptoPan(PYTHON_KEY).text(text)).toBe(replaced ?? text)
})

test.each([
  'addr:2001:db8::1',
  'host 2001:db8::1: eth0',
  '2001:db8::1.500',
  '2001:db8::1..2001:db8::2',
  '010.001.002.003',
  'if300.10.1.2.3',
  'ip-10-1-2-3',
  '2001-db8--1.ipv6-literal.net',
  '0x0a010203',
  'eth0 of 00:11:22:33:44:55',
])('what may be an address in another spelling is hidden: %s', (text) => {
  expect(new CryptoPan(PYTHON_KEY).text(text)).toBe('hidden')
})

test('an address with an IPv4 part is one address', () => {
  const anonymizer = new CryptoPan(PYTHON_KEY)
  expect(anonymizer.text('64:ff9b::192.0.2.33')).toBe(anonymizer.text('64:ff9b::c000:221'))
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
