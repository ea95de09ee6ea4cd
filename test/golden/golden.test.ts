// Every capture in samples/ has its expected connections beside it. Dropping in a capture and running `npm run golden`
// makes a test; the written file is to be read before it is committed.

import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Connection, analyzeCapture } from '../../src/index.js'
import { SEES } from '../../src/verdict/sees.js'

const SAMPLES = new URL('../../samples/', import.meta.url)
const captures = readdirSync(SAMPLES).filter((name) => /\.pcap(ng)?(\.gz)?$/.test(name))

async function connectionsOf(name: string): Promise<Omit<Connection, 'capture'>[]> {
  const path = new URL(name, SAMPLES).pathname
  const connections: Omit<Connection, 'capture'>[] = []
  for await (const { capture, ...connection } of analyzeCapture(path)) {
    expect(capture).toBe(path)
    connections.push(connection)
  }
  return connections
}

test('there is at least one sample of each usual kind of ending', () => {
  expect(captures.length).toBeGreaterThanOrEqual(20)
})

interface Recorded {
  readonly capture: string
  readonly stream: number
  readonly endings: readonly string[]
  readonly closer: readonly string[]
  readonly client_sees?: string
  readonly server_sees?: string
  /** Codes that must be found. */
  readonly findings?: readonly string[]
}

const recorded = readFileSync(new URL('recorded.ndjson', SAMPLES), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)

/** Captures without the reset or FIN by which a program learnt of the end, or ended it: nothing in them can tell. */
const UNSEEN = new Set(['middlebox-reset-unseen.pcap', 'pair-fin-lost.server.pcap'])

/** Errors of the local host (ss -K) and of rare ICMP messages are recorded as they were, and have no name in the output. */
function isKnown(value: string | undefined): boolean {
  return SEES.some(({ name }) => name === value)
}

test('every sample was recorded, and its truth is known', () => {
  expect([...new Set(recorded.map((row) => row.capture))].sort()).toEqual([...captures].sort())
})

test.each(captures)('%s: what was really done is what is found', async (name) => {
  const found = await connectionsOf(name)
  for (const row of recorded.filter(({ capture }) => capture === name)) {
    const { stream, endings, closer } = row
    const connection = found.find((c) => c.stream === stream)
    expect(found.map((c) => c.stream)).toContain(stream)
    const codes = connection?.findings?.map(({ code }) => code) ?? []
    expect(codes).toEqual(expect.arrayContaining([...(row.findings ?? [])]))
    expect(endings).toContain(`${connection?.verdict}.${connection?.cause}`)
    expect(closer).toContain(connection?.closer)
    if (UNSEEN.has(name)) continue
    // What a program saw may not follow from the packets: then nothing is said, but never something else.
    if (connection?.client_sees !== undefined && isKnown(row.client_sees))
      expect(`client ${connection.client_sees}`).toBe(`client ${row.client_sees}`)
    if (connection?.server_sees !== undefined && isKnown(row.server_sees))
      expect(`server ${connection.server_sees}`).toBe(`server ${row.server_sees}`)
  }
})

test.each(captures)('%s', async (name) => {
  const expected = new URL(`${name}.json`, SAMPLES)
  const found = await connectionsOf(name)
  if (process.env['UPDATE_GOLDEN'] === '1') {
    writeFileSync(expected, `${JSON.stringify(found, undefined, 2)}\n`)
  }
  expect(existsSync(expected), `${name}.json is missing: run npm run golden, and read it`).toBe(
    true,
  )
  expect(found).toEqual(JSON.parse(readFileSync(expected, 'utf8')))
})
