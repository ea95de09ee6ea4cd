// JSON and NDJSON hold the same rows; names from file systems and captures cannot act on a terminal.

import { describe, expect, test } from 'vitest'
import { controlsIn, NORMAL, REFUSED, type Run, reported } from './reporting.js'

const TWO: readonly Run[] = [
  { text: NORMAL, name: 'a.pcap' },
  { text: REFUSED, name: 'b.pcap' },
]

interface Row {
  readonly type: string
  readonly capture?: string
  readonly [key: string]: unknown
}

interface Document {
  readonly connections: Row[]
  readonly captures: Row[]
  readonly summary: Row
  readonly [key: string]: unknown
}

function ndjson(runs: readonly Run[], columns?: readonly string[]): Row[] {
  const text = reported(runs, { format: 'ndjson', columns })
  expect(text.endsWith('\n')).toBe(true)
  const lines = text.slice(0, -1).split('\n')
  return lines.map((line) => JSON.parse(line) as Row)
}

function json(runs: readonly Run[]): Document {
  return JSON.parse(reported(runs, { format: 'json' })) as Document
}

test('NDJSON: connections as they end, their capture behind them, the summary last', () => {
  expect(ndjson(TWO).map(({ type, capture }) => [type, capture])).toEqual([
    ['connection', 'a.pcap'],
    ['capture', 'a.pcap'],
    ['connection', 'b.pcap'],
    ['capture', 'b.pcap'],
    ['summary', undefined],
  ])
})

test('JSON: one document with the rows of NDJSON', () => {
  const document = json(TWO)
  const rows = ndjson(TWO)
  expect(Object.keys(document).sort()).toEqual([
    'captures',
    'connections',
    'incidents',
    'schema',
    'summary',
  ])
  expect(document['schema']).toBe('tcp-teardown/2')
  expect(document.connections).toEqual(rows.filter((row) => row.type === 'connection'))
  expect(document.captures).toEqual(rows.filter((row) => row.type === 'capture'))
  expect(document.summary).toEqual(rows.at(-1))
})

test('rows hold what the columns say', () => {
  const [row] = ndjson(TWO)
  expect(row).toMatchObject({
    stream: 0,
    client_ip: '10.0.0.1',
    client_port: 40_000,
    server_ip: '10.0.0.9',
    server_port: 80,
    verdict: 'graceful_fin',
    cause: 'normal',
    closer: 'client',
    client_state: 'TIME-WAIT',
    server_state: 'CLOSED',
    completeness: 1 + 2 + 4 + 8 + 16,
    start_time: '2023-11-14T22:13:20.000000000Z',
    end_time: '2023-11-14T22:13:21.002000000Z',
    duration_s: 1.002,
    client_packets: 6,
    server_packets: 3,
    client_bytes: 100,
    server_bytes: 200,
    fin_to_fin_s: 0.001,
    ended_at: '2023-11-14T22:13:21.000000000Z',
    client_sees: 'closed_itself',
    server_sees: 'eof',
    wireshark_filter:
      'ip.addr==10.0.0.1 && ip.addr==10.0.0.9 && tcp.port==40000 && tcp.port==80 && frame.number>=1 && frame.number<=9',
  })
  expect(row).not.toHaveProperty('fin_to_rst_s')
})

test('only the columns asked for', () => {
  const columns = ['stream', 'verdict']
  const [row] = ndjson([{ text: REFUSED }], columns)
  expect(row).toMatchObject({ stream: 0, verdict: 'handshake_failed' })
  expect(row).not.toHaveProperty('client_ip')
})

test('a run without connections is still a document', () => {
  expect(json([])).toMatchObject({ connections: [], captures: [], summary: { connections: 0 } })
  expect(ndjson([])).toHaveLength(1)
})

const HOSTILE = '\u001b[31mred\u0007\r\u009b2J\u007f\n\u202e\u00ad\u{e0041}.pcap'

describe.each(['json', 'ndjson'])('a hostile name in %s', (format) => {
  const text = reported([{ text: REFUSED, name: HOSTILE }], { format })

  test('comes back whole when parsed', () => {
    const parsed = text.startsWith('{"schema"')
      ? (JSON.parse(text) as Document).connections[0]
      : (JSON.parse(text.split('\n')[0] ?? '') as Row)
    expect(parsed?.capture).toBe(HOSTILE)
  })

  test('leaves no control character in the text but line ends', () => {
    expect(controlsIn(text)).toEqual([])
  })
})
