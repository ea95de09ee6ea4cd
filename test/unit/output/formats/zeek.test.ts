// Zeek's conn.log, read by the rules of its header lines.

import { expect, test } from 'vitest'
import { EXTRA_COLUMNS } from '../../../../src/output/columns/extra-columns.js'
import { epochNs, epochText } from '../../../../src/output/bytes/time.js'
import { readZeekLog } from '../../../support/zeek-log.js'
import { NORMAL, REFUSED, type Run, reported } from './reporting.js'

const RUNS: readonly Run[] = [
  { text: NORMAL, name: 'a,b\t\\é.pcap' },
  { text: REFUSED, name: '-' },
]

test('a line a connection, under names that the header tells', () => {
  const [normal, refused] = readZeekLog(reported(RUNS, { format: 'zeek' }))
  expect(normal).toMatchObject({
    'id.orig_h': '10.0.0.1',
    'id.orig_p': 40000,
    'id.resp_h': '10.0.0.9',
    'id.resp_p': 80,
    proto: 'tcp',
    service: undefined,
    duration: 1.002,
    orig_bytes: 100,
    resp_bytes: 200,
    conn_state: 'SF',
    history: 'ShADdFf',
    orig_pkts: 6,
    orig_ip_bytes: undefined,
    tunnel_parents: undefined,
    verdict: 'graceful_fin',
    cause: 'normal',
    closer: 'client',
  })
  expect(refused).toMatchObject({ conn_state: 'REJ', verdict: 'handshake_failed' })
  expect(normal?.['uid']).toMatch(/^C\w{18}$/)
  expect(normal?.['uid']).not.toBe(refused?.['uid'])
})

test('chosen columns stand behind, one that is in the log already stands once', () => {
  const columns = ['capture', 'history', 'client_guessed', 'flags', 'asa_teardown_reason']
  const rows = readZeekLog(reported(RUNS, { format: 'zeek', columns }))
  expect(Object.keys(rows[0] ?? {}).slice(21)).toEqual([
    'capture',
    'client_guessed',
    'flags',
    'asa_teardown_reason',
  ])
  expect(rows.map(({ capture }) => capture)).toEqual(['a,b\t\\é.pcap', '-'])
  expect(rows.map((row) => row['asa_teardown_reason'])).toEqual(['TCP FINs', 'TCP Reset-O'])
})

test('the JSON form says the same', () => {
  const columns = ['capture', ...EXTRA_COLUMNS.map(({ key }) => key)]
  const rows = readZeekLog(reported(RUNS, { format: 'zeek', columns }))
  const text = reported(RUNS, { format: 'zeek-json', columns })
  const objects = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(objects).toEqual(rows.map((row) => JSON.parse(JSON.stringify(row)) as object))
})

test.each([
  [1_795_674_609_082_466_789n, '1795674609.082466', '1795674609.082466789'],
  [0n, '0.000000', '0.000000000'],
  [-1n, '-0.000001', '-0.000000001'],
  [-1_000_000_000n, '-1.000000', '-1.000000000'],
])('%d ns since 1970 as seconds', (ns, micro, nano) => {
  expect(epochText(epochNs(ns, 0), 6)).toBe(micro)
  expect(epochText(epochNs(ns - 5n, 5), 9)).toBe(nano)
})
