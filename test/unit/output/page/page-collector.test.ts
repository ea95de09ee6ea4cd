// Which connections of a page have a row, and what is known of the others.

import { expect, test } from 'vitest'
import { PageCollector } from '../../../../src/output/page/page-collector.js'
import { PAGE_COLUMNS, PAGE_DETAIL_COLUMNS } from '../../../../src/output/page/page-rows.js'
import { type Part, closedByServer, refused } from '../../../support/service.js'
import { eachConnection } from '../formats/reporting.js'

const PARTS: readonly Part[] = [
  closedByServer(0, 5),
  closedByServer(1, 3),
  closedByServer(2, 4),
  refused(6),
  refused(7),
]

function collected(rows: number, chars = Infinity): ReturnType<PageCollector['take']> {
  const collector = new PageCollector({ rows, chars })
  eachConnection(PARTS, (c) => collector.add(c, 0))
  return collector.take()
}

function value(row: string | undefined, key: string): unknown {
  return (JSON.parse(row ?? '[]') as unknown[])[PAGE_COLUMNS.indexOf(key)]
}

test('a row and details for each connection, the notable ones first', () => {
  const { rows, details, rest } = collected(10)
  expect(rows.map((row) => value(row, 'cause'))).toEqual([
    'refused',
    'refused',
    'normal',
    'normal',
    'normal',
  ])
  expect(rows.map((row) => value(row, 'capture'))).toEqual([0, 0, 0, 0, 0])
  expect(rest).toEqual({ connections: 0, causes: {}, times: {} })
  for (const line of details) expect(JSON.parse(line)).toHaveLength(PAGE_DETAIL_COLUMNS.length)
  for (const row of rows) expect(JSON.parse(row)).toHaveLength(PAGE_COLUMNS.length)
})

test('where there is no room the notable ones take that of others, which are counted', () => {
  const { rows, rest } = collected(3)
  expect(rows.map((row) => value(row, 'cause'))).toEqual(['refused', 'refused', 'normal'])
  expect(rest.connections).toBe(2)
  expect(rest.causes).toEqual({ 'graceful_fin.normal': 2 })
  const counts = rest.times['graceful_fin']?.counts ?? []
  expect(counts.reduce((sum, n) => sum + n, 0)).toBe(2)
})

test('more notable ones than there is room for: the first', () => {
  const { rows, rest } = collected(1)
  expect(rows.map((row) => value(row, 'cause'))).toEqual(['refused'])
  expect(rest.causes).toEqual({ 'graceful_fin.normal': 3, 'handshake_failed.refused': 1 })
})

test('texts are bounded as well', () => {
  const { rows, rest } = collected(10, 1)
  expect([rows.length, rest.connections]).toEqual([1, 4])
})
