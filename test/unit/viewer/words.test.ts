// Sentences about what a page shows.

import { expect, test } from 'vitest'
import type { PageCapture, PageHead } from '../../../src/output/page/page-data.js'
import { quietText, rowsOnlyText, shownText } from '../../../src/viewer/model/words.js'

const FINE = {} as PageCapture
const DAMAGED = { error: { code: 'ERR_CAPTURE_FORMAT', message: '' } } as unknown as PageCapture
const STOPPED = { error: { code: 'ERR_INTERRUPTED', message: '' } } as unknown as PageCapture

function headOf(
  captures: readonly PageCapture[],
  packets: number,
  connections: number,
  selected = connections,
): PageHead {
  const summary = { packets, connections, selected_connections: selected }
  return { captures, summary, rows: 5, rest: { connections: 0 } } as unknown as PageHead
}

test.each([
  ['no capture', headOf([DAMAGED], 0, 0), /^Nothing could be read: this is no capture, or/],
  ['no captures', headOf([DAMAGED, DAMAGED], 0, 0), /^Nothing could be read: none of these is a/],
  ['an empty capture', headOf([FINE], 0, 0), /^There is no TCP connection in this capture\.$/],
  ['other packets', headOf([FINE, FINE], 9, 0), /^There is no TCP connection in these captures\.$/],
  ['damage before any', headOf([DAMAGED], 9, 0), /no TCP connection in what could be read of this/],
  ['damage in one', headOf([DAMAGED, FINE], 9, 3), /^Nothing stands out in what could be read: /],
  ['the end of a pipe', headOf([STOPPED], 9, 3), /^Nothing stands out: .* and no connection ended/],
  ['filters', headOf([FINE], 9, 3, 2), /^Nothing stands out: .* none of the selected connections/],
  [
    'filters that select none',
    headOf([FINE], 9, 3, 0),
    /^The filters of this run select none of 3/,
  ],
])('without trouble, of %s', (_name, head, expected) => {
  expect(quietText(head)).toMatch(expected)
})

test.each([
  [3, 3, 0, false, 'all 3 connections shown'],
  [1, 1, 0, false, 'the only connection is shown'],
  [0, 0, 0, false, 'no connection to show'],
  [0, 1, 0, true, '0 of 1 connection shown'],
  [2000, 3000, 0, true, '2,000 of 3,000 connections shown'],
  [3, 3, 7, false, 'all 3 connections with a row shown'],
  [2, 3, 7, true, '2 of 3 connections with a row shown'],
])('%i of %i shown, %i without a row', (shown, all, rest, isFiltered, expected) => {
  expect(shownText(shown, all, rest, isFiltered)).toBe(expected)
})

test('counts of rows only say so where there are others', () => {
  const head = headOf([FINE], 9, 9)
  expect(rowsOnlyText(head)).toBe('')
  expect(rowsOnlyText({ ...head, rest: { connections: 4, causes: {}, times: {} } })).toBe(
    'of the 5 that have a row',
  )
})
