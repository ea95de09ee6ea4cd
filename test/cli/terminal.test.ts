// What a terminal gets: a pseudo-terminal of script(1) is one. Nothing is waited for but what comes.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildPcap } from '../support/capture-builder.js'
import { type ScenarioFrame, scenarioFrames } from '../support/scenario.js'
import { framesOf, leftUnread, refused } from '../support/service.js'
import { ROOT, Scratch } from './run-cli.js'

const scratch = new Scratch()
const COMMAND = join(ROOT, 'bin/tcp-teardown.js')
const LONG = join(ROOT, 'samples')
/** A service dies under eight connections, one of them of another client, and refuses two. */
const DEATH = framesOf(
  [
    ...Array.from({ length: 8 }, (_, i) =>
      leftUnread(i / 10, 2 + i / 10_000, { clientIp: [10, 0, 0, i === 0 ? 1 : 2] }),
    ),
    refused(2.1, { clientIp: [10, 0, 0, 2] }),
    refused(2.2, { clientIp: [10, 0, 0, 2] }),
  ],
  6,
)
const HAS_SCRIPT = spawnSync('script', ['--version']).status === 0

/** A run in a terminal of 24 lines, and 80 columns unless told otherwise. */
class Terminal {
  readonly child: ChildProcessWithoutNullStreams
  text = ''
  private wake: (() => void) | undefined

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}, columns = 80) {
    const command = ['node', COMMAND, ...args].map((arg) => `'${arg}'`).join(' ')
    this.child = spawn(
      'script',
      ['-qec', `stty cols ${columns} rows 24; exec ${command}`, '/dev/null'],
      {
        env: {
          ...process.env,
          TERM: 'xterm',
          LANG: 'C.UTF-8',
          PAGER: 'cat',
          NO_COLOR: '1',
          ...env,
        },
      },
    )
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.text += text.replaceAll('\r\n', '\n')
      this.wake?.()
    })
  }

  /** Resolves when a text has been shown. */
  async shows(what: RegExp): Promise<void> {
    while (!what.test(this.text)) {
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
  }

  async end(): Promise<number | null> {
    const [code] = (await once(this.child, 'close')) as [number | null]
    return code
  }
}

describe.skipIf(!HAS_SCRIPT)('in a terminal', () => {
  test('a table that is longer goes through the pager, a short one does not', async () => {
    const env = { PAGER: 'sed s/^/paged:/' }
    const long = new Terminal(['--no-progress', LONG], env)
    expect(await long.end()).toBe(0)
    expect(long.text).toMatch(/^paged:\d+ connections in /m)
    const counts = new Terminal(['endpoints', '--no-progress', LONG], env)
    expect(await counts.end()).toBe(0)
    expect(counts.text).toMatch(/^paged:server +conns /m)
    const ladder = new Terminal(['explain', join(LONG, 'kill-sigkill-peer-writes.pcap')], env)
    expect(await ladder.end()).toBe(0)
    expect(ladder.text).toMatch(/^paged:.* stream 0 /m)
    const short = new Terminal(['--no-progress', '--summary', join(LONG, 'fin-normal.pcap')], env)
    expect(await short.end()).toBe(0)
    expect(short.text).toMatch(/^1 connection, /m)
    expect(short.text).not.toContain('paged:')
  })

  test('without a pager the head is shown once more below', async () => {
    const run = new Terminal(['--no-progress', '--no-pager', LONG])
    expect(await run.end()).toBe(0)
    expect(run.text.match(/^\d+ connections in \d+ captures/gm)).toHaveLength(2)
  })

  test('result files are no terminal: the same as without one, and known again', async () => {
    const folder = join(scratch.path, 'results')
    const args = ['--no-progress', '--all', '--out-dir', folder, '--resume', LONG]
    const run = new Terminal([...args], { NO_COLOR: '', LESS: '' })
    expect(await run.end()).toBe(0)
    const again = spawnSync('node', [COMMAND, ...args], { encoding: 'utf8' })
    expect(again.stderr).toMatch(/ 0 results written below .*, \d+ done before and unchanged/)
    const file = join(folder, LONG, 'kill-many.pcap.txt')
    const text = readFileSync(file, 'utf8')
    expect(text.match(/^13 connections/gm)).toHaveLength(1)
    expect(text).not.toContain('\u001b')
  })

  test.each([60, 80, 120, 200])(
    'nothing is wider than %i columns but commands',
    async (columns) => {
      const captures = ['kill-many', 'service-kill-restart', 'keepalive-reset-sent', 'ports-reused']
      for (const name of captures) {
        const run = new Terminal(['--no-progress', join(LONG, `${name}.pcap`)], {}, columns)
        await run.end()
        const wide = run.text.split('\n').filter((line) => [...line].length > columns)
        expect(wide.filter((line) => !line.includes('--incident'))).toEqual([])
      }
    },
  )

  test('a progress bar, which is gone at the end', async () => {
    const run = new Terminal(['--summary', '--jobs', '1', LONG])
    expect(await run.end()).toBe(0)
    expect(run.text).toMatch(/MB\/s.* of \d+ captures, /)
    expect(run.text).toContain('\u001b[?25h')
  })

  test('a live source: endings as they come, then the table; Ctrl-C ends it with 0', async () => {
    const fifo = join(scratch.path, 'pipe')
    spawnSync('mkfifo', [fifo])
    const run = new Terminal([fifo])
    const fd = openSync(fifo, 'w')
    writeSync(fd, buildPcap(lately('0.000 > S 0:0(0)\n0.001 < R. 0:0(0) ack 1 win 0 nots')))
    await run.shows(/handshake_failed\.refused by server/)
    expect(run.text).not.toContain('never fully established')
    await run.shows(/Ctrl-C for the table/)
    run.child.stdin.write('\u0003')
    expect(await run.end()).toBe(0)
    // Whoever writes into the pipe goes on: it is the signal that ends the reading.
    closeSync(fd)
    expect(run.text).toMatch(/handshake_failed +1 +100\.0 % +never fully established/)
  })

  test('a live source: only what filters ask for, and the incidents of all', async () => {
    const fifo = join(scratch.path, 'incidents')
    spawnSync('mkfifo', [fifo])
    const run = new Terminal(['--client', '10.0.0.1', fifo])
    const fd = openSync(fifo, 'w')
    writeSync(fd, buildPcap(movedToNow(DEATH)))
    await run.shows(/▲ 10\.0\.0\.9:80 died at .*: 8 connections\s+ended/)
    await run.shows(/packets, \d+\/s, 0 open; Ctrl-C for the table/)
    run.child.stdin.write('\u0003')
    expect(await run.end()).toBe(0)
    closeSync(fd)
    const [live = ''] = run.text.split('what happened')
    expect(live.match(/ by server/g)).toHaveLength(1)
  })

  test('watch: a line at the bottom, which is gone at the end', async () => {
    const fifo = join(scratch.path, 'watched')
    spawnSync('mkfifo', [fifo])
    const run = new Terminal(['watch', fifo])
    const fd = openSync(fifo, 'w')
    writeSync(fd, buildPcap(lately('0.000 > S 0:0(0)\n0.001 < R. 0:0(0) ack 1 win 0 nots')))
    await run.shows(/2 packets, \d+\/s, \d open; Ctrl-C ends the watch/)
    await run.shows(/handshake_failed\.refused by server/)
    run.child.stdin.write('\u0003')
    expect(await run.end()).toBe(0)
    closeSync(fd)
    expect(run.text.split('\r\u001b[K').at(-1)).toContain('in all 1 connection, 2 packets')
  })
})

/** Frames of a scenario that was captured just now. */
function lately(text: string): ScenarioFrame[] {
  return movedToNow(scenarioFrames(text))
}

function movedToNow(frames: readonly ScenarioFrame[]): ScenarioFrame[] {
  const now = BigInt(Date.now()) * 1_000_000n
  const [first] = frames
  const from = first?.timeNs ?? 0n
  return frames.map(({ bytes, timeNs }) => ({ bytes, timeNs: now + timeNs - from }))
}
