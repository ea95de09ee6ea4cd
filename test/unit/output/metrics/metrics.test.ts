// Metrics: buckets, sums, bounded labels, and text in both forms.

import { describe, expect, test } from 'vitest'
import { Counts } from '../../../../src/output/metrics/counts.js'
import {
  ENDPOINTS_NAMED,
  FAMILIES,
  type MetricsSource,
} from '../../../../src/output/metrics/families.js'
import {
  OPENMETRICS_TEXT,
  PROMETHEUS_TEXT,
  escapedLabel,
  metricsText,
} from '../../../../src/output/metrics/exposition.js'
import { BUCKET_BOUNDS_S, Histogram } from '../../../../src/output/metrics/histogram.js'
import { TIMINGS, TIMING_COLUMNS } from '../../../../src/output/metrics/timings.js'

function source(endpoints: Counts, endpointsNamed: 'largest' | 'first' = 'largest'): MetricsSource {
  return {
    counts: {
      causes: new Counts(),
      closers: new Counts(),
      endpoints,
      clientBytes: 1,
      serverBytes: 2,
      timings: TIMINGS.map(() => new Histogram()),
    },
    incidents: new Map([['process_death', 3]]),
    connections: 4,
    openConnections: 5,
    packets: 6,
    tcpPackets: 7,
    readBytes: 8,
    captures: 9,
    failedCaptures: 10,
    droppedPackets: 11,
    endpointsNamed,
  }
}

describe('a histogram', () => {
  test('a duration that is a bound belongs to its bucket', () => {
    const histogram = new Histogram()
    for (const ns of [1e9, 1e9 + 1, 8e12, NaN]) histogram.add(ns)
    const upTo = (bound: number): number =>
      histogram.cumulated()[BUCKET_BOUNDS_S.indexOf(bound)] ?? NaN
    expect([upTo(0.5), upTo(1), upTo(5), upTo(7200)]).toEqual([0, 1, 2, 2])
    expect(histogram.cumulated().at(-1)).toBe(3)
    expect(histogram.sumText()).toBe('8002.000000001')
  })

  test('sums are exact where one number would not be, in any order', () => {
    const parts = [1e16 + 2, 999_999_999, 1, 3e9]
    const forwards = new Histogram()
    const backwards = new Histogram()
    for (const ns of parts) forwards.add(ns)
    for (const ns of parts.toReversed()) {
      const one = new Histogram()
      one.add(ns)
      backwards.absorb(one.state())
    }
    expect(forwards.sumText()).toBe('10000004.000000002')
    expect(backwards.state()).toEqual(forwards.state())
  })
})

test('every timing has a column', () => {
  expect(TIMING_COLUMNS.map(({ kind }) => kind)).toEqual(TIMINGS.map(() => 'seconds'))
})

describe('endpoints', () => {
  const endpoints = new Counts()
  for (let i = 0; i < ENDPOINTS_NAMED + 20; i++)
    endpoints.add(`10.0.0.${i}:80`, 'graceful_fin', i + 1)
  const named = (from: MetricsSource): string[] => {
    const family = FAMILIES.find(({ name }) => name === 'endpoint_connections')
    return [...new Set(family?.samples(from).map(({ labels }) => labels['endpoint'] ?? ''))]
  }

  test('are bounded: the largest, the rest as other', () => {
    const from = source(endpoints)
    expect(named(from)).toHaveLength(ENDPOINTS_NAMED + 1)
    expect(named(from)[0]).toBe(`10.0.0.${ENDPOINTS_NAMED + 19}:80`)
    const text = metricsText(from, PROMETHEUS_TEXT)
    expect(text).toContain('{endpoint="other",verdict="graceful_fin"} 210\n')
  })

  test('of a source that goes on the first, so that no counter goes back', () => {
    expect(named(source(endpoints, 'first'))[0]).toBe('10.0.0.0:80')
    expect(named(source(endpoints, 'first')).at(-1)).toBe('other')
  })
})

describe('text', () => {
  test('OpenMetrics names families without _total, has units, and an end', () => {
    const text = metricsText(source(new Counts()), OPENMETRICS_TEXT)
    expect(text).toContain('# TYPE tcp_teardown_read_bytes counter\n')
    expect(text).toContain(
      '# UNIT tcp_teardown_read_bytes bytes\ntcp_teardown_read_bytes_total 8\n',
    )
    expect(text).toContain('tcp_teardown_open_connections 5\n')
    expect(text).toContain('tcp_teardown_incidents_total{kind="process_death"} 3\n')
    expect(text.endsWith('\n# EOF\n')).toBe(true)
  })

  test('the older format names counters as their samples', () => {
    const text = metricsText(source(new Counts()), PROMETHEUS_TEXT)
    expect(text).toContain('# TYPE tcp_teardown_read_bytes_total counter\n')
    expect(text).not.toMatch(/# UNIT|# EOF/)
  })

  test('samples are the same in both', () => {
    const samples = (form: typeof OPENMETRICS_TEXT): string[] =>
      metricsText(source(new Counts()), form)
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
    expect(samples(OPENMETRICS_TEXT)).toEqual(samples(PROMETHEUS_TEXT))
  })

  test('what would end a label is escaped', () => {
    expect(escapedLabel('a"b\\c\nd')).toBe('a\\"b\\\\c\\nd')
  })

  test('units end the names of their metrics', () => {
    const wrong = FAMILIES.filter(
      ({ name, unit }) => unit !== undefined && !name.endsWith(`_${unit}`),
    )
    expect(wrong).toEqual([])
  })
})
