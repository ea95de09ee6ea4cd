// Captures on worker threads: the same bytes as in one thread, and trouble stays with the capture it belongs to.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { writeEndless } from '../faults/captures.js'
import { FORMATS } from '../../src/output/formats/index.js'
import { NO_PROC, untilReading } from '../support/waiting.js'
import { LONG } from '../support/runs.js'
import { ROOT, Scratch, analyze, connections, ended, rows, start } from './run-cli.js'

const scratch = new Scratch()

describe.concurrent('--jobs changes nothing', () => {
  const all = FORMATS.map(({ name }) => name)
  test.each(LONG ? all : ['table', 'ndjson', 'openmetrics'])('%s', async (format) => {
    const args = ['--format', format, '--all', 'samples/']
    const [one, three] = await Promise.all([
      analyze(['--jobs', '1', ...args]),
      analyze(['--jobs', '3', ...args]),
    ])
    expect(three).toEqual(one)
    expect(one.stdout.length).toBeGreaterThan(10_000)
  })

  test('chosen columns, filters and --fail-on', async () => {
    const args = ['--columns', 'capture,stream,cause', '--verdict', 'rst_after_kill']
    const more = [...args, '--fail-on', 'keepalive_timeout', 'samples/']
    const [one, two] = await Promise.all([
      analyze(['--jobs', '1', ...more]),
      analyze(['--jobs', '2', ...more]),
    ])
    expect(two).toEqual(one)
    // Filtered out, and so not matched.
    expect(one.code).toBe(0)
    expect((await analyze(['--jobs', '2', '--fail-on', 'graceful_fin', 'samples/'])).code).toBe(1)
  })

  test('--top counts over all captures', async () => {
    const { stdout } = await analyze(['--jobs', '4', '--top', '2', 'samples/'])
    expect(stdout).toMatch(/rst_after_kill \/ unread_data .*\n(.*\n)+? +… and \d+ more like these/)
  })
})

test('a bad capture among good ones costs only itself', async () => {
  const good = join(ROOT, 'samples/fin-normal.pcap')
  const bad = await scratch.file('bad.pcap', readFileSync(good).fill(0xff, 24, 40))
  const { code, stdout, stderr } = await analyze(['-f', 'ndjson', '--jobs', '2', bad, good, bad])
  expect(code).toBe(2)
  expect(connections(stdout).map(({ capture }) => capture)).toEqual([good])
  expect(stderr.match(/impossible record length at byte 24/g)).toHaveLength(2)
  expect(rows(stdout).at(-1)).toMatchObject({ captures: 3, failed_captures: 2 })
})

test.skipIf(NO_PROC)(
  'an interruption reports what there is, whatever was begun first',
  async () => {
    // Small captures first, and two that take long: those are begun first.
    const small = join(ROOT, 'samples/fin-normal.pcap')
    const large = ['one', 'two'].map((name) => writeEndless(join(scratch.path, `${name}.pcap`)))
    const child = start(['analyze', '-f', 'ndjson', '--jobs', '2', small, small, ...large])
    const all = ended(child)
    await Promise.all(large.map((path) => untilReading(child.pid, path, 1e6)))
    child.kill('SIGINT')
    const { code, stdout } = await all
    expect(code).toBe(130)
    const captures = rows(stdout).filter(({ type }) => type === 'capture')
    expect(captures.map(({ capture }) => capture)).toEqual(large)
    expect(rows(stdout).at(-1)).toMatchObject({ type: 'summary', captures: 2, unread_captures: 2 })
  },
)

test.each(['0', '-1', '300', 'many'])('--jobs %s is refused', async (jobs) => {
  const { code, stderr } = await analyze([`--jobs=${jobs}`, 'samples/fin-normal.pcap'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('--jobs')])
})

/** What is written of a large capture: two forms always, the others, which differ in how a row is written, in the long run. */
const FORMS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['ndjson', ['-f', 'ndjson']],
  ['table --all', ['--all', '--cause', 'write_after_close']],
  ['csv', ['-f', 'csv', '--columns', 'stream,start_time,flags', '--closer', 'server']],
  ['json', ['-f', 'json', '--verdict', 'rst_after_kill', '--fail-on', 'rst_after_kill']],
  ['zeek', ['-f', 'zeek', '--closer', 'server']],
  ['parquet', ['-f', 'parquet', '--columns', 'stream,start_time,evidence']],
  ['ecs', ['-f', 'ndjson', '--fields', 'ecs', '--time', 'epoch', '--closer', 'server']],
  ['columns', ['--columns', 'stream,cause', '--verdict', 'rst_after_kill']],
]

describe('one large capture on several threads', () => {
  let path = ''

  beforeAll(() => {
    path = join(scratch.path, 'large.pcap')
    // More than the 32 MB from which on other threads are worth their start.
    const generate = join(ROOT, 'test/bench/generate.mjs')
    execFileSync(process.execPath, [generate, 'churn', path, '--mb', '36'])
  })

  test.each(LONG ? FORMS : FORMS.slice(0, 2))('%s comes out the same', async (_name, args) => {
    const out = (jobs: number): string => join(scratch.path, `out-${jobs}`)
    const codes: (number | null)[] = []
    for (const jobs of [1, 3]) {
      const { code } = await analyze([...args, '--jobs', `${jobs}`, '-o', out(jobs), path])
      codes.push(code)
    }
    expect(new Set(codes).size).toBe(1)
    const one = readFileSync(out(1))
    expect(one.length).toBeGreaterThan(50_000)
    expect(readFileSync(out(3)).equals(one)).toBe(true)
  })

  test('a thread that dies costs nothing', async () => {
    const env = {
      NODE_OPTIONS: `--import=${new URL('../faults/deadly.mjs', import.meta.url).href}`,
    }
    const args = ['--columns', 'stream,cause,closer,duration_s', path]
    const one = await analyze(['--jobs', '1', ...args])
    const two = await analyze(['--jobs', '3', ...args], { env: { ...env, DIE_AFTER_TASKS: '3' } })
    expect(two.code).toBe(0)
    expect(two.stdout === one.stdout).toBe(true)
  })
})
