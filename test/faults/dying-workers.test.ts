// Workers that end in the middle of a capture: it alone is missing, whole, and the reason is told.

import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Scratch, rows } from '../cli/run-cli.js'
import { ONE } from './captures.js'
import { Started, partials } from './program.js'

const scratch = new Scratch()
const DEADLY = new URL('./deadly.mjs', import.meta.url).href
const ENV = { NODE_OPTIONS: `--import=${DEADLY} --max-old-space-size=40` }

describe.concurrent.each([
  ['exits', 'the worker ended before its task'],
  ['throws', 'a bug'],
  ['eats', 'Worker terminated due to reaching memory limit: JS heap out of memory'],
])('a worker that %s', (how, why) => {
  test('costs one capture', async () => {
    const bad = await scratch.file(`${how}.pcap`, ONE)
    const a = await scratch.file(`before-${how}.pcap`, ONE)
    const b = await scratch.file(`beside-${how}.pcap`, ONE)
    const args = ['analyze', '-f', 'ndjson', '--jobs', '2', a, bad, b]
    const run = new Started(scratch.path, args, { env: ENV })
    const { code, stdout, stderr } = await run.ending
    expect(code).toBe(2)
    expect(stderr).toBe(`tcp-teardown: ${bad}: not analyzed, its worker died: ${why}\n`)
    const captures = rows(stdout).filter(({ type }) => type === 'capture')
    expect(captures).toMatchObject([
      { capture: a, connections: 1 },
      { capture: bad, connections: 0, error: { code: 'ERR_WORKER' } },
      { capture: b, connections: 1 },
    ])
    expect(rows(stdout).at(-1)).toMatchObject({ captures: 3, failed_captures: 1, connections: 2 })
    expect(run.left).toEqual([])
  })
})

test('a worker that dies leaves no part of a result', async () => {
  await mkdir(join(scratch.path, 'lone'))
  const bad = await scratch.file('lone/exits.pcap', ONE)
  const out = join(scratch.path, 'out')
  const good = await scratch.file('good.pcap', ONE)
  const args = ['analyze', '-f', 'csv', '--jobs', '2', '--out-dir', out, bad, good]
  const run = new Started(scratch.path, args, { env: ENV })
  const { code, stderr } = await run.ending
  expect([code, stderr]).toEqual([2, expect.stringContaining('1 result written')])
  expect(partials(out)).toEqual([])
  expect([existsSync(`${out}${bad}.csv`), existsSync(`${out}${good}.csv`)]).toEqual([false, true])
})
