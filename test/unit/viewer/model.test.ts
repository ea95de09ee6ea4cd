// What the page does with its connections: filters, orders, counts, times.

import { describe, expect, test } from 'vitest'
import type { PageIncident } from '../../../src/output/page/page-data.js'
import {
  type Connections,
  clientAt,
  findConnection,
  serverAt,
} from '../../../src/viewer/model/connections.js'
import { verdictCounts } from '../../../src/viewer/model/counts.js'
import { BUCKETS, distributionOf, sortedSpans } from '../../../src/viewer/model/distributions.js'
import { endpointCounts } from '../../../src/viewer/model/endpoints.js'
import {
  type Filters,
  NO_FILTERS,
  OUT,
  allSeen,
  hasFilters,
  leftOut,
  searchTexts,
  seenBy,
  toggled,
  valuesOf,
  withList,
} from '../../../src/viewer/model/filters.js'
import { orderOf } from '../../../src/viewer/model/order.js'
import { restWidthMs, spanOf, timeLineOf } from '../../../src/viewer/model/time-line.js'
import { closedByClient, closedByServer, leaked, refused } from '../../support/service.js'
import { loaded } from './connections.js'

const START_MS = Date.parse('2023-11-14T22:13:20Z')
const FIRST = [
  closedByServer(0, 5),
  closedByServer(1, 3),
  closedByClient(2, 4, { serverPort: 443 }),
  leaked(3, 4),
  refused(6),
]
const INCIDENT = {
  capture_at: 1,
  id: 3,
  streams: [0],
  is_calm: false,
} as unknown as PageIncident
const { head, c } = loaded([FIRST, [refused(8, { serverPort: 443 })]], { incidents: [INCIDENT] })

const outOf = (filters: Filters): Uint8Array =>
  leftOut(c, head, filters, () => searchTexts(c, head))

/** Endings of the connections that are shown, in the order of the page. */
function shown(filters: Filters): string[] {
  const out = outOf(filters)
  return Array.from(orderOf(c, head, { by: 'ended', isDescending: false }))
    .filter((at) => out[at] === 0)
    .map((at) => `${head.captures[c.capture[at] ?? 0]?.capture} ${c.stream[at]}`)
}

const names = (...streams: number[]): string[] => streams.map((n) => `folder/0.pcap ${n}`)

describe('filters', () => {
  test('none: all, in the order of time', () => {
    expect(hasFilters(NO_FILTERS)).toBe(false)
    expect(shown(NO_FILTERS)).toEqual([...names(1, 2, 3, 0, 4), 'folder/1.pcap 0'])
  })

  test.each<[string, Filters, string[]]>([
    ['a verdict', withList(NO_FILTERS, 'ending', ['graceful_fin']), names(1, 2, 0)],
    [
      'an ending',
      withList(NO_FILTERS, 'ending', ['handshake_failed.refused']),
      [...names(4), 'folder/1.pcap 0'],
    ],
    [
      'two endings',
      withList(NO_FILTERS, 'ending', ['lingering_established', 'handshake_failed.refused']),
      [...names(3, 4), 'folder/1.pcap 0'],
    ],
    [
      'a server',
      withList(NO_FILTERS, 'server', ['10.0.0.9:443']),
      [...names(2), 'folder/1.pcap 0'],
    ],
    ['a closer', withList(NO_FILTERS, 'closer', ['client']), names(2, 3)],
    [
      'what a program saw',
      withList(NO_FILTERS, 'sees', ['ECONNREFUSED']),
      [...names(4), 'folder/1.pcap 0'],
    ],
    ['a capture', withList(NO_FILTERS, 'capture', ['2']), ['folder/1.pcap 0']],
    ['an incident', withList(NO_FILTERS, 'incident', ['2:3']), ['folder/1.pcap 0']],
    [
      'a time, with its ends',
      { ...NO_FILTERS, fromMs: START_MS + 4000, toMs: START_MS + 5000 },
      names(2, 3, 0),
    ],
    ['words', { ...NO_FILTERS, search: '  REFUSED 10.0.0.9:443' }, ['folder/1.pcap 0']],
    [
      'several kinds at once',
      { ...withList(NO_FILTERS, 'ending', ['graceful_fin']), search: ':443' },
      names(2),
    ],
    ['what none has', withList(NO_FILTERS, 'flag', ['midstream']), []],
  ])('%s', (_what, filters, expected) => {
    expect(hasFilters(filters)).toBe(true)
    expect(shown(filters)).toEqual(expected)
  })

  test('a value is added and taken out again', () => {
    const once = toggled(NO_FILTERS, 'closer', 'client')
    expect(once.lists).toEqual({ closer: ['client'] })
    expect(toggled(once, 'closer', 'server').lists).toEqual({ closer: ['client', 'server'] })
    expect(toggled(once, 'closer', 'client')).toEqual(NO_FILTERS)
  })

  test('values that can be chosen, the most frequent first', () => {
    const all = outOf(NO_FILTERS)
    expect(valuesOf('closer', c, all)[0]).toEqual(['server', 4])
    const one = outOf(withList(NO_FILTERS, 'closer', ['client']))
    expect(valuesOf('closer', c, one)).toEqual([['client', 2]])
  })
})

describe('counts', () => {
  test('by verdict: what matters most first, whatever the filter of endings says', () => {
    const out = outOf(withList(NO_FILTERS, 'ending', ['graceful_fin']))
    const counts = verdictCounts(c, head, seenBy(out, 'ending'), {})
    expect(counts.map(({ verdict, n }) => [verdict, n])).toEqual([
      ['handshake_failed', 2],
      ['lingering_established', 1],
      ['graceful_fin', 3],
    ])
    expect(verdictCounts(c, head, seenBy(out), {}).map(({ n }) => n)).toEqual([3])
  })

  test('connections without a row are counted too', () => {
    const few = loaded([FIRST], { rows: 2 })
    const counts = verdictCounts(few.c, few.head, allSeen(few.c), few.head.rest.causes)
    expect(counts.reduce((sum, { n }) => sum + n, 0)).toBe(FIRST.length)
  })

  test('by server and by client', () => {
    const { first: servers } = endpointCounts(c, head, c.server, allSeen(c), 9)
    expect(servers.map(({ name, connections, refused: n }) => [name, connections, n])).toEqual([
      ['10.0.0.9:80', 4, 1],
      ['10.0.0.9:443', 2, 1],
    ])
    const none = seenBy(new Uint8Array(c.size).fill(OUT.other))
    expect(servers[0]?.firstMs).toBeGreaterThan(START_MS)
    expect(endpointCounts(c, head, c.clientIp, none, 9)).toEqual({ all: 0, first: [] })
    expect(endpointCounts(c, head, c.server, allSeen(c), 1)).toEqual({
      all: 2,
      first: [servers[0]],
    })
  })

  test('distributions', () => {
    const all = () => true
    const sorted = sortedSpans(c, ['fin_to_fin_s'], all)
    const half = distributionOf(sorted, allSeen(c))
    expect(half.n).toBe(3)
    expect(half.median).toBeCloseTo(0.001, 6)
    expect(half.counts.reduce((sum, n) => sum + n, 0)).toBe(3)
    expect(distributionOf(sorted, seenBy(new Uint8Array(c.size).fill(OUT.other))).n).toBe(0)
    expect(sortedSpans(c, ['fin_to_fin_s'], () => false).values).toHaveLength(0)
    expect(distributionOf(sortedSpans(c, ['last_data_to_rst_s'], all), allSeen(c))).toMatchObject({
      n: 0,
      median: NaN,
    })
    expect(BUCKETS.at(-1)?.[0]).toBe(Infinity)
  })

  test('the distribution of filtered values is that of these values alone', () => {
    const values = [5, 0.2, 5, 0.00005, 30, 700, 0.02, 0.02, 0.02, 61]
    const size = values.length
    const spans = {
      fin_to_fin_s: Float64Array.from(values),
      client_close_wait_s: new Float64Array(size).fill(NaN),
    }
    const some = { size, spans, ending: new Int32Array(size) } as unknown as Connections
    const sorted = sortedSpans(some, ['client_close_wait_s', 'fin_to_fin_s'], () => true)
    for (let mask = 1; mask < 1 << size; mask += 7) {
      const out = Uint8Array.from(values, (_, at) => (mask >> at) & 1)
      const left = values.filter((_, at) => out[at] === 0).sort((a, b) => a - b)
      const found = distributionOf(sorted, seenBy(out))
      expect(found.n).toBe(left.length)
      expect(found.longest).toBe(left.at(-1) ?? NaN)
      expect(found.median).toBe(left[Math.ceil(left.length / 2) - 1] ?? NaN)
      for (const [bucket, [below]] of BUCKETS.entries()) {
        const from = BUCKETS[bucket - 1]?.[0] ?? 0
        expect(found.counts[bucket]).toBe(left.filter((v) => v >= from && v < below).length)
      }
    }
  })
})

describe('orders', () => {
  const by = (order: Parameters<typeof orderOf>[2]): number[] =>
    Array.from(orderOf(c, head, order))
      .filter((at) => c.capture[at] === 0)
      .map((at) => c.stream[at] ?? -1)

  test('trouble first, those that are equal by time', () => {
    expect(by({ by: 'trouble', isDescending: true })[0]).toBe(4)
    expect(by({ by: 'trouble', isDescending: true }).slice(-3)).toEqual([1, 2, 0])
  })

  test('numbers, words and their opposites', () => {
    expect(by({ by: 'stream', isDescending: true })).toEqual([4, 3, 2, 1, 0])
    expect(by({ by: 'lasted', isDescending: true })[0]).toBe(0)
    expect(by({ by: 'server', isDescending: false }).at(-1)).toBe(2)
  })

  test('addresses by their numbers, those of IPv6 behind the others', () => {
    const words = ['[2a00::1]:80', '10.0.0.9:443', '9.0.0.1:80', '10.0.0.9:80', '10.0.0.10:80']
    const ends = {
      ...c,
      size: words.length,
      server: { words, at: Int32Array.from(words.keys()) },
      endedMs: new Float64Array(words.length),
    }
    const order = orderOf(ends, head, { by: 'server', isDescending: false })
    expect(Array.from(order, (at) => words[at])).toEqual([
      '9.0.0.1:80',
      '10.0.0.9:80',
      '10.0.0.9:443',
      '10.0.0.10:80',
      '[2a00::1]:80',
    ])
  })
})

describe('time line', () => {
  test('bins of a width that people count in hold every connection', () => {
    const line = timeLineOf(c, head, outOf(NO_FILTERS), { hasRest: true, most: 30 })
    expect(line?.widthMs).toBe(200)
    expect(line?.counts.flat().reduce((sum, n) => sum + n, 0)).toBe(6)
    expect(line?.times[0]).toBe(START_MS + 3000)
  })

  test('a filter of time changes nothing but what is zoomed', () => {
    const filters = { ...NO_FILTERS, fromMs: START_MS + 4000, toMs: START_MS + 4999 }
    const out = outOf(filters)
    const all = timeLineOf(c, head, out, { hasRest: false, most: 30 })
    expect(all?.counts.flat().reduce((sum, n) => sum + n, 0)).toBe(6)
    const zoom = [filters.fromMs, filters.toMs] as const
    const near = timeLineOf(c, head, out, { hasRest: false, most: 30, zoom })
    expect(near?.counts.flat().reduce((sum, n) => sum + n, 0)).toBe(2)
    expect(near?.widthMs).toBeLessThan(200)
  })

  test('connections without a row are in it', () => {
    const few = loaded([FIRST], { rows: 2 })
    const out = new Uint8Array(few.c.size)
    const line = timeLineOf(few.c, few.head, out, { hasRest: true, most: 30 })
    expect(line?.counts.flat().reduce((sum, n) => sum + n, 0)).toBe(FIRST.length)
  })

  test('connections without a row are spread over the time that is known of them', () => {
    const rest = {
      connections: 11,
      causes: {},
      times: {
        graceful_fin: {
          widthMs: 2000,
          first: START_MS / 2000,
          counts: [10, 0, 1],
          firstMs: START_MS + 500,
          lastMs: START_MS + 4000,
        },
      },
    }
    const none = loaded([[]])
    const line = timeLineOf(none.c, { ...none.head, rest }, new Uint8Array(0), {
      hasRest: true,
      most: 10,
    })
    expect(line?.widthMs).toBe(500)
    expect(line?.counts[0]).toEqual([3, 4, 3, 0, 0, 0, 0, 1])
    expect(restWidthMs({ ...none.head, rest })).toBe(2000)
  })

  test('nothing at all has none', () => {
    const none = loaded([[]])
    expect(spanOf(none.c, none.head)).toBe(undefined)
    expect(timeLineOf(none.c, none.head, new Uint8Array(0), { hasRest: true, most: 30 })).toBe(
      undefined,
    )
  })
})

test('a connection is found by its capture and stream', () => {
  const at = findConnection(c, 1, 0)
  expect([serverAt(c, at), clientAt(c, at)]).toEqual([
    '10.0.0.9:443',
    expect.stringMatching(/^10\.0\.0\.1:\d+$/),
  ])
  expect(findConnection(c, 1, 9)).toBe(-1)
})
