// RFC 5952: one text for every IPv6 address.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressText, endpointText } from '../../../../src/output/columns/address.js'
import { runs } from '../../../support/runs.js'

/** Address words from eight groups. */
function words(groups: readonly number[]): Int32Array {
  const pairs = Array.from({ length: groups.length / 2 }, (_, i) => groups.slice(i * 2, i * 2 + 2))
  return Int32Array.from(pairs.map(([high = 0, low = 0]) => (high << 16) | low))
}

const groupsOf = (text: string): number[] => text.split(':').map((group) => parseInt(group, 16))

describe('IPv6', () => {
  test.each([
    ['leading zeros go (§4.1)', '2001:0db8:0001:0002:0003:0004:0005:0006', '2001:db8:1:2:3:4:5:6'],
    ['the run is shortened as far as it goes (§4.2.1)', '2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['one zero group stays (§4.2.2)', '2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['the longest run goes (§4.2.3)', '2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['the first of two equal runs goes (§4.2.3)', '2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    [
      'letters are small (§4.3)',
      '2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:1',
      '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1',
    ],
    ['unspecified', '0:0:0:0:0:0:0:0', '::'],
    ['loopback', '0:0:0:0:0:0:0:1', '::1'],
    ['run at the end', 'fe80:1:0:0:0:0:0:0', 'fe80:1::'],
    ['two zero groups at the end', '1:2:3:4:5:6:0:0', '1:2:3:4:5:6::'],
    ['IPv4-mapped (§5)', '0:0:0:0:0:ffff:c000:0201', '::ffff:192.0.2.1'],
    ['not quite IPv4-mapped', '0:0:0:0:1:ffff:c000:0201', '::1:ffff:c000:201'],
    [
      'all ones',
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    ],
  ])('%s', (_rule, groups, text) => {
    expect(addressText(words(groupsOf(groups)), 0, true)).toBe(text)
  })

  test('agrees with the URL parser of Node, which knows the same rules', () => {
    const group = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(0xffff))
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const isMapped = groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff
        fc.pre(!isMapped)
        const long = groups.map((g) => g.toString(16)).join(':')
        const expected = new URL(`http://[${long}]/`).hostname.slice(1, -1)
        expect(addressText(words(groups), 0, true)).toBe(expected)
      }),
      { numRuns: runs(500) },
    )
  })
})

test.each([
  [0x00000000, '0.0.0.0'],
  [0x7f000001, '127.0.0.1'],
  [0x80000001, '128.0.0.1'],
  [0xffffffff, '255.255.255.255'],
  [0x0a141e28, '10.20.30.40'],
])('IPv4 %i is %s', (word, text) => {
  expect(addressText(Int32Array.of(99, word), 1, false)).toBe(text)
})

test('endpoints', () => {
  expect(endpointText('10.0.0.1', 80)).toBe('10.0.0.1:80')
  expect(endpointText('2001:db8::1', 80)).toBe('[2001:db8::1]:80')
})
