// What a ladder leaves out: runs of plain packets, rounds of probes, silence.

import { describe, expect, test } from 'vitest'
import { type LadderRow, foldLadder, isSilence } from '../../../../src/output/ladder/fold.js'
import { type LadderPacket, isPacket } from '../../../../src/output/ladder/packet.js'
import { addToGap, emptyGap } from '../../../../src/output/ladder/packet.js'

const PLAIN: LadderPacket = {
  frame: 1,
  ns: 0,
  from: 'client',
  flags: ['ACK'],
  seq: 1,
  ack: 1,
  length: 0,
  clientState: 'ESTABLISHED',
  serverState: 'ESTABLISHED',
  isStateChange: false,
  kind: 'plain',
  notes: [],
  shows: undefined,
}

/** `n` packets a ms apart, the first with number `frame` at `ms`. */
function packets(n: number, more: Partial<LadderPacket> = {}, frame = 1, ms = 0): LadderPacket[] {
  return Array.from({ length: n }, (_, i) => ({
    ...PLAIN,
    ...more,
    frame: frame + i,
    ns: (ms + i) * 1e6,
  }))
}

/** `1 2 3 [14] 18 19 20`: packet numbers, counts of folded ones, and silence in s. */
function short(rows: readonly LadderRow[]): string {
  return rows
    .map((row) => {
      if (isSilence(row)) return `${row.silenceNs / 1e9}s`
      return isPacket(row) ? `${row.frame}` : `[${row.packets}]`
    })
    .join(' ')
}

describe('a run of plain packets', () => {
  test('is shown whole when folding it saves little', () => {
    expect(short(foldLadder(packets(9)))).toBe('1 2 3 4 5 6 7 8 9')
  })

  test('keeps its ends, and its middle becomes one row', () => {
    expect(short(foldLadder(packets(10)))).toBe('1 2 3 [4] 8 9 10')
    expect(short(foldLadder(packets(500)))).toBe('1 2 3 [494] 498 499 500')
  })

  test('counts what it folds', () => {
    const run = [...packets(5, { length: 100 }), ...packets(8, { from: 'server', length: 7 }, 6, 5)]
    const [, , , gap] = foldLadder([...run.slice(0, 8), ...packets(5, { notes: ['resent'] }, 9, 8)])
    expect(gap).toEqual({
      packets: 7,
      clientBytes: 200,
      serverBytes: 21,
      retransmissions: 2,
      resets: 0,
      fromNs: 3e6,
      toNs: 9e6,
      isProbing: false,
      isLost: false,
    })
  })

  test.each<[string, Partial<LadderPacket>]>([
    ['evidence', { shows: 'last packet' }],
    ['a change of state', { isStateChange: true }],
    ['a packet that is not plain', { kind: 'other' }],
  ])('never swallows %s', (_, more) => {
    const run = [...packets(19), ...packets(1, more, 20, 19), ...packets(20, {}, 21, 20)]
    expect(short(foldLadder(run))).toBe('1 2 3 [13] 17 18 19 20 21 22 23 [14] 38 39 40')
  })

  test('is not folded when everything is wanted', () => {
    expect(foldLadder(packets(50), true)).toHaveLength(50)
  })
})

describe('silence', () => {
  test('of more than a second gets a row', () => {
    const rows = foldLadder([...packets(1), ...packets(1, {}, 2, 1000), ...packets(1, {}, 3, 3500)])
    expect(short(rows)).toBe('1 2 2.5s 3')
  })

  test('ends a run', () => {
    const rows = foldLadder([...packets(20), ...packets(20, {}, 21, 9000)])
    expect(short(rows)).toBe('1 2 3 [14] 18 19 20 8.981s 21 22 23 [14] 38 39 40')
  })

  test('before packets that were not kept is measured to the first of them', () => {
    const gap = emptyGap(true)
    for (const packet of packets(3, {}, 2, 5000)) addToGap(gap, packet)
    expect(short(foldLadder([...packets(1), gap, ...packets(1, {}, 5, 9002)]))).toBe(
      '1 5s [3] 4s 5',
    )
  })

  test('of packets out of order is none', () => {
    expect(short(foldLadder([...packets(1, {}, 1, 9000), ...packets(1, {}, 2, 0)]))).toBe('1 2')
  })
})

test('probes are folded with the silence between them', () => {
  const probes = Array.from({ length: 30 }, (_, i) =>
    packets(1, { kind: 'probe' }, i + 1, i * 60e3),
  ).flat()
  expect(short(foldLadder(probes))).toBe('1 60s 2 60s 3 60s 4 60s [22] 60s 27 60s 28 60s 29 60s 30')
  expect(foldLadder(probes).find((row) => 'isProbing' in row)).toMatchObject({ isProbing: true })
})

test('a storm is folded with the silence between its resets', () => {
  const resets = Array.from({ length: 30 }, (_, i) =>
    packets(1, { kind: 'storm', flags: ['RST'] }, i + 1, i * 60e3),
  ).flat()
  expect(short(foldLadder(resets))).toBe('1 60s 2 60s 3 60s 4 60s [22] 60s 27 60s 28 60s 29 60s 30')
})

test('nothing folds to nothing', () => {
  expect(foldLadder([])).toEqual([])
})

describe('packets captured twice', () => {
  const twice = { notes: ['captured twice'] }

  test('are one row that names the other records', () => {
    const syn = { flags: ['SYN'], kind: 'other' } as const
    const answer = { ...syn, from: 'server' } as const
    const rows = foldLadder([
      ...packets(1, { ...syn, isStateChange: true }),
      ...packets(1, answer, 2),
      ...packets(2, { ...syn, ...twice }, 3),
      ...packets(1, { ...answer, ...twice }, 5),
    ])
    expect(rows).toMatchObject([
      { frame: 1, copies: [3, 4] },
      { frame: 2, copies: [5] },
    ])
  })

  test.each<[string, Partial<LadderPacket>]>([
    ['is evidence', { shows: 'RST' }],
    ['changes a state', { isStateChange: true }],
    ['has other numbers', { seq: 2 }],
    ['has other flags', { flags: ['ACK', 'FIN'] }],
    ['is of the other side', { from: 'server' }],
  ])('stay when the copy %s', (_, more) => {
    expect(short(foldLadder([...packets(1), ...packets(1, { ...twice, ...more }, 2)]))).toBe('1 2')
  })

  test('stay when everything is wanted, or when the first is far away or was not kept', () => {
    const copy = packets(1, twice, 12)
    expect(foldLadder([...packets(1), ...copy], true)).toHaveLength(2)
    expect(short(foldLadder([...packets(1), ...packets(8, { seq: 9 }, 2), ...copy]))).toMatch(
      / 12$/,
    )
    expect(short(foldLadder([...packets(1), emptyGap(true), ...copy]))).toBe('1 [0] 12')
  })
})
