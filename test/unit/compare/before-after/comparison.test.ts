// The order in which changes are told.

import { expect, test } from 'vitest'
import { compareTimes } from '../../../../src/compare/before-after/comparison.js'
import { OutcomeCounts } from '../../../../src/compare/before-after/outcomes.js'
import { Period } from '../../../../src/compare/before-after/period.js'

/** Adds connections, each in a second of its own, by ending. */
function fill(counts: OutcomeCounts, endings: Readonly<Record<string, number>>): void {
  for (const [ending, n] of Object.entries(endings))
    for (let at = 0; at < n; at++) counts.add(`${ending} ${at}`, [`ending ${ending}`])
}

function periodOf(
  endings: Readonly<Record<string, number>>,
  groups: Readonly<Record<string, Readonly<Record<string, number>>>> = {},
): Period {
  const period = new Period([], 'port')
  fill(period.outcomes, endings)
  for (const [name, own] of Object.entries(groups)) {
    const counts = new OutcomeCounts(8)
    fill(counts, own)
    period.groups.set(name, counts)
  }
  return period
}

test('beyond chance first, then the largest change, of equal ones what rises', () => {
  const { endings } = compareTimes(
    periodOf({ usual: 960, gone: 40, rare: 0, same: 10 }),
    periodOf({ usual: 90, fresh: 5, rare: 1, same: 2, gone: 0 }),
  )
  expect(endings.map(({ name, isBeyondChance }) => [name, isBeyondChance])).toEqual([
    ['fresh', true],
    ['gone', false],
    ['usual', false],
    ['same', false],
    ['rare', false],
  ])
  const mirrored = compareTimes(periodOf({ a: 100 }), periodOf({ a: 50, z: 50 }))
  expect(mirrored.endings.map(({ name }) => name)).toEqual(['z', 'a'])
})

test('groups: changed ones, those of both times, the largest', () => {
  const { groups } = compareTimes(
    periodOf({ a: 1 }, { large: { a: 90 }, small: { a: 50 }, changed: { a: 20 }, gone: { a: 99 } }),
    periodOf({ a: 1 }, { large: { a: 90 }, small: { a: 50 }, changed: { b: 20 } }),
  )
  expect(groups.map(({ name }) => name)).toEqual(['changed', 'large', 'small', 'gone'])
  expect(groups[3]).toMatchObject({ before: 99, after: 0, endings: [{ isBeyondChance: false }] })
})

test('rows of groups are of the same family: they make it harder for each other', () => {
  const few = compareTimes(periodOf({ a: 20 }), periodOf({ a: 14, b: 6 }))
  const groups = Object.fromEntries(
    Array.from({ length: 9 }, (_, at) => [`${at}`, { a: 30, b: 30 }]),
  )
  const many = compareTimes(periodOf({ a: 20 }, groups), periodOf({ a: 14, b: 6 }, groups))
  const adjusted = [few, many].map(({ endings }) => endings[0]?.adjustedP ?? 0)
  expect(adjusted[1]).toBeGreaterThan(2 * (adjusted[0] ?? 0))
})
