// A command that writes a capture to its standard output, such as `tcpdump -w -`.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { TeardownError } from '../../base/errors.js'
import { systemErrorText } from '../../base/system-error.js'

/** Runs a command; its messages go where ours go. */
export class CapturingCommand {
  private readonly name: string
  private readonly child: ChildProcessByStdio<null, Readable, null>
  private readonly ending: Promise<unknown>

  /** `signal` ends it; `later` ends it for certain. */
  constructor([name = '', ...args]: readonly string[], signal: AbortSignal, later: AbortSignal) {
    this.name = name
    this.child = spawn(name, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.ending = once(this.child, 'close')
    this.ending.catch(() => undefined)
    signal.addEventListener('abort', () => this.child.kill('SIGTERM'), { once: true })
    later.addEventListener('abort', () => this.child.kill('SIGKILL'), { once: true })
  }

  /** What it writes. */
  get output(): Readable {
    return this.child.stdout
  }

  /** Waits for its end; an error for one that did not end as it should. */
  async problem(signal: AbortSignal): Promise<TeardownError | undefined> {
    try {
      await this.ending
    } catch (error) {
      return new TeardownError('ERR_READ', `cannot run ${this.name}: ${systemErrorText(error)}`)
    }
    const { exitCode, signalCode } = this.child
    if (signal.aborted || exitCode === 0) return undefined
    const how = exitCode === null ? `was ended by ${signalCode}` : `ended with ${exitCode}`
    return new TeardownError('ERR_READ', `${this.name} ${how}`)
  }

  /** Ends it, where nothing it writes is wanted any more. */
  kill(): void {
    this.child.kill('SIGKILL')
    this.child.stdout.destroy()
  }
}
