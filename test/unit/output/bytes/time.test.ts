import { describe, expect, test } from 'vitest'
import {
  epochNs,
  epochText,
  isNamedTime,
  isoTime,
  secondsOf,
} from '../../../../src/output/bytes/time.js'
import { ByteWriter } from '../../../../src/output/bytes/writer.js'

const S = 1_000_000_000n

describe('isoTime', () => {
  test.each([
    [0n, 0, '1970-01-01T00:00:00.000000000Z'],
    [1n, 0, '1970-01-01T00:00:00.000000001Z'],
    [-1n, 0, '1969-12-31T23:59:59.999999999Z'],
    [-S, 0, '1969-12-31T23:59:59.000000000Z'],
    [-S, -1, '1969-12-31T23:59:58.999999999Z'],
    [5n, -6, '1969-12-31T23:59:59.999999999Z'],
    [1_700_000_000n * S + 123_456_789n, 0, '2023-11-14T22:13:20.123456789Z'],
    [1_709_164_799n * S, 1e9, '2024-02-29T00:00:00.000000000Z'],
    // The last second of the unsigned 32-bit clock of pcap, and the one behind it.
    [4_294_967_295n * S, 999_999_999, '2106-02-07T06:28:15.999999999Z'],
    [4_294_967_295n * S, 1_000_000_000, '2106-02-07T06:28:16.000000000Z'],
    [253_402_300_799n * S, 0, '9999-12-31T23:59:59.000000000Z'],
  ])('%i ns and %i ns are %s', (baseNs, ns, text) => {
    expect(isoTime(baseNs, ns)).toBe(text)
  })

  test('keeps the ns of a packet 104 days after the first one', () => {
    const ns = 104 * 86_400e9 + 1
    expect(isoTime(0n, ns)).toBe('1970-04-15T00:00:00.000000001Z')
  })

  test.each([
    [1_700_000_000n * S + 999_999_999n, 2 ** 53 + 2],
    [1_416_000_000n * S + 561_923_001n, 6.3e16 + 8],
    [1_416_000_000n * S + 561_923_001n, -(6.3e16 + 8)],
    [-1n, 2 ** 60 + 512],
  ])(
    '%i ns and %d ns, more than 104 days, have the digits of the other forms of times',
    (baseNs, ns) => {
      const text = isoTime(baseNs, ns)
      const seconds = Date.parse(`${text.slice(0, 19)}Z`) / 1000
      const digits = epochText(epochNs(baseNs, ns), 9)
      expect(`${seconds}.${text.slice(20, 29)}`).toBe(digits)
    },
  )

  test.each([1.846776232137727e25, 7.561880509395698e25, -1.1645526515794128e27, 9.3e17 + 512])(
    'has nine digits of ns %d ns from its base, where numbers no longer hold them all',
    (ns) => {
      expect(isoTime(1_447_669_760n * S + 999_999_999n, ns)).toMatch(
        /^([^.]+\.\d{9}Z|(before|after) year \d+)$/,
      )
    },
  )

  test.each([
    [253_402_300_799n * S, 1e9, 'after year 9999'],
    [10n ** 13n * S, 7, 'after year 9999'],
    [1_700_000_000n * S, 1.8446744073709552e28, 'after year 9999'],
    [-62_167_219_200n * S, 0, '0000-01-01T00:00:00.000000000Z'],
    [-62_167_219_200n * S, -1, 'before year 0'],
    [-(10n ** 25n), 0, 'before year 0'],
  ])('%i ns and %d ns are %s', (baseNs, ns, text) => {
    expect(isoTime(baseNs, ns)).toBe(text)
    const writer = new ByteWriter()
    writer.isoTime(baseNs, ns)
    expect(Buffer.from(writer.written()).toString()).toBe(text)
    expect(isNamedTime(text)).toBe(!text.startsWith('0'))
  })
})

describe('secondsOf', () => {
  test.each([
    [0, '0'],
    [1, '1e-9'],
    [123_456_789, '0.123456789'],
    [1e9, '1'],
    [86_400_000_000_001, '86400.000000001'],
  ])('%i ns are %s s', (ns, text) => {
    expect(JSON.stringify(secondsOf(ns))).toBe(text)
  })

  test('an absent span is absent', () => {
    expect(secondsOf(NaN)).toBeUndefined()
  })
})
