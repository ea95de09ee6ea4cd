// The options of `manual`.

import { Argument, type Command, Option } from 'commander'
import { oneOf } from '../values.js'

/** Options of `manual` as commander hands them over. */
export interface ManualFlags {
  readonly outDir?: string
}

const EXAMPLES = `
Examples:
  tcp-teardown manual analyze | man -l -                 read the page of a command
  tcp-teardown manual --out-dir /usr/local/share/man/man1   all pages, for man to find

Exit codes: 0 done, 2 an error.`

/** Adds `manual`; its pages are of the commands that stand before it, and its own. */
export function addManual(
  program: Command,
  action: (command: string | undefined, flags: ManualFlags) => Promise<void>,
): void {
  const names = [...program.commands.map((command) => command.name()), 'manual']
  program
    .command('manual')
    .description('print a manual page, of the program or of one of its commands')
    .addArgument(new Argument('[of]', 'a command').choices(names).argParser(oneOf(names)))
    .addOption(new Option('--out-dir <folder>', 'write into a folder, by default all pages'))
    .addHelpText('after', EXAMPLES)
    .action(action)
}
