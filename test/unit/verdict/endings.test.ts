// What the types of the taxonomy cannot check: the form of its texts, and its order.

import { describe, expect, test } from 'vitest'
import { ENDINGS, VERDICTS, endingOf, findRow, rowOf } from '../../../src/verdict/endings.js'

test('every ending stands there once', () => {
  const names = ENDINGS.map(endingOf)
  expect(new Set(names).size).toBe(names.length)
})

test('endings are sorted by verdict, and every verdict has some', () => {
  const order = ENDINGS.map(({ verdict }) => verdict)
  const runs = order.filter((verdict, at) => verdict !== order[at - 1])
  expect(runs).toEqual(VERDICTS.map(({ verdict }) => verdict))
})

test('a row is found by its name, and by no other', () => {
  for (const row of ENDINGS) expect(rowOf(endingOf(row))).toBe(row)
  expect(findRow('rst_after_kill.nothing')).toBeUndefined()
})

describe.each(ENDINGS.map((row) => [endingOf(row), row] as const))('%s', (_name, row) => {
  test('has names fit for columns', () => {
    expect([row.verdict, row.cause]).toEqual([
      expect.stringMatching(/^[a-z]+(_[a-z]+)*$/),
      expect.stringMatching(/^[a-z0-9]+(_[a-z0-9]+)*$/),
    ])
  })

  test.each(['meaning', 'usually', 'advice'] as const)('%s: sentences', (key) => {
    expect(row[key]).toMatch(/^(?:[A-Z]|[a-z]+\().{8,}[.?]$/)
  })

  test('brief: follows "it could also be"', () => {
    expect(row.brief).toMatch(/^(an? )?\S.*[^.]$/)
    expect(row.brief).not.toMatch(/^[A-Z]/)
  })
})

test('endings by a reset, a give-up or a failed handshake always matter, but for habits', () => {
  const quiet = ENDINGS.filter(({ severity }) => severity === 0)
  const ordinary = new Set(['graceful_fin', 'lingering_established', 'incomplete'])
  const others = quiet.filter(({ verdict }) => !ordinary.has(verdict)).map(endingOf)
  expect(others).toEqual(['rst_abort.health_check', 'reset_other.stray'])
  expect(new Set(quiet.map(({ verdict }) => verdict))).toEqual(
    new Set([...ordinary, 'rst_abort', 'reset_other']),
  )
})
