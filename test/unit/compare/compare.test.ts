// The same connections captured at two places: what one saw and the other did not.

import { describe, expect, test } from 'vitest'
import { type Difference, differencesOf, firstCloser } from '../../../src/compare/differences.js'
import { type Pair, clockOffset, pairsOf } from '../../../src/compare/pairs.js'
import { type Seen, seenOf } from '../../../src/compare/vantage.js'
import type { ScenarioOptions } from '../../support/scenario.js'
import { eachConnection } from '../output/formats/reporting.js'

/** A connection near its client: the answer of the server takes 20 ms. */
const NEAR_CLIENT = `
0.000 > S 0:0(0)
0.020 < S. 0:0(0) ack 1
0.021 > . 1:1(0) ack 1
0.030 > P. 1:101(100) ack 1
0.050 < P. 1:201(200) ack 101
0.051 > . 101:101(0) ack 201`
/** The same near its server, whose clock is 5 s ahead. */
const NEAR_SERVER = `
5.010 > S 0:0(0)
5.011 < S. 0:0(0) ack 1
5.031 > . 1:1(0) ack 1
5.040 > P. 1:101(100) ack 1
5.041 < P. 1:201(200) ack 101
5.061 > . 101:101(0) ack 201`

function seenIn(text: string, options: ScenarioOptions = {}): Seen[] {
  const found: Seen[] = []
  eachConnection([{ text, options }], (c) => {
    const seen = seenOf(c)
    if (seen !== undefined) found.push(seen)
  })
  return found
}

function pairOf(a: string, b: string, optionsB?: ScenarioOptions): Pair {
  const { pairs } = pairsOf(seenIn(a), seenIn(b, optionsB))
  expect(pairs).toHaveLength(1)
  return pairs[0] as Pair
}

function kindsOf(found: readonly Difference[]): string[] {
  return found.map(({ kind }) => kind)
}

test('which capture is nearer to the client, and how far the clocks differ', () => {
  const pair = pairOf(NEAR_CLIENT, NEAR_SERVER)
  expect(pair.nearClient).toBe('a')
  expect(pairOf(NEAR_SERVER, NEAR_CLIENT).nearClient).toBe('b')
  expect(clockOffset([pair])?.offsetNs).toBeCloseTo(5.0005e9, -5)
  expect(differencesOf(pair)).toEqual([])
})

test('through address translation', () => {
  const options = { clientIp: [192, 0, 2, 7], clientPort: 61_000 }
  const pair = pairOf(NEAR_CLIENT, NEAR_SERVER, options)
  expect(pair.a.client.endpoint).toBe('10.0.0.1:40000')
  expect(pair.b.client.endpoint).toBe('192.0.2.7:61000')
  expect(differencesOf(pair)).toEqual([])
})

test('other connections are no pair', () => {
  expect(pairsOf(seenIn(NEAR_CLIENT), seenIn(NEAR_SERVER, { clientIsn: 7 }))).toEqual({
    pairs: [],
    onlyA: 1,
    onlyB: 1,
  })
})

test('a SYN-ACK that never arrived: paired by the SYN', () => {
  const pair = pairOf('0.000 > S 0:0(0)\n1.000 > S 0:0(0)', NEAR_SERVER)
  expect(pair.a.serverIsn).toBeUndefined()
  expect(kindsOf(differencesOf(pair))).toEqual(['verdicts_differ'])
})

describe('what happened in between:', () => {
  const FIN = '> F. 101:101(0) ack 201'
  test.each<[string, string, string, string[]]>([
    [
      'a RST that the server never sent',
      '1.000 < R. 201:201(0) ack 101',
      '',
      ['rst_never_sent', 'verdicts_differ'],
    ],
    [
      'a RST of the server that never arrived',
      '',
      '6.000 < R. 201:201(0) ack 101',
      ['rst_never_arrived', 'verdicts_differ'],
    ],
    [
      'a RST of the client that never arrived',
      '1.000 > R. 101:101(0) ack 201',
      '',
      ['rst_never_arrived', 'verdicts_differ'],
    ],
    ['a FIN that never arrived', `1.000 ${FIN}`, '', ['fin_never_arrived', 'verdicts_differ']],
    ['a FIN that the client never sent', '', `6.000 ${FIN}`, ['fin_never_sent', 'verdicts_differ']],
    [
      'payload that was lost',
      '1.000 > P. 101:201(100) ack 201\n1.200 > P. 101:201(100) ack 201',
      '6.210 > P. 101:201(100) ack 201',
      ['packets_lost', 'verdicts_differ'],
    ],
    ['payload that nobody sent', '', '6.000 > P. 101:201(100) ack 201', ['packets_added']],
    ['nothing', `1.000 ${FIN}`, `6.010 ${FIN}`, []],
  ])('%s', (_what, a, b, kinds) => {
    const found = differencesOf(pairOf(`${NEAR_CLIENT}\n${a}`, `${NEAR_SERVER}\n${b}`))
    expect(kindsOf(found).filter((kind) => kinds.length > 0 || kind !== 'verdicts_differ')).toEqual(
      kinds,
    )
  })

  test('who closed first is what the ends themselves sent', () => {
    // A device resets both ends in each other's name.
    const pair = pairOf(
      `${NEAR_CLIENT}\n1.000 < R. 201:201(0) ack 101`,
      `${NEAR_SERVER}\n6.000 > R. 101:101(0) ack 201`,
    )
    expect(kindsOf(differencesOf(pair)).slice(0, 2)).toEqual(['rst_never_sent', 'rst_never_sent'])
    // Each end answers a reset that the other one never sent: neither closed first.
    expect(firstCloser(pair)).toBeUndefined()
    expect(firstCloser(pairOf(`${NEAR_CLIENT}\n1.000 ${FIN}`, NEAR_SERVER))).toBe('client')
  })
})

test('a capture that ends long before the other one says nothing of the rest', () => {
  const late = '10.000 < R. 201:201(0) ack 101'
  const pair = pairOf(`${NEAR_CLIENT}\n${late}`, NEAR_SERVER)
  expect(kindsOf(differencesOf(pair))).toEqual(['verdicts_differ'])
  expect(firstCloser(pair)).toBeUndefined()
})

test('a clock that gains', () => {
  const pairs = Array.from({ length: 10 }, (_, i) => {
    const shift = (text: string, by: number): string =>
      text.replaceAll(/^[\d.]+/gm, (time) => (Number(time) + by).toFixed(6))
    const options = { clientIsn: 1000 + i }
    const [a] = seenIn(shift(NEAR_CLIENT, 30 * i), options)
    const [b] = seenIn(shift(NEAR_SERVER, 30 * i * (1 + 50e-6)), options)
    return pairsOf([a as Seen], [b as Seen]).pairs[0] as Pair
  })
  expect(clockOffset(pairs)?.driftPpm).toBeCloseTo(50, 0)
  expect(clockOffset(pairs.slice(0, 2))?.driftPpm).toBeNaN()
  expect(clockOffset([])).toBeUndefined()
})
