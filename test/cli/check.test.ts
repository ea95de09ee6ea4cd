// `check` as a pipeline calls it.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT, Scratch, run } from './run-cli.js'

const scratch = new Scratch()
const KILLED = join(ROOT, 'samples/kill-many.pcap')
const NORMAL = join(ROOT, 'samples/fin-normal.pcap')
let rules = ''

beforeAll(async () => {
  rules = await scratch.file(
    'rules.yaml',
    `rules:
  - name: the server <resets> nothing
    where: {verdict: rst_after_kill, closer: server}
  - name: nothing died
    incident: process_death
`,
  )
})

test('rules that are kept: exit code 0, and each is named', async () => {
  const { code, stdout } = await run(['check', NORMAL, '--rules', rules])
  expect(code).toBe(0)
  expect(stdout).toContain('✓ nothing died')
  expect(stdout).toMatch(/2 rules kept\n$/)
})

test('rules that are broken: exit code 1, and by which connections and packets', async () => {
  const { code, stdout } = await run(['check', KILLED, '--rules', rules])
  expect(code).toBe(1)
  expect(stdout).toContain('8 connections of 13; allowed: 0')
  expect(stdout).toMatch(/tcp\.stream eq \d+ {2}10\.50\.59\.1:\d+ → 10\.50\.59\.2:8080/)
  expect(stdout).toContain('… and 3 more')
  expect(stdout).toContain('2 of 2 rules broken')
})

describe('as', () => {
  test('JSON', async () => {
    const { stdout } = await run(['check', KILLED, '--rules', rules, '-f', 'json'])
    const report = JSON.parse(stdout) as { rules: { violations: object[] }[] }
    expect(report).toMatchObject({ schema: 'tcp-teardown-check/1', broken: true })
    expect(report.rules.map(({ violations }) => violations.length)).toEqual([8, 1])
  })

  test('JUnit XML, with what XML cannot have replaced', async () => {
    const { stdout } = await run(['check', KILLED, '--rules', rules, '-f', 'junit'])
    expect(stdout).toMatch(/^<\?xml version="1\.0"/)
    expect(stdout).toContain('<testsuite name="tcp-teardown" tests="2" failures="2">')
    expect(stdout).toContain('name="the server &lt;resets&gt; nothing"')
  })

  test('SARIF', async () => {
    const { stdout } = await run(['check', KILLED, '--rules', rules, '-f', 'sarif'])
    const { version, runs } = JSON.parse(stdout) as {
      version: string
      runs: { results: object[] }[]
    }
    expect(version).toBe('2.1.0')
    expect(runs[0]?.results).toHaveLength(9)
  })

  test('annotations of GitHub', async () => {
    const { stdout } = await run(['check', KILLED, '--rules', rules, '-f', 'github'])
    const lines = stdout.trim().split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatch(/^::error title=tcp-teardown%3A nothing died::1 incident/)
  })
})

test('a baseline of what is known', async () => {
  const path = join(scratch.path, 'baseline.json')
  const written = await run(['check', KILLED, '--rules', rules, '--write-baseline', path])
  expect(written.code).toBe(0)
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ known: expect.any(Array) })
  const { code, stdout } = await run(['check', KILLED, '--rules', rules, '--baseline', path])
  expect(code).toBe(0)
  expect(stdout).toContain('8 connections of 13, 8 of them known; allowed: 0')
})

test('a capture that cannot be read is no capture that keeps the rules', async () => {
  const broken = await scratch.file('broken.pcap', 'no capture')
  expect((await run(['check', broken, '--rules', rules])).code).toBe(2)
})

test.each([
  ['nothing: [', /rules\.\d+: /],
  ['rules: [{name: a, at_most: x}]', /rules\[0\]\.at_most: expected a number/],
])('%s is refused', async (text, message) => {
  const path = await scratch.file(`rules.${text.length}`, text)
  const { code, stderr } = await run(['check', NORMAL, '--rules', path])
  expect(code).toBe(2)
  expect(stderr).toMatch(message)
})

test('without rules nothing is checked', async () => {
  const { code, stderr } = await run(['check', NORMAL])
  expect(code).toBe(2)
  expect(stderr).toContain('--rules')
})

test('the rules of the documents are rules', async () => {
  const { code, stdout } = await run(['check', NORMAL, '--rules', join(ROOT, 'docs/rules.yaml')])
  expect(code).toBe(0)
  expect(stdout).toMatch(/4 rules kept/)
  expect((await run(['check', KILLED, '--rules', join(ROOT, 'docs/rules.yaml')])).code).toBe(1)
})
