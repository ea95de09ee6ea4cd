// submit, worker, status: captures over several workers by a queue, whatever becomes of a worker, a capture or the queue.

import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { identitiesOf } from '../../src/cli/analyze/identity.js'
import { analyzeJob } from '../../src/cli/queue/analyze-job.js'
import { mergeJob } from '../../src/cli/queue/merge-job.js'
import { buildPcap } from '../support/capture-builder.js'
import { missing } from '../support/installed.js'
import { RedisServer } from '../support/redis.js'
import { scenarioFrames } from '../support/scenario.js'
import { until } from '../support/waiting.js'
import { type Run, Scratch, analyze, ended, run, start } from './run-cli.js'

const scratch = new Scratch()

const SCENARIOS = [
  '0.000 > S 0:0(0)\n0.001 < R. 0:0(0) ack 1 win 0 nots',
  '0.000 > S 0:0(0)\n0.001 < S. 0:0(0) ack 1\n0.002 > . 1:1(0) ack 1\n0.003 > F. 1:1(0) ack 1\n0.004 < F. 1:1(0) ack 2\n0.005 > . 2:2(0) ack 2',
  '0.000 > S 0:0(0)\n0.001 < S. 0:0(0) ack 1\n0.002 > . 1:1(0) ack 1\n0.003 > P. 1:101(100) ack 1\n0.004 < R. 1:1(0) ack 101',
]

/** One of many captures. */
function captureOf(n: number): Uint8Array {
  return buildPcap(scenarioFrames(SCENARIOS[n % SCENARIOS.length] ?? '', { clientPort: 1000 + n }))
}

/** Results in a folder, without what stands beside them. */
function resultsIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile() && !/manifest|\.tcp-/.test(name))
    .sort()
}

/** Processes that a process has started. */
function childrenOf(pid: number | undefined): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => {
      try {
        return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${each}/stat`, 'utf8'))?.[1]) === pid
      } catch {
        return false
      }
    })
}

function filesIn(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true }).length
  } catch {
    return 0
  }
}

const NO_REDIS = missing('redis-server', ['--version'])

describe.skipIf(NO_REDIS !== undefined)('a queue', () => {
  let redis: RedisServer
  let prefixes = 0
  let env: Record<string, string> = {}
  /** Workers of a test, which end with it. */
  const workers: ReturnType<typeof start>[] = []

  beforeAll(async () => {
    mkdirSync(join(scratch.path, 'redis'))
    redis = new RedisServer(join(scratch.path, 'redis'))
    await redis.start()
    env = { TCP_TEARDOWN_QUEUE: redis.url }
  })
  afterEach(() => {
    for (const worker of workers.splice(0)) worker.kill('SIGKILL')
  })
  afterAll(() => redis.stop())

  const newPrefix = (): string => `test${prefixes++}`
  const withQueue = (args: readonly string[]): Promise<Run> => run(args, { env })

  function startWorker(
    prefix: string,
    more: readonly string[] = [],
    moreEnv: Readonly<Record<string, string>> = {},
  ): ReturnType<typeof start> {
    const args = ['worker', '--prefix', prefix, '--lease', '2', ...more]
    const worker = start(args, { env: { ...env, ...moreEnv } })
    workers.push(worker)
    return worker
  }

  async function status(prefix: string): Promise<Record<string, unknown>> {
    const { stdout } = await withQueue(['status', '--prefix', prefix, '-f', 'json'])
    return JSON.parse(stdout) as Record<string, unknown>
  }

  test('200 captures come out as on one machine, with a worker killed and the queue restarted', async () => {
    const prefix = newPrefix()
    const folder = join(scratch.path, 'many')
    mkdirSync(folder)
    for (let n = 0; n < 200; n++) writeFileSync(join(folder, `c${1000 + n}.pcap`), captureOf(n))
    writeFileSync(join(folder, 'c1100.pcap'), captureOf(100).subarray(0, -1))
    const absent = join(scratch.path, 'absent.pcap')
    const [out, other, alone] = ['out', 'other', 'alone'].map((name) => join(scratch.path, name))
    const submit = ['submit', '--prefix', prefix, '--wait', '--totals', 'ndjson', '--out-dir']
    const killed = startWorker(prefix, ['--jobs', '1'])
    startWorker(prefix, ['--jobs', '1'])
    const first = withQueue([...submit, out ?? '', folder, absent])
    const second = withQueue([...submit, other ?? '', '--columns', 'stream,cause', folder])
    await until('some are done', () => filesIn(out ?? '') > 20)
    killed.kill('SIGKILL')
    await until('more are done', () => filesIn(out ?? '') > 80)
    await redis.stop()
    await redis.start()
    const [one, two] = await Promise.all([first, second])
    const single = await analyze(['--summary', '-f', 'ndjson', folder, absent])
    expect(one.stdout).toBe(single.stdout)
    expect(one.code).toBe(2)
    expect(one.stderr).toContain(`cannot read ${absent}`)
    expect(two.code).toBe(0)
    await analyze(['-f', 'ndjson', '--out-dir', alone ?? '', folder, absent])
    const names = resultsIn(alone ?? '')
    expect(names).toHaveLength(201)
    expect(resultsIn(out ?? '')).toEqual(names)
    for (const name of names)
      expect(
        readFileSync(join(out ?? '', name)).equals(readFileSync(join(alone ?? '', name))),
      ).toBe(true)
    expect(resultsIn(other ?? '')).toHaveLength(200)
    const after = await status(prefix)
    expect(after).toMatchObject({ waiting: 0, active: 0, done: 400, failed: 1 })
    expect(after['given_up']).toEqual([expect.objectContaining({ capture: absent, attempts: 3 })])
  })

  test('what is done and unchanged is not done again, what has changed is', async () => {
    const prefix = newPrefix()
    const a = await scratch.file('again-a.pcap', captureOf(1))
    const b = await scratch.file('again-b.pcap', captureOf(2))
    const out = join(scratch.path, 'again')
    const args = ['submit', '--prefix', prefix, '--wait', '--out-dir', out, a, b]
    startWorker(prefix)
    expect((await withQueue(args)).stderr).toBe(
      `tcp-teardown: 2 jobs filed for results below ${out}\n`,
    )
    const before = resultsIn(out).map((name) => readFileSync(join(out, name), 'utf8'))
    expect((await withQueue(args)).stderr).toBe(
      `tcp-teardown: 0 jobs filed for results below ${out}, 2 done before and unchanged\n`,
    )
    writeFileSync(b, captureOf(3))
    utimesSync(b, 1, 1)
    const third = await withQueue(args)
    expect(third.stderr).toBe(
      `tcp-teardown: 1 job filed for results below ${out}, 1 done before and unchanged\n`,
    )
    const after = resultsIn(out).map((name) => readFileSync(join(out, name), 'utf8'))
    expect(after[0]).toBe(before[0])
    expect(after[1]).not.toBe(before[1])
  })

  test('whole paths need nothing of the folder in which they were submitted, others do', async () => {
    const prefix = newPrefix()
    const folder = join(scratch.path, 'submitters')
    mkdirSync(folder)
    writeFileSync(join(folder, 'relative.pcap'), captureOf(1))
    const path = await scratch.file('whole-path.pcap', captureOf(2))
    const out = join(scratch.path, 'elsewhere')
    const args = [
      'submit',
      '--prefix',
      prefix,
      '--tries',
      '1',
      '--out-dir',
      out,
      path,
      'relative.pcap',
    ]
    await run(args, { env, cwd: folder })
    rmSync(folder, { recursive: true })
    const { stderr } = await withQueue(['worker', '--prefix', prefix, '--until-empty'])
    expect(stderr).toContain(
      `relative.pcap: the folder ${folder}, which its captures are relative to`,
    )
    expect(await status(prefix)).toMatchObject({ done: 1, failed: 1 })
    expect(resultsIn(out)).toHaveLength(1)
  })

  test('counts by server are those of all captures together', async () => {
    const prefix = newPrefix()
    const files = await Promise.all(
      [0, 1, 2].map((n) => scratch.file(`group-${n}.pcap`, captureOf(n))),
    )
    startWorker(prefix)
    const out = join(scratch.path, 'groups')
    const args = ['--wait', '--totals', 'ndjson', '--group-by', 'server', '--out-dir', out]
    const { stdout } = await withQueue(['submit', '--prefix', prefix, ...args, ...files])
    const single = await analyze(['-f', 'ndjson', '--group-by', 'server', ...files])
    expect(stdout).toBe(single.stdout)
    expect(stdout).toContain('"connections":3')
  })

  test('jobs that share a timeline come to what one machine comes to', async () => {
    const prefix = newPrefix()
    const folder = join(scratch.path, 'shared')
    mkdirSync(folder)
    const frames = Array.from({ length: 2200 }, (_, n) =>
      scenarioFrames(SCENARIOS[2] ?? '', { clientPort: 1000 + n, clientIsn: n * 7919 }),
    )
      .flat()
      .sort((a, b) => Number(a.timeNs - b.timeNs))
    const half = frames.length / 2
    writeFileSync(join(folder, 'cap_00001_20261127060000.pcap'), buildPcap(frames.slice(0, half)))
    writeFileSync(join(folder, 'cap_00002_20261127060001.pcap'), buildPcap(frames.slice(half)))
    writeFileSync(join(folder, 'cut.pcap'), captureOf(1).subarray(0, -1))
    for (let n = 0; n < 2; n++) startWorker(prefix, ['--jobs', '2'])
    const out = join(scratch.path, 'shards')
    const args = [
      '--wait',
      '--totals',
      'ndjson',
      '--shards',
      '4',
      '--merge-series',
      '--out-dir',
      out,
    ]
    const submit = ['submit', '--prefix', prefix, ...args, folder]
    const { code, stdout } = await withQueue(submit)
    const single = await analyze(['--summary', '-f', 'ndjson', '--merge-series', folder])
    expect(stdout).toBe(single.stdout)
    expect(stdout).toContain('"kind":"process_death"')
    expect(code).toBe(0)
    const names = resultsIn(out)
    expect(names).toHaveLength(8)
    const rows = names.map((name) => readFileSync(join(out, name), 'utf8')).join('')
    const all = await analyze(['-f', 'ndjson', '--merge-series', '--types', 'connection', folder])
    expect(rows.split('\n').sort()).toEqual(all.stdout.split('\n').sort())
    expect(names.filter((name) => readFileSync(join(out, name)).length > 0)).toHaveLength(5)
    const again = await withQueue(submit)
    expect(again.stdout).toBe(stdout)
    expect(again.stderr).toContain('0 jobs filed')
  })

  test('another number of shares takes the place of the one before', async () => {
    const prefix = newPrefix()
    const path = await scratch.file('divided.pcap', captureOf(1))
    const out = join(scratch.path, 'divided')
    startWorker(prefix)
    for (const shards of ['2', '1', '3']) {
      const args = ['--shards', shards, '--wait', '--out-dir', out, path]
      expect(await withQueue(['submit', '--prefix', prefix, ...args])).toMatchObject({ code: 0 })
      const names = resultsIn(out)
      expect(names).toHaveLength(Number(shards))
      expect(names.filter((name) => name.endsWith('.digests'))).toEqual([])
      const rows = names.map((name) => readFileSync(join(out, name), 'utf8')).join('')
      expect(rows.split('\n').filter((row) => row.includes('"type":"connection"'))).toHaveLength(1)
    }
  })

  test('a capture that brings its process down is given up after its tries, and others are done', async () => {
    const prefix = newPrefix()
    const good = await scratch.file('crash-good.pcap', captureOf(1))
    const bad = await scratch.file('crash-bad.pcap', captureOf(2))
    const hook = await scratch.file(
      'crash.mjs',
      `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
       const { openSync } = fs
       fs.openSync = (path, ...more) => {
         if (String(path).includes('crash-bad')) process.kill(process.pid, 'SIGKILL')
         return openSync(path, ...more)
       }
       syncBuiltinESMExports()`,
    )
    startWorker(prefix, [], { NODE_OPTIONS: `--import=${hook}` })
    const out = join(scratch.path, 'crash')
    const args = ['--wait', '--tries', '2', '--out-dir', out]
    const { code, stderr, stdout } = await withQueue([
      'submit',
      '--prefix',
      prefix,
      ...args,
      good,
      bad,
    ])
    expect(code).toBe(2)
    expect(stderr).toContain(`${bad}: its process ended: SIGKILL`)
    expect(stdout).toContain('1 connection in 2 captures')
    expect(await status(prefix)).toMatchObject({
      done: 1,
      given_up: [{ capture: bad, attempts: 2, reason: 'its process ended: SIGKILL' }],
    })
  })

  test('a capture that is another one than when it was submitted is given up at once', async () => {
    const prefix = newPrefix()
    const path = await scratch.file('changes.pcap', captureOf(1))
    await withQueue([
      'submit',
      '--prefix',
      prefix,
      '--out-dir',
      join(scratch.path, 'changes'),
      path,
    ])
    writeFileSync(path, captureOf(2))
    utimesSync(path, 1, 1)
    const { code, stderr } = await withQueue(['worker', '--prefix', prefix, '--until-empty'])
    expect(code).toBe(0)
    expect(stderr).toContain(`${path}: changed since it was submitted: submit it again\n`)
    expect(await status(prefix)).toMatchObject({ failed: 1, given_up: [{ attempts: 1 }] })
  })

  test('a worker that is told to stop gives back what it has begun', async () => {
    const prefix = newPrefix()
    const pipe = join(scratch.path, 'pipe.pcap')
    execFileSync('mkfifo', [pipe])
    const out = join(scratch.path, 'stopped')
    await withQueue(['submit', '--prefix', prefix, '--out-dir', out, pipe])
    const worker = startWorker(prefix)
    const over = ended(worker)
    while ((await status(prefix))['active'] !== 1);
    // As Ctrl-C in a terminal and a service manager do it: all of its processes are told.
    for (const pid of childrenOf(worker.pid)) process.kill(pid, 'SIGTERM')
    worker.kill('SIGTERM')
    expect(await over).toMatchObject({ code: 0 })
    expect(await status(prefix)).toMatchObject({ waiting: 1, active: 0, failed: 0 })
    expect(resultsIn(out)).toEqual([])
  })

  test('what waits for jobs ends by a signal, and says what is known by then', async () => {
    const prefix = newPrefix()
    const path = await scratch.file('waits.pcap', captureOf(1))
    const out = join(scratch.path, 'waits')
    const args = ['submit', '--prefix', prefix, '--wait', '--out-dir', out, path]
    const waiting = start(args, { env })
    const over = ended(waiting)
    while ((await status(prefix))['waiting'] !== 1);
    waiting.kill('SIGINT')
    const { code, stdout, stderr } = await over
    expect(code).toBe(130)
    expect(stdout).toContain('0 connections')
    expect(stderr).toContain('tcp-teardown: interrupted: 1 capture not read\n')
    expect(await status(prefix)).toMatchObject({ waiting: 1 })
  })

  test('a result does not take the place of a capture, and is noticed when another takes its own', async () => {
    const prefix = newPrefix()
    const folder = join(scratch.path, 'names')
    mkdirSync(folder)
    for (const name of ['a', 'a.ndjson', `${'x'.repeat(240)}.pcap`])
      writeFileSync(join(folder, name), captureOf(1))
    const submit = ['submit', '--prefix', prefix, '--wait']
    const named = ['a', 'a.ndjson'].map((name) => join(folder, name))
    const refused = await withQueue([...submit, '--out-dir', '/', ...named])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('would replace a capture')
    writeFileSync(join(folder, 'a.shard-1-of-2.ndjson'), captureOf(1))
    const shares = [...submit, '--shards', '2', '--out-dir', '/', ...named.slice(0, 1)]
    const taken = await withQueue([...shares, join(folder, 'a.shard-1-of-2.ndjson')])
    expect(taken.stderr).toContain('would replace a capture')
    const out = join(scratch.path, 'names-out')
    startWorker(prefix)
    expect(await withQueue([...submit, '--out-dir', out, folder])).toMatchObject({ code: 0 })
    expect(resultsIn(out)).toHaveLength(4)
    const other = [...submit, '--columns', 'stream', '--out-dir', out, folder]
    expect(await withQueue(other)).toMatchObject({ code: 0 })
  })

  test('with other addresses none of the real ones lie beside the results', async () => {
    const prefix = newPrefix()
    const path = await scratch.file('hidden.pcap', captureOf(1))
    const key = await scratch.file('hidden.key', Buffer.alloc(32, 7))
    const out = join(scratch.path, 'hidden')
    startWorker(prefix)
    const args = ['--anonymize-key', key, '--host', '203.0.113.7', '--wait', '--out-dir', out, path]
    const { code } = await withQueue(['submit', '--prefix', prefix, ...args])
    expect(code).toBe(0)
    for (const name of readdirSync(out, { recursive: true, encoding: 'utf8' }))
      if (statSync(join(out, name)).isFile())
        expect(readFileSync(join(out, name), 'utf8')).not.toContain('203.0.113.7')
  })

  test('a database that the server has not is refused', async () => {
    const { code, stderr } = await run(['status', '--queue', `${redis.url}/99`], { env: {} })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^tcp-teardown: cannot reach \S+\/99: ERR DB index is out of range\n$/)
  })

  test('asks for the password that the server wants, and shows none', async () => {
    mkdirSync(join(scratch.path, 'locked'))
    const locked = new RedisServer(join(scratch.path, 'locked'), 'open sesame')
    await locked.start()
    try {
      const refused = await run(['status', '--queue', locked.url], { env: {} })
      expect(refused).toMatchObject({
        code: 2,
        stderr: `tcp-teardown: cannot reach ${locked.url}: it wants a password: redis://:PASSWORD@HOST, or REDISCLI_AUTH\n`,
      })
      const url = locked.url.replace('//', '//:open%20sesame@')
      const { code, stdout } = await run(['status', '--queue', url], { env: {} })
      expect(code).toBe(0)
      expect(stdout).toBe(`${locked.url}: 0 waiting, 0 under way, 0 done, 0 given up\n`)
    } finally {
      await locked.stop()
    }
  })

  test.each([
    [['--since', '-5m'], '--since and --until take whole times here'],
    [
      ['http://me:hush@127.0.0.1/a.pcap'],
      'a URL with a password or a signature would lie in the queue',
    ],
    [
      ['http://127.0.0.1/a.pcap?sig=abc'],
      'a URL with a password or a signature would lie in the queue',
    ],
    [['--anonymize'], '--anonymize needs --anonymize-key'],
    [
      ['--queue', 'http://127.0.0.1'],
      '--queue: it takes redis://HOST:PORT/DATABASE or rediss://HOST:PORT/DATABASE',
    ],
    [['--shards', '2', '-f', 'table'], '--shards goes with rows'],
    [['--shards', '2', '--limit', '5'], '--shards: rows lie in several results'],
    [['--queue', 'redis//:hush@127.0.0.1'], '--queue: it takes redis://HOST:PORT/DATABASE or'],
    [['--queue', 'redis://127.0.0.1/one'], '--queue: it takes redis://HOST:PORT/DATABASE or'],
    [['--prefix', 'a:b'], "--prefix: 'a:b' has other characters than letters, digits, . _ and -"],
  ])('refuses %s', async (args, words) => {
    const { code, stderr } = await withQueue(['submit', '--out-dir', 'x', ...args, 'samples'])
    expect(code).toBe(2)
    expect(stderr).toContain(`tcp-teardown: ${words}`)
  })
})

test('what a worker had done when it was lost is not done again', async () => {
  const path = await scratch.file('lost.pcap', captureOf(1))
  const outDir = join(scratch.path, 'lost')
  const data = { timeline: [path], options: ['--format=ndjson'], outDir }
  const captures = await identitiesOf([path])
  const parts = [0, 1].map((index) => ({ job: `j${index}`, result: `share-${index}.ndjson` }))
  for (const [index, { job, result }] of parts.entries()) {
    const own = { ...data, captures: captures ?? [], result, share: { index, of: 2 } }
    const outcome = await analyzeJob(job, own, new AbortController().signal, () => undefined)
    expect(outcome.kind).toBe('done')
  }
  const whole = { ...data, result: 'whole.ndjson', parts }
  const first = await mergeJob('whole', whole, parts)
  expect(first).toMatchObject({ kind: 'done', answer: { connections: 1 } })
  expect(filesIn(outDir)).toBe(5)
  expect(await mergeJob('whole', whole, parts)).toEqual(first)
  expect(await mergeJob('another', whole, parts)).toMatchObject({
    kind: 'failed',
    reason: 'share-0.ndjson is gone: submit again',
    isFinal: true,
  })
})
