// SIGINT and SIGTERM in every phase of a run: it ends soon, says so, and leaves nothing that could be taken for whole.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { discoverCaptures } from '../../src/capture/discover.js'
import { Scratch, rows } from '../cli/run-cli.js'
import {
  ENDLESS_GZIP_PACKETS,
  ENDLESS_ZSTD_PACKETS,
  ONE,
  manyRefused,
  writeEndless,
  writeEndlessGzip,
  writeEndlessZstd,
  writeTimeless,
} from './captures.js'
import { NO_PROC, positionIn, until, untilReading, untilSignalKills } from '../support/waiting.js'
import { Held, Started, partials } from './program.js'

const scratch = new Scratch()
let endless = ''
let other = ''
let gzip = ''
let zstd = ''

beforeAll(() => {
  endless = writeEndless(join(scratch.path, 'endless.pcap'))
  other = writeEndless(join(scratch.path, 'other.pcap'))
  gzip = join(scratch.path, 'endless.gz')
  writeEndlessGzip(gzip)
  zstd = join(scratch.path, 'endless.zst')
  writeEndlessZstd(zstd)
})

function folderOf(name: string): string {
  const folder = join(scratch.path, name)
  mkdirSync(folder)
  return folder
}

const CODES = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const

describe.concurrent.each(CODES)('%s', (signal, code) => {
  test('while captures are looked for', async () => {
    const folder = folderOf(`many-${signal}`)
    writeFileSync(join(folder, '0.pcap'), ONE)
    for (let i = 1; i < 600; i++) linkSync(join(folder, '0.pcap'), join(folder, `${i}.pcap`))
    const stop = new AbortController()
    const search = discoverCaptures([folder], stop.signal)
    stop.abort(signal)
    await expect(search).rejects.toBe(signal)
  })

  test.skipIf(NO_PROC)('while a capture is read: what was found is reported as half', async () => {
    const run = new Started(scratch.path, [
      'analyze',
      '--jobs',
      '1',
      '-f',
      'ndjson',
      endless,
      other,
    ])
    await untilReading(run.pid, endless, 1e6)
    run.child.kill(signal)
    const { code: found, stdout, stderr } = await run.ending
    expect(found).toBe(code)
    const [connection, capture, summary] = rows(stdout)
    expect(connection).toMatchObject({ type: 'connection', cause: 'refused' })
    expect(capture).toMatchObject({ type: 'capture', error: { code: 'ERR_INTERRUPTED' } })
    expect(summary).toMatchObject({ type: 'summary', captures: 1, unread_captures: 1 })
    expect(stderr).toBe(
      `tcp-teardown: ${endless}: interrupted: read no further\ntcp-teardown: interrupted: 1 capture not read\n`,
    )
  })

  test('while gzip is inflated', async () => {
    // It stands behind the first megabyte of thirty; without looking between two pieces it would read two more.
    const run = new Held(scratch.path, ['analyze', '-f', 'ndjson', gzip], gzip)
    await run.stands()
    run.child.kill(signal)
    run.goOn()
    const { code: found, stdout } = await run.ending
    expect(found).toBe(code)
    const capture = rows(stdout).find(({ type }) => type === 'capture')
    expect(capture).toMatchObject({ error: { code: 'ERR_INTERRUPTED' } })
    expect(capture?.['packets']).toBeLessThan(ENDLESS_GZIP_PACKETS / 20)
  })

  test('while zstd is decoded, by the same thread', async () => {
    const run = new Held(scratch.path, ['analyze', '-f', 'ndjson', zstd], zstd)
    await run.stands()
    run.child.kill(signal)
    run.goOn()
    const { code: found, stdout } = await run.ending
    expect(found).toBe(code)
    const capture = rows(stdout).find(({ type }) => type === 'capture')
    expect(capture).toMatchObject({ error: { code: 'ERR_INTERRUPTED' } })
    expect(capture?.['packets']).toBeLessThan(ENDLESS_ZSTD_PACKETS / 20)
  })

  test.skipIf(NO_PROC)('while captures are merged', async () => {
    const run = new Started(scratch.path, ['analyze', '--merge', '-f', 'ndjson', endless, other])
    await untilReading(run.pid, endless, 1e6)
    run.child.kill(signal)
    const { code: found, stdout } = await run.ending
    expect(found).toBe(code)
    expect(rows(stdout).find(({ type }) => type === 'capture')).toMatchObject({
      error: { code: 'ERR_INTERRUPTED' },
    })
  })

  test.skipIf(NO_PROC)('while a capture is looked into that has no time at all', async () => {
    const path = join(scratch.path, `timeless-${signal}.pcapng`)
    writeTimeless(path)
    const run = new Started(scratch.path, ['analyze', '--merge', '-f', 'ndjson', path, other])
    await untilReading(run.pid, path, 1e6)
    run.child.kill(signal)
    const { code: found, stdout } = await run.ending
    expect(found).toBe(code)
    expect(rows(stdout).at(-1)).toMatchObject({ type: 'summary', packets: 0 })
  })

  test.skipIf(NO_PROC)('while workers run', async () => {
    const out = join(scratch.path, `workers-${signal}`)
    const args = ['analyze', '--jobs', '2', '--out-dir', out, endless, other, 'never.pcap']
    const run = new Started(scratch.path, args)
    await Promise.all([endless, other].map((path) => untilReading(run.pid, path, 1e6)))
    expect(partials(out)).toHaveLength(2)
    run.child.kill(signal)
    const { code: found, stderr } = await run.ending
    expect(found).toBe(code)
    expect(stderr).toContain('0 results written')
    expect(stderr).toContain('interrupted: 1 capture not read')
    expect(partials(out)).toEqual([])
    expect(run.left).toEqual([])
  })

  test.each([
    ['first', 1],
    ['second', 2],
  ])('in the %s reading of explain', async (reading, pass) => {
    const capture = writeEndless(join(scratch.path, `${reading}-${signal}.pcap`), 4e7)
    const run = new Held(scratch.path, ['explain', capture], capture, pass)
    await run.stands()
    run.child.kill(signal)
    run.goOn()
    const { code: found, stdout, stderr } = await run.ending
    expect([found, stdout, stderr]).toEqual([code, '', ''])
  })

  test('while a live pipe is silent', async () => {
    const folder = folderOf(`live-${signal}`)
    const out = join(folder, 'out')
    const run = new Started(scratch.path, ['analyze', '-f', 'ndjson', '-o', out, '-'])
    run.child.stdin.write(ONE)
    await until('there are results', () => partials(folder).length > 0)
    run.child.kill(signal)
    expect((await run.ending).code).toBe(0)
    // Nothing else ends a live source: that is no half of it.
    expect(rows(readFileSync(out, 'utf8'))).toHaveLength(3)
  })

  test.skipIf(NO_PROC)('while the reader of the results stands still', async () => {
    const run = new Started(scratch.path, ['analyze', '-f', 'ndjson', '-'], { quiet: true })
    run.child.stdin.end(manyRefused(4000))
    await once(run.child.stdout, 'readable')
    await untilSignalKills(run.pid, signal)
    run.child.kill(signal)
    const [, by] = (await once(run.child, 'exit')) as [number | null, string | null]
    expect(by).toBe(signal)
    run.child.stdout.destroy()
  })
})

test.skipIf(NO_PROC)('an interruption while results go to a file: an older one stays', async () => {
  const folder = folderOf('older')
  const out = join(folder, 'out.csv')
  writeFileSync(out, 'older')
  const run = new Started(scratch.path, ['analyze', '-f', 'csv', '-o', out, endless])
  await untilReading(run.pid, endless, 1e6)
  run.child.kill('SIGINT')
  const { code: found, stderr } = await run.ending
  expect(found).toBe(130)
  expect(stderr).toContain(`tcp-teardown: ${out}: not written: interrupted\n`)
  expect(readFileSync(out, 'utf8')).toBe('older')
  expect(partials(folder)).toEqual([])
})

test('a second signal ends the process at once, and leaves no partial file', async () => {
  const folder = folderOf('second')
  const out = join(folder, 'out')
  const run = new Started(scratch.path, ['analyze', '-o', out, '-'])
  run.child.stdin.write(ONE)
  await until('there are results', () => partials(folder).length > 0)
  // The first one waits for whoever writes into the pipe, but not for ever: it is to find both when it goes on.
  for (const signal of ['SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGCONT'] as const) run.child.kill(signal)
  // Which of them it takes for the second one is up to the kernel.
  expect(['SIGINT', 'SIGTERM']).toContain((await run.ending).signal)
  expect(existsSync(out)).toBe(false)
  expect(readdirSync(folder)).toEqual([])
})

test.skipIf(NO_PROC)('while the reader of a pipe of -o stands still', async () => {
  const pipe = join(folderOf('still'), 'pipe')
  spawnSync('mkfifo', [pipe])
  // It opens the pipe, and reads nothing.
  const reader = spawn('sleep', ['100'], {
    stdio: [openSync(pipe, constants.O_RDWR), 'ignore', 'ignore'],
  })
  const args = ['analyze', '-f', 'ndjson', '-o', pipe, '-']
  const run = new Started(scratch.path, args, { quiet: true })
  run.child.stdin.end(manyRefused(4000))
  await untilSignalKills(run.pid, 'SIGTERM')
  run.child.kill('SIGTERM')
  const [, by] = (await once(run.child, 'exit')) as [number | null, string | null]
  expect(by).toBe('SIGTERM')
  reader.kill()
})

/** Says on standard error that a file is being opened, just before it is. */
const TELLS_OPENING = new URL('tells-opening.mjs', import.meta.url).href

test('while a key is waited for that never comes', async () => {
  const key = join(folderOf('key'), 'pipe')
  spawnSync('mkfifo', [key])
  const env = { NODE_OPTIONS: `--import=${TELLS_OPENING}`, OPENED: key }
  const args = ['analyze', '--anonymize-key', key, 'samples/fin-normal.pcap']
  const run = new Started(scratch.path, args, { env })
  await once(run.child.stderr, 'data')
  run.child.kill('SIGTERM')
  expect((await run.ending).signal).toBe('SIGTERM')
})

test.skipIf(NO_PROC)('while a device gives nothing', async ({ skip }) => {
  skip(spawnSync('script', ['--version']).status !== 0, 'needs script(1) for a terminal')
  const file = join(folderOf('device'), 'pid')
  const line = `echo $$ >${file}; exec ${process.execPath} bin/tcp-teardown.js --no-progress /dev/tty`
  const terminal = spawn('script', ['-qec', `sh -c '${line}'`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const output: Buffer[] = []
  terminal.stdout.on('data', (part: Buffer) => output.push(part))
  await until('it runs', () => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'))
  const pid = Number(readFileSync(file, 'utf8'))
  await until('it has the terminal open', () => positionIn(pid, '/dev/tty') !== undefined)
  process.kill(pid, 'SIGTERM')
  await once(terminal, 'exit')
  expect(Buffer.concat(output).toString()).toContain('0 connections')
})
