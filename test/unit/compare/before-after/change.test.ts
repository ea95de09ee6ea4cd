// Which changes are beyond chance, when connections are independent and when they come in bursts.

import { describe, expect, test } from 'vitest'
import { type Change, changesOf, eventsOf } from '../../../../src/compare/before-after/change.js'
import { OutcomeCounts } from '../../../../src/compare/before-after/outcomes.js'

/** Connections with one outcome: `some` of `all` in each cluster. */
type Clusters = readonly (readonly [some: number, all: number])[]

function countsOf(clusters: Clusters): OutcomeCounts {
  const counts = new OutcomeCounts(8)
  for (const [at, [some, all]] of clusters.entries()) {
    for (let n = 0; n < all; n++) counts.add(`server ${at}`, n < some ? ['x'] : ['y'])
  }
  return counts
}

function changeOf(before: Clusters, after: Clusters): Change {
  const [change] = changesOf([
    { name: 'x', before: countsOf(before).tallyOf('x'), after: countsOf(after).tallyOf('x') },
  ])
  return change as Change
}

/** Connections each on their own, `some` of `all` with the outcome. */
function single(some: number, all: number): Clusters {
  return Array.from({ length: all }, (_, at) => [at < some ? 1 : 0, 1] as const)
}

describe('independent connections', () => {
  test('are what Fisher says', () => {
    const change = changeOf(single(2, 1000), single(31, 1000))
    expect(change).toMatchObject({ designEffect: 1, isBeyondChance: true })
    expect(change.points).toBeCloseTo(2.9, 9)
    expect(change.p).toBeCloseTo(1.0635945803567159e-7, 12)
  })

  test('a few are not beyond chance', () => {
    expect(changeOf(single(0, 20), single(2, 20)).isBeyondChance).toBe(false)
    expect(changeOf(single(3, 20), single(3, 20)).isBeyondChance).toBe(false)
  })
})

describe('bursts', () => {
  const quiet = single(0, 40)

  test('twelve connections that end in one moment are one event', () => {
    const change = changeOf(quiet, [...single(0, 28), [12, 12]])
    expect(eventsOf(change)).toBe(1)
    expect(change).toMatchObject({ isBeyondChance: false, isHeldBackByBursts: true })
  })

  test('twelve at twelve times are twelve', () => {
    const change = changeOf(quiet, single(12, 40))
    expect(eventsOf(change)).toBe(12)
    expect(change).toMatchObject({ isBeyondChance: true, isHeldBackByBursts: false })
  })

  test('so are many bursts, a few connections each', () => {
    const bursts = Array.from({ length: 20 }, () => [3, 3] as const)
    const change = changeOf(single(0, 80), [...single(0, 20), ...bursts])
    expect(change.designEffect).toBeGreaterThan(2)
    expect(change.isBeyondChance).toBe(true)
  })

  test('all before in one burst, all after in another: one event each', () => {
    const change = changeOf([[0, 12]], [[12, 12]])
    expect(change.p).toBe(1)
  })

  test('a busy service is not punished for what is evenly spread', () => {
    const seconds = (some: number): Clusters =>
      Array.from({ length: 60 }, (_, at) => [some + (at % 3) - 1, 100] as const)
    expect(changeOf(seconds(2), seconds(2)).designEffect).toBe(1)
    expect(changeOf(seconds(2), seconds(4)).isBeyondChance).toBe(true)
  })

  test('ten times the load with the same shares is no change', () => {
    const light = Array.from({ length: 60 }, (_, at) => [at % 10 === 0 ? 1 : 0, 10] as const)
    const heavy = Array.from({ length: 60 }, () => [1, 100] as const)
    expect(changeOf(light, heavy).isBeyondChance).toBe(false)
  })
})

/** Numbers from 0 to 1 that are the same in every run. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('simulated services', () => {
  const RUNS = 200

  /** Two minutes at about 5 connections a second, and bursts of up to 24 that end otherwise. */
  function minutes(random: () => number, burstsPerSecond: number): OutcomeCounts {
    const counts = new OutcomeCounts(8)
    for (let second = 0; second < 120; second++) {
      const usual = 2 + Math.floor(7 * random())
      for (let n = 0; n < usual; n++) counts.add(`s ${second}`, [random() < 0.3 ? 'y' : 'z'])
      if (random() >= burstsPerSecond) continue
      const size = 1 + Math.floor(24 * random())
      for (let n = 0; n < size; n++) counts.add(`s ${second}`, ['x'])
    }
    return counts
  }

  /** How many of a hundred comparisons claim a change, and how many would if connections were independent. */
  function claims(before: number, after: number): { claimed: number; naive: number } {
    const random = randomOf(7)
    let [claimed, naive] = [0, 0]
    for (let at = 0; at < RUNS; at++) {
      const [was, is] = [minutes(random, before), minutes(random, after)]
      const changes = changesOf(
        ['x', 'y', 'z'].map((name) => ({
          name,
          before: was.tallyOf(name),
          after: is.tallyOf(name),
        })),
      )
      if (changes.some(({ isBeyondChance }) => isBeyondChance)) claimed++
      if (changes.some((each) => each.isBeyondChance || each.isHeldBackByBursts)) naive++
    }
    return { claimed: (100 * claimed) / RUNS, naive: (100 * naive) / RUNS }
  }

  test('where nothing has changed, five of a hundred comparisons at most say so', () => {
    const { claimed, naive } = claims(0.05, 0.05)
    expect(claimed).toBeLessThanOrEqual(5)
    expect(naive).toBeGreaterThan(30)
  })

  test('five times as many bursts are found in most', () => {
    expect(claims(0.03, 0.15).claimed).toBeGreaterThan(60)
  })
})

describe('several questions at once', () => {
  const pair = { before: countsOf(single(0, 20)), after: countsOf(single(6, 20)) }
  const outcome = { name: 'x', before: pair.before.tallyOf('x'), after: pair.after.tallyOf('x') }

  test('each of many has to be less likely', () => {
    expect(changesOf([outcome])[0]).toMatchObject({ isBeyondChance: true })
    const many = changesOf(Array.from({ length: 4 }, () => outcome))
    expect(many.map(({ isBeyondChance }) => isBeyondChance)).toEqual([false, false, false, false])
    expect(many[0]?.adjustedP).toBeCloseTo(4 * (many[0]?.p ?? 0), 12)
  })

  test('what is too rare to be beyond chance is none of them', () => {
    const [before, after] = [countsOf(single(0, 20)), countsOf(single(1, 20))]
    const rare = { name: 'r', before: before.tallyOf('x'), after: after.tallyOf('x') }
    const [first, second] = changesOf([outcome, rare, rare, rare])
    expect(first?.adjustedP).toBe(first?.p)
    expect(second?.p).toBeUndefined()
  })

  test('where there is nothing on one side nothing is tested', () => {
    const none = countsOf([]).tallyOf('x')
    expect(changesOf([{ ...outcome, before: none }])[0]).toMatchObject({
      p: undefined,
      isBeyondChance: false,
    })
  })
})

test('clusters in any order, within bounds', () => {
  const counts = new OutcomeCounts(2)
  for (const cluster of ['a', 'b', 'a', 'b', 'a']) counts.add(cluster, ['x'])
  expect(counts.tallyOf('x')).toEqual({
    some: 5,
    all: 5,
    someSquared: 13,
    someTimesAll: 13,
    allSquared: 13,
  })
  const narrow = new OutcomeCounts(1)
  for (const cluster of ['a', 'b', 'a']) narrow.add(cluster, ['x'])
  expect(narrow.tallyOf('x').someSquared).toBe(3)
  expect(narrow.outcomes()).toEqual(['x'])
})
