// Hostile names on their way to a terminal through standard error.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT, Scratch, run } from '../cli/run-cli.js'
import { HANG_MS } from '../support/waiting.js'
import { NAME, hostileCapture, unprintable } from './hostile.js'

const scratch = new Scratch()
const BAD = `bad${NAME}`
/** Rotated parts of one capture, by their names. */
const PARTS = ['part\u001b[2J\u202e.pcap1', 'part\u001b[2J\u202e.pcap2']

beforeAll(async () => {
  const capture = hostileCapture()
  for (const name of [NAME, ...PARTS]) await scratch.file(name, capture)
  await scratch.file(BAD, capture.subarray(0, -6))
})

describe.concurrent('a message with a hostile name', () => {
  test.each([
    ['a missing capture', ['analyze', 'no\u001bsuch\u202e.pcap'], 'no such file'],
    ['a damaged one', ['analyze', BAD], 'cut short'],
    ['a glob', ['analyze', `no*${NAME}`], 'no file matches'],
    ['parts of one capture', ['analyze', ...PARTS], 'look like parts'],
    ['an option', ['analyze', `--${NAME}`, NAME], 'unknown option'],
    ['a command', ['no\u001bsuch\u202e'], 'is no command'],
    ['a value', ['analyze', '--format', NAME, NAME], '--format: unknown'],
    ['explain: no such name', ['explain', 'no\u001b[2J'], 'is no verdict'],
    ['explain: several connections', ['explain', NAME], '2 connections fit'],
    ['explain: no such stream', ['explain', NAME, '--stream', '9'], 'no stream 9'],
  ])('%s', async (_name, args, says) => {
    const { stderr } = await run(args, { cwd: scratch.path })
    expect(stderr).toContain(says)
    expect(unprintable(stderr)).toEqual([])
  })

  test('an error nobody expected', async () => {
    const source = `
      import fs from 'node:fs'
      import { syncBuiltinESMExports } from 'node:module'
      fs.fstatSync = () => { throw new Error('\u001b[2J') }
      syncBuiltinESMExports()`
    const preload = `data:text/javascript,${encodeURIComponent(source)}`
    const env = { NODE_OPTIONS: `--import=${preload}` }
    const { code, stderr } = await run(['analyze', '-f', 'ndjson', NAME], {
      cwd: scratch.path,
      env,
    })
    expect([code, stderr]).toEqual([2, expect.stringContaining('unexpected error')])
    expect(unprintable(stderr)).toEqual([])
  })
})

test('a name that is no UTF-8 costs only itself', async () => {
  const folder = join(scratch.path, 'latin')
  spawnSync('mkdir', [folder])
  const path = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9, 0x1b])])
  writeFileSync(path, hostileCapture())
  writeFileSync(join(folder, 'good.pcapng'), hostileCapture())
  const { code, stdout, stderr } = await run(['analyze', 'latin'], { cwd: scratch.path })
  expect([code, unprintable(stderr), unprintable(stdout)]).toEqual([2, [], []])
  expect(stderr).toContain('cannot read latin/caf\ufffd\u241b: ')
  expect(stdout).toContain('2 connections in 2 captures')
})

test('the progress line', ({ skip }) => {
  skip(spawnSync('script', ['--version']).status !== 0, 'needs script(1) for a terminal')
  const program = join(ROOT, 'bin/tcp-teardown.js')
  const line = '"$NODE" "$PROGRAM" analyze -o /dev/null "$NAME"'
  const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], {
    cwd: scratch.path,
    env: {
      PATH: process.env['PATH'],
      NODE: process.execPath,
      PROGRAM: program,
      NAME,
      TERM: 'xterm',
    },
    encoding: 'utf8',
    timeout: HANG_MS,
  })
  // The end of the name is what there is room for.
  expect(stdout).toContain('\u240a\u2408')
  // The bar itself keeps and moves the cursor, and clears its line.
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  const without = stdout.replaceAll(/\u001b(?:[78]|\[(?:\?25[hl]|\?7[hl]|\d*[GK]))|\r/g, '')
  expect(unprintable(without)).toEqual([])
})
