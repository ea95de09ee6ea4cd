// What is kept of one of two times.

import { describe, expect, test } from 'vitest'
import { Period, tallyIn } from '../../../../src/compare/before-after/period.js'
import { NORMAL, REFUSED, eachConnection } from '../../output/formats/reporting.js'

describe('how long was captured', () => {
  test('what two captures cover counts once, and a gap not at all', () => {
    const period = new Period([], 'all')
    expect(period.durationS).toBeNaN()
    period.addSpan(10_000, 20_000)
    period.addSpan(0, 5000)
    period.addSpan(15_000, 25_000)
    period.addSpan(16_000, 17_000)
    expect(period.durationS).toBe(20)
  })
})

describe('clusters', () => {
  test('connections that begin to close in one second at one server are one', () => {
    const period = new Period([], 'all')
    const later = NORMAL.replaceAll(/^1\./gm, '2.')
    // The repeat of a FIN does not make a connection end later.
    const repeated = `${NORMAL}\n5.000 < F. 201:201(0) ack 102`
    eachConnection([{ text: NORMAL }, { text: repeated }, { text: later }], (c) => period.add(c))
    const { some, someSquared } = tallyIn(period.outcomes, 'ending', 'graceful_fin.normal')
    expect([some, someSquared]).toEqual([3, 5])
  })

  test('those of two servers are two', () => {
    const period = new Period([], 'all')
    const options = { serverPort: 81 }
    eachConnection([{ text: NORMAL }, { text: NORMAL, options }], (c) => period.add(c))
    expect(tallyIn(period.outcomes, 'closer', 'client').someSquared).toBe(2)
  })
})

test('a finding of both sides is one of the connection', () => {
  const period = new Period([], 'all')
  const text = `${NORMAL}
1.300 > F. 101:101(0) ack 201
1.301 < F. 201:201(0) ack 102
1.302 > . 102:102(0) ack 202`
  let found: string[] = []
  eachConnection([{ text }], (c) => {
    found = c.j.findings().map(({ code }) => code)
    period.add(c)
  })
  expect(found.filter((code) => code === 'fin_repeated')).toHaveLength(2)
  expect(tallyIn(period.outcomes, 'finding', 'fin_repeated').some).toBe(1)
})

test('a time counts only where it is known', () => {
  const period = new Period([], 'all')
  eachConnection([{ text: NORMAL }, { text: REFUSED }], (c) => period.add(c))
  expect(period.lifetime.count).toBe(1)
  expect(tallyIn(period.outcomes, 'finding', 'port_accepts')).toMatchObject({ some: 0, all: 2 })
})

test('endpoints beyond the bound are counted', () => {
  const period = new Period([], 'port')
  const runs = Array.from({ length: 258 }, (_, at) => ({
    text: REFUSED,
    options: { serverPort: 1000 + at },
  }))
  eachConnection(runs, (c) => period.add(c))
  expect([period.groups.size, period.ungrouped]).toEqual([256, 2])
})
