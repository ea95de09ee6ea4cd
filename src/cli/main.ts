// Entry of the command: arguments in, exit code out. Errors become one line on stderr.

import { type Command, CommanderError } from 'commander'
import { TeardownError } from '../base/errors.js'
import { printable } from '../base/text.js'
import { hasReadsUnderWay } from '../capture/patient-read.js'
import { print, warn } from './context.js'
import { EXIT_DONE, EXIT_ERROR } from './exit-codes.js'
import { Interrupt } from './interrupt.js'
import { OutputClosed } from './output.js'
import { type AnalyzeFlags, PAGE_FORMAT } from './analyze/command.js'
import { groupFlags } from './endpoints/command.js'
import { type Actions, buildProgram, commandFirst } from './program.js'
import { packageVersion } from './version.js'
import type { ViewFlags } from './view/command.js'

/** Arguments of a process that was given none: Node and the program. */
const WITHOUT_ARGUMENTS = 2
/** How long a process that was interrupted waits for the reader of its messages. */
const MESSAGES_MS = 2000

/** Runs the command line and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const interrupt = new Interrupt()
  let exitCode = EXIT_DONE
  // Whoever reads the messages may go away; that changes nothing about the results.
  process.stderr.on('error', () => undefined)
  const texts = {
    // Their reader may go away, or have no room, as that of results.
    writeOut: print,
    writeErr: (text: string) => void process.stderr.write(printableLines(text)),
  }
  const { own, command } = splitCommand(argv.slice(WITHOUT_ARGUMENTS))
  const program = buildProgram(packageVersion(), texts, {
    // Each command loads what it needs: modules are most of the start-up time.
    analyze: async (inputs, flags) => {
      exitCode = await analyze(inputs, flags, own, interrupt)
    },
    explain: async (what, flags) => {
      const { runExplain } = await import('./explain/explain.js')
      const { explainSettings } = await import('./explain/settings.js')
      exitCode = await runExplain(what, explainSettings(flags), interrupt.signal)
    },
    check: async (inputs, flags) => {
      const { runCheck } = await import('./check/check.js')
      exitCode = await runCheck(inputs, flags, interrupt.signal)
    },
    compare: async (a, b, flags) => {
      const { runCompare } = await import('./compare/compare.js')
      exitCode = await runCompare(a, b, flags, interrupt.signal)
    },
    compareTimes: async (before, after, flags) => {
      const { runBeforeAfter } = await import('./compare/before-after.js')
      exitCode = await runBeforeAfter(before, after, flags, interrupt.signal)
    },
    watch: async (source, flags) => {
      const { runWatch } = await import('./watch/watch.js')
      exitCode = await runWatch(source, command, flags, interrupt.signal)
      // A signal is how a watch ends.
      interrupt.exitCode = exitCode
    },
    view: async (inputs, flags) => {
      exitCode = await view(inputs, flags, interrupt)
    },
    ...printing(() => program),
    ...serving(interrupt, (code) => {
      exitCode = code
    }),
    endpoints: async (inputs, flags) => {
      const { runEndpoints } = await import('./endpoints/endpoints.js')
      exitCode = await runEndpoints(inputs, flags, interrupt.signal)
    },
  })
  try {
    // The exit code of commander's help is this one; from the first action on, ending unasked is an error again.
    process.exitCode = EXIT_DONE
    program.hook('preAction', () => {
      process.exitCode = EXIT_ERROR
    })
    if (argv.length <= WITHOUT_ARGUMENTS) program.help({ error: true })
    await program.parseAsync(commandFirst(program, own), { from: 'user' })
  } catch (error) {
    const { aborted, reason } = interrupt.signal
    exitCode = aborted && error === reason ? EXIT_DONE : exitCodeOf(error)
    if (exitCode !== EXIT_DONE) return exitCode
  }
  if (!interrupt.signal.aborted) return exitCode
  if (hasReadsUnderWay()) interrupt.end()
  // Whoever reads the messages may never do so, and nothing else is left to wait for.
  setTimeout(() => interrupt.end(), MESSAGES_MS).unref()
  return interrupt.exitCode
}

/** Commands that print what is known without a capture. */
function printing(program: () => Command): Pick<Actions, 'schema' | 'completion' | 'manual'> {
  return {
    schema: async (type) => {
      const { printSchema } = await import('./schema/schema.js')
      printSchema(type)
    },
    completion: async (shell) => {
      const { printCompletion } = await import('./completion/completion.js')
      printCompletion(shell, program())
    },
    manual: async (of, flags) => {
      const { printManual } = await import('./manual/manual.js')
      printManual(of, flags, program(), packageVersion())
    },
  }
}

type ServingActions = Pick<Actions, 'submit' | 'worker' | 'status' | 'mcp'>

/** Commands of a queue, and what answers assistants. */
function serving(interrupt: Interrupt, end: (exitCode: number) => void): ServingActions {
  return {
    mcp: async (folders, flags) => {
      const { runMcp } = await import('./mcp/mcp.js')
      // A signal is how it ends.
      interrupt.exitCode = await runMcp(folders, flags, interrupt.signal)
      end(interrupt.exitCode)
    },
    submit: async (inputs, options, flags) => {
      const { runSubmit } = await import('./queue/submit.js')
      end(await runSubmit(inputs, options, flags, interrupt.signal))
    },
    worker: async (flags) => {
      const { runWorker } = await import('./queue/worker.js')
      // A signal is how it ends.
      interrupt.exitCode = await runWorker(flags, interrupt.signal)
      end(interrupt.exitCode)
    },
    status: async (flags) => {
      const { runStatus } = await import('./queue/status.js')
      end(await runStatus(flags))
    },
  }
}

/** What stands behind `watch … --` is the command that captures, with options of its own. */
function splitCommand(args: readonly string[]): {
  readonly own: readonly string[]
  readonly command: readonly string[]
} {
  const at = args.find((word) => !word.startsWith('-')) === 'watch' ? args.indexOf('--') : -1
  return at < 0
    ? { own: args, command: [] }
    : { own: args.slice(0, at), command: args.slice(at + 1) }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof OutputClosed) return EXIT_DONE
  // Commander has printed help, version or the usage error itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_DONE : EXIT_ERROR
  if (error instanceof TeardownError) {
    warn(error.message)
    return EXIT_ERROR
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  warn('unexpected error, please report it')
  process.stderr.write(`${printableLines(text)}\n`)
  return EXIT_ERROR
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

/** Rows and totals, a page, or with `--group-by` counts. */
async function analyze(
  inputs: readonly string[],
  flags: AnalyzeFlags,
  args: readonly string[],
  interrupt: Interrupt,
): Promise<number> {
  const { signal } = interrupt
  if (flags.format === PAGE_FORMAT) {
    const { runPage } = await import('./page/page.js')
    const { isLive } = await import('./analyze/sequential.js')
    const exitCode = await runPage(inputs, flags, args, signal)
    if (inputs.every(isLive)) interrupt.exitCode = exitCode
    return exitCode
  }
  if (flags.groupBy !== undefined) {
    const { runEndpoints } = await import('./endpoints/endpoints.js')
    return runEndpoints(inputs, groupFlags(flags, flags.groupBy), signal)
  }
  const { runAnalyze } = await import('./analyze/analyze.js')
  const { analyzeSettings } = await import('./analyze/settings.js')
  const { isLive } = await import('./analyze/sequential.js')
  const exitCode = await runAnalyze(inputs, analyzeSettings(flags), signal)
  // A signal is how the reading of a live source ends.
  if (inputs.every(isLive)) interrupt.exitCode = exitCode
  return exitCode
}

async function view(
  inputs: readonly string[],
  flags: ViewFlags,
  interrupt: Interrupt,
): Promise<number> {
  const { runView } = await import('./view/view.js')
  // A signal is how it ends.
  return (interrupt.exitCode = await runView(inputs, flags, interrupt.signal))
}
