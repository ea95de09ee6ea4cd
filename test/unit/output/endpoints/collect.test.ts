// Connections by endpoint: who is counted where.

import { describe, expect, test } from 'vitest'
import {
  type Grouping,
  EndpointCollector,
  subnetOf,
} from '../../../../src/output/endpoints/collect.js'
import { endpointRows } from '../../../../src/output/endpoints/fields.js'
import { eachConnection } from '../formats/reporting.js'
import {
  type Part,
  closedByClient,
  closedByServer,
  leaked,
  refused,
} from '../../../support/service.js'

const PARTS: readonly Part[] = [
  closedByServer(0, 5),
  closedByServer(1, 3),
  closedByClient(2, 4, { serverPort: 443 }),
  leaked(3, 4),
  refused(6),
]

function rowsBy(by: Grouping, overNs?: number): ReturnType<typeof endpointRows> {
  const collector = new EndpointCollector(by, overNs)
  eachConnection(PARTS, (c) => collector.add(c))
  return collector.all('connections').flatMap((group) => endpointRows(group, overNs))
}

test('by server: how connections ended, who closed, and for how long', () => {
  const [first, second, ...others] = rowsBy('server')
  expect(others).toEqual([])
  expect(first).toMatchObject({
    endpoint: '10.0.0.9:80',
    connections: 4,
    causes: {
      'graceful_fin.normal': 2,
      'lingering_established.close_wait': 1,
      'handshake_failed.refused': 1,
    },
    closed_by_server: 2,
    closed_by_client: 1,
    refused: 1,
    resets: 0,
    first_time: '2023-11-14T22:13:20.000000000Z',
    last_time: '2023-11-14T22:13:26.001000000Z',
  })
  expect(first?.['idle_p99_s']).toBeCloseTo(4.98, 1)
  expect(first?.['half_close_p50_s']).toBeCloseTo(0.001, 4)
  expect(second).toMatchObject({ endpoint: '10.0.0.9:443', connections: 1 })
})

test.each<[Grouping, Record<string, number>]>([
  ['client', { '10.0.0.1': 5 }],
  ['port', { '80': 4, '443': 1 }],
  ['subnet', { '10.0.0.0/24': 5 }],
])('by %s', (by, expected) => {
  const counts = rowsBy(by).map((row) => [row['endpoint'], row['connections']])
  expect(Object.fromEntries(counts)).toEqual(expected)
})

test('over spans of time: connections count where they ended', () => {
  const rows = rowsBy('server', 2e9).filter((row) => row['endpoint'] === '10.0.0.9:80')
  expect(rows.map((row) => [row['time'], row['connections']])).toEqual([
    ['2023-11-14T22:13:22.000000000Z', 1],
    ['2023-11-14T22:13:24.000000000Z', 2],
    ['2023-11-14T22:13:26.000000000Z', 1],
  ])
})

describe('the network of', () => {
  test.each([
    ['10.1.2.3', '10.1.2.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:db8:0:5::1', '2001:db8:0:5::/64'],
    ['::1', '::/64'],
    ['fe80::1:2:3:4', 'fe80::/64'],
  ])('%s', (address, network) => {
    expect(subnetOf(address)).toBe(network)
  })
})
