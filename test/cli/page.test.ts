// `-f html`: one whole document, with nothing in it that leads elsewhere, and the same numbers as JSON.

import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildPcap } from '../support/capture-builder.js'
import { readPage } from '../support/page.js'
import { closedByServer, framesOf, refused } from '../support/service.js'
import { Scratch, analyze, connections, rows, start, ended } from './run-cli.js'

const scratch = new Scratch()
const CAPTURES = 'test/cli/captures'
const SAMPLE = join(CAPTURES, 'kill-sigkill-unread.pcap')
const V6 = join(CAPTURES, 'ipv6.pcapng')

/** The page of some captures, which must go well. */
async function pageOf(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await analyze(['-f', 'html', ...args])
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`

describe('the document', () => {
  let html = ''
  beforeAll(async () => {
    html = await pageOf(SAMPLE, V6)
  })

  test('is whole, and its policy allows its own script and style and nothing else', () => {
    expect(html).toMatch(/^<!doctype html>/i)
    expect(html).toMatch(/<\/html>\s*$/)
    const [, policy = ''] =
      /<meta http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html) ?? []
    const scripts = [...html.matchAll(/<script type="module"[^>]*>([^]*?)<\/script>/g)]
    const styles = [...html.matchAll(/<style[^>]*>([^]*?)<\/style>/g)]
    expect([scripts.length, styles.length]).toEqual([1, 1])
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hashOf(scripts[0]?.[1] ?? '')}`,
      `style-src ${hashOf(styles[0]?.[1] ?? '')}`,
      "base-uri 'none'",
      "form-action 'none'",
    ])
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<style'))
  })

  test('loads nothing, and has no style or handler outside of what the policy allows', () => {
    const shell = html.replaceAll(/<(script|style)[^>]*>[^]*?<\/\1>/g, '')
    expect(shell).not.toMatch(/ (?:src|href|style|on\w+)=/)
    // Names of XML, which are no places, and the licences.
    const urls = html.replace(/<!--[^]*?-->/, '').match(/\bhttps?:\/\/[^\s"'`<)]+/g) ?? []
    expect([...new Set(urls)].filter((url) => !url.startsWith('http://www.w3.org/'))).toEqual([])
  })

  test('names the licences of what is in it', () => {
    const [comment = ''] = /<!--[^]*?-->/.exec(html) ?? []
    for (const text of ['Leon Sorokin', 'Jason Miller', 'WITHOUT WARRANTY OF ANY KIND'])
      expect(comment).toContain(text)
  })

  test('is the same to the byte on every run', async () => {
    expect(await pageOf(SAMPLE, V6)).toBe(html)
  })

  test('says what JSON says', async () => {
    const { stdout } = await analyze(['-f', 'ndjson', SAMPLE, V6])
    const wanted = connections(stdout)
    const { head, rows: lines, details } = readPage(html)
    const columns = lines.split('\n').map((line) => JSON.parse(line) as unknown[])
    const valuesOf = (key: string): unknown[] => columns[head.columns.indexOf(key)] ?? []
    expect(head.rows).toBe(wanted.length)
    expect(new Set(valuesOf('client_port'))).toEqual(new Set(wanted.map((c) => c['client_port'])))
    const byText = new Map(wanted.map((c) => [c['explanation'], c]))
    for (const [at, { explanation, evidence }] of details.entries()) {
      const c = byText.get(explanation)
      expect(valuesOf('verdict')[at]).toBe(c?.verdict)
      expect(valuesOf('ended_at')[at]).toBe(c?.['ended_at'])
      const shows = (evidence as [number, number, string][]).map(([packet, , text]) => [
        packet,
        text,
      ])
      const expected = (c?.['evidence'] ?? []) as { packet: number; shows: string }[]
      expect(shows).toEqual(expected.map((each) => [each.packet, each.shows]))
    }
    const summary = rows(stdout).find(({ type }) => type === 'summary')
    expect(head.summary).toEqual(summary)
  })

  test('has the packets of its connections, with evidence among them', () => {
    const { head, ladders } = readPage(html)
    expect(ladders).toHaveLength(head.rows)
    for (const { rows: packets } of ladders)
      expect(packets.some((packet) => 'shows' in packet)).toBe(true)
  })
})

test('goes to a file, which is whole or not there', async () => {
  const path = join(scratch.path, 'report.html')
  expect(await analyze(['-f', 'html', '-o', path, SAMPLE])).toMatchObject({ code: 0, stdout: '' })
  expect(await readFile(path, 'utf8')).toMatch(/<\/html>\s*$/)
  const missing = join(scratch.path, 'none.pcap')
  const { code, stderr } = await analyze([
    '-f',
    'html',
    '-o',
    join(scratch.path, 'no.html'),
    missing,
  ])
  expect([code, stderr]).toEqual([2, expect.stringContaining('cannot read')])
})

test('filters leave connections out, and the page says which', async () => {
  const { head } = readPage(await pageOf('--verdict', 'rst_after_kill', '--port=8080', SAMPLE, V6))
  expect(head.filters).toBe('--verdict rst_after_kill --port 8080')
  expect(head.summary.selected_connections).toBe(head.rows)
  expect(head.rows).toBeLessThan(head.summary.connections)
})

test('addresses of filters stay out of an anonymized page', async () => {
  const page = readPage(
    await pageOf('--anonymize', '--host', '10.0.0.0/8', '--closer', 'server', V6),
  )
  expect(page.head.filters).toBe('--host … --closer server')
  expect(page.head.is_anonymous).toBe(true)
  expect(page.text).not.toContain('10.0.0.0/8')
})

test('pipes and merged captures have no packets but evidence', async () => {
  const child = start(['-f', 'html', '-'])
  child.stdin.end(buildPcap(framesOf([closedByServer(0, 2), refused(3)], 5)))
  const { code, stdout } = await ended(child)
  const piped = readPage(stdout)
  expect([code, piped.head.rows, piped.ladders]).toEqual([0, 2, []])
  const merged = readPage(
    await pageOf('--merge', SAMPLE, join(CAPTURES, 'kill-sigkill-peer-writes.pcap')),
  )
  expect([merged.head.captures.length, merged.ladders]).toEqual([1, []])
  expect(merged.details.every(({ evidence }) => Array.isArray(evidence))).toBe(true)
})

test('an incident is in it once, with what a restart adds to it', async () => {
  const parts = [0, 0.1, 0.2, 0.3, 0.4].map((t, at) => closedByServer(t, 5 + at / 10_000))
  const later = [6, 7, 8].map((t) => refused(t))
  const back = [10, 11].map((t) => closedByServer(t, t + 1))
  const capture = await scratch.file(
    'service.pcap',
    buildPcap(framesOf([...parts, ...later, ...back], 20)),
  )
  const { head } = readPage(await pageOf(capture))
  expect(head.incidents.map(({ kind, told_by: by }) => [kind, by])).toEqual([
    ['process_death', undefined],
    ['service_restart', 1],
  ])
})

test('a port scan is told in the words of the table', async () => {
  const tries = Array.from({ length: 120 }, (_, i) =>
    refused(1 + i / 1000, { serverPort: 1000 + i, clientIp: [10, 0, 0, 7] }),
  )
  const capture = await scratch.file('scan.pcap', buildPcap(framesOf(tries, 5)))
  const { scans } = readPage(await pageOf(capture)).head
  expect(scans).toMatchObject([{ ending: 'handshake_failed.refused', client: '10.0.0.7' }])
  const { stdout: table } = await analyze([capture])
  expect(table.replaceAll(/\s+/g, ' ')).toContain(scans[0]?.text)
  expect(readPage(await pageOf('--cause', 'refused', capture)).head.scans).toEqual([])
})

test('--fail-on and damaged captures have the exit codes of other formats', async () => {
  expect(await analyze(['-f', 'html', '--fail-on', 'rst_after_kill', SAMPLE])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--fail-on rst_after_kill') as string,
  })
  const bytes = await readFile(SAMPLE)
  const cut = await scratch.file('cut.pcap', bytes.subarray(0, bytes.length - 20))
  const { code, stdout, stderr } = await analyze(['-f', 'html', cut])
  expect([code, stderr]).toEqual([0, expect.stringContaining('cut short')])
  expect(readPage(stdout).head.captures[0]?.notes).toEqual([expect.stringContaining('cut short')])
  expect((await analyze(['-f', 'html', '--strict', cut])).code).toBe(2)
})

test.each([
  ['--columns', 'stream'],
  ['--map', 'asa'],
  ['--types', 'summary'],
  ['--sort', 'stream'],
  ['--limit', '3'],
  ['--group-by', 'server'],
  ['--summary'],
  ['--out-dir', 'results'],
  ['--local-time'],
])('%s is refused', async (flag, ...values) => {
  const { code, stdout, stderr } = await analyze(['-f', 'html', flag, ...values, SAMPLE])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(new RegExp(`^tcp-teardown: ${flag} does not go with -f html: .*\n$`))
  expect(await readdir('.')).not.toContain('results')
})

test.each([
  ['--fields', 'ecs'],
  ['--time', 'epoch'],
])('%s goes with NDJSON only', async (flag, value) => {
  const { code, stdout, stderr } = await analyze(['-f', 'html', flag, value, SAMPLE])
  expect([code, stdout, stderr]).toEqual([
    2,
    '',
    `tcp-teardown: ${flag} goes with --format ndjson\n`,
  ])
})
