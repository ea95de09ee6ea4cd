// The command in this process, with what it writes caught on its way: starting a process takes more time than a hundred
// runs.

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** The entry of the command: arguments as those of a process, and the exit code. */
export type Main = (argv: readonly string[]) => Promise<number>

/** What a run wrote, and how it ended. */
export interface Result {
  readonly args: readonly string[]
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

const STDOUT = 1
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Runs the command again and again. */
export class Program {
  private readonly main: Main
  private out: Buffer[] | undefined

  constructor(main: Main) {
    this.main = main
    this.catchStdout()
  }

  async run(args: readonly string[]): Promise<Result> {
    const out: Buffer[] = []
    const err: string[] = []
    const { exitCode, stderr } = process
    const write = stderr.write.bind(stderr)
    const listeners = SIGNALS.map((name) => [name, process.rawListeners(name)] as const)
    const errorListeners = stderr.rawListeners('error')
    this.out = out
    stderr.write = (text: Uint8Array | string) => err.push(String(text)) > 0
    try {
      const code = await this.main([process.execPath, 'tcp-teardown', ...args])
      return { args, code, stdout: Buffer.concat(out), stderr: err.join('') }
    } finally {
      this.out = undefined
      stderr.write = write
      process.exitCode = exitCode
      for (const [name, before] of listeners) keepOnly(process, name, before)
      keepOnly(stderr, 'error', errorListeners)
    }
  }

  /** The command writes results without a stream, and takes the function from the module of Node. */
  private catchStdout(): void {
    const { writeSync } = fs
    const caught = (fd: number, bytes: unknown, ...more: never[]): number => {
      if (fd !== STDOUT || this.out === undefined) return writeSync(fd, bytes as string, ...more)
      const copy = Buffer.from(bytes as Uint8Array)
      this.out.push(copy)
      return copy.length
    }
    fs.writeSync = caught as typeof fs.writeSync
    syncBuiltinESMExports()
  }
}

/** Takes away the listeners that a run has added. */
function keepOnly(from: NodeJS.EventEmitter, name: string, before: readonly unknown[]): void {
  for (const listener of from.rawListeners(name)) {
    if (!before.includes(listener)) from.removeListener(name, listener as () => void)
  }
}
