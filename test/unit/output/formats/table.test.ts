// The form for people. Whole texts stand in golden/*.txt: `npx vitest run ... -u` rewrites them, read them afterwards.

import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { WriterOptions } from '../../../../src/engine/connection-writer.js'
import { controlsIn, NORMAL, REFUSED, type Run, reported } from './reporting.js'

/** An abort with data unread, midstream and lonely. */
const ABORT = `
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
0.010 > P. 1:101(100) ack 1
0.011 < . 1:1(0) ack 101
1.000 < R. 1:1(0) ack 101`

const MIXED: readonly Run[] = [
  { text: NORMAL, name: 'one.pcap' },
  { text: REFUSED, name: 'two.pcap' },
  { text: ABORT, name: 'three.pcap' },
  { text: REFUSED, name: 'four.pcap' },
]

function table(runs: readonly Run[], options: Partial<WriterOptions> = {}): string {
  return reported(runs, { format: 'table', ...options })
}

test('a small run', async () => {
  await expect(table(MIXED)).toMatchFileSnapshot('golden/table.txt')
})

test('--all, on a narrow terminal', async () => {
  await expect(table(MIXED, { all: true, width: 60 })).toMatchFileSnapshot('golden/table-all.txt')
})

test('--summary has the totals only', () => {
  const text = table(MIXED, { summaryOnly: true })
  expect(text).toMatch(/^4 connections in 4 captures, 1,234 TCP packets\n/)
  expect(text).not.toContain('two.pcap')
  // The head, and two lines for each verdict.
  expect(text.split('\n').filter((line) => line !== '')).toHaveLength(7)
})

test('no span is told across a clock that was set', () => {
  const facts = {
    start_time: '1970-01-01T00:00:00.000000000Z',
    end_time: '2019-07-29T17:01:47.000000000Z',
  }
  const [, good = ''] = table([{ text: REFUSED, name: 'x.pcap', facts }]).split('\n')
  expect(good).toMatch(/UTC, \d+ days$/)
  const set = table([{ text: REFUSED, name: 'x.pcap', facts: { ...facts, clock_steps: 3 } }])
  expect(set.split('\n')[1]).toMatch(/UTC$/)
})

test('no connection at all', () => {
  expect(table([])).toMatch(/^0 connections/)
  expect(table([])).not.toMatch(/NaN|Infinity|undefined/)
})

describe('notes about captures', () => {
  const note = (facts: NonNullable<Run['facts']>): string =>
    table([{ text: REFUSED, name: 'x.pcap', facts }])

  test.each([
    [
      { skipped: [{ name: 'unknown-linktype', packets: 7 }], linktypes: [147] },
      /7 packets .*\(147\)/,
    ],
    [{ skipped: [{ name: 'truncated-header', packets: 1 }] }, /1 packet cut by the snaplen/],
    [{ dropped_packets: 12_000 }, /12,000 packets lost/],
    [{ late_packets: 3 }, /3 packets came after/],
    [{ evicted_connections: 1 }, /1 connection judged early/],
  ])('%j', (facts, text) => {
    expect(note(facts)).toMatch(text)
    expect(note(facts)).toContain('x.pcap: ')
  })

  test.each([
    [{ skipped: [{ name: 'not-ip', packets: 7 }] }],
    [{ skipped: [{ name: 'not-tcp', packets: 7 }] }],
    [{ dropped_packets: 0 }],
  ])('none for %j', (facts) => {
    expect(note(facts)).toBe(note({}))
  })

  test('are not endless', () => {
    const facts = { late_packets: 1 }
    const runs = Array.from({ length: 200 }, (_, i) => ({ text: NORMAL, name: `n${i}`, facts }))
    const text = table([
      ...runs,
      { text: NORMAL, name: 'last', facts: { late_packets: 7, dropped_packets: 3 } },
    ])
    expect(text.match(/came after/g)).toHaveLength(1)
    expect(text).toMatch(/n0: 1 packet came after .* \(and\s+200\s+other\s+captures\s+likewise\)/s)
    expect(text).toMatch(/last: 3 packets lost/)
  })
})

describe('lists', () => {
  const many = Array.from({ length: 8 }, (_, i) => ({ text: REFUSED, name: `n${i}.pcap` }))

  test('stop at --top and say how many are missing', () => {
    const text = table(many, { top: 3 })
    expect([...text.matchAll(/n\d\.pcap/g)].map(String)).toEqual(['n0.pcap', 'n1.pcap', 'n2.pcap'])
    expect(text).toContain('… and 5 more like these')
  })

  test('--all lists all', () => {
    const text = table(many, { top: 3, all: true })
    expect([...text.matchAll(/n\d\.pcap/g)]).toHaveLength(8)
    expect(text).not.toContain('more like these')
  })

  test('--top 0 only counts', () => {
    const text = table(many, { top: 0 })
    expect(text).toMatch(/handshake_failed +8 +100\.0 %/)
    expect(text).not.toContain('n0.pcap')
  })

  test('a single capture is not named', () => {
    expect(table([{ text: REFUSED, name: 'two.pcap' }], { nameCaptures: false })).not.toContain(
      'two.pcap',
    )
  })

  test('ordinary closes are counted, not listed', () => {
    expect(table([{ text: NORMAL, name: 'fine.pcap' }])).not.toContain('fine.pcap')
    expect(table([{ text: NORMAL, name: 'fine.pcap' }], { all: true })).toContain('fine.pcap')
  })

  test('ordinary closes beside a notable one are not said to be like it', () => {
    const text = table([
      { text: `${NORMAL}\n1.500 < R 90000000:90000000(0)`, name: 'ignored.pcap' },
      { text: NORMAL, name: 'fine.pcap' },
    ])
    expect(text).toContain('ignored.pcap')
    expect(text).toContain('… and 1 more (--all lists them)')
  })
})

test.each([40, 60, 80, 120])('sentences fit %i columns', (width) => {
  const lines = table(MIXED, { all: true, width }).split('\n')
  const sentences = lines.filter((line) => /^ {2,6}\S/.test(line) && !/\.pcap|%|stream /.test(line))
  expect(sentences.length).toBeGreaterThan(4)
  expect(sentences.filter((line) => line.length > width)).toEqual([])
})

test('what broke comes first, habits last', () => {
  const names = [...table(MIXED, { all: true }).matchAll(/^(\w+) \/ /gm)].map(([, name]) => name)
  expect(names).toEqual(['handshake_failed', 'rst_after_kill', 'graceful_fin'])
})

test('sentences that differ in numbers only are said once', () => {
  const late = REFUSED.replace('0.001', '0.007')
  const text = table([{ text: REFUSED }, { text: late }], { nameCaptures: false })
  expect(text.match(/The connection was refused/g)).toHaveLength(1)
  expect(text.match(/^ {4}stream /gm)).toHaveLength(2)
})

test('on a terminal the head is shown once more below a long list', () => {
  const heads = (rows: number | undefined): unknown =>
    table(MIXED, { rows }).match(/^4 connections/gm)?.length
  expect(heads(undefined)).toBe(1)
  expect(heads(200)).toBe(1)
  expect(heads(20)).toBe(2)
})

test('colours change nothing but colour', () => {
  const coloured = table(MIXED, { colour: true })
  expect(coloured).toContain('\u001b[')
  expect(stripVTControlCharacters(coloured)).toBe(table(MIXED))
})

test('chosen columns are aligned, numbers to the right', () => {
  const columns = ['client_ip', 'client_port', 'verdict']
  const runs = [{ text: NORMAL }, { text: REFUSED, options: { clientPort: 7 } }]
  const text = reported(runs, { format: 'table', columns })
  expect(text.split('\n')).toEqual([
    'client_ip        client_port  verdict',
    '10.0.0.1               40000  graceful_fin',
    '10.0.0.1                   7  handshake_failed',
    '',
  ])
})

test('names of captures cannot steer the terminal', () => {
  const text = table([{ text: REFUSED, name: '\u001b]0;owned\u0007.pcap' }])
  expect(text).toContain('\u241b]0;owned\u2407.pcap')
  expect(controlsIn(text)).toEqual([])
})
