// The command line: commands, help, and what is run when no command is named.

import { Command, CommanderError, Option } from 'commander'
import { statOf } from '../capture/stat.js'
import { TYPE_NAMES } from '../schema/type-names.js'
import { type AnalyzeFlags, addAnalyze } from './analyze/command.js'
import { type CheckFlags, addCheck } from './check/command.js'
import { type CompareActions, addCompare } from './compare/command.js'
import { addCompletion } from './completion/command.js'
import type { Shell } from './completion/shells.js'
import { type EndpointsFlags, addEndpoints } from './endpoints/command.js'
import { type ExplainFlags, addExplain } from './explain/command.js'
import { type ManualFlags, addManual } from './manual/command.js'
import { type McpFlags, addMcp } from './mcp/command.js'
import { type QueueActions, addQueue } from './queue/command.js'
import { addSchema } from './schema/command.js'
import { type ViewFlags, addView } from './view/command.js'
import { type WatchFlags, addWatch } from './watch/command.js'
import { endingSuggestion, endingsNamed } from '../verdict/ending-names.js'
import { acceptQuietOptions } from './options.js'
import { didYouMean } from '../base/suggest.js'

/** What the program calls for each command. */
export interface Actions extends CompareActions, QueueActions {
  readonly analyze: (inputs: readonly string[], flags: AnalyzeFlags) => Promise<void>
  readonly explain: (what: string | undefined, flags: ExplainFlags) => Promise<void>
  readonly endpoints: (inputs: readonly string[], flags: EndpointsFlags) => Promise<void>
  readonly check: (inputs: readonly string[], flags: CheckFlags) => Promise<void>
  readonly schema: (type: string | undefined) => Promise<void>
  readonly mcp: (folders: readonly string[], flags: McpFlags) => Promise<void>
  readonly completion: (shell: Shell) => Promise<void>
  readonly manual: (command: string | undefined, flags: ManualFlags) => Promise<void>
  readonly view: (inputs: readonly string[], flags: ViewFlags) => Promise<void>
  readonly watch: (source: string | undefined, flags: WatchFlags) => Promise<void>
}

/** Where help goes, and what is said about options. */
export interface HelpTexts {
  readonly writeOut: (text: string) => void
  readonly writeErr: (text: string) => void
}

/** Options that may stand before a command: those that every one takes, without a value behind them. */
const AHEAD = /^--(?:no-pager|no-progress|color=.*)$/
/** Options that need no command. */
const OF_THE_PROGRAM = /^(?:-[hvV]|--help|--version)$/
const DEFAULT_COMMAND = 'analyze'

/** What names a path or a glob rather than a command. */
const LIKE_A_PATH = /[/\\.*?[\]{}]|^-/

/** Builds the command tree. */
export function buildProgram(version: string, texts: HelpTexts, actions: Actions): Command {
  const program = new Command('tcp-teardown')
    .configureOutput({
      ...texts,
      outputError: (text, write) => write(ownWords(text)),
    })
    .usage('[command] <capture...> [options]')
    .description(
      'Tells how every TCP connection in a packet capture ended, who ended it, and on which packets the answer rests.',
    )
    .version(version, '-v, --version', 'show the version')
    .addOption(new Option('-V').hideHelp())
    // Behind a command -v is a value, as in --sort -verdict.
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('(add --help for all options)')
    .addHelpText(
      'after',
      '\nStart with: tcp-teardown capture.pcap\nAll its options: tcp-teardown analyze --help',
    )
  program.on('option:V', () => {
    texts.writeOut(`${version}\n`)
    throw new CommanderError(0, 'commander.version', version)
  })
  addAnalyze(program, (inputs, flags) => {
    const late = inputs.find((word) => commandNames(program).includes(word) && !exists(word))
    if (late !== undefined)
      program.error(`error: '${late}' is no file; as a command it comes first`)
    return actions.analyze(inputs, flags)
  })
  addExplain(program, actions.explain)
  addEndpoints(program, actions.endpoints)
  addCheck(program, actions.check)
  addCompare(program, actions)
  addWatch(program, actions.watch)
  addView(program, actions.view)
  addQueue(program, actions)
  addMcp(program, actions.mcp)
  addSchema(program, TYPE_NAMES, actions.schema)
  addCompletion(program, actions.completion)
  addManual(program, actions.manual)
  for (const command of program.commands) acceptQuietOptions(command)
  return program
}

/**
 * The arguments with the command first: it may be left out, or stand behind options that all commands take, as in
 * `--no-pager explain a.pcap`.
 */
export function commandFirst(program: Command, args: readonly string[]): readonly string[] {
  const names = [...commandNames(program), 'help']
  const at = args.findIndex((word) => !AHEAD.test(word))
  const command = args[at]
  if (command === undefined || OF_THE_PROGRAM.test(command)) return args
  if (names.includes(command)) return [command, ...args.slice(0, at), ...args.slice(at + 1)]
  checkFirst(program, command)
  return [DEFAULT_COMMAND, ...args]
}

/** Errors of commander in the form of all others; a wrong value is told by the parser of its option. */
function ownWords(text: string): string {
  return text
    .replace(
      /^error: option '(?:-\w, )?(--[\w-]+)[^']*' (?:argument|value) '[^]*' (?:from env '[^]*' )?is invalid\. /,
      'error: $1: ',
    )
    .replace(
      /^error: command-argument value '[^]*' is invalid for argument '([^']*)'\. /,
      'error: $1: ',
    )
    .replace(/^error: /, 'tcp-teardown: ')
}

/** A first word that is neither a command nor a file is a misspelt command rather than a missing capture. */
function checkFirst(program: Command, first: string): void {
  const commands = commandNames(program)
  if (exists(first)) return
  // The name of an ending may have a dot.
  if (LIKE_A_PATH.test(first) && endingsNamed(first) === undefined) return
  const hint = didYouMean(first, [...commands, 'help']) ?? explainHint(first)
  program.error(
    `error: '${first}' is no command and no file${hint === undefined ? '' : `; ${hint}`}`,
  )
}

function commandNames(program: Command): string[] {
  return program.commands.map((command) => command.name())
}

function exists(path: string): boolean {
  return statOf(path) !== undefined
}

/** For the name of an ending, which belongs after `explain`. */
function explainHint(text: string): string | undefined {
  if (endingsNamed(text) !== undefined) return `did you mean explain ${text}?`
  return endingSuggestion(text)?.replace('did you mean ', 'did you mean explain ')
}
