// What people are shown of two times: widths, shares and sentences.

import { expect, test } from 'vitest'
import { compareTimes } from '../../../../src/compare/before-after/comparison.js'
import { headline } from '../../../../src/compare/before-after/headline.js'
import { percentText } from '../../../../src/compare/before-after/percent.js'
import { Period } from '../../../../src/compare/before-after/period.js'
import { beforeAfterText } from '../../../../src/compare/before-after/text.js'
import { tableStyle } from '../../../../src/output/style.js'
import { ENDINGS, endingOf } from '../../../../src/verdict/endings.js'

/** Connections that ended each in a second of its own, by ending. */
function periodOf(endings: Readonly<Record<string, number>>): Period {
  const period = new Period(['a.pcap'], 'all')
  let second = 0
  for (const [ending, n] of Object.entries(endings)) {
    for (let at = 0; at < n; at++)
      period.outcomes.add(`server ${second++}`, [`ending ${ending}`, 'closer server'])
  }
  return period
}

const LONGEST = ENDINGS.map((row) => endingOf(row)).reduce((a, b) => (b.length > a.length ? b : a))

test('every line fits into 80 columns, with the longest name and large numbers', () => {
  const was = periodOf({ [LONGEST]: 12, a: 20_000 })
  const is = periodOf({ [LONGEST]: 15_000, a: 5 })
  for (const ns of [1, 5e6, 3e9, 7e12]) {
    was.lifetime.add(ns)
    is.stats.serverCloseWait.add(ns)
  }
  is.addIncident('accept_queue_full')
  is.addSpan(0, 60_000)
  was.addSpan(0, 1000)
  const look = { top: 10, width: 80, style: tableStyle(false) }
  const lines = beforeAfterText(compareTimes(was, is), look).split('\n')
  expect(lines.filter((line) => line.length > 80)).toEqual([])
  expect(lines.some((line) => line.startsWith(`* ${LONGEST}`))).toBe(true)
})

test('the sentence names three changes of endings, and counts the others', () => {
  const was = periodOf({ a: 100, b: 100, c: 100, d: 100 })
  expect(headline(compareTimes(was, periodOf({ a: 400 })))).toBe(
    'After: 100 % a instead of 25.0 %, 0 % b instead of 25.0 %, 0 % c instead of 25.0 % (beyond chance); 1 more change beyond chance.',
  )
  expect(headline(compareTimes(was, was))).toBe('No share of endings changed beyond chance.')
  expect(headline(compareTimes(periodOf({}), was))).toBe(
    'Nothing to compare: no connection before.',
  )
})

test('where endings are the same, it names who closed', () => {
  const [was, is] = [new Period([], 'all'), new Period([], 'all')]
  for (let second = 0; second < 50; second++) {
    was.outcomes.add(`s ${second}`, ['ending a', 'closer client'])
    is.outcomes.add(`s ${second}`, ['ending a', 'closer server'])
  }
  expect(headline(compareTimes(was, is))).toContain(
    'After: 100 % closed first by server instead of 0 %',
  )
})

test('shares: what is not nothing is not shown so, nor as all', () => {
  expect([0, 0.0001, 0.25, 0.9999, 1].map(percentText)).toEqual([
    '0 %',
    '<0.1 %',
    '25.0 %',
    '>99.9 %',
    '100 %',
  ])
})
