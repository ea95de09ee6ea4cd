// `--anonymize`: no address of the capture in any output, and everything else as it was.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { FORMATS } from '../../src/output/formats/index.js'
import { PcapngBuilder } from '../support/capture-builder.js'
import { scenarioFrames } from '../support/scenario.js'
import { shell } from '../faults/program.js'
import { Scratch, analyze, connections, rows, run } from './run-cli.js'

const scratch = new Scratch()
const CAPTURES = 'test/cli/captures'
const V4_AND_V6 = [
  join(CAPTURES, 'ipv6.pcapng'),
  join(CAPTURES, 'kill-sigkill-unread.pcap'),
  join(CAPTURES, 'kill-listener-unaccepted.pcap'),
]
/** Key and replaced address as in yacryptopan's documentation. */
const KEY = '32-char-str-for-AES-key-and-pad.'

async function realAddresses(): Promise<string[]> {
  const { stdout } = await analyze(['-f', 'ndjson', ...V4_AND_V6])
  return [
    ...new Set(
      connections(stdout).flatMap((c) => [String(c['client_ip']), String(c['server_ip'])]),
    ),
  ]
}

function withoutAddresses(stdout: string): unknown[] {
  return rows(stdout).map((row) => {
    const filter = row['wireshark_filter']
    return Object.assign(row, {
      client_ip: '',
      server_ip: '',
      // An incident has them in its texts.
      ...(row['type'] === 'incident' ? { endpoint: '', explanation: '' } : {}),
      // Replaced addresses are in no capture: the filter does without them.
      ...(typeof filter === 'string'
        ? { wireshark_filter: filter.replaceAll(/ip(?:v6)?\.addr==\S+ && /g, '') }
        : {}),
    })
  })
}

// With a key that is known: what a random one makes of an address may have it in it, once in a few thousand runs.
describe.concurrent('no address of the capture is in', () => {
  let withKey: string[] = []
  beforeAll(async () => {
    withKey = ['--anonymize-key', await scratch.file('known-key', KEY)]
  })

  test.each([...FORMATS.map(({ name }) => name), 'html'])('%s', async (format) => {
    const addresses = await realAddresses()
    const { stdout, stderr } = await analyze(['-f', format, '--all', ...withKey, ...V4_AND_V6])
    expect(addresses.length).toBeGreaterThan(3)
    for (const address of addresses) expect(stdout + stderr).not.toContain(address)
  })

  test.each(['text', 'json'])('explain as %s', async (format) => {
    const addresses = await realAddresses()
    const args = [...withKey, '-f', format, '--stream', '0']
    const { code, stdout } = await run(['explain', ...args, V4_AND_V6[1] ?? ''])
    expect(code).toBe(0)
    for (const address of addresses) expect(stdout).not.toContain(address)
  })

  test('the list of connections that explain could mean', async () => {
    const addresses = await realAddresses()
    const { code, stderr } = await run(['explain', ...withKey, V4_AND_V6[2] ?? ''])
    expect(code).toBe(2)
    expect(stderr).toContain('--stream 1')
    for (const address of addresses) expect(stderr).not.toContain(address)
  })

  test('the name of an interface', async () => {
    const capture = new PcapngBuilder().section()
    capture.interface({ linktype: 1, name: 'rpcap://[2001:db8::1]/eth0' })
    const [frame] = scenarioFrames('0.000 > S 0:0(0)')
    if (frame === undefined) throw new Error('no frame')
    capture.packet(frame)
    const path = await scratch.file('remote.pcapng', capture.take())
    const { stdout } = await analyze(['-f', 'ndjson', '--anonymize', path])
    expect(stdout).not.toContain('rpcap')
    expect(stdout).toContain('"interfaces":["interface 0"]')
  })
})

test('everything but addresses stays as it was', async () => {
  const args = ['-f', 'ndjson', ...V4_AND_V6]
  const [plain, anonymous] = await Promise.all([analyze(args), analyze(['--anonymize', ...args])])
  expect(withoutAddresses(anonymous.stdout)).toEqual(withoutAddresses(plain.stdout))
})

describe('keys', () => {
  test('the same key gives the same addresses, on threads too; without one every run differs', async () => {
    const key = await scratch.file('key', KEY)
    const args = ['-f', 'ndjson', ...V4_AND_V6]
    const keyed = ['--anonymize-key', key]
    const runs = await Promise.all([
      analyze([...keyed, '--jobs', '1', ...args]),
      analyze([...keyed, '--jobs', '2', ...args]),
      analyze(['--anonymize', '--jobs', '1', ...args]),
      analyze(['--anonymize', '--jobs', '2', ...args]),
    ])
    const [one, two, random, again] = runs.map(({ stdout }) => stdout)
    expect(two).toBe(one)
    expect(random).not.toBe(one)
    expect(again).not.toBe(random)
  })

  test('threads of one run share one', async () => {
    // Six connections of one client with one server.
    const capture = V4_AND_V6[2] ?? ''
    const args = ['-f', 'csv', '--columns', 'client_ip,server_ip', '--jobs', '2', '--anonymize']
    const { stdout } = await analyze([...args, capture, capture])
    const lines = stdout.trim().split('\n').slice(1)
    expect(new Set(lines).size).toBe(1)
    expect(lines.length).toBeGreaterThan(2)
  })

  test('as hexadecimal digits', async () => {
    const bytes = await scratch.file('key.bytes', KEY)
    const digits = await scratch.file('key.hex', `${Buffer.from(KEY).toString('hex')}\n`)
    const [a, b] = await Promise.all(
      [bytes, digits].map((key) => analyze(['-f', 'csv', '--anonymize-key', key, ...V4_AND_V6])),
    )
    expect(a?.stdout).toBe(b?.stdout)
  })

  test.each([
    ['secret\n', /holds 7 bytes; a key is 32 bytes, or 64 hexadecimal digits/],
    [`${' '.repeat(65)}${'a'.repeat(64)}`, /holds more than 128 bytes; a key is/],
  ])('no key: %j', async (content, message) => {
    const key = await scratch.file(`${content.length}.key`, content)
    const { code, stdout, stderr } = await analyze(['--anonymize-key', key, ...V4_AND_V6])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(message)
  })

  test.each([
    ['/none/key', 'no such file or directory'],
    ['/dev/zero', 'it is neither a file nor a pipe'],
    ['/', 'it is neither a file nor a pipe'],
  ])('none in %s', async (key, message) => {
    const { code, stderr } = await analyze(['--anonymize-key', key, ...V4_AND_V6])
    expect(code).toBe(2)
    expect(stderr).toContain(`--anonymize-key: cannot read ${key}: ${message}\n`)
  })

  test('of a pipe that ends, and of one that does not', async () => {
    const line = `{ printf %s "$1"; sleep 0; } | $TT -f csv --anonymize-key /dev/stdin "$2" | cut -d, -f 4`
    const { stdout } = await shell(line, [KEY, V4_AND_V6[0] ?? ''])
    const key = await scratch.file('the-same', KEY)
    const plain = await analyze(['-f', 'csv', '--anonymize-key', key, V4_AND_V6[0] ?? ''])
    expect(stdout).toBe(plain.stdout.replace(/^(?:[^,]*,){3}([^,]*).*$/gm, '$1'))
    const endless = await shell('yes | $TT --anonymize-key /dev/stdin x 2>&1', [])
    expect(endless.stdout).toContain('holds more than 128 bytes')
  })
})

test('filters are about the addresses of the capture', async () => {
  const [address = ''] = await realAddresses()
  const args = ['-f', 'ndjson', '--host', address, ...V4_AND_V6]
  const [plain, anonymous] = await Promise.all([analyze(args), analyze(['--anonymize', ...args])])
  expect(connections(plain.stdout).length).toBeGreaterThan(0)
  expect(withoutAddresses(anonymous.stdout)).toEqual(withoutAddresses(plain.stdout))
})

test('--resume takes up results of the same key only', async () => {
  const folder = join(scratch.path, 'results')
  const key = await scratch.file('resume.key', KEY)
  const args = ['--out-dir', folder, '--resume', ...V4_AND_V6]
  const [address = ''] = await realAddresses()
  await analyze(['--anonymize-key', key, '--host', address, ...args])
  expect(await readFile(join(folder, '.tcp-teardown.list'), 'utf8')).not.toContain(address)
  const first = await analyze(['--anonymize-key', key, ...args])
  expect(first.stderr).toContain('3 results written')
  expect((await analyze(['--anonymize-key', key, ...args])).stderr).toContain('3 done before')
  await writeFile(key, KEY.toUpperCase())
  expect((await analyze(['--anonymize-key', key, ...args])).stderr).toContain('3 results written')
  const { code, stderr } = await analyze(['--anonymize', ...args])
  expect(code).toBe(2)
  expect(stderr).toContain('--resume with --anonymize needs --anonymize-key')
})
