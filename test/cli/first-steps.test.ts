// What people type first, and what they see when it is not quite right.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import * as module from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ROOT, type Run, Scratch, analyze, connections, rows, run } from './run-cli.js'

const NORMAL = 'samples/fin-normal.pcap'
const KILLED = 'samples/kill-sigkill-peer-writes.pcap'

const scratch = new Scratch()

describe.concurrent('without a command', () => {
  test.each([[[NORMAL]], [['--all', NORMAL]], [['-f', 'ndjson', NORMAL, KILLED]], [['samples/']]])(
    '%j is analyzed',
    async (args) => {
      const [bare, named] = await Promise.all([run(args), analyze(args)])
      expect(bare).toEqual(named)
      expect([bare.code, bare.stdout.length > 0]).toEqual([0, true])
    },
  )

  test('standard input is analyzed', async () => {
    const input = readFileSync(NORMAL)
    const { code, stdout } = await run(['-', '-f', 'ndjson'], { input })
    expect([code, connections(stdout).length]).toEqual([0, 1])
  })

  test('and without anything: the help, as an error', async () => {
    const [bare, help] = await Promise.all([run([]), run(['--help'])])
    expect(bare).toEqual({ code: 2, stdout: '', stderr: help.stdout })
    expect(help.stdout).toContain('Start with: tcp-teardown capture.pcap\n')
  })

  test('a file that is missing is named once', async () => {
    const { code, stderr } = await run(['nowhere.pcap'])
    const why = 'no such file or directory'
    expect([code, stderr]).toEqual([2, `tcp-teardown: cannot read nowhere.pcap: ${why}\n`])
  })

  test('a command goes before a file of its name, a file before a misspelt command', async () => {
    await scratch.file('explain', readFileSync(NORMAL))
    await scratch.file('analyse', readFileSync(NORMAL))
    const here = { cwd: scratch.path }
    const [command, file] = await Promise.all([run(['explain'], here), run(['analyse'], here)])
    expect(command.stdout).toContain('graceful_fin')
    expect(file.stdout).toMatch(/^1 connection, 10 TCP packets\n/)
  })
})

describe.concurrent('help', () => {
  test.each([
    ['help', '--help'],
    ['help explain', 'explain --help'],
    ['help analyze', 'analyze --help'],
  ])('%s is what %s shows', async (words, option) => {
    // A process of its own: bin/ decides what the exit code is before anything is known.
    const own = { input: new Uint8Array() }
    const [help, same] = await Promise.all([
      run(words.split(' '), own),
      run(option.split(' '), own),
    ])
    expect(help).toEqual({ code: 0, stdout: same.stdout, stderr: '' })
    expect(same.stdout).not.toBe('')
  })

  test('of nothing is an error', async () => {
    expect(await run(['help', 'nothing'])).toMatchObject({ code: 2, stdout: '' })
  })
})

describe.concurrent('a word at the wrong place', () => {
  test.each([
    ['--all explain samples/fin-normal.pcap', "'explain' is no file; as a command it comes first"],
    ['samples/fin-normal.pcap analyze', "'analyze' is no file; as a command it comes first"],
    [
      'rst_abort.abort',
      "'rst_abort.abort' is no command and no file; did you mean explain rst_abort.abort?",
    ],
    [
      'explain graceful_fin --stream 3',
      'graceful_fin is the name of an ending; filters go with a capture',
    ],
  ])('%s', async (words, why) => {
    const { code, stdout, stderr } = await run(words.split(' '))
    expect([code, stdout, stderr.split('\n')[0]]).toEqual([2, '', `tcp-teardown: ${why}`])
  })
})

test.each(['-v', '-V', '--version'])('%s', async (option) => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    version: string
  }
  expect(await run([option])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
})

describe('a folder with other files', () => {
  test('they are passed over with one note', async () => {
    mkdirSync(join(scratch.path, 'mixed/deep'), { recursive: true })
    const capture = readFileSync(NORMAL)
    await scratch.file('mixed/a.pcap', capture)
    await scratch.file('mixed/b.gz', gzipSync(capture))
    await scratch.file('mixed/cut.pcap', capture.subarray(0, -10))
    await scratch.file('mixed/deep/log.gz', gzipSync('a log'))
    await scratch.file('mixed/deep/nothing.gz', gzipSync(''))
    await scratch.file('mixed/notes.txt', 'notes')
    await scratch.file('mixed/README.md', 'read me')
    const { code, stdout, stderr } = await run(['-f', 'ndjson', 'mixed/'], { cwd: scratch.path })
    expect(code).toBe(0)
    const captures = rows(stdout).filter(({ type }) => type === 'capture')
    expect(captures.map(({ capture: name }) => name)).toEqual([
      'mixed/a.pcap',
      'mixed/b.gz',
      'mixed/cut.pcap',
    ])
    const [note, cut, ...others] = stderr.split('\n')
    expect(note).toBe(
      'tcp-teardown: passed over 4 files below mixed/ that are no captures: README.md, deep/log.gz, deep/nothing.gz, …',
    )
    expect([cut?.startsWith('tcp-teardown: mixed/cut.pcap: capture cut short'), others]).toEqual([
      true,
      [''],
    ])
  })

  test('of several folders too', async () => {
    for (const name of ['one', 'two']) {
      mkdirSync(join(scratch.path, name))
      await scratch.file(`${name}/a.pcap`, readFileSync(NORMAL))
      await scratch.file(`${name}/notes`, 'notes')
    }
    const { code, stderr } = await run(['one', 'two'], { cwd: scratch.path })
    const note = 'passed over 2 files that are no captures: one/notes, two/notes'
    expect([code, stderr.split('\n')[0]]).toEqual([0, `tcp-teardown: ${note}`])
  })

  test('what is damaged before it can be told is no stray file', async () => {
    mkdirSync(join(scratch.path, 'damaged'))
    await scratch.file('damaged/x.gz', gzipSync(readFileSync(NORMAL)).subarray(0, 12))
    const { code, stderr } = await run(['damaged'], { cwd: scratch.path })
    expect([code, stderr]).toEqual([0, expect.stringMatching(/: damaged\/x\.gz: gzip data cut/)])
  })

  test('named itself, a stray file is an error', async () => {
    const path = await scratch.file('stray.gz', gzipSync('a log'))
    const { code, stderr } = await run([path, NORMAL])
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${path}: not a capture`)])
  })
})

describe('--host with a zone', () => {
  test('means the address: no packet carries a zone', async () => {
    const capture = 'test/cli/captures/ipv6.pcapng'
    const [plain, zoned] = await Promise.all(
      ['fd50:9e::1', 'fd50:9e::1%eth0'].map((host) => run(['-f', 'csv', '--host', host, capture])),
    )
    expect(zoned).toEqual(plain)
    expect(zoned?.stdout.split('\n').length).toBeGreaterThan(2)
  })

  test.each(['fe80::1%eth0', 'fe80::1%25eth0', '10.0.0.1,fe80::1%1'])('%s', async (host) => {
    const { code, stdout } = await run(['--host', host, NORMAL])
    expect([code, stdout]).toEqual([0, expect.stringContaining('0 connections selected')])
  })

  test('in explain too', async () => {
    const args = ['test/cli/captures/ipv6.pcapng', '--client', '[fd50:9e::1%eth0]:44244']
    expect((await run(['explain', ...args])).code).toBe(0)
  })
})

describe('an older Node', () => {
  const PROGRAM = 'bin/tcp-teardown.js'

  /** Runs the program as if by another version. */
  function runAs(version: string): Run {
    const preload = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '${version}' })`
    const args = ['--import', preload, PROGRAM, '-v']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: ROOT,
      encoding: 'utf8',
    })
    return { code: status, stdout, stderr }
  }

  test.each(['8.17.0', '16.4.0', '20.17.1'])('%s says which one is needed', (version) => {
    expect(runAs(version)).toEqual({
      code: 2,
      stdout: '',
      stderr: `tcp-teardown needs Node 20.18 or newer; this is ${version}\n`,
    })
  })

  test.each(['20.18.0', '21.0.0', '100.1.0'])('%s is new enough', (version) => {
    expect(runAs(version)).toMatchObject({ code: 0, stderr: '' })
  })

  test('is one that package.json does not allow', () => {
    const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      engines: { node: string }
    }
    expect(readFileSync(join(ROOT, PROGRAM), 'utf8')).toContain(
      `NEEDED = '${engines.node.replace('>=', '')}'`,
    )
  })

  test('can read the program', () => {
    const code = readFileSync(join(ROOT, PROGRAM), 'utf8').replaceAll(/^(#!|\/\/).*$/gm, '')
    // Also as a script, which has neither import statements nor top-level await.
    expect(code).not.toMatch(
      /^(import|export) |\bawait\b|\?\?|\?\.|=>|`|\b(const|let|class|async)\b|node:/m,
    )
  })
})

describe('a terminal without UTF-8', () => {
  const NO_TERMINAL = spawnSync('script', ['--version']).status !== 0

  /** What a terminal shows. */
  function shown(args: readonly string[], env: Readonly<Record<string, string>>): string {
    const command = [process.execPath, 'bin/tcp-teardown.js', ...args].join(' ')
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
      encoding: 'utf8',
    })
    return stdout.replaceAll('\r\n', '\n')
  }

  /** Characters that are not ASCII. */
  const foreign = (text: string): string[] => [...text].filter((char) => char > '~')

  test
    .skipIf(NO_TERMINAL)
    .each([
      [{ LANG: 'C' }],
      [{ LC_ALL: 'POSIX', LANG: 'en_US.UTF-8' }],
      [{ TERM: 'dumb', LANG: 'C.UTF-8' }],
    ])('gets ASCII: %j', (env) => {
    for (const args of [[KILLED], ['explain', KILLED], ['explain']]) {
      expect(foreign(shown(args, env))).toEqual([])
    }
    expect(shown([KILLED], env)).toMatch(/10\.50\.\d+\.1:\d+ -> 10\.50\.\d+\.2:8080/)
    expect(shown(['explain', KILLED], env)).toContain('-- SYN seq 0 --')
  })

  test.skipIf(NO_TERMINAL)('formats for programs stay as they are', () => {
    for (const format of ['ndjson', 'json', 'csv']) {
      const args = ['-f', format, '--no-progress', KILLED]
      expect(shown(args, { LANG: 'C' })).toBe(shown(args, { LANG: 'C.UTF-8' }))
      expect(shown(args, { LANG: 'C' })).toContain('µs')
    }
    expect(shown(['explain', '-f', 'json', KILLED], { LANG: 'C' })).toContain('µs')
  })

  test.skipIf(NO_TERMINAL)('one with UTF-8 gets all characters', () => {
    expect(shown(['explain', KILLED], { LANG: 'C.UTF-8', TERM: 'xterm' })).toContain('── SYN')
  })

  test('a pipe gets all characters', async () => {
    const { stdout } = await run(['explain', KILLED], { env: { LANG: 'C', TERM: 'dumb' } })
    expect(stdout).toContain('── SYN')
  })

  test.skipIf(NO_TERMINAL)('a dumb one gets neither colours nor a progress bar', () => {
    const env = { PATH: process.env['PATH'], TERM: 'dumb' }
    const args = ['-qec', `${process.execPath} bin/tcp-teardown.js samples/`, '/dev/null']
    const { stdout } = spawnSync('script', args, { cwd: ROOT, env, encoding: 'utf8' })
    expect(stdout).toContain('252 connections')
    expect(stdout).not.toContain('\u001b')
  })
})

test('--local-time: times of the table, sentences too, as clocks here show them', async () => {
  const many = 'samples/kill-many.pcap'
  const { stdout } = await run(['--local-time', many])
  const zone = `[+-]\\d\\d:\\d\\d`
  expect(stdout).toMatch(new RegExp(`died at [\\d:.]+ ${zone}:`))
  expect(stdout).toMatch(new RegExp(`^\\d{4}-\\d\\d-\\d\\d [\\d:]+ – [\\d:]+ ${zone},`, 'm'))
  const { code, stderr } = await run(['--local-time', '-f', 'ndjson', many])
  expect([code, stderr]).toEqual([
    2,
    'tcp-teardown: --local-time goes with the table: programs get UTC\n',
  ])
})

test.skipIf(!('enableCompileCache' in module))('what was compiled is kept for the next run', () => {
  const folder = join(scratch.path, 'temporary')
  mkdirSync(folder)
  const program = join(ROOT, 'bin/tcp-teardown.js')
  const { status } = spawnSync(process.execPath, [program, '--version'], {
    env: { TMPDIR: folder },
  })
  expect([status, readdirSync(folder)]).toEqual([0, ['node-compile-cache']])
})
