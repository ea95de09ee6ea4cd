// The options of `endpoints`.

import { type Command, Option } from 'commander'
import { GROUPINGS, type Grouping, ORDERS, type Order } from '../../output/endpoints/collect.js'
import {
  type SharedFlags,
  anonymizeOptions,
  choice,
  colourOption,
  judgingOptions,
  option,
} from '../options.js'
import { span, wholeNumber } from '../values.js'

/** Options of `endpoints` as commander hands them over, checked. */
export interface EndpointsFlags extends SharedFlags {
  readonly by: Grouping
  /** ns. */
  readonly over?: number
  readonly format: 'table' | 'json' | 'csv'
  readonly output?: string
  readonly top: number
  readonly sort: Order
  readonly progress: boolean
}

const DEFAULT_TOP = 20

const EXAMPLES = `
Examples:
  tcp-teardown endpoints capture.pcap                 each server: who closes, resets, refused, percentiles
  tcp-teardown endpoints --sort refused --top 5 a.pcap  the five that refused most
  tcp-teardown endpoints --by client captures/        the same by client, over all captures of a folder
  tcp-teardown endpoints --over 1m -f csv a.pcap      a row for each server and minute

Percentiles are off by one percent at most.
Exit codes: 0 done, 2 an error, 130 or 143 interrupted (SIGINT, SIGTERM).`

/** Adds `endpoints`. */
export function addEndpoints(
  program: Command,
  action: (inputs: readonly string[], flags: EndpointsFlags) => Promise<void>,
): void {
  const command = program
    .command('endpoints')
    .description('count connections by server, client, port or network')
    .argument('<capture...>', 'pcap or pcapng files, folders, globs, or - for standard input')
  command
    .optionsGroup('What is counted:')
    .addOption(
      choice('--by <what>', 'by server endpoint, client, server port or /24 of clients', GROUPINGS),
    )
    .addOption(option('--over <time>', 'also by spans of time, such as 10s or 1m', span))
  for (const each of judgingOptions()) command.addOption(each)
  command
    .optionsGroup('Output:')
    .addOption(choice('-f, --format <format>', 'form of the result', ['table', 'json', 'csv']))
    .addOption(new Option('-o, --output <file>', 'write the result to a file'))
    .addOption(
      option(
        '--top <n>',
        'endpoints listed (table)',
        wholeNumber(0, Number.MAX_SAFE_INTEGER),
      ).default(DEFAULT_TOP),
    )
  command.addOption(
    choice(
      '--sort <by>',
      'order, the most first: trouble is what did not end as it should',
      ORDERS,
    ),
  )
  for (const each of anonymizeOptions()) command.addOption(each)
  command
    .addOption(colourOption())
    .addOption(new Option('--no-progress', 'no progress bar on stderr'))
  command.addHelpText('after', EXAMPLES).action(action)
}
