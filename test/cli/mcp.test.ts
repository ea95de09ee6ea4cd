// The server for assistants, asked by the protocol's own client.

import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPcap } from '../support/capture-builder.js'
import { scenarioFrames } from '../support/scenario.js'
import { ROOT, Scratch, run } from './run-cli.js'

/** The whole of an answer, its list included. */
const MOST_BYTES = 10_000

const scratch = new Scratch()
const TELLS_PAYLOAD = `0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
0.003 > P. 1:101(100) ack 1 text GET /secret-of-mine HTTP/1.1
0.004 < R. 1:1(0) ack 101`

interface Answer {
  readonly text: string
  readonly isError: boolean
}

/** A client of a server over some folders. */
class Assistant {
  calls = 0
  bytes = 0
  private readonly client = new Client({ name: 'test', version: '1' })
  private readonly args: readonly string[]

  constructor(...args: readonly string[]) {
    this.args = args
  }

  async connect(): Promise<void> {
    const program = join(ROOT, 'bin/tcp-teardown.js')
    const args = [program, 'mcp', ...this.args]
    await this.client.connect(new StdioClientTransport({ command: process.execPath, args }))
  }

  async tools(): Promise<string[]> {
    const { tools } = await this.client.listTools()
    return tools.map(({ name }) => name)
  }

  async ask(name: string, args: Record<string, unknown> = {}): Promise<Answer> {
    const { content, isError } = await this.client.callTool({ name, arguments: args })
    const [{ text } = { text: '' }] = content as { text: string }[]
    this.calls++
    this.bytes += text.length
    return { text, isError: isError === true }
  }

  async object(name: string, args: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const { text, isError } = await this.ask(name, args)
    if (isError) throw new Error(text)
    return JSON.parse(text) as Record<string, unknown>
  }

  close(): Promise<void> {
    return this.client.close()
  }
}

interface Listed {
  readonly total: number
  readonly next_offset?: number
  readonly items: readonly Record<string, unknown>[]
}

describe('an assistant', () => {
  const samples = new Assistant(join(ROOT, 'samples'))
  beforeAll(() => samples.connect())
  afterAll(() => samples.close())

  test('finds out which service died, when, and how many requests were lost', async () => {
    const own = new Assistant(join(ROOT, 'samples'))
    await own.connect()
    const { items } = (await own.object('list_incidents', {
      kind: 'process_death',
    })) as unknown as Listed
    const found = items.find(({ capture }) => capture === 'service-kill-restart.pcap')
    expect(found).toMatchObject({
      endpoint: '10.50.104.2:8080',
      start_time: '2026-11-26T12:37:57.900590000Z',
      requests_lost: 5,
      confidence: 'certain',
    })
    const summary = await own.object('summarize_capture', { capture: 'service-kill-restart.pcap' })
    expect(summary['incidents']).toBe(2)
    await own.close()
    expect(own.calls).toBeLessThanOrEqual(5)
    expect(own.bytes).toBeLessThanOrEqual(20_000)
  })

  test('is told of the tools', async () => {
    expect(await samples.tools()).toEqual([
      'list_captures',
      'summarize_capture',
      'list_incidents',
      'list_endings',
      'count_endings',
      'explain_connection',
      'explain_incident',
      'define',
      'compare_captures',
    ])
  })

  test('gets every connection by paging, in answers that have a bound', async () => {
    const capture = 'service-kill-restart.pcap'
    const streams: unknown[] = []
    let offset: number | undefined = 0
    while (offset !== undefined) {
      const { text } = await samples.ask('list_endings', { capture, offset, limit: 10 })
      expect(text.length).toBeLessThan(MOST_BYTES)
      const page = JSON.parse(text) as Listed
      streams.push(...page.items.map(({ stream }) => stream))
      offset = page.next_offset
    }
    const { connections } = await samples.object('summarize_capture', { capture })
    expect(streams).toHaveLength(Number(connections))
    expect(new Set(streams).size).toBe(streams.length)
  })

  test('narrows connections by filters, and has the packets on which an ending rests', async () => {
    const { items } = (await samples.object('list_endings', {
      capture: 'service-kill-restart.pcap',
      verdict: 'rst_after_kill',
    })) as unknown as Listed
    expect(items).toHaveLength(3)
    const [first] = items
    expect(first).toMatchObject({ ending: 'rst_after_kill.unread_data', closer: 'server' })
    const explained = await samples.object('explain_connection', {
      capture: 'service-kill-restart.pcap',
      stream: first?.['stream'],
    })
    const { items: packets } = explained['packets'] as Listed
    const evidence = packets.filter(({ evidence: shows }) => shows !== undefined)
    expect(first?.['packets']).toEqual(expect.arrayContaining(evidence.map(({ packet }) => packet)))
  })

  test('gets counts, an incident, a comparison and what a word means', async () => {
    const capture = 'service-kill-restart.pcap'
    const counts = (await samples.object('count_endings', {
      capture,
      by: 'server',
    })) as unknown as Listed
    expect(counts.items[0]).toMatchObject({ endpoint: '10.50.104.2:8080', refused: 18 })
    expect(await samples.object('explain_incident', { capture, id: 2 })).toMatchObject({
      kind: 'service_restart',
      refused: 18,
    })
    const compared = await samples.object('compare_captures', {
      before: 'service-drain.pcap',
      after: capture,
    })
    expect(compared['summary']).toContain('process_death')
    expect(compared['before']).toMatchObject({ captures: ['service-drain.pcap'] })
    const { different } = await samples.object('compare_captures', {
      before: capture,
      after: capture,
      as: 'places',
    })
    expect(different).toMatchObject({ total: 0 })
    expect((await samples.ask('define', { word: 'unread_data' })).text).toContain(
      'may still have held unread payload',
    )
  })

  test.each([
    ['summarize_capture', { capture: 'nothing.pcap' }, 'there is no capture nothing.pcap'],
    ['summarize_capture', { capture: '../package.json' }, 'there is no capture ../package.json'],
    ['summarize_capture', { capture: '/etc/passwd' }, 'there is no capture /etc/passwd'],
    ['summarize_capture', {}, 'summarize_capture: capture is missing'],
    ['list_endings', { capture: 'x', verdikt: 'y' }, "list_endings: there is no 'verdikt'"],
    ['list_endings', { capture: 1 }, 'list_endings: capture is a text'],
    ['count_endings', { capture: 'x', by: 'shoe' }, 'count_endings: by is one of server'],
    ['explain_connection', { capture: 'kill-many.pcap', stream: 999 }, 'there is no stream 999'],
    ['explain_incident', { capture: 'kill-many.pcap', id: 9 }, 'there is no incident 9'],
    ['define', { word: 'nonsense' }, "'nonsense' is no verdict"],
    ['define', { word: 'x'.repeat(5000) }, 'define: word is too long'],
    ['dance', {}, 'there is no tool dance'],
  ])('is told what is wrong with a question: %s %j', async (name, args, words) => {
    const { text, isError } = await samples.ask(name, args)
    expect(isError).toBe(true)
    expect(text).toContain(words)
  })

  test('is told of captures that are damaged', async () => {
    const folder = join(scratch.path, 'damaged')
    mkdirSync(folder)
    const bytes = buildPcap(scenarioFrames(TELLS_PAYLOAD))
    writeFileSync(join(folder, 'cut.pcap'), bytes.subarray(0, -1))
    const other = new Assistant(folder)
    await other.connect()
    const asked = await Promise.all([
      other.object('list_incidents'),
      other.object('list_incidents', { capture: 'cut.pcap' }),
      other.object('summarize_capture', { capture: 'cut.pcap' }),
      other.object('list_endings', { capture: 'cut.pcap', limit: 0 }),
      other.object('count_endings', { capture: 'cut.pcap', by: 'server' }),
      other.object('explain_connection', { capture: 'cut.pcap', stream: 0 }),
    ])
    for (const answer of asked) expect(JSON.stringify(answer)).toContain('capture cut short')
    // A page has something in it, whatever it is asked for: it could not be turned otherwise.
    expect(asked[3]?.['items']).toHaveLength(1)
    writeFileSync(join(folder, 'cut.pcap'), 'no capture')
    for (const name of ['summarize_capture', 'list_endings'])
      expect(await other.ask(name, { capture: 'cut.pcap' })).toMatchObject({ isError: true })
    await other.close()
  })

  test('gets nothing from outside the folders by a link, no payload, and other addresses where it is asked for', async () => {
    const folder = join(scratch.path, 'only')
    mkdirSync(folder)
    writeFileSync(join(folder, 'a.pcap'), buildPcap(scenarioFrames(TELLS_PAYLOAD)))
    symlinkSync(join(ROOT, 'samples/kill-many.pcap'), join(folder, 'link.pcap'))
    const key = await scratch.file('key', Buffer.alloc(32, 7))
    const other = new Assistant(folder, '--anonymize-key', key)
    await other.connect()
    const { items } = (await other.object('list_captures')) as unknown as Listed
    expect(items.map(({ capture }) => capture)).toEqual(['a.pcap'])
    expect((await other.ask('summarize_capture', { capture: 'link.pcap' })).isError).toBe(true)
    const told = await Promise.all([
      other.ask('list_endings', { capture: 'a.pcap' }),
      other.ask('explain_connection', { capture: 'a.pcap', stream: 0 }),
      other.ask('count_endings', { capture: 'a.pcap', by: 'server' }),
    ])
    await other.close()
    for (const { text, isError } of told) {
      expect(isError).toBe(false)
      expect(text).not.toMatch(/secret-of-mine|192\.0\.2\.|"(?:client|server)_ip":"10\.0\./)
    }
  })
})

test('a folder that is none is refused', async () => {
  expect(existsSync(join(scratch.path, 'gone'))).toBe(false)
  const { code, stderr } = await run(['mcp', join(scratch.path, 'gone')])
  expect(code).toBe(2)
  expect(stderr).toBe(
    `tcp-teardown: cannot read ${join(scratch.path, 'gone')}: no such file or directory\n`,
  )
})
