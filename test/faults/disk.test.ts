// Disks without room: the file that could not be written is named, an older one stays, no part of one is left.

import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { TeardownError } from '../../src/base/errors.js'
import { analyzeSource } from '../../src/engine/analyze-source.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { FORMATS } from '../../src/output/formats/index.js'
import { bundled } from '../support/bundle.mjs'
import { ROOT, Scratch, analyze, rows } from '../cli/run-cli.js'
import { ONE, manyRefused } from './captures.js'
import { noTinyDisk, partials, shell } from './program.js'

const scratch = new Scratch()
const NO_ROOM = 'no space left on device'
let one = ''
let many = ''

beforeAll(async () => {
  one = await scratch.file('one.pcap', ONE)
  many = await scratch.file('many.pcap', manyRefused(3000))
})

describe.concurrent('a full device as standard output', () => {
  test.each([
    ...FORMATS.map(({ name }) => name).map((format) => `analyze --all -f ${format} "$1"`),
    'explain "$1"',
    '--help',
  ])('%s', async (args) => {
    const { code, stderr } = await shell(`$TT ${args} >/dev/full`, [one])
    expect([code, stderr]).toEqual([2, `tcp-teardown: cannot write standard output: ${NO_ROOM}\n`])
  })

  test('messages that cannot be written change nothing', async () => {
    const { code, stdout } = await shell('$TT analyze -f ndjson "$1" no-such 2>/dev/full', [one])
    expect([code, rows(stdout).length]).toEqual([2, 4])
  })
})

describe.concurrent('a limit to the size of files', () => {
  test('-o: the older file stays', async () => {
    const folder = join(scratch.path, 'limited')
    mkdirSync(folder)
    const out = join(folder, 'out')
    writeFileSync(out, 'older')
    const line = 'ulimit -f 8; $TT analyze -f ndjson -o "$1" "$2"'
    const { code, stderr } = await shell(line, [out, many])
    expect([code, stderr]).toEqual([2, `tcp-teardown: cannot write ${out}: file too large\n`])
    expect(readFileSync(out, 'utf8')).toBe('older')
    expect(readdirSync(folder)).toEqual(['out'])
  })

  test.each(['1', '2'])('--out-dir: the results that fit are there, --jobs %s', async (jobs) => {
    const out = join(scratch.path, `limited-${jobs}`)
    const line = 'ulimit -f 8; $TT analyze -f ndjson --jobs "$1" --out-dir "$2" "$3" "$4"'
    const { code, stdout, stderr } = await shell(line, [jobs, out, many, one])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe(
      `tcp-teardown: ${many}: cannot write ${out}${many}.ndjson: file too large\n` +
        `tcp-teardown: 1 result written below ${out}: 1 connection, 2 packets; handshake_failed 1\n`,
    )
    expect(rows(readFileSync(`${out}${one}.ndjson`, 'utf8'))).toHaveLength(3)
    expect(existsSync(`${out}${many}.ndjson`)).toBe(false)
    expect(partials(out)).toEqual([])
  })

  test('temporary files: what waits for its turn is missing whole, and named', async () => {
    const folder = join(scratch.path, 'temporary')
    mkdirSync(folder)
    const line = 'ulimit -f 8; TMPDIR="$1" $TT analyze -f ndjson --jobs 2 "$2" "$3" | cat'
    const { stdout, stderr } = await shell(line, [folder, many, one])
    expect(stderr).toMatch(
      /^tcp-teardown: .*many\.pcap: not analyzed, its worker died: cannot write temporary files below .*\n$/,
    )
    expect(rows(stdout).map(({ type }) => type)).toEqual([
      'capture',
      'connection',
      'capture',
      'summary',
    ])
  })

  test('with room again after a failure: no file with a hole', async ({ skip }) => {
    skip(spawnSync('prlimit', ['--version']).status !== 0, 'needs prlimit')
    const folder = join(scratch.path, 'hole')
    mkdirSync(folder)
    const out = join(folder, 'out')
    const module = await bundled('src/cli/output.ts')
    const program = `
      import { execFileSync } from 'node:child_process'
      import { Output } from '${module}'
      const output = new Output('${out}')
      const room = (bytes) => execFileSync('prlimit', ['--pid', process.pid, '--fsize=' + bytes + ':'])
      const failures = []
      const attempt = (step) => { try { step() } catch (error) { failures.push(error.code) } }
      room(4096)
      attempt(() => output.writeBytes(Buffer.alloc(1e6)))
      room('unlimited')
      attempt(() => {
        output.write('the rest')
        output.close()
      })
      output.discard()
      process.stdout.write(failures.join())`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    })
    expect(stdout).toBe('ERR_WRITE,ERR_WRITE')
    expect(readdirSync(folder)).toEqual([])
  })
})

test('results that cannot be written are no damage of the capture', async () => {
  const failure = new TeardownError('ERR_WRITE', 'no room')
  let failures = 0
  const onConnection = (): void => {
    if (failures++ === 0) throw failure
  }
  const reading = analyzeSource(many, { onConnection }, { maxConnections: 10 })
  await expect(reading).rejects.toBe(failure)
})

test('a terminal has its cursor again after a failure', ({ skip }) => {
  skip(spawnSync('script', ['--version']).status !== 0, 'needs script(1) for a terminal')
  const line = 'ulimit -f 8; "$NODE" bin/tcp-teardown.js analyze -f ndjson -o "$OUT" "$ONE" "$MANY"'
  const env = {
    PATH: process.env['PATH'],
    NODE: process.execPath,
    OUT: join(scratch.path, 'out'),
    ONE: one,
    MANY: many,
  }
  const args = ['-qec', line, '/dev/null']
  const { stdout } = spawnSync('script', args, { cwd: ROOT, env, encoding: 'utf8', timeout: 8000 })
  expect(stdout).toContain('file too large')
  expect(stdout.lastIndexOf('\u001b[?25l')).toBeGreaterThan(0)
  expect(stdout.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\u001b[?25l'))
})

test('a list of --resume that cannot be written: the results are there, and it is said', async () => {
  const out = join(scratch.path, 'listless')
  mkdirSync(join(out, '.tcp-teardown.list'), { recursive: true })
  for (const jobs of ['1', '2']) {
    const { code, stderr } = await analyze(['--jobs', jobs, '--out-dir', out, one, many])
    expect(code).toBe(2)
    expect(stderr).toBe(
      `tcp-teardown: 2 results written below ${out}: 3,001 connections, 6,002 packets; handshake_failed 3,001\n` +
        `tcp-teardown: cannot write ${out}/.tcp-teardown.list: illegal operation on a directory: --resume will make results again\n`,
    )
    expect(existsSync(`${out}${one}.txt`)).toBe(true)
  }
})

test('a disk of 64 kB', async ({ skip }) => {
  const missing = noTinyDisk()
  skip(missing !== undefined, missing)
  const line = `unshare -rm sh -c 'mount -t tmpfs -o size=64k tmpfs /mnt
    $TT analyze -f ndjson -o /mnt/out "$1" 2>&1; echo "code $?"
    $TT analyze -f ndjson --out-dir /mnt/all "$1" "$2" 2>&1; echo "code $?"
    cd /mnt; find . -type f | sort' sh "$1" "$2"`
  const { stdout } = await shell(line, [many, one])
  expect(stdout.split('\n')).toEqual([
    `tcp-teardown: cannot write /mnt/out: ${NO_ROOM}`,
    'code 2',
    `tcp-teardown: ${many}: cannot write /mnt/all${many}.ndjson: ${NO_ROOM}`,
    'tcp-teardown: 1 result written below /mnt/all: 1 connection, 2 packets; handshake_failed 1',
    'code 2',
    './all/.tcp-teardown.list',
    `./all${one}.ndjson`,
    '',
  ])
})
