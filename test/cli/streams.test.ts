// Pipes that close, pipes that do not end, and Ctrl-C.

import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { buildPcap } from '../support/capture-builder.js'
import { scenarioFrames } from '../support/scenario.js'
import { NO_PROC, untilInputIsWanted, untilSignalKills } from '../support/waiting.js'
import { connections, ended, rows, start } from './run-cli.js'

const CLOSED = scenarioFrames(`
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
0.050 < P. 1:101(100) ack 1
0.051 > . 1:1(0) ack 101
0.100 > F. 1:1(0) ack 101
0.101 < F. 101:101(0) ack 2
0.102 > . 2:2(0) ack 102`)

const STILL_OPEN = scenarioFrames(
  `
0.200 > S 0:0(0)
0.201 < S. 0:0(0) ack 1
0.202 > . 1:1(0) ack 1`,
  { clientPort: 40_001 },
)

const CAPTURE = buildPcap([...CLOSED, ...STILL_OPEN], { format: 'pcap-ns' })

// How long it takes is told with a clock of its own in unit/engine/analyze-capture.test.ts.
describe.concurrent('a live pipe', () => {
  test('gives a finished connection while it is open, the rest at its end', async () => {
    const child = start(['analyze', '-f', 'ndjson', '-'])
    const all = ended(child)
    child.stdin.write(CAPTURE)
    const first = (await once(child.stdout, 'data')) as [Buffer]
    expect(rows(String(first[0]))).toMatchObject([
      { type: 'connection', stream: 0, cause: 'normal' },
    ])
    child.stdin.end()
    const { code, stdout, stderr } = await all
    expect([code, stderr]).toEqual([0, ''])
    expect(connections(stdout).map(({ stream }) => stream)).toEqual([0, 1])
    expect(rows(stdout).at(-1)).toMatchObject({ type: 'summary', connections: 2 })
  })
})

describe.concurrent('SIGINT', () => {
  test('ends a live run: what was seen is reported, exit code 0', async () => {
    const child = start(['analyze', '-f', 'ndjson', '-'])
    const all = ended(child)
    child.stdin.write(CAPTURE)
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    const { code, stdout } = await all
    expect(code).toBe(0)
    expect(connections(stdout).map(({ stream }) => stream)).toEqual([0, 1])
    expect(rows(stdout).at(-1)).toMatchObject({ type: 'summary', connections: 2 })
  })

  test('leaves a whole JSON document', async () => {
    const child = start(['analyze', '-f', 'json', '-'])
    const all = ended(child)
    child.stdin.write(CAPTURE)
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    const { code, stdout } = await all
    expect(code).toBe(0)
    const document = JSON.parse(stdout) as { connections: unknown[] }
    expect(document.connections).toHaveLength(2)
  })

  test.skipIf(NO_PROC)('before anything has come', async () => {
    const child = start(['analyze', '-'])
    const all = ended(child)
    await untilInputIsWanted(child.pid)
    child.kill('SIGINT')
    expect((await all).code).toBe(0)
  })
})

/** A capture whose results do not fit into the buffer of a pipe. */
function manyResets(): Uint8Array {
  const records = []
  for (let i = 0; i < 2000; i++) {
    const text = '0.000 > S 0:0(0)\n0.001 < R. 0:0(0) ack 1 win 0 nots'
    records.push(...scenarioFrames(text, { clientPort: 1024 + i }))
  }
  return buildPcap(records, { format: 'pcap-ns' })
}

describe.concurrent('a reader that goes away', () => {
  test.each(['ndjson', 'json', 'csv'])('is no error (%s)', async (format) => {
    const child = start(['analyze', '-f', format, '-'])
    const exit = once(child, 'exit')
    let stderr = ''
    child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
    child.stdout.once('data', () => child.stdout.destroy())
    child.stdin.end(manyResets())
    expect(await exit).toEqual([0, null])
    expect(stderr).toBe('')
  })
})

test.skipIf(NO_PROC)('a slow reader gets everything', async () => {
  const child = start(['analyze', '-f', 'ndjson', '-'])
  const exit = once(child, 'exit')
  child.stdin.end(manyResets())
  // Which it comes to when it has waited for its reader.
  await untilSignalKills(child.pid, 'SIGINT')
  let text = ''
  for await (const part of child.stdout) text += String(part)
  expect(connections(text)).toHaveLength(2000)
  expect((await exit)[0]).toBe(0)
})
