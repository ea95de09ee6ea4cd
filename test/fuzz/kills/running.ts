// The program as a process that may be killed.

import { type ChildProcess, spawn } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('bin/tcp-teardown.js', topFolder()))

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
  readonly ms: number
}

/** When and how a process is killed. */
export interface Kill {
  readonly signal: NodeJS.Signals
  readonly afterMs: number
}

/** Runs the program, with a folder of its own for temporary files, to its end or until it is killed. */
export async function runProgram(
  args: readonly string[],
  temporary: string,
  kill?: Kill,
): Promise<Ended> {
  const env = { PATH: process.env['PATH'], TMPDIR: temporary }
  const started = performance.now()
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const timer = kill === undefined ? undefined : killLater(child, kill)
  const stderr: Buffer[] = []
  child.stderr?.on('data', (part: Buffer) => stderr.push(part))
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(
    (resolve, reject) => {
      child.on('error', reject)
      child.on('close', (exitCode, by) => resolve([exitCode, by]))
    },
  )
  clearTimeout(timer)
  const ms = performance.now() - started
  return { code, signal, stderr: Buffer.concat(stderr).toString(), ms }
}

/** Any moment will do: nothing waits for it. */
function killLater(child: ChildProcess, { signal, afterMs }: Kill): NodeJS.Timeout {
  return setTimeout(() => child.kill(signal), afterMs)
}

/** The folder that holds `test`, or `.fuzz/test` where this file is compiled. */
function topFolder(): URL {
  const here = new URL('../../../', import.meta.url)
  return here.pathname.endsWith('/.fuzz/') ? new URL('../', here) : here
}
