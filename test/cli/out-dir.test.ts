// --out-dir and --resume: a result file for each capture, whole or absent, made again only when something changed.

import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildPcap } from '../support/capture-builder.js'
import { scenarioFrames } from '../support/scenario.js'
import { Scratch, analyze } from './run-cli.js'

const scratch = new Scratch()
const CAPTURE = buildPcap(scenarioFrames('0.000 > S 0:0(0)\n0.001 < R. 0:0(0) ack 1 win 0 nots'))

/** Two captures in a folder of their own, and a folder for results. */
async function setUp(name: string): Promise<{ a: string; b: string; out: string }> {
  const a = await scratch.file(`${name}-a.pcap`, CAPTURE)
  const b = await scratch.file(`${name}-b.pcap`, CAPTURE)
  return { a, b, out: join(a, '..', `${name}-out`) }
}

const resultOf = (out: string, capture: string): string => join(out, `${capture}.ndjson`)

function results(out: string): string[] {
  return readdirSync(out, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(out, name)).isFile() && !name.includes('.tcp-teardown'))
    .sort()
}

describe.concurrent('--out-dir', () => {
  test.each(['1', '2'])('writes what each capture alone would give, --jobs %s', async (jobs) => {
    const { a, b, out } = await setUp(`each${jobs}`)
    const run = await analyze(['-f', 'ndjson', '--jobs', jobs, '--out-dir', out, a, b])
    expect(run).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `tcp-teardown: 2 results written below ${out}: 2 connections, 4 packets; handshake_failed 2\n`,
    })
    expect(results(out)).toHaveLength(2)
    for (const capture of [a, b]) {
      const alone = await analyze(['-f', 'ndjson', capture])
      expect(readFileSync(resultOf(out, capture), 'utf8')).toBe(alone.stdout)
    }
  })

  test('ends with the totals, and with the failures by kind where there are many', async () => {
    const { a, out } = await setUp('totals')
    const bytes = readFileSync(a)
    const damaged = await Promise.all([
      ...['x', 'y'].map((name) => scratch.file(`totals-${name}.pcap`, 'no capture at all')),
      ...['1', '2', '3', '4', '5', '6'].map((name) =>
        scratch.file(`totals-${name}.pcap`, bytes.subarray(0, -1)),
      ),
    ])
    const { code, stderr } = await analyze(['--out-dir', out, '-f', 'csv', a, ...damaged])
    expect(code).toBe(2)
    expect(stderr.split('\n').slice(-5)).toEqual([
      'tcp-teardown: 8 of 9 captures failed or ended early',
      `  capture cut short: ${damaged.slice(2, 7).join(', ')}, and 1 more`,
      `  not a capture: ${damaged.slice(0, 2).join(', ')}`,
      `tcp-teardown: 9 results written below ${out}: 7 connections, 8 packets; handshake_failed 7`,
      '',
    ])
  })

  test('tells the first failures one by one, all by kind at the end', async () => {
    const bad = await Promise.all(
      Array.from({ length: 7 }, (_, i) => scratch.file(`many-bad-${i}.pcap`, 'no capture at all')),
    )
    const { stderr } = await analyze(['--summary', ...bad])
    expect(stderr.match(/not a capture at byte 0/g)).toHaveLength(5)
    expect(stderr).toContain(
      `tcp-teardown: 7 of 7 captures failed or ended early\n  not a capture: ${bad.slice(0, 5).join(', ')}, and 2 more\n`,
    )
    const { stderr: few } = await analyze(['--summary', ...bad.slice(0, 5)])
    expect(few).not.toContain('ended early')
  })

  test('--resume makes again what has changed, and nothing else', async () => {
    const { a, b, out } = await setUp('resume')
    const args = ['-f', 'ndjson', '--out-dir', out, '--resume', a, b]
    await analyze(args)
    const [before] = [statSync(resultOf(out, a)).mtimeMs]
    expect((await analyze(args)).stderr).toContain('0 results written')
    utimesSync(b, 1, 1)
    expect((await analyze(args)).stderr).toContain('1 result written below')
    rmSync(resultOf(out, b))
    expect((await analyze(args)).stderr).toContain('1 result written below')
    expect(statSync(resultOf(out, a)).mtimeMs).toBe(before)
    // Other options, other results.
    const other = await analyze([...args, '--columns', 'stream'])
    expect(other.stderr).toContain('2 results written below')
    expect(readFileSync(resultOf(out, a), 'utf8')).toMatch(/^\{"stream":0\}\n/)
  })

  test('--resume makes again what another version has made', async () => {
    const { a, out } = await setUp('version')
    const args = ['-f', 'ndjson', '--out-dir', out, '--resume', a]
    await analyze(args)
    const list = join(out, '.tcp-teardown.list')
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    const text = readFileSync(list, 'utf8')
    expect(text).toContain(`\\"${version}\\"`)
    writeFileSync(list, text.replaceAll(`\\"${version}\\"`, '\\"0.0.1\\"'))
    expect((await analyze(args)).stderr).toContain('1 result written')
  })

  test('a capture that cannot be read to its end is tried again', async () => {
    const { a, out } = await setUp('bad')
    const bad = await scratch.file('bad-bad.pcap', CAPTURE.slice().fill(0xff, 24, 40))
    for (let times = 0; times < 2; times++) {
      const { code, stderr } = await analyze(['-f', 'ndjson', '--out-dir', out, '--resume', a, bad])
      expect(code).toBe(2)
      expect(stderr).toContain(`${bad}: impossible record length`)
    }
  })

  test('--resume keeps what --fail-on and --strict found', async () => {
    const { a, out } = await setUp('kept')
    const cut = await scratch.file('kept-cut.pcap', CAPTURE.slice(0, -3))
    const failing = ['--out-dir', out, '--resume', '--fail-on', 'handshake_failed', a]
    expect([(await analyze(failing)).code, (await analyze(failing)).code]).toEqual([1, 1])
    const strict = ['--out-dir', out, '--resume', '--strict', cut]
    expect([(await analyze(strict)).code, (await analyze(strict)).code]).toEqual([2, 2])
  })

  test('--resume does not take an emptied result for whole', async () => {
    const { a, out } = await setUp('emptied')
    const args = ['-f', 'ndjson', '--out-dir', out, '--resume', a]
    await analyze(args)
    writeFileSync(resultOf(out, a), '')
    expect((await analyze(args)).stderr).toContain('1 result written')
  })

  test.each(['1', '2'])(
    'a result that cannot be written costs only itself, --jobs %s',
    async (jobs) => {
      const { a, b, out } = await setUp(`blocked${jobs}`)
      mkdirSync(resultOf(out, a), { recursive: true })
      const { code, stderr } = await analyze([
        '-f',
        'ndjson',
        '--jobs',
        jobs,
        '--out-dir',
        out,
        a,
        b,
      ])
      expect(code).toBe(2)
      expect(stderr).toContain(`${a}: cannot write`)
      expect(stderr).toContain('1 result written')
      expect(results(out)).toHaveLength(1)
    },
  )

  test('leaves no partial files', async () => {
    const { a, b, out } = await setUp('whole')
    await analyze(['-f', 'csv', '--jobs', '2', '--out-dir', out, a, b])
    expect(results(out).filter((name) => !name.endsWith('.csv'))).toEqual([])
  })

  test.each([
    [['--resume'], '--resume goes with --out-dir'],
    [
      ['--out-dir', 'x', '-o', 'y'],
      "--out-dir <folder>' cannot be used with option '-o, --output <file>'",
    ],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await analyze([...args, 'samples/fin-normal.pcap'])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})
