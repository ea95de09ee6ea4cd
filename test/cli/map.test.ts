// `--map` and the columns that stand in rows only where they are asked for.

import { expect, test } from 'vitest'
import { EXTRA_COLUMNS } from '../../src/output/columns/extra-columns.js'
import { analyze, connections } from './run-cli.js'

const FIN = 'samples/fin-normal.pcap'
const RESET = 'samples/kill-sigkill-unread.pcap'
const REFUSED = 'samples/handshake-refused.pcap'

test('--map adds the words of a firewall, or of flow records, behind all columns', async () => {
  const [plain, asa, panos, ipfix] = await Promise.all([
    analyze(['-f', 'ndjson', FIN, RESET, REFUSED]),
    ...['asa', 'panos', 'ipfix'].map((map) =>
      analyze(['-f', 'ndjson', '--map', map, FIN, RESET, REFUSED]),
    ),
  ])
  const rows = connections(asa?.stdout ?? '')
  expect(rows.map((row) => row['asa_teardown_reason'])).toEqual([
    'TCP FINs',
    'TCP Reset-O',
    'TCP Reset-O',
  ])
  expect(connections(panos?.stdout ?? '').map((row) => row['panos_session_end_reason'])).toEqual([
    'tcp-fin',
    'tcp-rst-from-server',
    'tcp-rst-from-server',
  ])
  expect(connections(ipfix?.stdout ?? '').map((row) => row['flow_end_reason'])).toEqual([3, 3, 3])
  const others = rows.map(({ asa_teardown_reason: _word, ...row }) => row)
  expect(others).toEqual(connections(plain.stdout))
})

test('behind chosen columns, and those of a format', async () => {
  const [csv, zeek] = await Promise.all([
    analyze(['-f', 'csv', '--columns', 'stream', '--map', 'panos', FIN]),
    analyze(['-f', 'zeek', '--map', 'asa', FIN]),
  ])
  expect(csv.stdout).toBe('stream,panos_session_end_reason\n0,tcp-fin\n')
  expect(zeek.stdout).toMatch(/graceful_fin\tnormal\tserver\tTCP FINs\n/)
})

test('all formats take their names, and rows are sorted by them', async () => {
  const keys = EXTRA_COLUMNS.map(({ key }) => key)
  const { code, stdout } = await analyze([
    '--columns',
    keys.join(','),
    '--sort',
    '-asa_teardown_reason',
    FIN,
    RESET,
  ])
  expect(code).toBe(0)
  expect(stdout.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
    keys,
    ['3', 'TCP Reset-O', 'tcp-rst-from-server'],
    ['3', 'TCP FINs', 'tcp-fin'],
    [''],
  ])
})

test.each(['zeek', 'parquet', 'openmetrics'])(
  '-f %s has no counts for --group-by',
  async (format) => {
    const { code, stdout, stderr } = await analyze(['-f', format, '--group-by', 'server', FIN])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`not with ${format}`)
  },
)

test('--map without rows is refused', async () => {
  const { code, stderr } = await analyze(['--map', 'asa', FIN])
  expect(code).toBe(2)
  expect(stderr).toContain('--map goes with rows')
})
