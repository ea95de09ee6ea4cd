// The running program: how it is started and ended, and what it leaves behind.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Run, ROOT, ended, start } from '../cli/run-cli.js'
import { until } from '../support/waiting.js'

const PROGRAM = join(ROOT, 'bin/tcp-teardown.js')
const HOLDING = new URL('./holding.mjs', import.meta.url).href

/** How a started program ended. */
export interface Ending extends Run {
  readonly signal: NodeJS.Signals | null
}

/** How the program is started. */
export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Run it as another user. */
  readonly uid?: number
  /** Leave its output to the test. */
  readonly quiet?: boolean
}

/** Starts the program with a folder of its own for temporary files. */
export class Started {
  readonly child: ChildProcessWithoutNullStreams
  readonly ending: Promise<Ending>
  private readonly temporary: string

  constructor(folder: string, args: readonly string[], options: StartOptions = {}) {
    this.temporary = temporaryFolder(folder)
    const { uid } = options
    const env = { TMPDIR: this.temporary, ...options.env }
    this.child = start(args, uid === undefined ? { env } : { env, uid })
    this.ending =
      options.quiet === true
        ? Promise.reject(new Error('nobody reads its output'))
        : ended(this.child).then((run) => ({ ...run, signal: this.child.signalCode }))
    this.ending.catch(() => undefined)
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  /** Temporary files it has left. */
  get left(): string[] {
    return readdirSync(this.temporary)
  }
}

/** The program, which stops in the middle of a file until it is let go on: see holding.mjs. */
export class Held extends Started {
  private readonly path: string
  private readonly hold: string

  constructor(folder: string, args: readonly string[], path: string, pass = 1) {
    const hold = temporaryFolder(folder)
    super(folder, args, {
      env: {
        NODE_OPTIONS: `--import=${HOLDING}`,
        HOLD_PATH: path,
        HOLD_PASS: String(pass),
        HOLD_FOLDER: hold,
      },
    })
    this.path = path
    this.hold = hold
  }

  /** Waits until it stands there. */
  stands(): Promise<void> {
    return until(`it stands in ${this.path}`, () => existsSync(join(this.hold, 'reached')))
  }

  goOn(): void {
    writeFileSync(join(this.hold, 'go'), '')
  }
}

let folders = 0

function temporaryFolder(below: string): string {
  const folder = join(below, `tmp-${process.pid}-${folders++}`)
  mkdirSync(folder)
  return folder
}

/** Files below a folder that are not yet, or never became, results. */
export function partials(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('.partial'),
  )
}

/** Runs a line of shell, in which `$TT` is the program and `$1` and so on are `args`. */
export async function shell(line: string, args: readonly string[]): Promise<Run> {
  const env = { PATH: process.env['PATH'], TT: `${process.execPath} ${PROGRAM}` }
  return ended(spawn('sh', ['-c', line, 'sh', ...args], { cwd: ROOT, env }))
}

/** Why a tiny file system cannot be mounted here; undefined where it can. */
export function noTinyDisk(): string | undefined {
  const mount = 'mount -t tmpfs -o size=64k tmpfs /mnt'
  const { status } = spawnSync('unshare', ['-rm', 'sh', '-c', mount])
  return status === 0 ? undefined : 'needs unshare and the right to mount a tmpfs'
}
