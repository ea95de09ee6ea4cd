// Every capture in samples/ has its expected connections beside it. Dropping in a capture and running `npm run golden`
// makes a test; the written file is to be read before it is committed.

import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Connection, analyzeCapture } from '../../src/index.js'

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
