// A page of many connections, made without a capture of as many.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { PAGE_COLUMNS, PAGE_DETAIL_COLUMNS } from '../../src/output/page/page-rows.js'
import { pageParts } from '../../src/output/page/page-document.js'
import { pageHead } from '../../src/output/page/page-head.js'
import { ROOT } from '../cli/run-cli.js'

const START_MS = Date.parse('2026-01-01T00:00:00Z')

/** Half of them are refused, the others closed as they should. */
function rowOf(at: number): string {
  const isRefused = at % 2 === 0
  const values: Readonly<Record<string, unknown>> = {
    capture: 0,
    stream: at,
    client_ip: `10.0.${(at >> 8) & 255}.${at & 255}`,
    client_port: 1024 + (at % 60_000),
    server_ip: `192.168.0.${at % 200}`,
    server_port: 443,
    verdict: isRefused ? 'handshake_failed' : 'graceful_fin',
    cause: isRefused ? 'refused' : 'normal',
    closer: isRefused ? 'server' : 'client',
    confidence: 'likely',
    ended_at: new Date(START_MS + at * 37).toISOString(),
    duration_s: at / 1000,
    client_bytes: at,
    server_bytes: 2 * at,
    fin_to_fin_s: isRefused ? null : at / 1e6,
  }
  return JSON.stringify(PAGE_COLUMNS.map((key) => values[key] ?? null))
}

/** The document. */
export function manyConnections(connections: number): string {
  const rows = Array.from({ length: connections }, (_, at) => rowOf(at))
  const details = rows.map(() => JSON.stringify(PAGE_DETAIL_COLUMNS.map(() => null)))
  const half = connections / 2
  const capture = {
    capture: 'many.pcap',
    linktypes: [1],
    packets: connections,
    tcp_packets: connections,
    connections,
    skipped: [],
  }
  const head = pageHead({
    version: '1',
    captures: [capture],
    incidents: [[]],
    summary: {
      type: 'summary',
      schema: 'test',
      captures: 1,
      failed_captures: 0,
      packets: connections,
      tcp_packets: connections,
      read_bytes: 1,
      connections,
      selected_connections: connections,
      verdicts: { graceful_fin: half, handshake_failed: half },
      causes: { 'graceful_fin.normal': half, 'handshake_failed.refused': half },
      closers: { client: half, server: half },
    },
    groups: new Map(),
    filters: '',
    isAnonymous: false,
    rows: connections,
    rest: { connections: 0, causes: {}, times: {} },
    ladders: [],
  })
  const template = readFileSync(join(ROOT, 'dist/viewer/page.html'), 'utf8')
  const content = { head, rows, details, ladders: [] }
  const parts = pageParts(template, content, (text) => gzipSync(text).toString('base64'))
  return [...parts].join('')
}
