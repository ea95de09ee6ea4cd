// Runs the built program the way a shell does.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'
import { runResident } from './resident.js'

/** The top folder of the repository. */
export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url))
const PROGRAM = join(ROOT, 'bin/tcp-teardown.js')

/** What a run left behind. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Circumstances of a run. */
export interface RunOptions {
  /** Bytes for standard input, which is closed behind them. */
  readonly input?: Uint8Array
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Another user. */
  readonly uid?: number
}

/** Starts the program; the caller talks to it. */
export function start(
  args: readonly string[],
  options: RunOptions = {},
): ChildProcessWithoutNullStreams {
  const env = { PATH: process.env['PATH'], ...options.env }
  const as = options.uid === undefined ? {} : { uid: options.uid }
  const cwd = options.cwd ?? ROOT
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env, ...as })
  // A program that ends before it has read its input is nothing special.
  child.stdin.on('error', () => undefined)
  return child
}

/** Waits for the end of a started program. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Run> {
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stderr.on('data', (part: Buffer) => err.push(part))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }
}

/** Runs the program to its end. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { input, env, uid } = options
  if (input === undefined && env === undefined && uid === undefined) {
    return runResident(args, options.cwd ?? ROOT)
  }
  const child = start(args, options)
  child.stdin.end(options.input)
  return ended(child)
}

/** Runs `analyze`. */
export function analyze(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return run(['analyze', ...args], options)
}

/** One line of NDJSON. */
export interface Row {
  readonly type: string
  readonly capture?: string
  readonly stream?: number
  readonly verdict?: string
  readonly [key: string]: unknown
}

/** The lines of NDJSON output; throws for a line that is none. */
export function rows(text: string): Row[] {
  if (!text.endsWith('\n')) throw new Error(`the last line is not ended: ${text.slice(-80)}`)
  const lines = text.slice(0, -1).split('\n')
  return lines.map((line) => JSON.parse(line) as Row)
}

/** The connections of NDJSON output. */
export function connections(text: string): Row[] {
  return rows(text).filter((row) => row.type === 'connection')
}

/** A folder for the tests of one file: made before, removed after them. */
export class Scratch {
  path = ''

  constructor() {
    beforeAll(async () => {
      this.path = await mkdtemp(join(tmpdir(), 'tcp-teardown-cli-'))
    })
    afterAll(() => rm(this.path, { recursive: true }))
  }

  /** Writes a new file and returns its path; tests at the same time must not write the same one. */
  async file(name: string, bytes: Uint8Array | string): Promise<string> {
    const path = join(this.path, name)
    await writeFile(path, bytes, { flag: 'wx' })
    return path
  }
}
