// `| head -1`: a quiet end. JSON, NDJSON and CSV from one thread are in cli/streams.test.ts.

import { once } from 'node:events'
import { beforeAll, describe, expect, test } from 'vitest'
import { Scratch, ended, start } from '../cli/run-cli.js'
import { buildPcap } from '../support/capture-builder.js'
import { scenarioFrames } from '../support/scenario.js'
import { ONE, manyRefused } from './captures.js'
import { shell } from './program.js'

const scratch = new Scratch()
let many = ''

beforeAll(async () => {
  many = await scratch.file('many.pcap', manyRefused(2000))
})

describe.concurrent('| head -1', () => {
  test.each([
    'analyze --all',
    'analyze --columns stream,verdict,explanation,client_ip,server_ip',
    'analyze -f ndjson --jobs 2',
    'explain --stream 3',
  ])('%s', async (command) => {
    const files = command.includes('--jobs') ? '"$1" samples/fin-normal.pcap' : '"$1"'
    const line = `{ $TT ${command} ${files}; echo "code $?" >&2; } | head -1`
    const { stdout, stderr } = await shell(line, [many])
    expect(stdout).not.toBe('')
    expect(stderr).toBe('code 0\n')
  })
})

test('a reader that goes while a live source is silent', async () => {
  const child = start(['analyze', '-f', 'ndjson', '-'])
  const all = once(child, 'close')
  let stderr = ''
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
  child.stdin.write(ONE)
  await once(child.stdout, 'data')
  child.stdout.destroy()
  // Nothing follows it: only the clock tells that it has ended.
  const other = scenarioFrames('0.100 > S 0:0(0)\n0.101 < R. 0:0(0) ack 1 win 0 nots', {
    clientPort: 40_001,
  })
  child.stdin.write(buildPcap(other).subarray(24))
  expect(await all).toEqual([0, null])
  expect(stderr).toBe('')
})

test('help', async () => {
  const child = start(['--help'])
  child.stdout.destroy()
  const { code, stderr } = await ended(child)
  expect([code, stderr]).toEqual([0, ''])
})
