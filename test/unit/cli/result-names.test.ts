// Names of result files: one for each capture, whatever the order, and none that a file system refuses.

import { describe, expect, test } from 'vitest'
import { resultNames } from '../../../src/cli/analyze/result-names.js'

const LONGEST = 255
const bytesOfLast = (name: string): number =>
  Buffer.byteLength(name.slice(name.lastIndexOf('/') + 1))

describe('a result is named', () => {
  test.each([
    ['a.pcap', 'a.pcap.csv'],
    ['./b/../a.pcap', 'b/_/a.pcap.csv'],
    ['/var/cap/a.pcap', 'var/cap/a.pcap.csv'],
    ['-', 'stdin.csv'],
  ])('%s: %s', (path, name) => {
    expect(resultNames([path], 'csv')).toEqual([name])
  })
})

test('captures that would share a name have their own, whatever their order', () => {
  const paths = ['../a.pcap', '_/a.pcap', '/_/a.pcap', 'b.pcap']
  const names = resultNames(paths, 'json')
  expect(new Set(names).size).toBe(paths.length)
  expect(names[3]).toBe('b.pcap.json')
  expect(names[0]).toMatch(/^_\/a\.pcap~[0-9a-f]{8}\.json$/)
  expect(resultNames(paths.toReversed(), 'json')).toEqual(names.toReversed())
})

test('the same capture twice has two results', () => {
  expect(resultNames(['a', 'a', 'a'], 'txt')).toEqual(['a.txt', 'a~2.txt', 'a~3.txt'])
  expect(resultNames(['a', 'a', 'a~2', 'a'], 'x')).toEqual(['a.x', 'a~3.x', 'a~2.x', 'a~4.x'])
})

test.each([
  ['at the limit', `x/${'n'.repeat(LONGEST - 4)}`],
  ['one byte beyond', `x/${'n'.repeat(LONGEST - 3)}`],
  ['as long as names get', `x/${'n'.repeat(LONGEST)}`],
  ['of long characters', `x/${'é'.repeat(127)}`],
])('a name %s fits', (_what, path) => {
  const other = `${path.slice(0, -1)}${path.endsWith('n') ? 'm' : 'è'}`
  const names = resultNames([path, other, path], 'csv')
  expect(names.map(bytesOfLast).every((bytes) => bytes <= LONGEST)).toBe(true)
  expect(new Set(names).size).toBe(3)
  expect(names.every((name) => name.endsWith('.csv') && !name.includes('\u{fffd}'))).toBe(true)
})
