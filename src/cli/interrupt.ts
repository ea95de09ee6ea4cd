// Ctrl-C and SIGTERM. The first one ends the reading, and what was found is reported; the next one ends the process.

import { EXIT_INTERRUPTED, EXIT_TERMINATED } from './exit-codes.js'
import { runExitHooks } from './exit-hooks.js'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
type Signal = (typeof SIGNALS)[number]

const GRACE_MS = 1500

/** What has come: whoever waits for somebody in vain must not wait for a second one. */
let taken: Signal | undefined

/** Ends the process if a signal has come; for waits that may never end. */
export function endIfInterrupted(): void {
  if (taken !== undefined) endBy(taken)
}

function endBy(name: Signal): void {
  runExitHooks()
  giveUpSignals()
  process.kill(process.pid, name)
}

/** Listens to the signals that end a run. */
export class Interrupt {
  private readonly controller = new AbortController()
  /** Exit code of a run that was interrupted. */
  exitCode: number = EXIT_INTERRUPTED

  constructor() {
    for (const name of SIGNALS) process.on(name, () => this.take(name))
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.controller.signal
  }

  /** Ends the process by the signal that came, for what does not end by itself. */
  end(name: Signal = this.exitCode === EXIT_TERMINATED ? 'SIGTERM' : 'SIGINT'): void {
    endBy(name)
  }

  private take(name: Signal): void {
    taken ??= name
    if (!this.signal.aborted) {
      if (name === 'SIGTERM') this.exitCode = EXIT_TERMINATED
      this.controller.abort()
    } else this.end(name)
  }
}

/** Lets signals end the process again without asking; returns what takes that back. */
export function giveUpSignals(): () => void {
  const listeners = SIGNALS.map((name) => [name, process.rawListeners(name)] as const)
  for (const name of SIGNALS) process.removeAllListeners(name)
  return () => {
    for (const [name, all] of listeners) {
      for (const listener of all) process.on(name, listener as NodeJS.SignalsListener)
    }
  }
}

/** Does what may block for ever: until it is done, signals end the process, because nobody could listen to them. */
export function withoutListeners<T>(step: () => T): T {
  const takeBack = giveUpSignals()
  try {
    return step()
  } finally {
    takeBack()
  }
}

/**
 * Ctrl-C reaches the whole pipeline. Whoever writes into the pipe gets this long to write out what it holds and close.
 */
export function afterGrace(signal: AbortSignal): AbortSignal {
  const later = new AbortController()
  signal.addEventListener('abort', () => setTimeout(() => later.abort(), GRACE_MS).unref(), {
    once: true,
  })
  return later.signal
}
