// `compare --before --after` as it is called: captures of one service at two times.

import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildPcap } from '../support/capture-builder.js'
import {
  type Part,
  closedByClient,
  closedByServer,
  framesOf,
  leftUnread,
} from '../support/service.js'
import { Scratch, run } from './run-cli.js'

const scratch = new Scratch()
/** Captures by what they hold. */
let good = ''
let bad = ''
let burst = ''
let empty = ''

/** One connection a second for a minute, `some` of them reset by the server with a request unread. */
function minute(some: number): Part[] {
  return Array.from({ length: 60 }, (_, at) =>
    at < some ? leftUnread(at, at + 0.5) : closedByClient(at, at + 0.5),
  )
}

beforeAll(async () => {
  const capture = (name: string, parts: readonly Part[], end: number): Promise<string> =>
    scratch.file(name, buildPcap(framesOf(parts, end)))
  good = await capture('good.pcap', minute(0), 60)
  bad = await capture('bad.pcap', minute(15), 60)
  const died = Array.from({ length: 12 }, (_, at) => leftUnread(60 + at / 100, 61.5 + at / 1000))
  burst = await capture('burst.pcap', [...minute(0), ...died], 62)
  empty = await scratch.file('empty.pcap', buildPcap([]))
})

function compare(...args: string[]): ReturnType<typeof run> {
  return run(['compare', ...args])
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

describe('text', () => {
  test('a sentence, then what changed beyond chance before the rest', async () => {
    const { code, stdout, stderr } = await compare('--before', good, '--after', bad)
    expect([code, stderr]).toEqual([0, ''])
    expect(oneLine(stdout)).toContain(
      'After: 25.0 % rst_after_kill.unread_data instead of 0 %, 75.0 % graceful_fin.normal instead of 100 % (beyond chance); ',
    )
    expect(stdout).toContain('60 connections in 60.0 s, 60 a minute')
    expect(stdout).toMatch(/\n\* rst_after_kill\.unread_data +0 +0 % +15 +25\.0 % +\+25\.0\n/)
    expect(stdout).toContain('p < 0.001; 0 a minute before, 15 after')
    expect(stdout).toMatch(/\n {2}connection +/)
  })

  test('the same capture twice', async () => {
    const { stdout } = await compare('--before', good, '--after', good)
    expect(stdout).toContain('\nNo share of endings changed beyond chance.\n')
    expect(stdout).not.toContain('\n* rst')
    expect(stdout).toMatch(/graceful_fin\.normal +60 +100 % +60 +100 % +0\n/)
  })

  test('a death that ends twelve connections is one event, and told as an incident', async () => {
    const { stdout } = await compare('--before', good, '--after', burst)
    const text = oneLine(stdout)
    expect(text).toContain(
      'Incidents only after: process_death. No share of endings changed beyond chance. rst_after_kill.unread_data went from 0 % to 16.7 %, but in bursts: what ends together counts about once.',
    )
    expect(text).toContain('in bursts: 12 connections that count as about 1')
    expect(stdout).toMatch(/\n {2}process_death +0 +1\n/)
  })

  test('--top bounds the rows that are not beyond chance only', async () => {
    const { stdout } = await compare('--before', good, '--after', bad, '--top', '0')
    expect(stdout).toContain('* rst_after_kill.unread_data')
    const same = await compare('--before', good, '--after', good, '--top', '0')
    expect(same.stdout).not.toContain('graceful_fin.normal')
    expect(same.stdout).toContain('… and 1 more (--top 1)')
  })

  test('no connection', async () => {
    const { code, stdout } = await compare('--before', good, '--after', empty)
    expect([code, oneLine(stdout)]).toEqual([
      0,
      expect.stringContaining('Nothing to compare: no connection after.'),
    ])
  })
})

test('by endpoint, and by port where addresses change', async () => {
  const elsewhere = [192, 0, 2, 9] as const
  const [was, is] = [0, 1].map((which) =>
    Array.from({ length: 20 }, (_, at) => [
      closedByServer(at, at + 0.5, {
        serverIp: [...elsewhere.slice(0, 3), which],
        serverPort: 9090,
      }),
      which === 1 ? leftUnread(at, at + 0.4) : closedByServer(at, at + 0.4),
    ]).flat(),
  ) as [Part[], Part[]]
  const a = await scratch.file('two-a.pcap', buildPcap(framesOf(was, 20)))
  const b = await scratch.file('two-b.pcap', buildPcap(framesOf(is, 20)))
  const byEndpoint = await compare('--before', a, '--after', b, '--by', 'endpoint')
  expect(byEndpoint.stdout).toMatch(/\n {2}10\.0\.0\.9:80 {2}20 before, 20 after\n\* /)
  expect(byEndpoint.stdout).toMatch(/\n {2}192\.0\.2\.0:9090 {2}20 before, 0 after\n/)
  const byPort = await compare('--before', a, '--after', b, '--by', 'port')
  expect(byPort.stdout).toContain('\n  9090  20 before, 20 after: no change beyond chance\n')
})

test('JSON: the same numbers, and nothing else on standard output', async () => {
  const { stdout } = await compare('-f', 'json', '--before', good, '--after', bad)
  const document = JSON.parse(stdout) as { endings: { name: string }[] }
  expect(document).toMatchObject({
    schema: 'tcp-teardown-before-after/1',
    before: { captures: [good], connections: 60, per_minute: 60 },
    after: { captures: [bad], connections: 60 },
    times: [{ name: 'connection', before: { connections: 60 } }, {}, {}, {}, {}],
  })
  expect(document.endings.find(({ name }) => name === 'rst_after_kill.unread_data')).toMatchObject({
    before: { connections: 0, share: 0, per_minute: 0 },
    after: { connections: 15, share: 0.25, per_minute: 15 },
    points: 25,
    beyond_chance: true,
  })
  expect(document.endings.find(({ name }) => name === 'graceful_fin.normal')).toMatchObject({
    ratio: 0.75,
  })
})

test('several captures and folders; what they cover at once counts once', async () => {
  const folder = join(scratch.path, 'folder')
  await mkdir(folder)
  await scratch.file('folder/a.pcap', buildPcap(framesOf(minute(0), 60)))
  await scratch.file('folder/b.pcap', buildPcap(framesOf(minute(0), 60)))
  const { stdout } = await compare('--before', good, bad, '--before', empty, '--after', folder)
  expect(stdout).toMatch(/before {2}.*good\.pcap and 2 more captures\n +120 connections in 60\.0 s/)
  expect(stdout).toMatch(/a\.pcap and 1 more capture\n +120 connections in 60\.0 s, 120 a minute/)
})

test('a capture that is cut short is compared, one that cannot be read is not', async () => {
  const bytes = buildPcap(framesOf(minute(0), 60))
  const cut = await scratch.file('cut.pcap', bytes.subarray(0, bytes.length - 10))
  const truncated = await compare('--before', good, '--after', cut)
  expect(truncated.code).toBe(0)
  expect(truncated.stderr).toContain('cut.pcap')
  const missing = await compare('--before', good, '--after', bad, `${bad}.none`)
  expect([missing.code, missing.stdout]).toEqual([2, ''])
  expect(missing.stderr).toContain('bad.pcap.none')
})

test('to a file, of which nothing is left when there is no result', async () => {
  const path = join(scratch.path, 'result.txt')
  const failed = await compare('--before', good, '--after', `${bad}.none`, '-o', path)
  expect([failed.code, existsSync(path)]).toEqual([2, false])
  const done = await compare('--before', good, '--after', bad, '-o', path)
  expect([done.code, done.stdout]).toEqual([0, ''])
  expect(readFileSync(path, 'utf8')).toContain('(beyond chance)')
})

test('addresses are replaced', async () => {
  const args = ['--before', good, '--after', bad, '--by', 'endpoint']
  expect((await compare(...args)).stdout).toContain('10.0.0.9:80')
  expect((await compare(...args, '--anonymize')).stdout).not.toContain('10.0.0.9:80')
})

describe('what cannot be compared', () => {
  test.each([
    [['--before', 'a.pcap'], '--before needs --after, captures of another time'],
    [['--after', 'a.pcap'], '--after needs --before, captures of another time'],
    [
      ['x.pcap', '--before', 'a.pcap', '--after', 'b.pcap'],
      "'x.pcap' beside --before and --after: captures are either of two places (A and B) or of two times",
    ],
    [['--by', 'port', 'a.pcap', 'b.pcap'], '--by needs --before and --after'],
    [['a.pcap'], 'a second capture is needed: A and B of two places, or --before and --after'],
    [[], 'two captures are needed: A and B of two places, or --before and --after'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await compare(...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`tcp-teardown: ${message}`)
  })

  test('a folder without captures', async () => {
    const folder = join(scratch.path, 'none')
    await mkdir(folder)
    const { code, stderr } = await compare('--before', good, '--after', folder)
    expect(code).toBe(2)
    expect(stderr).toContain('--after: no capture found below')
  })
})
