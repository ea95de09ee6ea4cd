// `watch` as it is called: a pipe, a command, a capture that grows, a folder; and how it ends.

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildPcap } from '../support/capture-builder.js'
import { scenarioFrames } from '../support/scenario.js'
import { closedByServer, framesOf, leftUnread } from '../support/service.js'
import { until } from '../support/waiting.js'
import { ROOT, Scratch, ended, rows, run, start } from './run-cli.js'

const scratch = new Scratch()

const WHOLE = `
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
0.010 > P. 1:101(100) ack 1
0.020 < P. 1:201(200) ack 101
0.030 > F. 101:101(0) ack 201
0.031 < F. 201:201(0) ack 102
0.032 > . 102:102(0) ack 202`
const LINES = WHOLE.trim().split('\n')
/** Bytes of a pcap before its records. */
const HEADER_BYTES = 24

function pcap(lines: readonly string[]): Uint8Array {
  return buildPcap(scenarioFrames(lines.join('\n')))
}

/** Starts a watch whose output is gathered. */
class Watch {
  readonly child: ReturnType<typeof start>
  readonly ending: ReturnType<typeof ended>
  stdout = ''

  constructor(args: readonly string[]) {
    this.child = start(['watch', ...args])
    this.child.stdout.on('data', (part: Buffer) => (this.stdout += part.toString()))
    this.ending = ended(this.child)
  }

  told(what: string): Promise<void> {
    return until(`'${what}' is told`, () => this.stdout.includes(what))
  }
}

describe.concurrent('an ending is told while the source goes on:', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('a pipe, ended by %s', async (signal) => {
    const watch = new Watch(['-'])
    watch.child.stdin.write(pcap(LINES))
    await watch.told('10.0.0.1:40000 → 10.0.0.9:80  graceful_fin.normal by client')
    watch.child.kill(signal)
    const { code, stdout, stderr } = await watch.ending
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/in all 1 connection, 8 packets: graceful_fin\.normal 1\n$/)
  })

  test('a capture that grows', async () => {
    const path = await scratch.file('grows.pcap', pcap(LINES.slice(0, 5)))
    const watch = new Watch(['-f', 'ndjson', path])
    appendFileSync(path, pcap(LINES.slice(5)).subarray(HEADER_BYTES))
    await watch.told('"verdict":"graceful_fin"')
    watch.child.kill('SIGINT')
    const { code } = await watch.ending
    expect(code).toBe(0)
    const types = rows(watch.stdout).map(({ type }) => type)
    expect(types).toEqual(['connection', 'capture', 'summary'])
  })

  test('a folder: connections live on from one capture to the next', async () => {
    const folder = join(scratch.path, 'rotated')
    mkdirSync(folder)
    writeFileSync(join(folder, 'a.pcap'), pcap(LINES.slice(0, 5)))
    const watch = new Watch([folder])
    await watch.told('a.pcap begins with packet 1')
    writeFileSync(join(folder, 'b.pcap'), pcap(LINES.slice(5)))
    await watch.told('tcp.stream 0, packet 1 of b.pcap')
    watch.child.kill('SIGTERM')
    const { code, stdout } = await watch.ending
    expect(code).toBe(0)
    expect(stdout).toContain('graceful_fin.normal by client')
    expect(stdout).toContain('in all 1 connection, 8 packets')
  })
})

describe.concurrent('a command that captures:', () => {
  test('its capture, and its options', async () => {
    const path = await scratch.file('whole.pcap', pcap(LINES))
    const { code, stdout } = await new Watch(['--', 'sh', '-c', `cat ${path}`]).ending
    expect(code).toBe(0)
    expect(stdout).toContain('graceful_fin.normal by client')
  })

  test('one that fails', async () => {
    const { code, stderr } = await new Watch(['--', 'sh', '-c', 'exit 3']).ending
    expect(code).toBe(2)
    expect(stderr).toBe('tcp-teardown: sh ended with 3\n')
  })

  test('one that is not there', async () => {
    const { code, stderr } = await new Watch(['--', 'no-such-command']).ending
    expect(code).toBe(2)
    expect(stderr).toContain('cannot run no-such-command')
  })

  test('SIGTERM ends it too, and what it had written is told', async () => {
    const path = await scratch.file('then-waits.pcap', pcap(LINES))
    const watch = new Watch(['-f', 'ndjson', '--', 'sh', '-c', `cat ${path}; exec sleep 600`])
    await watch.told('"verdict":"graceful_fin"')
    watch.child.kill('SIGTERM')
    const { code } = await watch.ending
    expect(code).toBe(0)
  })
})

test('incidents, and lines of totals', async () => {
  const parts = [
    ...Array.from({ length: 6 }, (_, i) => closedByServer(i, 10 + i / 1000)),
    ...Array.from({ length: 6 }, (_, i) => leftUnread(i, 10.01 + i / 1000)),
  ]
  const watch = new Watch(['-f', 'ndjson', '--every', '300ms', '-'])
  watch.child.stdin.write(buildPcap(framesOf(parts, 20)))
  await watch.told('"type":"incident"')
  await watch.told('"type":"interval"')
  watch.child.stdin.end()
  expect((await watch.ending).code).toBe(0)
  const told = rows(watch.stdout)
  expect(told.filter(({ type }) => type === 'incident')).toMatchObject([
    { kind: 'process_death', endpoint: '10.0.0.9:80' },
  ])
  const intervals = told.filter(({ type }) => type === 'interval')
  expect(intervals.reduce((sum, { packets }) => sum + Number(packets), 0)).toBeGreaterThan(50)
  expect(told.at(-1)).toMatchObject({ type: 'summary', connections: 12 })
})

test.each(['kill-many', 'service-drain', 'service-kill-restart', 'pair-reset-between.client'])(
  'the connections and incidents of %s are those of analyze',
  async (name) => {
    const path = join(ROOT, `samples/${name}.pcap`)
    const live = await new Watch(['-f', 'ndjson', '--', 'cat', path]).ending
    const whole = await run(['analyze', '-f', 'ndjson', path])
    expect(judged(live.stdout)).toEqual(judged(whole.stdout))
  },
)

/** Connections and incidents, whatever their source is called and in which order they are told. */
function judged(text: string): unknown[] {
  return rows(text)
    .filter(({ type }) => type === 'connection' || type === 'incident')
    .map((row) => Object.assign(row, { capture: undefined }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

test('--notable and filters leave lines out, not counts', async () => {
  const path = await scratch.file('twelve.pcap', pcap(LINES))
  for (const option of ['--notable', '--verdict=rst_after_kill']) {
    const { stdout } = await new Watch([option, '--', 'cat', path]).ending
    expect(stdout).not.toContain('→')
    expect(stdout).toContain('in all 1 connection')
  }
})

test('whoever reads the lines goes away', async () => {
  const watch = new Watch(['--every', '50ms', '-'])
  await watch.told('none over')
  watch.child.stdout.destroy()
  expect((await watch.ending).code).toBe(0)
})

test.each([[[]], [['-', '--', 'cat', 'x']], [['a', 'b']], [['--every', '0s', '-']]])(
  'refused: watch %j',
  async (args) => {
    expect((await run(['watch', ...args], { env: {} })).code).toBe(2)
  },
)

test('a source that is not there, and one that is no capture', async () => {
  const none = await run(['watch', join(scratch.path, 'none.pcap')], { env: {} })
  expect(none).toMatchObject({ code: 2 })
  expect(none.stderr).toContain('cannot read')
  const bad = await new Watch(['--', 'echo', 'this is no capture at all']).ending
  expect(bad).toMatchObject({ code: 2 })
  expect(bad.stderr).toContain('not a capture')
})
