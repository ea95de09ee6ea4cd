// Runs the built program in processes that are there already: starting one takes a third of a second of processor time,
// which is more than most runs. Real starts are for what arguments do not tell: input, environment, signals.

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import type { Run } from './run-cli.js'

const SCRIPT = fileURLToPath(new URL('resident.mjs', import.meta.url))
const MARK = '\u0000the run is over\u0000'

/** One process, and what it has written of the run that is under way. */
class Resident {
  private readonly child: ChildProcess
  private readonly out: Buffer[] = []
  private readonly err: Buffer[] = []

  constructor() {
    const env = { PATH: process.env['PATH'] }
    this.child = fork(SCRIPT, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    this.child.stdout?.on('data', (part: Buffer) => this.out.push(part))
    this.child.stderr?.on('data', (part: Buffer) => this.err.push(part))
  }

  async run(args: readonly string[], cwd: string): Promise<Run> {
    const { child } = this
    const code = await new Promise<number>((resolve, reject) => {
      child.once('message', (message) => {
        child.removeAllListeners('exit')
        resolve((message as { code: number }).code)
      })
      child.once('exit', () =>
        reject(new Error(`the program ended its process: ${args.join(' ')}`)),
      )
      child.send({ args, cwd, mark: MARK })
    })
    return { code, stdout: await taken(this.out), stderr: await taken(this.err) }
  }

  end(): void {
    this.child.disconnect()
  }
}

/** What was written up to the mark, which may still be on its way. */
async function taken(parts: Buffer[]): Promise<string> {
  for (;;) {
    const text = Buffer.concat(parts).toString()
    if (text.endsWith(MARK)) {
      parts.length = 0
      return text.slice(0, -MARK.length)
    }
    await new Promise(setImmediate)
  }
}

const all: Resident[] = []
const idle: Resident[] = []
/** As many as there are cores on a small machine: more would only wait for each other. */
const MOST = 2
const waiting: ((resident: Resident) => void)[] = []

afterAll(() => {
  for (const resident of all) resident.end()
})

/** Runs the program with arguments and nothing on its standard input. */
export async function runResident(args: readonly string[], cwd: string): Promise<Run> {
  const resident = await free()
  const result = await resident.run(args, cwd)
  const next = waiting.shift()
  if (next === undefined) idle.push(resident)
  else next(resident)
  return result
}

async function free(): Promise<Resident> {
  const ready = idle.pop()
  if (ready !== undefined) return ready
  if (all.length >= MOST) return new Promise((resolve) => waiting.push(resolve))
  const made = new Resident()
  all.push(made)
  return made
}
