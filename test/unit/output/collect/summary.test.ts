import { expect, test } from 'vitest'
import { VERDICTS } from '../../../../src/index.js'
import { SummaryCollector } from '../../../../src/output/collect/summary.js'
import { eachConnection, NORMAL, REFUSED } from '../formats/reporting.js'

function tallied(texts: readonly string[]): SummaryCollector {
  const tally = new SummaryCollector()
  eachConnection(
    texts.map((text) => ({ text })),
    (from) => tally.add(from),
  )
  return tally
}

test('counts by verdict name every verdict, in the order of the taxonomy', () => {
  const counts = tallied([NORMAL, REFUSED, NORMAL]).byVerdict()
  expect(Object.keys(counts)).toEqual(VERDICTS.map((row) => row.verdict))
  expect(counts).toMatchObject({ graceful_fin: 2, handshake_failed: 1, reset_other: 0 })
})

test('counts by cause and closer leave zeros out', () => {
  const tally = tallied([REFUSED, NORMAL, REFUSED, REFUSED])
  expect(tally.byCause()).toEqual({ 'graceful_fin.normal': 1, 'handshake_failed.refused': 3 })
  expect(tally.byCloser()).toEqual({ client: 1, server: 3 })
  expect(tally.selected).toBe(4)
})

test('rules that share a cause are added up', () => {
  // Both are graceful_fin.normal, told by different rules or not.
  const finWithData = NORMAL.replace('> F. 101:101(0)', '> FP. 101:151(50)')
    .replace('ack 102\n', 'ack 152\n')
    .replace('102:102(0)', '152:152(0)')
  expect(tallied([NORMAL, finWithData]).byCause()).toEqual({ 'graceful_fin.normal': 2 })
})

test('nothing counted is nothing', () => {
  const tally = new SummaryCollector()
  expect(tally.byCause()).toEqual({})
  expect(tally.byCloser()).toEqual({})
  expect(Object.values(tally.byVerdict()).every((n) => n === 0)).toBe(true)
})
