// Clocks that jump, stand still or are set to another age: no span below zero, nothing given up early, and said so.

import { describe, expect, test } from 'vitest'
import type { CaptureReport, Connection } from '../../../src/index.js'
import { buildPcap, buildPcapng } from '../../support/capture-builder.js'
import { CLOSED, OPEN, pull, recordsOf, RESET } from '../library/captures.js'

const S = 1_000_000_000n
const DAY = 86_400n * S
const ZERO = 0n
/** The last second a classic pcap can hold: 2106-02-07T06:28:15Z. */
const LAST_SECOND = 0xffff_ffffn * S

type Records = ReturnType<typeof recordsOf>

/** Three connections, one after another. */
function traffic(): Records {
  return recordsOf(CLOSED, OPEN, RESET)
}

function withTimes(time: (timeNs: bigint, at: number) => bigint): Records {
  return traffic().map((record, at) => Object.assign(record, { timeNs: time(record.timeNs, at) }))
}

function spans(c: Connection | CaptureReport): [string, number][] {
  return Object.entries(c).filter((entry): entry is [string, number] => entry[0].endsWith('_s'))
}

const CASES: [string, Records][] = [
  ['all equal', withTimes(() => 1_700_000_000n * S)],
  ['all zero', withTimes(() => ZERO)],
  ['the last second of 2106', withTimes(() => LAST_SECOND)],
  ['zero first, then the real time', withTimes((t, at) => (at === 0 ? ZERO : t))],
  ['one packet in 2106', withTimes((t, at) => (at === 4 ? LAST_SECOND : t))],
  ['one packet in 1970', withTimes((t, at) => (at === 4 ? ZERO : t))],
  ['an hour back halfway', withTimes((t, at) => (at < 6 ? t : t - 3600n * S))],
  ['ten years ahead halfway', withTimes((t, at) => (at < 6 ? t : t + 3650n * DAY))],
  ['backwards all along', withTimes((_t, at) => 1_700_000_000n * S - BigInt(at) * 60n * S)],
  ['to and fro', withTimes((t, at) => (at % 2 === 0 ? t : t - 30n * DAY))],
]

describe.each(CASES)('%s', (_name, records) => {
  test.each([
    ['pcap', buildPcap(records)],
    ['pcapng', buildPcapng(records)],
  ])('%s: no span is negative, nothing is given up', async (_format, capture) => {
    const { connections, report } = await pull(capture)
    expect(connections).toHaveLength(3)
    expect(report.evicted_connections).toBeUndefined()
    expect(report.error).toBeUndefined()
    for (const each of [...connections, report]) {
      for (const [name, seconds] of spans(each)) expect([name, seconds >= 0]).toEqual([name, true])
    }
    const wrong = report.clock_steps === undefined ? /NaN|-\d|an unknown time/ : /NaN|-\d/
    for (const { explanation } of connections) expect(explanation).not.toMatch(wrong)
  })

  test('the endings are those of a good clock', async () => {
    const good = await pull(buildPcap(traffic()))
    const { connections } = await pull(buildPcap(records))
    const graceful = (list: readonly Connection[]): string[] => list.map((c) => c.verdict).sort()
    expect(graceful(connections)).toEqual(graceful(good.connections))
  })
})

test.each([
  ['set back by 6 s', -6n * S, true],
  ['out of order by 4 s', -4n * S, false],
  ['a week of silence', 7n * DAY, false],
  ['31 days ahead', 31n * DAY, true],
])('%s', async (_name, step, isFlagged) => {
  const records = withTimes((t, at) => (at < 6 ? t : t + step))
  const { connections, report } = await pull(buildPcap(records))
  expect(report.clock_steps).toBe(isFlagged ? 1 : undefined)
  const flagged = connections.filter(({ flags }) => flags?.includes('clock_step'))
  expect(flagged.length > 0).toBe(isFlagged)
})

test('silence across a step is no more than possible', async () => {
  const ahead = await pull(buildPcap(withTimes((t, at) => (at < 14 ? t : t + 365n * DAY))))
  const open = ahead.connections.filter((c) => c.verdict === 'lingering_established')
  expect(open.map((c) => c.confidence)).toEqual(['possible'])
})

test('one wrong time far ahead does not make what is open look forgotten', async () => {
  const good = await pull(buildPcap(traffic()))
  const { connections } = await pull(buildPcap(withTimes((t, at) => (at === 1 ? LAST_SECOND : t))))
  const open = connections.filter((c) => c.open_at_end_s !== undefined)
  expect(open.map((c) => c.open_at_end_s)).toEqual(
    good.connections.flatMap((c) => c.open_at_end_s ?? []),
  )
  expect(open.length).toBeGreaterThan(0)
})

test('how long silence was is unknown when the clock was set in it', async () => {
  const records = traffic()
  const [first] = records
  if (first === undefined) throw new Error('no records')
  const later = { ...first, timeNs: first.timeNs + 365n * DAY }
  const { connections } = await pull(buildPcap([...records, later]))
  const open = connections.find(({ cause }) => cause === 'active' || cause === 'idle')
  expect(open?.explanation).toMatch(/^Open .*an unknown time /)
})
