// Where captures come from: files, folders, globs, pipes, gzip; and which connections are let through.

import { execFileSync } from 'node:child_process'
import { mkdir, symlink } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { lz4Frame, raw, zstdFrame } from '../support/frames.js'
import { REFUSED as PACKED_REFUSED } from '../unit/capture/compression/written.js'
import { analyze, connections, ROOT, rows, Scratch } from './run-cli.js'

const REUSED = 'samples/ports-reused.pcap'
const LISTENER = 'test/cli/captures/kill-listener-unaccepted.pcap'
const REFUSED = 'samples/handshake-refused.pcap'

const ABC = Buffer.from('abc')

const scratch = new Scratch()

/** Connections of NDJSON output, all with the same name of a capture. */
const withoutName = (text: string): object[] =>
  connections(text).map((row) => Object.assign(row, { capture: '' }))

describe('standard input', () => {
  test.each([
    ['plain', readFileSync(REUSED)],
    ['gzipped', gzipSync(readFileSync(REUSED))],
    ['by zstd', zstdFrame([raw(readFileSync(REUSED))], { window: 7 << 3 })],
    ['by LZ4', lz4Frame([{ plain: readFileSync(REUSED) }])],
  ])('%s', async (_name, input) => {
    const [piped, named] = await Promise.all([
      analyze(['-f', 'ndjson', '-'], { input }),
      analyze(['-f', 'ndjson', REUSED]),
    ])
    expect([piped.code, piped.stderr]).toEqual([0, ''])
    expect(connections(piped.stdout).map(({ capture }) => capture)).toContain('-')
    expect(connections(piped.stdout).map(({ capture }) => capture)).not.toContain(REUSED)
    const sorted = (list: object[]): string[] => list.map((row) => JSON.stringify(row)).sort()
    expect(sorted(withoutName(piped.stdout))).toEqual(sorted(withoutName(named.stdout)))
  })

  test('that is empty is an error', async () => {
    const { code, stderr } = await analyze(['-'], { input: new Uint8Array() })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^tcp-teardown: -: not a capture at byte 0: .*\n$/)
  })
})

test.each([
  ['gzip', gzipSync(readFileSync(REFUSED))],
  ['zstd', PACKED_REFUSED.zstd],
  ['lz4', PACKED_REFUSED.lz4],
])('a %s file, whatever its name', async (compression, bytes) => {
  const path = await scratch.file(`${compression}.dat`, bytes)
  const [packed, plain] = await Promise.all([
    analyze(['-f', 'ndjson', path]),
    analyze(['-f', 'ndjson', REFUSED]),
  ])
  expect(withoutName(packed.stdout)).toEqual(withoutName(plain.stdout))
  expect(rows(packed.stdout).at(-2)).toMatchObject({ type: 'capture', compression })
})

test.each(['zstd', 'lz4'] as const)('a %s file cut short', async (kind) => {
  const path = await scratch.file(`cut.${kind}`, PACKED_REFUSED[kind].subarray(0, -20))
  const { code, stderr } = await analyze(['--strict', path])
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/: (zstd|LZ4) data cut short at byte \d/),
  ])
})

test('zstd that asks for too much says what to do', async () => {
  const path = await scratch.file('long.zst', zstdFrame([raw(ABC)], { window: 20 << 3 }))
  const { code, stderr } = await analyze([path])
  expect([code, stderr]).toEqual([
    2,
    `tcp-teardown: ${path}: damaged zstd data at byte 0: expected a window of at most 128 MiB (for more: zstd -dc --long=31 FILE | tcp-teardown analyze -), found 1024 MiB\n`,
  ])
})

describe.concurrent('several captures', () => {
  const names = (text: string): unknown[] =>
    rows(text)
      .filter(({ type }) => type === 'capture')
      .map(({ capture }) => capture)

  test('a folder: captures below it, sorted, other files left out', async () => {
    const capture = readFileSync(REFUSED)
    await mkdir(join(scratch.path, 'tree/deep/er'), { recursive: true })
    await scratch.file('tree/b.pcap', capture)
    await scratch.file('tree/a', capture)
    await scratch.file('tree/deep/er/c.pcapng', capture)
    await scratch.file('tree/notes.txt', new TextEncoder().encode('no capture'))
    await scratch.file('tree/.hidden.pcap', capture)
    await symlink('..', join(scratch.path, 'tree/deep/up'))
    const { code, stdout, stderr } = await analyze(['-f', 'ndjson', 'tree'], { cwd: scratch.path })
    const note = 'passed over 1 file below tree that is no capture: notes.txt'
    expect([code, stderr]).toEqual([0, `tcp-teardown: ${note}\n`])
    expect(names(stdout)).toEqual(['tree/a', 'tree/b.pcap', 'tree/deep/er/c.pcapng'])
  })

  test('a glob', async () => {
    const { code, stdout } = await analyze(['-f', 'ndjson', 'samples/handshake-*.pcap'])
    expect(code).toBe(0)
    const found = names(stdout)
    expect(found.length).toBeGreaterThan(3)
    expect(found.every((name) => /^samples\/handshake-[\w-]+\.pcap$/.test(String(name)))).toBe(true)
    expect(found).toEqual([...found].sort())
  })

  test('in the order given, the same one twice', async () => {
    const { stdout } = await analyze(['-f', 'ndjson', REUSED, REFUSED, REUSED])
    expect(names(stdout)).toEqual([REUSED, REFUSED, REUSED])
  })

  test('a folder without captures is an error', async () => {
    await mkdir(join(scratch.path, 'nothing'), { recursive: true })
    const { code, stdout, stderr } = await analyze(['nothing'], { cwd: scratch.path })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe('tcp-teardown: no capture found below nothing\n')
  })
})

describe.concurrent('filters', () => {
  async function filtered(...args: string[]): Promise<{ streams: unknown[]; total: unknown }> {
    const { code, stdout } = await analyze(['-f', 'ndjson', ...args, LISTENER])
    expect(code).toBe(0)
    const summary = rows(stdout).at(-1)
    const streams = connections(stdout).map(({ stream }) => stream)
    expect(summary?.['selected_connections']).toBe(streams.length)
    return { streams, total: summary?.['connections'] }
  }

  interface Row {
    readonly stream: number
    readonly client_port: number
    readonly verdict: string
    readonly cause: string
    readonly closer: string
    readonly client_sees?: string
    readonly server_sees?: string
    readonly findings?: readonly { readonly code: string }[]
  }
  const has = (c: Row, code: string): boolean => c.findings?.some((f) => f.code === code) === true
  const all = connections(
    execFileSync(process.execPath, ['bin/tcp-teardown.js', 'analyze', '-f', 'ndjson', LISTENER], {
      cwd: ROOT,
      encoding: 'utf8',
    }),
  ) as unknown as Row[]
  const streamsWhere = (holds: (c: Row) => boolean): number[] =>
    all.filter((c) => holds(c)).map(({ stream }) => stream)

  test.each([
    ['--verdict', 'rst_after_kill', streamsWhere((c) => c.verdict === 'rst_after_kill')],
    ['--cause', 'unaccepted', streamsWhere((c) => c.cause === 'unaccepted')],
    ['--verdict', 'unaccepted', streamsWhere((c) => c.cause === 'unaccepted')],
    ['--cause', 'rst-after-kill', streamsWhere((c) => c.verdict === 'rst_after_kill')],
    ['--cause', 'rst_after_kill.unread_data', []],
    ['--closer', 'client,none', streamsWhere((c) => /client|none/.test(c.closer))],
    ['--finding', 'payload_at_risk', streamsWhere((c) => has(c, 'payload_at_risk'))],
    ['--finding', 'no_payload,payload_at_risk', streamsWhere(() => true)],
    ['--finding', 'rst_storm', []],
    ['--sees', 'ECONNRESET', streamsWhere((c) => c.client_sees === 'ECONNRESET')],
    ['--sees', 'eof,nothing', []],
    ['--host', '10.50.63.2', streamsWhere(() => true)],
    ['--host', '10.50.63.9', []],
    ['--host', '10.50.63.9, 10.50.63.2', streamsWhere(() => true)],
    ['--host', '::ffff:10.50.63.2', streamsWhere(() => true)],
    ['--port', '5432', streamsWhere(() => true)],
    ['--port', '44266,44276', streamsWhere((c) => /^442(66|76)$/.test(String(c.client_port)))],
    ['--stream', '2,4', [2, 4]],
    ['--stream', '999', []],
  ])('%s %s', async (option, value, expected) => {
    const { streams, total } = await filtered(option, value)
    expect(streams).toEqual(expected)
    expect(total).toBe(all.length)
  })

  test('--finding takes some connections and leaves others', () => {
    const taken = streamsWhere((c) => has(c, 'payload_at_risk'))
    expect(taken.length).toBeGreaterThan(0)
    expect(taken.length).toBeLessThan(all.length)
  })

  test('--sees asks what either program saw', async () => {
    const seen = async (...args: string[]): Promise<unknown[]> => {
      const path = 'test/cli/captures/ipv6.pcapng'
      const { stdout } = await analyze(['-f', 'ndjson', ...args, path])
      return connections(stdout)
        .map(({ stream }) => stream)
        .sort()
    }
    expect(await seen()).toEqual([0, 1, 2])
    // As the client saw the end of the stream, or the server did.
    expect(await seen('--sees', 'eof')).toEqual([0, 2])
    expect(await seen('--sees', 'ECONNRESET')).toEqual([1])
    expect(await seen('--sees', 'ECONNREFUSED')).toEqual([])
  })

  test('of different kinds must all match', async () => {
    const { streams } = await filtered('--stream', '0,1,2', '--cause', 'unaccepted')
    expect(streams).toEqual(streamsWhere((c) => c.cause === 'unaccepted' && c.stream <= 2))
    expect(streams.length).toBeGreaterThan(0)
  })

  test.each(['FD50:9e:0:0:0:0:0:1', '[fd50:9e::1]', 'fd50:9e::1%eth0'])(
    'the IPv6 host %s',
    async (host) => {
      const args = ['-f', 'ndjson', '--host', host, 'test/cli/captures/ipv6.pcapng']
      const { stdout } = await analyze(args)
      expect(connections(stdout).length).toBeGreaterThan(0)
    },
  )

  test('the table says that connections were left out', async () => {
    const { stdout } = await analyze(['--stream', '0', LISTENER])
    expect(stdout).toContain('1 connection selected by filters')
  })
})

test('--idle sets when an open connection is idle', async () => {
  const cause = async (idle: string): Promise<unknown> => {
    const args = ['-f', 'ndjson', '--idle', idle, '--stream', '0', 'samples/linger-idle.pcap']
    return connections((await analyze(args)).stdout)[0]?.['cause']
  }
  expect([await cause('0.5'), await cause('86400')]).toEqual(['idle', 'active'])
})
