// `explain` as a shell runs it.

import { gzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ENDINGS, VERDICTS } from '../../src/verdict/endings.js'
import { buildPcap } from '../support/capture-builder.js'
import { scenarioFrames } from '../support/scenario.js'
import { type Run, ROOT, Scratch, analyze, connections, run } from './run-cli.js'

const KILLED = 'test/cli/captures/kill-sigkill-peer-writes.pcap'
const REUSED = 'samples/ports-reused.pcap'

const HANDSHAKE = `0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1`

const explain = (...args: readonly string[]): Promise<Run> => run(['explain', ...args])

interface Packet {
  readonly packet: number
  readonly from: string
  readonly flags: readonly string[]
  readonly length?: number
  readonly client_state?: string
  readonly server_state?: string
  readonly evidence?: string
}

interface Explained {
  readonly connection: Readonly<Record<string, unknown>>
  readonly rule: string
  readonly packets: readonly Packet[]
  readonly omitted_packets?: number
}

const scratch = new Scratch()

describe.concurrent('the ladder', () => {
  test('of a killed server whose client writes on', async () => {
    const { code, stdout, stderr } = await explain(KILLED)
    expect([code, stderr]).toEqual([0, ''])
    const [head, , ...rest] = stdout.split('\n')
    expect(head).toBe(`${KILLED}  stream 0  2026-11-23T14:44:54.498033065Z`)
    expect(`\n${rest.slice(0, 16).join('\n')}\n`).toBe(LADDER)
    const words = stdout.slice(stdout.indexOf('rst_after_kill')).replaceAll(/\s+/g, ' ')
    for (const text of [
      'rst_after_kill / write_after_close certain, closed by the server',
      'fin_to_rst_s 1.001833251 (1.00 s)',
      'decided by rule reset-write-after-close (RFC 9293 §3.6.1, TCP_ABORT_ON_DATA)',
      'in Wireshark ip.addr==10.50.34.1 && ip.addr==10.50.34.2 && tcp.port==35842 && tcp.port==6379 && frame.number>=4 && frame.number<=19',
    ]) {
      expect(words).toContain(text)
    }
  })

  test('tells how long after a known kill it ended', async () => {
    const { stdout } = await explain(KILLED, '--killed-at', '2026-11-23T14:44:55.0Z')
    expect(stdout).toMatch(/kill_to_teardown_s +0\.0202/)
  })

  test('shows silence and probes', async () => {
    const { stdout } = await explain('samples/keepalive-reset-sent.pcap')
    expect(stdout).toMatch(/… 2\.01 s of silence until \d\d:\d\d:\d\d\.\d{6} …/)
    expect(stdout).toMatch(/ACK seq 400 ack 121 · keepalive probe ─/)
    expect(stdout).toMatch(/RST ACK seq 401 ack 121 ─+ {2}CLOSED/)
  })

  test('shows ICMP errors, which are no packets of the connection', async () => {
    const { stdout } = await explain('samples/handshake-icmp.pcap', '--stream', '0')
    expect(stdout).toMatch(/\* +\d+ .*·· ICMP error · ICMP type 3 code 3 ··/)
  })

  test('has the explanation of analyze and its alternatives with their meaning', async () => {
    const { stdout } = await explain('samples/abort-linger0.pcap', '--stream', '0')
    const [row] = connections(
      (await analyze(['-f', 'ndjson', 'samples/abort-linger0.pcap'])).stdout,
    )
    const words = stdout.replaceAll(/\s+/g, ' ')
    expect(words).toContain(String(row?.['explanation']))
    const names = row?.['alternatives'] as readonly string[]
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) {
      const entry = ENDINGS.find((cause) => `${cause.verdict}.${cause.cause}` === name)
      expect(words).toContain(`${name}: ${entry?.meaning}`)
    }
  })

  test('folds long runs, and --all does not', async () => {
    const data = Array.from({ length: 30 }, (_, i) => {
      const [seq, time] = [1 + i * 1000, (0.1 + i / 1000).toFixed(3)]
      return `${time} < P. ${seq}:${seq + 1000}(1000) ack 1`
    })
    const text = [HANDSHAKE, ...data]
    const path = await scratch.file('bulk.pcap', buildPcap(scenarioFrames(text.join('\n'))))
    const folded = await explain(path)
    expect(folded.stdout).toMatch(/… \d+ packets, 2\d\.0 kB from the server, in \d+\.\d ms …/)
    const whole = await explain(path, '--all')
    expect(whole.stdout).not.toMatch(/packets, /)
    expect(whole.stdout.match(/len 1000/g)).toHaveLength(30)
  })

  test('says how many packets it did not keep', async () => {
    const lines = Array.from({ length: 1000 }, (_, i) => {
      const [seq, time] = [1 + i, (0.1 + i / 1000).toFixed(3)]
      return `${time} < P. ${seq}:${seq + 1}(1) ack 1`
    })
    const path = await scratch.file('long.pcap', buildPcap(scenarioFrames(lines.join('\n'))))
    const { stdout } = await explain(path)
    expect(stdout).toContain('600 packets in the middle of the connection not kept')
    expect(stdout).toMatch(/… 600 packets, 600 B from the server, in 599 ms \(not kept\) …/)
    const json = JSON.parse((await explain(path, '-f', 'json')).stdout) as Explained
    expect([json.packets.length, json.omitted_packets]).toEqual([400, 600])
  })

  test('is coloured when asked for, and the same without', async () => {
    const coloured = await explain(KILLED, '--color', 'always')
    const plain = await explain(KILLED)
    expect(coloured.stdout).not.toBe(plain.stdout)
    expect(stripVTControlCharacters(coloured.stdout)).toBe(plain.stdout)
  })
})

describe.concurrent('json', () => {
  test.each([
    KILLED,
    REUSED,
    'test/cli/captures/ipv6.pcapng',
    'samples/vxlan.pcap',
    'samples/any-interface.pcap',
    'samples/one-direction.pcap',
    'samples/handshake-icmp.pcap',
  ])('agrees with analyze on every connection of %s', async (path) => {
    const rows = connections((await analyze(['-f', 'ndjson', path])).stdout)
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) {
      const { stdout, code } = await explain(path, '--stream', String(row.stream), '-f', 'json')
      const { connection, packets } = JSON.parse(stdout) as Explained
      expect(code).toBe(0)
      expect(connection).toEqual(row)
      for (const side of ['client', 'server']) {
        const sent = packets.filter(({ from }) => from === side)
        expect(sent).toHaveLength(row[`${side}_packets`] as number)
        const bytes = sent.reduce((sum, { length = 0 }) => sum + length, 0)
        expect(bytes).toBe(row[`${side}_bytes`])
      }
      const { client_state, server_state } = packets.at(-1) ?? {}
      expect([client_state, server_state]).toEqual([row['client_state'], row['server_state']])
      const evidence = (row['evidence'] ?? []) as readonly Packet[]
      const marked = packets.filter((packet) => packet.evidence !== undefined)
      expect(new Set(marked.map(({ packet }) => packet))).toEqual(
        new Set(evidence.map(({ packet }) => packet)),
      )
    }
  })

  test('has one packet as documented', async () => {
    const { rule, packets } = JSON.parse((await explain(KILLED, '-f', 'json')).stdout) as Explained
    expect(rule).toBe('reset-write-after-close')
    expect(packets.at(-1)).toEqual({
      packet: 19,
      time: '2026-11-23T14:44:56.022053371Z',
      from: 'server',
      flags: ['RST'],
      seq: 402,
      length: 0,
      client_state: 'CLOSED',
      server_state: 'CLOSED',
      evidence: 'RST where no socket is left',
    })
  })
})

describe.concurrent('the connection', () => {
  test.each([
    ['--client', '10.50.34.1:35842', '--server', '10.50.34.2:6379'],
    ['--client', '10.50.34.1:35842'],
    ['--stream', '0'],
  ])('is found by %s %s %s %s', async (...args) => {
    const [found, only] = await Promise.all([explain(KILLED, ...args), explain(KILLED)])
    expect(found).toEqual(only)
  })

  test('is found with client and server the other way round, which is said; what may not be is meant as it is typed', async () => {
    const swapped = ['--server', '10.50.34.1:35842', '--client', '10.50.34.2:6379']
    const [found, only] = await Promise.all([explain(KILLED, ...swapped), explain(KILLED)])
    expect(found).toEqual({
      ...only,
      stderr: 'tcp-teardown: client and server are the other way round here: shown all the same\n',
    })
    const { code, stderr } = await explain(KILLED, '--client', '!10.50.34.1')
    expect([code, stderr]).toEqual([2, expect.stringContaining('no connection fits')])
  })

  test('is found by an IPv6 address in any spelling', async () => {
    const { stdout } = await explain(
      'test/cli/captures/ipv6.pcapng',
      '--client',
      '[FD50:009e:0::1]:44244',
    )
    expect(stdout).toContain('test/cli/captures/ipv6.pcapng  stream 1 ')
  })

  test('is the same in a gzipped capture', async () => {
    const path = await scratch.file('reused.gz', gzipSync(readFileSync(join(ROOT, REUSED))))
    const [zipped, plain] = await Promise.all([
      explain(path, '--stream', '1'),
      explain(REUSED, '--stream', '1'),
    ])
    expect(zipped.stdout.replace(path, REUSED)).toBe(plain.stdout)
  })

  test('has to be chosen when there are several', async () => {
    const { code, stdout, stderr } = await explain('test/cli/captures/ipv6.pcapng')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^tcp-teardown: .*: 3 connections fit; choose one with --stream N\n/)
    expect(stderr).toContain(
      '  --stream 1  [fd50:9e::1]:44244 → [fd50:9e::2]:1883  rst_after_kill / unread_data\n',
    )
  })

  test('is one JSON document when filters leave several connections', async () => {
    const { stdout } = await explain(
      'test/cli/captures/ipv6.pcapng',
      '--stream',
      '0,2',
      '-f',
      'json',
    )
    const { connections: all } = JSON.parse(stdout) as { connections: readonly Explained[] }
    expect(all.map(({ connection }) => connection['stream'])).toEqual([0, 2])
    expect(all.every(({ packets, rule }) => packets.length > 0 && rule !== '')).toBe(true)
  })

  test('shows times as clocks here do', async () => {
    const { stdout } = await run(['explain', KILLED, '--local-time'], {
      env: { TZ: 'Asia/Kolkata' },
    })
    expect(stdout).toMatch(/stream 0 {2}2026-11-23 20:14:54\.498 \+05:30\n/)
    expect(stdout).toMatch(/\(20:14:55\.\d{6}\)/)
    const { code, stderr } = await explain(KILLED, '--local-time', '-f', 'json')
    expect([code, stderr]).toEqual([
      2,
      'tcp-teardown: --local-time goes with the text: programs get UTC\n',
    ])
  })

  test('comes from what was read of a capture cut short', async () => {
    const whole = buildPcap(scenarioFrames(HANDSHAKE + '\n1.000 < R. 1:1(0) ack 1'))
    const path = await scratch.file('cut.pcap', whole.subarray(0, -3))
    const { code, stdout, stderr } = await explain(path)
    expect([code, stderr.includes('cut short')]).toEqual([0, true])
    expect(stdout).toMatch(/ 3 .*ESTABLISHED/)
    expect(stdout).not.toContain('RST')
  })
})

describe.concurrent('lists of words', () => {
  test.each([
    ['findings', 'half_closed'],
    ['flags', 'midstream'],
    ['sees', 'ECONNRESET'],
    ['columns', 'client_ip'],
    ['incidents', 'process_death'],
  ])('%s', async (list, word) => {
    const { code, stdout } = await explain(list)
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`^${list}  .*\\n[^]*^  ${word}  +\\S`, 'm'))
    expect((await explain(list.slice(0, -1))).stdout).toBe(stdout)
    const rows = JSON.parse((await explain(list, '-f', 'json')).stdout) as Record<string, string>[]
    expect(rows.map((row) => row['name'] ?? row['code'] ?? row['kind'])).toContain(word)
  })

  test('a word that is none', async () => {
    expect((await explain('ends_erly')).stderr).toContain('did you mean ends_early?')
  })
})

test.each([
  [['--no-pager', '--no-progress', 'explain', KILLED]],
  [['--color=never', 'explain', '--no-pager', '--no-progress', KILLED]],
])('%j: options that all commands take, also before the command', async (args) => {
  expect(await run(args)).toEqual(await explain(KILLED))
})

describe.concurrent('names', () => {
  test('a cause: meaning, source, rules', async () => {
    const { code, stdout } = await explain('rst_after_kill.write_after_close')
    expect(code).toBe(0)
    expect(stdout).toContain('rst_after_kill / write_after_close')
    expect(stdout).toContain('RFC 9293 §3.6.1, TCP_ABORT_ON_DATA')
    expect(stdout).toContain('reset-write-after-close')
  })

  test.each(['write_after_close', 'write-after-close', 'RST_AFTER_KILL / write_after_close'])(
    '%s is the same',
    async (name) => {
      expect(await explain(name)).toEqual(await explain('rst_after_kill.write_after_close'))
    },
  )

  test('a verdict: all its causes', async () => {
    for (const { verdict } of VERDICTS) {
      const { code, stdout } = await explain(verdict, '-f', 'json')
      const { causes } = JSON.parse(stdout) as { causes: { cause: string; rules: string[] }[] }
      const expected = ENDINGS.filter((row) => row.verdict === verdict).map(({ cause }) => cause)
      expect([code, causes.map(({ cause }) => cause)]).toEqual([0, expected])
    }
  })

  test('a cause: what to do about it', async () => {
    const { stdout } = await explain('unaccepted')
    expect(stdout).toMatch(/what to do +Stop sending new connections before the listener closes/)
    expect(stdout).toMatch(/rule +reset-unaccepted/)
  })

  test('none: every verdict and cause', async () => {
    const { code, stdout } = await explain()
    expect(code).toBe(0)
    for (const { verdict, cause } of ENDINGS) {
      expect(stdout).toMatch(new RegExp(`^${verdict} `, 'm'))
      expect(stdout).toMatch(new RegExp(`^  ${cause} `, 'm'))
    }
  })
})

test.each<[string, readonly string[], RegExp]>([
  ['a misspelt verdict', ['rst_after_kil'], /did you mean rst_after_kill\?/],
  ['a misspelt cause', ['unread_date'], /did you mean rst_after_kill\.unread_data\?/],
  [
    'a name like nothing',
    ['xyzzy'],
    /is no verdict, no cause, no other word and no file; verdicts are graceful_fin,/,
  ],
  [
    'a cause of two verdicts',
    ['peer_forgot'],
    /several verdicts: rst_after_kill\.peer_forgot, keepalive_timeout\.peer_forgot/,
  ],
  [
    'a stream that is not there',
    [REUSED, '--stream', '77'],
    /no stream 77; it has streams 0 to \d/,
  ],
  ['ends that are not there', [KILLED, '--client', '10.9.9.9:1'], /no connection fits; it has/],
  ['standard input', ['-', '--stream', '0'], /standard input cannot be read twice/],
  ['a folder', ['samples'], /is a folder; explain takes one capture file/],
  ['a capture that is missing', ['missing.pcap'], /cannot read missing\.pcap: no such file/],
  ['no number', [KILLED, '--stream', 'x'], /--stream: 'x' is neither a whole number nor a range/],
  [
    'no end of a connection',
    [KILLED, '--client', 'me'],
    /--client: 'me' is no end of a connection/,
  ],
  ['a format', [KILLED, '--format', 'csv'], /--format: unknown 'csv'; it takes text, json/],
  ['no capture at all', ['package.json', '--stream', '0'], /package\.json: .*capture/],
])('%s is an error', async (_, args, message) => {
  const { code, stdout, stderr } = await explain(...args)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(message)
})

test('a file name cannot steer the terminal', async () => {
  const path = await scratch.file('\u001b[31mred.pcap', readFileSync(join(ROOT, KILLED)))
  const { stdout } = await explain(path)
  expect(stdout).toContain('\u241b[31mred.pcap')
  expect(stdout).not.toContain('\u001b')
})

const LADDER = `
  packet  time (s)  client 10.50.34.1:35842                                   server 10.50.34.2:6379
       4  0.000000      SYN-SENT  ── SYN seq 0 ──────────────────────────────────────▶  LISTEN
       5  0.000020             │  ◀─ SYN ACK seq 0 ack 1 ─────────────────────────────  SYN-RECEIVED
       6  0.000058   ESTABLISHED  ── ACK seq 1 ack 1 ────────────────────────────────▶  ESTABLISHED
       7  0.000461             │  ── PSH ACK seq 1 ack 1 len 120 ────────────────────▶  │
       8  0.000473             │  ◀─ ACK seq 1 ack 121 ───────────────────────────────  │
       9  0.000644             │  ◀─ PSH ACK seq 1 ack 121 len 400 ───────────────────  │
      10  0.000649             │  ── ACK seq 121 ack 401 ────────────────────────────▶  │
*     13  0.522187             │  ◀─ FIN ACK seq 401 ack 121 ─────────────────────────  FIN-WAIT-1
                                  * FIN (14:44:55.020220)
*     14  0.563724    CLOSE-WAIT  ── ACK seq 121 ack 402 ────────────────────────────▶  FIN-WAIT-2
                                  * the FIN is acknowledged (14:44:55.061756)
*     18  1.523963             │  ── PSH ACK seq 121 ack 402 len 200 ────────────────▶  │
                                  * payload after the FIN (14:44:56.021996)
*     19  1.524020        CLOSED  ◀─ RST seq 402 ─────────────────────────────────────  CLOSED
                                  * RST where no socket is left (14:44:56.022053)
`

test.each([
  [
    'half_closed',
    /^half_closed {2}finding\n {2}One side had closed.*\n.*--finding half_closed CAPTURE\n$/s,
  ],
  ['ends_early', /^ends_early {2}flag\n {2}The capture ends within a second/],
  ['duration_s', /^duration_s {2}column\n/],
  ['ECONNRESET', /^ECONNRESET {2}what a program saw\n/],
])('%s is a word with a meaning', async (word, text) => {
  const { code, stdout } = await explain(word)
  expect(code).toBe(0)
  expect(stdout).toMatch(text)
  const { stdout: json } = await explain(word, '-f', 'json')
  expect((JSON.parse(json) as { name: string }[])[0]?.name).toBe(word)
})

test('a name may be that of an ending and of a flag', async () => {
  const { stdout } = await explain('midstream')
  expect(stdout).toMatch(/^incomplete: too little/)
  expect(stdout).toMatch(/\nmidstream {2}flag\n {2}The capture begins after the handshake\./)
})
