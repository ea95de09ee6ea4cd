// Times as people type them.

import { afterEach, describe, expect, test, vi } from 'vitest'
import { moment, momentNs } from '../../../src/cli/moment.js'

const FROM = Date.parse('2026-11-25T21:50:00Z')
const TO = Date.parse('2026-11-26T00:10:00Z')
const SPAN = { fromNs: BigInt(FROM) * 1_000_000n, toNs: BigInt(TO) * 1_000_000n }

function iso(text: string, isLocal = false, of: typeof SPAN | undefined = SPAN): string {
  const ns = momentNs(moment(text), of, isLocal)
  return `${new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19)}.${String(ns % 1_000_000_000n).padStart(9, '0')}`
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('a time of day is', () => {
  test.each([
    ['of the day on which the capture has it', '22:00:00.5', '2026-11-25T22:00:00.500000000'],
    ['of the day after, likewise', '00:05', '2026-11-26T00:05:00.000000000'],
    ['the one just before the capture', '21:00', '2026-11-25T21:00:00.000000000'],
    ['the one just after it', '1:00:01', '2026-11-26T01:00:01.000000000'],
    ['to the ns', '23:59:59.999999999', '2026-11-25T23:59:59.999999999'],
  ])('%s', (_, text, expected) => {
    expect(iso(text)).toBe(expected)
  })

  test('not known of a capture of several days', () => {
    const of = { fromNs: SPAN.fromNs - 5n * 86_400_000_000_000n, toNs: SPAN.toNs }
    expect(() => iso('22:00', false, of)).toThrow('is of more than a day')
  })

  test('of clocks here where those are shown', () => {
    vi.stubEnv('TZ', 'Asia/Kolkata')
    expect(iso('05:35', true)).toBe('2026-11-26T00:05:00.000000000')
    expect(iso('05:35')).toBe('2026-11-26T05:35:00.000000000')
  })
})

test.each([
  ['2026-11-26 05:35:00.25', '2026-11-26T00:05:00.250000000'],
  ['2026-11-26', '2026-11-25T18:30:00.000000000'],
  ['2026-11-26T05:35:00Z', '2026-11-26T05:35:00.000000000'],
  ['2026-11-26T05:35:00+05:30', '2026-11-26T00:05:00.000000000'],
  ['1795696677.9', '2026-11-26T12:37:57.900000000'],
])('%s where clocks here are shown', (text, expected) => {
  vi.stubEnv('TZ', 'Asia/Kolkata')
  expect(iso(text, true)).toBe(expected)
})

test('before the end', () => {
  expect(iso('-20m')).toBe('2026-11-25T23:50:00.000000000')
  expect(iso('-90')).toBe('2026-11-26T00:08:30.000000000')
  expect(iso('-1h30m')).toBe('2026-11-25T22:40:00.000000000')
})

test.each(['24:00', '12:60', '12:00:60', '-x', 'noon'])('%s is none', (text) => {
  expect(() => iso(text)).toThrow(
    /is no time of day|is no span of time|is neither seconds since 1970/,
  )
})

test('what depends on the capture needs one', () => {
  expect(() => momentNs(moment('20:01'), undefined, false)).toThrow(
    'a time without a date needs files, whose times are known',
  )
})
