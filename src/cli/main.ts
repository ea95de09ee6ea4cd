// Entry of the command: arguments in, exit code out. Errors become one line on stderr.

import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { TeardownError } from '../base/errors.js'
import { printable } from '../report/printable.js'
import { EXIT_DONE, EXIT_ERROR, EXIT_INTERRUPTED, EXIT_TERMINATED } from './exit-codes.js'
import { OutputClosed } from './output.js'
import { buildProgram } from './program.js'

/** Runs the command line and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController()
  let interruptedCode = EXIT_INTERRUPTED
  // The first Ctrl-C ends the reading, and what was found is reported; a second one ends the process.
  process.once('SIGINT', () => interrupt.abort())
  process.once('SIGTERM', () => {
    interruptedCode = EXIT_TERMINATED
    interrupt.abort()
  })
  let exitCode = EXIT_DONE
  // Whoever reads the messages may go away; that changes nothing about the results.
  process.stderr.on('error', () => undefined)
  const program = buildProgram(packageVersion(), {
    // Each command loads what it needs: modules are most of the start-up time.
    analyze: async (inputs, flags) => {
      const { runAnalyze } = await import('./analyze.js')
      const { analyzeSettings } = await import('./settings.js')
      exitCode = await runAnalyze(inputs, analyzeSettings(flags), flags, interrupt.signal)
    },
    explain: async (what, flags) => {
      const { runExplain } = await import('./explain.js')
      const { explainSettings } = await import('./explain-settings.js')
      exitCode = await runExplain(what, explainSettings(flags), interrupt.signal)
    },
  })
  try {
    await program.parseAsync(argv)
    return interrupt.signal.aborted ? interruptedCode : exitCode
  } catch (error) {
    return exitCodeOf(error)
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof OutputClosed) return EXIT_DONE
  // Commander has printed help, version or the usage error itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_DONE : EXIT_ERROR
  if (error instanceof TeardownError) {
    process.stderr.write(`tcp-teardown: ${printable(error.message)}\n`)
    return EXIT_ERROR
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`tcp-teardown: unexpected error, please report it\n${text}\n`)
  return EXIT_ERROR
}

function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return version
}
