// Metrics, read back by others: promtool, Prometheus' client library for Python, a Prometheus that scrapes a watch.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { FAMILIES } from '../../src/output/metrics/families.js'
import { metricName } from '../../src/output/metrics/exposition.js'
import { missing } from '../support/installed.js'
import { HANG_MS, until } from '../support/waiting.js'
import { ROOT, Scratch, analyze, ended, rows, run, start } from './run-cli.js'

const scratch = new Scratch()
const SAMPLES = [
  'samples/kill-sigkill-unread.pcap',
  'samples/fin-normal.pcap',
  'samples/ports-reused.pcap',
]
const NO_PROMTOOL = missing('promtool', ['--version'])
const NO_PROMETHEUS = missing('prometheus', ['--version'])
const PYTHON = '/usr/bin/python3'
const NO_CLIENT = missing(PYTHON, ['-c', 'import prometheus_client.openmetrics.parser'])

/** Samples by name and labels. */
function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

describe.each(['openmetrics', 'prometheus'])('--format %s', (format) => {
  test('has the numbers of the summary, whatever --jobs', async () => {
    const [one, four, ndjson] = await Promise.all([
      analyze(['-f', format, '--jobs', '1', ...SAMPLES]),
      analyze(['-f', format, '--jobs', '4', ...SAMPLES]),
      analyze(['-f', 'ndjson', ...SAMPLES]),
    ])
    expect([one.code, one.stderr]).toEqual([0, ''])
    expect(four.stdout).toBe(one.stdout)
    const samples = samplesOf(one.stdout)
    const summary = rows(ndjson.stdout).at(-1) as Record<string, Record<string, number> & number>
    expect(samples.get('tcp_teardown_packets_total')).toBe(summary['packets'])
    expect(samples.get('tcp_teardown_captures_total')).toBe(SAMPLES.length)
    for (const [ending, n] of Object.entries(summary['causes'] ?? {})) {
      const [verdict, cause] = ending.split('.')
      const name = `tcp_teardown_connections_total{verdict="${verdict}",cause="${cause}"}`
      expect([ending, samples.get(name)]).toEqual([ending, n])
    }
    const lines = rows(ndjson.stdout)
    const times = lines.flatMap((row) => row['fin_to_fin_s'] ?? []) as number[]
    expect(samples.get('tcp_teardown_half_close_seconds_count')).toBe(times.length)
    expect(samples.get('tcp_teardown_half_close_seconds_sum')).toBeCloseTo(
      times.reduce((sum, s) => sum + s, 0),
      9,
    )
  })

  test('--summary and filters', async () => {
    const { stdout } = await analyze([
      '-f',
      format,
      '--summary',
      '--verdict',
      'rst_after_kill',
      ...SAMPLES,
    ])
    const samples = samplesOf(stdout)
    expect(samples.get('tcp_teardown_found_connections_total')).toBeGreaterThan(1)
    const counted = [...samples].filter(([name]) =>
      name.startsWith('tcp_teardown_connections_total'),
    )
    expect(counted.reduce((sum, [, n]) => sum + n, 0)).toBe(1)
  })

  test('has no rows to sort', async () => {
    const { code, stderr } = await analyze(['-f', format, '--sort', 'stream', ...SAMPLES])
    expect(code).toBe(2)
    expect(stderr).toContain('--sort goes with rows')
  })
})

describe(`read back by promtool${NO_PROMTOOL === undefined ? '' : ` (skipped: ${NO_PROMTOOL})`}`, () => {
  test.skipIf(NO_PROMTOOL !== undefined)('check metrics', async () => {
    const { stdout } = await analyze(['-f', 'prometheus', ...SAMPLES])
    const {
      status,
      stdout: told,
      stderr,
    } = spawnSync('promtool', ['check', 'metrics'], {
      input: stdout,
      encoding: 'utf8',
    })
    expect([status, told + stderr]).toEqual([0, ''])
  })

  test.skipIf(NO_PROMTOOL !== undefined)('test rules', () => {
    const { status, stdout, stderr } = spawnSync(
      'promtool',
      ['test', 'rules', 'alerts.test.yaml'],
      {
        cwd: join(ROOT, 'docs'),
        encoding: 'utf8',
      },
    )
    expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('SUCCESS')])
  })
})

const STRICT = `
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
for family in text_string_to_metric_families(sys.stdin.read()): print(family.name, family.type, family.unit)`

test.skipIf(NO_CLIENT !== undefined)(
  'a strict reader of OpenMetrics finds every family',
  async () => {
    const { stdout } = await analyze(['-f', 'openmetrics', ...SAMPLES])
    const {
      status,
      stdout: told,
      stderr,
    } = spawnSync(PYTHON, ['-c', STRICT], {
      input: stdout,
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([0, ''])
    expect(
      told
        .trim()
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual(
      FAMILIES.map((family) => `${metricName(family)} ${family.type} ${family.unit ?? ''}`.trim()),
    )
  },
)

/** A watch that serves metrics, and goes on until it is ended. */
class Watch {
  readonly child: ReturnType<typeof start>
  readonly ending: ReturnType<typeof ended>
  private stderr = ''

  constructor() {
    this.child = start(['watch', '--metrics', '0', '-f', 'ndjson', '-'])
    this.child.stderr.on('data', (part: Buffer) => (this.stderr += part.toString()))
    this.ending = ended(this.child)
  }

  /** Where its metrics are, when they are. */
  async url(): Promise<string> {
    await until('metrics are served', () => this.stderr.includes('\n'))
    return /metrics at (http:\S+)/.exec(this.stderr)?.[1] ?? ''
  }

  /** Writes a capture and waits until its connection is counted. */
  async feed(url: string): Promise<void> {
    this.child.stdin.write(readFileSync(join(ROOT, 'samples/kill-sigkill-unread.pcap')))
    await answered(async () => {
      const text = await (await fetch(url)).text()
      return samplesOf(text).get(RESET) === 1
    })
  }
}

const RESET = 'tcp_teardown_connections_total{verdict="rst_after_kill",cause="unread_data"}'

/** Asks until the answer is yes. */
async function answered(isSo: () => Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; !(await isSo()); waitedMs += 50) {
    if (waitedMs > HANG_MS) throw new Error('the answer never came')
    await sleep(50)
  }
}

describe.concurrent('watch --metrics', () => {
  test('serves what has happened, in the form that is asked for, and ends with the watch', async () => {
    const watch = new Watch()
    const url = await watch.url()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
    await watch.feed(url)
    const open = await fetch(url, {
      headers: { accept: 'application/openmetrics-text;version=1.0.0,*/*;q=0.1' },
    })
    expect(open.headers.get('content-type')).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    )
    expect(await open.text()).toMatch(/# EOF\n$/)
    const plain = await fetch(url)
    expect(plain.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await plain.text()).not.toContain('# EOF')
    expect((await fetch(url.replace('/metrics', '/'))).status).toBe(404)
    expect((await fetch(url, { method: 'POST' })).status).toBe(405)
    watch.child.kill('SIGTERM')
    const { code } = await watch.ending
    expect(code).toBe(0)
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  test('a port that is taken, an address that is none', async () => {
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        server.unref()
        resolve((server.address() as { port: number }).port)
      })
    })
    const taken = await run(['watch', '--metrics', String(port), '-'], { input: new Uint8Array() })
    expect(taken).toEqual({
      code: 2,
      stdout: '',
      stderr: `tcp-teardown: --metrics: cannot listen on 127.0.0.1:${port}: address already in use\n`,
    })
    const wrong = await run(['watch', '--metrics', 'eth0', '-'], { input: new Uint8Array() })
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain("'eth0' is no [host:]port")
  })
})

describe('a dashboard', () => {
  const text = readFileSync(join(ROOT, 'docs/grafana-dashboard.json'), 'utf8')
  const dashboard = JSON.parse(text) as {
    panels: {
      title: string
      interval?: string
      targets: { expr: string; instant?: boolean; range?: boolean }[]
    }[]
  }
  const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))

  test('names metrics that there are', () => {
    const names = new Set(FAMILIES.map(metricName))
    const used = queries.flatMap((expr) => expr.match(/tcp_teardown_\w+/g) ?? [])
    expect(used.length).toBeGreaterThan(10)
    expect(used.filter((name) => !names.has(name.replace(/_(total|bucket)$/, '')))).toEqual([])
  })

  test('asks once for what happened in the whole range, and counts nothing twice', () => {
    for (const { title, interval, targets } of dashboard.panels) {
      for (const { expr, instant, range } of targets) {
        const isOnce = expr.includes('[$__range]')
        expect([title, instant ?? false, range ?? true]).toEqual([title, isOnce, !isOnce])
        // Windows as long as a step do not overlap; a step of 5 min holds samples of any scrape interval.
        if (expr.includes('[$__interval]')) expect([title, interval]).toEqual([title, '5m'])
      }
    }
  })

  test.skipIf(NO_PROMETHEUS !== undefined)(
    'is answered by a Prometheus that scrapes a watch',
    async () => {
      const watch = new Watch()
      const url = await watch.url()
      await watch.feed(url)
      const server = await Prometheus.start(new URL(url).host)
      try {
        await answered(async () => (await server.query(RESET)).at(0)?.value[1] === '1')
        for (const expr of queries) await server.query(withoutVariables(expr))
        const open = 'sum(tcp_teardown_open_connections{instance=~".*"})'
        expect((await server.query(open)).at(0)?.value[1]).toBe('0')
      } finally {
        await server.stop()
        watch.child.kill('SIGTERM')
      }
      expect((await watch.ending).code).toBe(0)
    },
  )
})

/** A query as Grafana sends it. */
function withoutVariables(expr: string): string {
  return expr.replaceAll('$instance', '.*').replace(/\$__(range|rate_interval|interval)/g, '1m')
}

/** A Prometheus that scrapes one address. */
class Prometheus {
  private readonly child: ChildProcess
  private readonly origin: string

  private constructor(child: ChildProcess, origin: string) {
    this.child = child
    this.origin = origin
  }

  static async start(target: string): Promise<Prometheus> {
    const config = join(scratch.path, 'prometheus.yml')
    writeFileSync(
      config,
      JSON.stringify({
        global: { scrape_interval: '200ms', scrape_timeout: '200ms' },
        scrape_configs: [{ job_name: 'watch', static_configs: [{ targets: [target] }] }],
      }),
    )
    const probe = createServer()
    const port = await new Promise<number>((resolve) => {
      probe.listen(0, '127.0.0.1', () => resolve((probe.address() as { port: number }).port))
    })
    await new Promise((resolve) => probe.close(resolve))
    const child = spawn(
      'prometheus',
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(scratch.path, 'tsdb')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    )
    const server = new Prometheus(child, `http://127.0.0.1:${port}`)
    await answered(async () => {
      const ready = await fetch(`${server.origin}/-/ready`).catch(() => undefined)
      return ready?.status === 200
    })
    return server
  }

  /** The samples of a query; throws for one that is wrong. */
  async query(expr: string): Promise<{ value: [number, string] }[]> {
    const url = `${this.origin}/api/v1/query?query=${encodeURIComponent(expr)}`
    const answer = (await (await fetch(url)).json()) as {
      status: string
      error?: string
      data: { result: { value: [number, string] }[] }
    }
    if (answer.status !== 'success') throw new Error(`${expr}: ${answer.error}`)
    return answer.data.result
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.child.on('close', resolve))
    this.child.kill('SIGTERM')
    await gone
  }
}
