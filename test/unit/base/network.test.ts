// Addresses and networks as people write them.

import fc from 'fast-check'
import { isIP } from 'node:net'
import { expect, test } from 'vitest'
import { isIn, parseNetwork } from '../../../src/base/network.js'

function contains(network: string, address: string): boolean | undefined {
  const [outer, inner] = [network, address].map(parseNetwork)
  if (outer === undefined || inner === undefined || outer.isIpv6 !== inner.isIpv6) return undefined
  return isIn(outer, Int32Array.from(inner.words), 0)
}

test.each([
  ['10.0.0.7', '10.0.0.7', true],
  ['10.0.0.7', '10.0.0.8', false],
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['192.168.1.128/25', '192.168.1.127', false],
  ['2001:db8::/32', '2001:db8:ffff::1', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', true],
  ['2001:db8:0:8000::/49', '2001:db8:0:7fff::1', false],
  ['::ffff:10.0.0.1', '10.0.0.1', true],
  ['fe80::1%eth0', 'fe80::1', true],
  ['[2001:db8::1]', '2001:db8::1', true],
  ['10.0.0.1', '::1', undefined],
])('%s holds %s: %s', (network, address, expected) => {
  expect(contains(network, address)).toBe(expected)
})

test.each([
  '',
  'me',
  '10.0.0',
  '10.0.0.256',
  '10.0.0.1/33',
  '010.0.0.1',
  '1::2::3',
  '::/129',
  ':::',
  '1:2:3',
])('%j is neither', (text) => {
  expect(parseNetwork(text)).toBeUndefined()
})

test('whatever Node takes for an address is one, and nothing else', () => {
  const text = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[\d:.a-f]{1,20}$/))
  fc.assert(
    fc.property(text, (address) => {
      expect(parseNetwork(address) !== undefined).toBe(isIP(address) !== 0)
    }),
    { numRuns: 500 },
  )
})
