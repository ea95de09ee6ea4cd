// Runs only where the shared folder with the recorded answers lies beside the repository: the kernel lab with its known
// endings, and 1,732 public captures with the streams tshark sees in them.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { describe, expect, test } from 'vitest'
import { analyze, ROOT, rows } from '../cli/run-cli.js'

const SHARED = join(ROOT, '../shared')

/** The last line of the scoring tool. */
function score(mode: 'lab' | 'streams'): string {
  const tool = join(SHARED, 'tools/score.mjs')
  const { stdout, stderr } = spawnSync(process.execPath, [tool, mode], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return stdout.trim().split('\n').at(-1) ?? ''
}

function figure(line: string, name: string): number {
  return Number(new RegExp(`${name} ([\\d.]+) %`).exec(line)?.[1])
}

describe.skipIf(!existsSync(SHARED))('the shared folder', () => {
  test('lab: every verdict and every closer is right', () => {
    const line = score('lab')
    expect(line).toContain('missing 0')
    expect(figure(line, 'verdict')).toBe(100)
    expect(figure(line, 'closer')).toBe(100)
    expect(figure(line, 'cause')).toBeGreaterThanOrEqual(99)
  })

  test('streams: numbers and counts are those of tshark', () => {
    expect(figure(score('streams'), 'all counts equal')).toBeGreaterThanOrEqual(99.5)
  })

  test('all public captures go through one run, the broken ones too', async () => {
    const { code, stdout, stderr } = await analyze(['-f', 'ndjson', join(SHARED, 'captures')])
    // Some of them are crash reproducers: they are named as errors, and do not stop the others.
    expect(code).toBe(2)
    expect(stderr).not.toMatch(/unexpected error|assertion failed/)
    expect(
      stderr.split('\n').every((line) => line === '' || line.startsWith('tcp-teardown: ')),
    ).toBe(true)
    const lines = rows(stdout)
    expect(lines.filter(({ type }) => type === 'capture').length).toBeGreaterThan(1600)
    expect(lines.at(-1)?.type).toBe('summary')
  })

  test('an assistant finds out which service died, when, and how many requests were lost', async () => {
    const client = new Client({ name: 'test', version: '1' })
    const args = [join(ROOT, 'bin/tcp-teardown.js'), 'mcp', join(SHARED, 'apps')]
    await client.connect(new StdioClientTransport({ command: process.execPath, args }))
    const { content } = await client.callTool({
      name: 'list_incidents',
      arguments: { kind: 'process_death' },
    })
    await client.close()
    const [{ text } = { text: '' }] = content as { text: string }[]
    expect(text.length).toBeLessThan(20_000)
    const { items } = JSON.parse(text) as { items: Record<string, unknown>[] }
    expect(items.find(({ capture }) => capture === 'nginx_restart.pcap')).toMatchObject({
      endpoint: '10.60.6.2:80',
      start_time: '2026-11-25T20:01:19.871128027Z',
      requests_lost: 0,
      refused: 28,
    })
  })
})
