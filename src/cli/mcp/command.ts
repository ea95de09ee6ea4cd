// The options of `mcp`.

import type { Command } from 'commander'
import { anonymizeOptions } from '../options.js'
import type { AnonymizeFlags } from '../anonymize-key.js'

/** Options of `mcp` as commander hands them over, checked. */
export type McpFlags = AnonymizeFlags

const EXAMPLES = `
Examples:
  tcp-teardown mcp /var/captures                     captures of this folder, for an assistant that starts it
  claude mcp add captures -- tcp-teardown mcp /var/captures

It speaks the Model Context Protocol on standard input and output. Nothing outside the folders is read, nothing is written, and
payload is never shown; --anonymize replaces addresses. Its client ends it.
Exit codes: 0 done, 2 an error.`

/** Adds `mcp`. */
export function addMcp(
  program: Command,
  action: (folders: readonly string[], flags: McpFlags) => Promise<void>,
): void {
  const command = program
    .command('mcp')
    .description('answer the questions of an assistant about captures (Model Context Protocol)')
    .argument('<folder...>', 'folders below which captures may be read')
  for (const each of anonymizeOptions()) command.addOption(each)
  command.addHelpText('after', EXAMPLES).action(action)
}
