// The options of `completion`.

import { Argument, type Command } from 'commander'
import { oneOf } from '../values.js'
import { SHELLS, type Shell } from './shells.js'

const EXAMPLES = `
Examples:
  source <(tcp-teardown completion bash)                 for this shell; in ~/.bashrc for all
  tcp-teardown completion zsh > "\${fpath[1]}/_tcp-teardown"
  tcp-teardown completion fish > ~/.config/fish/completions/tcp-teardown.fish

Exit codes: 0 done, 2 an error.`

/** Adds `completion`. */
export function addCompletion(program: Command, action: (shell: Shell) => Promise<void>): void {
  program
    .command('completion')
    .description('print what bash, zsh or fish need to complete commands, options and names')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS).argParser(oneOf(SHELLS)))
    .addHelpText('after', EXAMPLES)
    .action((shell: Shell) => action(shell))
}
