// Captures that are deleted, cut, or written on while they are read.

import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readLadders } from '../../src/engine/ladder/reader.js'
import { Scratch, analyze, connections, rows } from '../cli/run-cli.js'
import { ONE, manyRefused, writeEndless, writeEndlessGzip } from './captures.js'
import { until } from '../support/waiting.js'
import { Held, Started, partials } from './program.js'

const scratch = new Scratch()

/** The program waiting for a pipe, with a capture to be read behind it. */
async function waiting(
  name: string,
  bytes: Uint8Array,
  ...args: string[]
): Promise<{ run: Started; pipe: string; capture: string }> {
  const folder = join(scratch.path, name)
  mkdirSync(folder)
  const [pipe, capture, out] = ['pipe', 'capture.pcap', 'out'].map((part) => join(folder, part))
  if (pipe === undefined || capture === undefined || out === undefined) throw new Error('no paths')
  spawnSync('mkfifo', [pipe])
  writeFileSync(capture, bytes)
  const run = new Started(folder, ['analyze', '-f', 'ndjson', '-o', out, ...args, pipe, capture])
  await until('it waits', () => partials(folder).length > 0)
  return { run, pipe, capture }
}

describe.concurrent('between discovery and reading', () => {
  test('deleted', async () => {
    const { run, pipe, capture } = await waiting('deleted', ONE)
    rmSync(capture)
    writeFileSync(pipe, ONE)
    expect(await run.ending).toMatchObject({
      code: 2,
      stderr: `tcp-teardown: cannot read ${capture}: no such file or directory\n`,
    })
  })

  test('emptied', async () => {
    const { run, pipe, capture } = await waiting('emptied', ONE)
    truncateSync(capture, 0)
    writeFileSync(pipe, ONE)
    const { code, stderr } = await run.ending
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${capture}: `)])
    expect(stderr).toContain('an empty file')
  })

  test.each([
    [0, []],
    [2, ['--strict']],
  ])('cut inside a record: %i with %j', async (code, args) => {
    const { run, pipe, capture } = await waiting(`cut${code}`, ONE, ...args)
    truncateSync(capture, ONE.length - 3)
    writeFileSync(pipe, ONE)
    const ending = await run.ending
    expect(ending.code).toBe(code)
    expect(ending.stderr).toContain(`${capture}: capture cut short at byte`)
  })
})

test('the writer of a pipe dies inside a record', async () => {
  const { run, pipe } = await waiting('dies', ONE, '--strict')
  writeFileSync(pipe, ONE.subarray(0, -3))
  const { code, stderr } = await run.ending
  expect([code, stderr]).toEqual([2, expect.stringContaining(`${pipe}: capture cut short`)])
})

describe('while it is read', () => {
  test.each(['pcap', 'gz'])('cut between two records (%s): not taken for whole', async (kind) => {
    const capture = join(scratch.path, `shrinks.${kind}`)
    let first = ONE.length
    if (kind === 'gz') first = writeEndlessGzip(capture)
    else writeEndless(capture)
    const run = new Held(scratch.path, ['analyze', '-f', 'ndjson', capture], capture)
    await run.stands()
    truncateSync(capture, first)
    run.goOn()
    const { code, stdout, stderr } = await run.ending
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /: cannot read .* to its end: it became shorter while it was read \(\d+ bytes, \d+ at the beginning\)\n$/,
    )
    expect(connections(stdout)).toHaveLength(1)
    expect(rows(stdout).at(-1)).toMatchObject({ failed_captures: 1 })
  })

  test('deleted: what is open stays readable', async () => {
    const capture = writeEndless(join(scratch.path, 'unlinked.pcap'), 1e7)
    const run = new Held(scratch.path, ['analyze', '-f', 'ndjson', capture], capture)
    await run.stands()
    rmSync(capture)
    run.goOn()
    const { code, stdout } = await run.ending
    expect([code, connections(stdout).length]).toEqual([0, 1])
  })

  test('written on: --resume makes its result again', async () => {
    const capture = writeEndless(join(scratch.path, 'grows.pcap'), 1e7)
    const args = ['--out-dir', join(scratch.path, 'results'), '--resume', capture]
    const run = new Held(scratch.path, ['analyze', ...args], capture)
    await run.stands()
    appendFileSync(capture, ONE.subarray(24))
    run.goOn()
    expect((await run.ending).stderr).toContain('1 result written')
    expect((await analyze(args)).stderr).toContain('1 result written')
    expect((await analyze(args)).stderr).toContain('0 results written')
  })
})

test('explain: a capture with fewer packets at the second reading is refused', async () => {
  const path = await scratch.file('fewer.pcap', manyRefused(2))
  const target = {
    stream: 0,
    clientSide: 0,
    ports: [1024, 80],
    shows: new Map(),
  } as const
  const settings = { packets: 5, isAnonymous: false }
  await expect(readLadders(path, [target], settings)).rejects.toMatchObject({
    code: 'ERR_READ',
    message: `cannot read ${path} twice: it has changed (4 packets after 5)`,
  })
})

describe.concurrent('paths that cannot even be looked at', () => {
  test.each([
    ['a link to itself', 'too many symbolic links encountered'],
    ['a'.repeat(300), 'name too long'],
  ])('%s', async (name, why) => {
    if (why.includes('links')) spawnSync('ln', ['-s', name, join(scratch.path, name)])
    const path = join(scratch.path, name)
    const { code, stderr } = await analyze(['-f', 'ndjson', path])
    expect([code, stderr]).toEqual([2, `tcp-teardown: cannot read ${path}: ${why}\n`])
  })
})
