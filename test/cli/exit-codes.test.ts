// Exit codes and what is said on stderr: 0 done, 1 --fail-on matched, 2 an error.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { analyze, connections, rows, run, Scratch } from './run-cli.js'

const REFUSED = 'samples/handshake-refused.pcap'
const NORMAL = 'samples/fin-normal.pcap'

const scratch = new Scratch()

/** A sample without its last ten bytes. */
function cutSample(name: string): Promise<string> {
  return scratch.file(`${name}-cut.pcap`, readFileSync(NORMAL).subarray(0, -10))
}

describe.concurrent('2: usage', () => {
  test.each([
    ['no command', [], /Usage: tcp-teardown/],
    [
      'an unknown command',
      ['analyse', REFUSED],
      /'analyse' is no command.*; did you mean analyze\?/,
    ],
    ['an ending for a command', ['unread_data'], /did you mean explain unread_data\?/],
    ['a word like nothing', ['xyzzy'], /'xyzzy' is no command and no file\n/],
    ['no capture', ['analyze'], /missing required argument 'capture'/],
    ['an unknown option', ['analyze', '--colour', REFUSED], /unknown option '--colour'/],
    [
      'an unknown format',
      ['analyze', '-f', 'xml', REFUSED],
      /--format: unknown 'xml'; it takes table/,
    ],
    ['a misspelt format', ['-f', 'ndjon', REFUSED], /--format: .*did you mean ndjson\?/],
    [
      'an unknown column',
      ['analyze', '--columns', 'stream,verdct', REFUSED],
      /--columns: unknown name 'verdct'; did you mean verdict\?/,
    ],
    [
      'an unknown verdict',
      ['analyze', '--verdict', 'gracefull-fin', REFUSED],
      /--verdict: 'gracefull-fin' is no verdict and no cause; did you mean graceful_fin\?\n/,
    ],
    [
      'an unknown cause',
      ['analyze', '--cause', 'killed', REFUSED],
      /--cause: 'killed' is no verdict and no cause/,
    ],
    ['an unknown closer', ['analyze', '--closer', 'me', REFUSED], /--closer: .*'me'.*middlebox/],
    ['an unknown finding', ['--finding', 'me', REFUSED], /--finding: .*'me'.*explain findings/],
    [
      'a misspelt finding',
      ['--finding', 'rst_ignord', REFUSED],
      /--finding: .*; did you mean rst_ignored\?/,
    ],
    ['an unknown error', ['--sees', 'me', REFUSED], /--sees: .*'me'.*ECONNRESET/],
    ['a misspelt error', ['--sees', 'ECONNRESE', REFUSED], /--sees: .*; did you mean ECONNRESET\?/],
    ['a misspelt closer', ['--closer', 'servr', REFUSED], /--closer: .*; did you mean server\?/],
    [
      'an unknown ending',
      ['analyze', '--fail-on', 'refusd', REFUSED],
      /--fail-on: 'refusd' .*did you mean .*refused/,
    ],
    ['a bad port', ['analyze', '--port', '65536', REFUSED], /--port: '65536'/],
    ['a bad stream', ['analyze', '--stream', '-1', REFUSED], /--stream/],
    ['a bad number', ['analyze', '--top', 'all', REFUSED], /--top: 'all'/],
    ['two numbers for one', ['analyze', '--top', '1,2', REFUSED], /--top: '1,2'/],
    [
      'a host that is no address',
      ['analyze', '--host', '10.50.999.1', REFUSED],
      /--host: .*10\.50\.999\.1/,
    ],
    ['a bad time', ['analyze', '--idle', '1m', REFUSED], /--idle: '1m'/],
    ['a bad colour', ['analyze', '--color', 'red', REFUSED], /--color: unknown 'red'/],
    ['a glob without match', ['analyze', 'samples/*.cap'], /no file matches samples\/\*\.cap/],
  ])('%s', async (_name, args, message) => {
    const { code, stdout, stderr } = await run(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/ {4}at /)
  })

  test('a typing error is met with a suggestion', async () => {
    const { stderr } = await run(['analyze', '--formt', 'csv', REFUSED])
    expect(stderr).toContain('--format')
  })
})

describe.concurrent('2: captures that cannot be read', () => {
  test('a missing file', async () => {
    const { code, stderr } = await analyze(['-f', 'ndjson', 'no/such.pcap'])
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^tcp-teardown: cannot read no\/such\.pcap: no such file or directory\n$/,
    )
  })

  test('something else than a capture', async () => {
    const { code, stdout, stderr } = await analyze(['-f', 'ndjson', 'package.json'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^tcp-teardown: package\.json: not a capture at byte 0: expected .*\n$/)
    const [capture, summary] = rows(stdout)
    expect(capture).toMatchObject({ type: 'capture', error: { code: 'ERR_CAPTURE_FORMAT' } })
    expect(summary).toMatchObject({ captures: 1, failed_captures: 1 })
  })

  test('an empty file', async () => {
    const { code, stderr } = await analyze([await scratch.file('empty', new Uint8Array())])
    expect(code).toBe(2)
    expect(stderr).toContain('an empty file')
  })

  test('one bad file does not stop the others', async () => {
    const args = ['-f', 'ndjson', 'no/such.pcap', REFUSED, 'package.json', NORMAL]
    const { code, stdout, stderr } = await analyze(args)
    expect(code).toBe(2)
    expect(connections(stdout).map(({ capture }) => capture)).toEqual([REFUSED, NORMAL])
    expect(rows(stdout).at(-1)).toMatchObject({ captures: 4, failed_captures: 2, connections: 2 })
    expect(stderr.trim().split('\n')).toHaveLength(2)
  })

  test('a hostile file name cannot steer the terminal', async () => {
    const { stderr } = await analyze(['no/\u001b[2J\u0007.pcap'])
    expect(stderr).toContain('no/\u241b[2J\u2407.pcap')
    expect(stderr).not.toContain('\u001b')
  })
})

describe.concurrent('a capture that is cut short', () => {
  test('is 0 with a warning, and what was read is reported', async () => {
    const path = await cutSample('lenient')
    const { code, stdout, stderr } = await analyze(['-f', 'ndjson', path])
    expect(code).toBe(0)
    expect(connections(stdout)).toHaveLength(1)
    expect(stderr).toMatch(
      /^tcp-teardown: .*cut\.pcap: capture cut short at byte \d+: expected .*\n$/,
    )
  })

  test('is 2 with --strict, with the same results', async () => {
    const path = await cutSample('strict')
    const [strict, lenient] = await Promise.all([
      analyze(['-f', 'ndjson', '--strict', path]),
      analyze(['-f', 'ndjson', path]),
    ])
    expect(strict.code).toBe(2)
    expect(strict.stdout).toBe(lenient.stdout)
    expect(strict.stderr).toBe(lenient.stderr)
  })

  test('a whole one is 0 with --strict', async () => {
    const { code, stderr } = await analyze(['--strict', NORMAL])
    expect([code, stderr]).toEqual([0, ''])
  })
})

describe.concurrent('1: --fail-on', () => {
  test.each([
    ['handshake_failed', 1],
    ['handshake_failed.refused', 1],
    ['refused', 1],
    ['Handshake-Failed / refused', 1],
    ['rst_after_kill,handshake_failed', 1],
    ['rst_after_kill', 0],
    ['handshake_failed.unanswered', 0],
  ])('%s', async (names, expected) => {
    const { code, stdout, stderr } = await analyze(['-f', 'ndjson', '--fail-on', names, REFUSED])
    expect(code).toBe(expected)
    // Which of them it was is said.
    if (expected === 0) expect(stderr).toBe('')
    else expect(stderr).toMatch(/^tcp-teardown: --fail-on .*: 1 connection of 1\n$/)
    expect(connections(stdout)).toHaveLength(1)
  })

  test('looks only at connections that pass the filters', async () => {
    const args = ['--fail-on', 'handshake_failed', '--port', '1', REFUSED]
    expect((await analyze(args)).code).toBe(0)
  })

  test('an error weighs more', async () => {
    const args = ['--fail-on', 'handshake_failed', REFUSED, 'no/such.pcap']
    expect((await analyze(args)).code).toBe(2)
  })
})

describe.concurrent('-o', () => {
  test('writes to a file and nothing to standard output', async () => {
    const path = join(scratch.path, 'out.ndjson')
    const [toFile, direct] = [
      await analyze(['-f', 'ndjson', '-o', path, REFUSED]),
      await analyze(['-f', 'ndjson', REFUSED]),
    ]
    expect([toFile.code, toFile.stdout, toFile.stderr]).toEqual([0, '', ''])
    expect(readFileSync(path, 'utf8')).toBe(direct.stdout)
  })

  test('- is standard output', async () => {
    const { stdout } = await analyze(['-f', 'ndjson', '-o', '-', REFUSED])
    expect(connections(stdout)).toHaveLength(1)
  })

  test('that cannot be written is an error before any work', async () => {
    const path = join(scratch.path, 'no/such/folder/out')
    const { code, stdout, stderr } = await analyze(['-o', path, 'no/such.pcap'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe(`tcp-teardown: cannot write ${path}: no such file or directory\n`)
  })

  test('that cannot take any more is an error', async () => {
    const { code, stderr } = await analyze(['-f', 'ndjson', '-o', '/dev/full', REFUSED])
    expect(code).toBe(2)
    expect(stderr).toBe('tcp-teardown: cannot write /dev/full: no space left on device\n')
  })

  test('that is a folder is an error', async () => {
    const { code, stderr } = await analyze(['-o', scratch.path, REFUSED])
    expect(code).toBe(2)
    expect(stderr).toBe(
      `tcp-teardown: cannot write ${scratch.path}: illegal operation on a directory\n`,
    )
  })

  test('does not empty a capture that is read at the same time', async () => {
    const path = await scratch.file('precious.pcap', readFileSync(REFUSED))
    const { code } = await analyze(['-o', path, path])
    expect(code).toBe(2)
    expect(readFileSync(path).equals(readFileSync(REFUSED))).toBe(true)
  })
})
