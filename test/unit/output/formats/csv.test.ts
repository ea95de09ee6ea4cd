import { describe, expect, test } from 'vitest'
import { COLUMNS, COLUMN_KEYS } from '../../../../src/output/columns/columns.js'
import { NORMAL, REFUSED, type Run, reported } from './reporting.js'

/** Rows and cells by RFC 4180 §2; throws at a stray quote. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex
    const found = cell.exec(text)
    if (found === null) throw new Error(`not CSV at ${at}: ${text.slice(at, at + 40)}`)
    const [, quoted, bare = '', end] = found
    rows.at(-1)?.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'))
    if (end !== ',') rows.push([])
  }
  return rows.slice(0, -1)
}

function csvOf(runs: readonly Run[], keys: readonly string[] = COLUMN_KEYS): string[][] {
  const columns = COLUMN_KEYS.filter((key) => keys.includes(key))
  return parseCsv(reported(runs, { format: 'csv', columns }))
}

test('a line of keys, then a line a connection, all equally long', () => {
  const [head, ...rows] = csvOf([{ text: NORMAL }, { text: REFUSED }])
  expect(head).toEqual(COLUMN_KEYS)
  expect(rows.map((row) => row.length)).toEqual([COLUMNS.length, COLUMNS.length])
})

test('values stand under their keys, absent ones are empty', () => {
  const [, normal, refused] = csvOf(
    [{ text: NORMAL }, { text: REFUSED }],
    ['stream', 'server_port', 'verdict', 'client_guessed', 'fin_to_fin_s', 'client_bytes'],
  )
  expect(normal).toEqual(['0', '80', '', 'graceful_fin', '100', '0.001'])
  expect(refused).toEqual(['0', '80', '', 'handshake_failed', '0', ''])
})

test('lists are joined by semicolons', () => {
  const [, row] = csvOf([{ text: REFUSED }], ['evidence'])
  const [first, second, ...others] = (row?.[0] ?? '').split(';')
  expect([first, second].map((part) => part?.split(' ')[0])).toEqual(['1', '2'])
  expect(others).toEqual([])
})

test('of findings there are the codes', () => {
  const text = NORMAL.replaceAll(/^1\./gm, '9.')
  const [, row] = csvOf([{ text }], ['findings'])
  expect(row).toEqual(['idle'])
})

test.each(['a,b.pcap', 'say "hi".pcap', ' blanks .pcap', ''])(
  'the name %j comes back whole',
  (name) => {
    const [, row] = csvOf([{ text: REFUSED, name }], ['capture', 'stream'])
    expect(row).toEqual([name, '0'])
  },
)

test('a name of several lines does not make several rows', () => {
  const [, row] = csvOf([{ text: REFUSED, name: 'two\nlines\r.pcap' }], ['capture', 'stream'])
  expect(row).toEqual(['two\u240alines\u240d.pcap', '0'])
})

describe('formulas are defused', () => {
  test.each(['=1+1', '+1', '-cmd.pcap', '@sum', '  =1', '\uff1d1'])('%j', (name) => {
    const [, row] = csvOf([{ text: REFUSED, name }], ['capture'])
    expect(row).toEqual([`'${name}`])
  })

  test.each(['a=1.pcap', 'dir/-x.pcap', '-'])('%j is none', (name) => {
    const [, row] = csvOf([{ text: REFUSED, name }], ['capture'])
    expect(row).toEqual([name])
  })
})

test('many connections, more than are turned to text at once', () => {
  const runs = Array.from({ length: 600 }, (_, i) => ({ text: REFUSED, name: `${i}.pcap` }))
  const [, ...rows] = csvOf(runs, ['capture'])
  expect(rows.map(([name]) => name)).toEqual(runs.map(({ name }) => name))
})

test('a run without connections is a line of keys', () => {
  expect(csvOf([])).toEqual([COLUMN_KEYS])
})
