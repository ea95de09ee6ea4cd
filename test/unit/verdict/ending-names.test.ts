// The one grammar of names of endings.

import { describe, expect, test } from 'vitest'
import { endingNames, endingSuggestion, endingsNamed } from '../../../src/verdict/ending-names.js'
import { ENDINGS, VERDICTS, endingOf } from '../../../src/verdict/endings.js'

test('every verdict, cause and verdict.cause is a name', () => {
  for (const { verdict } of VERDICTS) {
    const own = ENDINGS.filter((row) => row.verdict === verdict)
    expect(endingsNamed(verdict)).toEqual({ verdict, rows: own })
  }
  for (const row of ENDINGS) {
    expect(endingsNamed(endingOf(row))).toEqual({ verdict: undefined, rows: [row] })
    expect(endingsNamed(row.cause)?.rows).toContain(row)
  }
})

test.each([
  'rst_after_kill.unread_data',
  'RST-after-kill / unread data',
  ' rst_after_kill/unread-data ',
])('%j is written in its own way', (name) => {
  expect(endingNames(name)).toEqual(['rst_after_kill.unread_data'])
})

describe('a list', () => {
  test('keeps verdicts and writes causes out, each once', () => {
    expect(endingNames('graceful-fin, peer_forgot,rst_after_kill.peer_forgot')).toEqual([
      'graceful_fin',
      'rst_after_kill.peer_forgot',
      'keepalive_timeout.peer_forgot',
    ])
  })

  test.each([
    [
      'graceful_fin,rst_after_kil',
      "'rst_after_kil' is no verdict and no cause; did you mean rst_after_kill?",
    ],
    ['xyzzy', "'xyzzy' is no verdict and no cause; tcp-teardown explain lists all names"],
    ['', "'' is no verdict and no cause; tcp-teardown explain lists all names"],
  ])('with a wrong name: %j', (text, message) => {
    expect(() => endingNames(text)).toThrow(message)
  })
})

test.each([
  ['unread_date', 'did you mean rst_after_kill.unread_data?'],
  ['Keepalive', /^did you mean keepalive_timeout/],
  ['xyzzy', undefined],
])('%j: %s', (name, hint) => {
  if (typeof hint === 'string' || hint === undefined) expect(endingSuggestion(name)).toBe(hint)
  else expect(endingSuggestion(name)).toMatch(hint)
})
