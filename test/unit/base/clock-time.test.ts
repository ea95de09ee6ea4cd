// Times for people, in UTC and as clocks show them.

import { afterAll, expect, test } from 'vitest'
import { clockTime, msOfIso } from '../../../src/base/clock-time.js'

const zone = process.env['TZ']
afterAll(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

test.each([
  ['UTC', '2026-11-25T20:01:18.123Z', '2026-11-25', '20:01:18.123', '+00:00'],
  ['Europe/Berlin', '2026-11-25T23:01:18.123Z', '2026-11-26', '00:01:18.123', '+01:00'],
  ['Europe/Berlin', '2026-07-25T20:01:18.123Z', '2026-07-25', '22:01:18.123', '+02:00'],
  ['America/St_Johns', '2026-11-25T02:00:00.000Z', '2026-11-24', '22:30:00.000', '-03:30'],
])('%s: %s', (name, iso, date, clock, ahead) => {
  process.env['TZ'] = name
  const ms = Date.parse(iso)
  expect(clockTime(ms, true)).toEqual({ date, clock, zone: ahead })
  expect(clockTime(ms, false)?.zone).toBe('UTC')
  expect(`${clockTime(ms, false)?.date}T${clockTime(ms, false)?.clock}Z`).toBe(iso)
})

test('a time that no calendar has', () => {
  expect(clockTime(NaN, false)).toBeUndefined()
  expect(clockTime(1e18, true)).toBeUndefined()
  expect(msOfIso('after year 9999')).toBeNaN()
  expect(msOfIso('1970-01-01T00:00:01.234567890Z')).toBe(1234)
})
