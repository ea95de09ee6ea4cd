// Commands on what was really done: the same connections recorded at both ends, and services that were stopped under load.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT, rows, run } from './run-cli.js'

const SAMPLES = join(ROOT, 'samples')
const RULES = join(ROOT, 'docs/rules.yaml')
const DRAIN = join(SAMPLES, 'service-drain.pcap')
const KILL = join(SAMPLES, 'service-kill-restart.pcap')

interface Truth {
  readonly capture: string
  readonly endings: readonly string[]
  readonly closer: readonly string[]
  readonly client_sees?: string
}

const truths = readFileSync(join(SAMPLES, 'recorded.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Truth)

/** What the programs wrote down of the connections of a sample. */
function truthsOf(capture: string): Truth[] {
  return truths.filter((row) => capture.endsWith(row.capture))
}

describe('compare, at both ends', () => {
  interface Row {
    readonly client: string
    readonly client_b?: string
    readonly closed_first?: string
    readonly near_client: string
    readonly differences: readonly { readonly kind: string; readonly says: string }[]
  }

  async function compared(name: string): Promise<readonly Row[]> {
    const [a, b] = ['client', 'server'].map((end) => join(SAMPLES, `${name}.${end}.pcap`))
    const { code, stdout } = await run(['compare', '-f', 'json', a ?? '', b ?? ''])
    expect(code).toBe(0)
    const found = JSON.parse(stdout) as { connections: readonly Row[] }
    expect(found).toMatchObject({ only_a: 0, only_b: 0, clock_offset_s: expect.closeTo(0, 3) })
    expect(new Set(found.connections.map((row) => row.near_client))).toEqual(new Set(['a']))
    return found.connections
  }

  function kindsOf(row: Row | undefined): string[] {
    return row?.differences.map(({ kind }) => kind) ?? []
  }

  test('a FIN that is lost on the way never arrived, and the client closed all the same', async () => {
    const [before, lost] = await compared('pair-fin-lost')
    expect(kindsOf(before)).toEqual([])
    expect(kindsOf(lost)).toEqual(['fin_never_arrived', 'verdicts_differ'])
    expect(lost?.closed_first).toBe('client')
  })

  test('resets that a firewall made for both sides were sent by neither', async () => {
    const [before, reset] = await compared('pair-reset-between')
    expect(kindsOf(before)).toEqual([])
    expect(kindsOf(reset).filter((kind) => kind.startsWith('rst'))).toEqual([
      'rst_never_sent',
      'rst_never_sent',
    ])
    const texts = reset?.differences.map(({ says }) => says).join(' ')
    expect(texts).toContain('The RST of the client at B')
    expect(texts).toContain('The RST of the server at A')
    expect(reset?.closed_first).toBeUndefined()
  })

  test('connections with other addresses and ports behind a NAT are the same, and nothing differs', async () => {
    const found = await compared('pair-nat')
    expect(found.map(kindsOf)).toEqual([[], [], []])
    expect(found.map((row) => row.closed_first)).toEqual(['client', 'server', 'client'])
    for (const { client, client_b: there } of found) {
      expect(there?.split(':')[0]).not.toBe(client.split(':')[0])
      expect(there?.split(':')[1]).not.toBe(client.split(':')[1])
    }
  })
})

describe('check, with the rules of the documents', () => {
  interface Report {
    readonly rules: readonly { readonly rule: string; readonly broken: boolean }[]
  }

  async function brokenIn(capture: string): Promise<[number | null, string[]]> {
    const { code, stdout } = await run(['check', capture, '--rules', RULES, '-f', 'json'])
    const { rules } = JSON.parse(stdout) as Report
    return [code, rules.filter(({ broken }) => broken).map(({ rule }) => rule)]
  }

  test('a service that drains keeps them', async () => {
    expect(await brokenIn(DRAIN)).toEqual([0, []])
  })

  test('one that is killed breaks those about resets, requests and deaths', async () => {
    expect(await brokenIn(KILL)).toEqual([
      1,
      ['the server resets nothing', 'no request is lost', 'nothing dies'],
    ])
  })

  test('as JUnit XML: every tag that is opened is closed, one failure for each broken rule', async () => {
    const { code, stdout } = await run(['check', KILL, '--rules', RULES, '-f', 'junit'])
    expect(code).toBe(1)
    const open: string[] = []
    for (const [, end, name, empty] of stdout.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
      if (end === '/') expect(open.pop()).toBe(name)
      else if (empty === '') open.push(name ?? '')
    }
    expect(open).toEqual([])
    expect(stdout.match(/<testcase /g)).toHaveLength(4)
    expect(stdout.match(/<failure /g)).toHaveLength(3)
    expect(stdout.replaceAll(/&(?:amp|lt|gt|quot|apos|#\d+);/g, '')).not.toContain('&')
  })

  test('as SARIF: every result names a rule that is listed', async () => {
    const { code, stdout } = await run(['check', KILL, '--rules', RULES, '-f', 'sarif'])
    expect(code).toBe(1)
    const { runs } = JSON.parse(stdout) as {
      runs: {
        tool: { driver: { rules: { id: string }[] } }
        results: { ruleId: string; ruleIndex?: number }[]
      }[]
    }
    const [{ tool, results }] = runs as [(typeof runs)[0]]
    const ids = new Set(tool.driver.rules.map(({ id }) => id))
    expect(results.filter(({ ruleId }) => !ids.has(ruleId))).toEqual([])
    expect(new Set(results.map(({ ruleId }) => ruleId)).size).toBe(3)
  })
})

function wasOpen({ endings }: Truth): boolean {
  return !endings.some((ending) => ending.startsWith('handshake_failed'))
}

test.each([DRAIN, KILL])('endpoints counts what the programs wrote down: %s', async (capture) => {
  const { code, stdout } = await run(['endpoints', '-f', 'json', capture])
  expect(code).toBe(0)
  const all = truthsOf(capture)
  const count = (is: (row: Truth) => boolean): number => all.filter(is).length
  expect((JSON.parse(stdout) as { endpoints: unknown[] }).endpoints).toEqual([
    expect.objectContaining({
      endpoint: expect.stringMatching(/:8080$/),
      connections: all.length,
      closed_by_client: count((row) => wasOpen(row) && row.closer[0] === 'client'),
      closed_by_server: count((row) => wasOpen(row) && row.closer[0] === 'server'),
      refused: count(({ client_sees: sees }) => sees === 'ECONNREFUSED'),
      resets: count(({ client_sees: sees }) => sees === 'ECONNRESET'),
      unanswered_requests: count(({ endings }) => endings[0] === 'graceful_fin.unanswered_request'),
    }),
  ])
})

describe('incidents of a service', () => {
  async function incidentsOf(
    capture: string,
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { code, stdout } = await run(['analyze', '-f', 'ndjson', '--no-progress', capture])
    expect(code).toBe(0)
    return rows(stdout).filter(({ type }) => type === 'incident')
  }

  const refusedIn = (capture: string): number =>
    truthsOf(capture).filter(({ client_sees: sees }) => sees === 'ECONNREFUSED').length

  test('killed and started again: its death, and its restart', async () => {
    const endpoint = expect.stringMatching(/^10\.50\.\d+\.2:8080$/) as unknown
    const refused = refusedIn(KILL)
    const [death, restart, ...others] = await incidentsOf(KILL)
    expect(others).toEqual([])
    expect(death).toMatchObject({ kind: 'process_death', endpoint, confidence: 'certain', refused })
    expect(restart).toMatchObject({ kind: 'service_restart', endpoint, refused })
    // It was down for 1.2 s; clients that are refused wait for 0.4 s.
    expect(restart?.['downtime_s']).toBeGreaterThan(1.2)
    expect(restart?.['downtime_s']).toBeLessThan(1.7)
  })

  test('drained: stopped, and nothing is lost', async () => {
    const found = await incidentsOf(DRAIN)
    expect(found).toEqual([
      expect.objectContaining({
        kind: 'graceful_shutdown',
        refused: refusedIn(DRAIN),
        requests_lost: 0,
      }),
    ])
  })
})
