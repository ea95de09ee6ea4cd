// The options of `view`.

import type { Command } from 'commander'
import { option } from '../options.js'
import { wholeNumber } from '../values.js'

/** Options of `view` as commander hands them over, checked. */
export interface ViewFlags {
  /** 0 for any that is free. */
  readonly port: number
}

const MAX_PORT = 65_535

const EXAMPLES = `
Examples:
  tcp-teardown view capture.pcap       the page of -f html, at an address of this machine
  tcp-teardown view                    a page that analyzes captures which are dropped on it

Nobody but this machine can reach it. Ctrl-C ends it.
Exit codes: 0 ended by a signal, 2 an error.`

/** Adds `view`. */
export function addView(
  program: Command,
  action: (inputs: readonly string[], flags: ViewFlags) => Promise<void>,
): void {
  program
    .command('view')
    .description('show results in a browser, at an address that only this machine can reach')
    .argument(
      '[capture...]',
      'pcap or pcapng files, folders or globs; without any the page takes them',
    )
    .addOption(
      option(
        '--port <n>',
        'the port; any that is free by default',
        wholeNumber(0, MAX_PORT),
      ).default(0, 'any'),
    )
    .addHelpText('after', EXAMPLES)
    .action(action)
}
