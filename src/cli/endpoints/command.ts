// The options of `endpoints`.

import { type Command, Option } from 'commander'
import { TeardownError } from '../../base/errors.js'
import { span } from '../../base/time-words.js'
import type { AnalyzeFlags } from '../analyze/command.js'
import { GROUPINGS, type Grouping, ORDERS, type Order } from '../../output/endpoints/collect.js'
import {
  type SharedFlags,
  anonymizeOptions,
  bomOption,
  choice,
  colourOption,
  judgingOptions,
  option,
  pagerOption,
  progressOption,
} from '../options.js'
import { GROUP_FORMATS, type GroupFormat } from '../../output/endpoints/document.js'
import { FILTERS_HEADING, type FilterFlags, filterOptions } from '../filters.js'
import { wholeNumber } from '../values.js'

/** Options of `endpoints` as commander hands them over, checked. */
export interface EndpointsFlags extends SharedFlags, FilterFlags {
  readonly by: Grouping
  /** ns. */
  readonly over?: number
  readonly format: GroupFormat
  readonly output?: string
  readonly bom?: boolean
  readonly top: number
  readonly sort: Order
  /** Groups at most, in every form. */
  readonly limit?: number
  readonly progress: boolean
  readonly pager: boolean
}

/** Endpoints listed in a table unless asked for otherwise. */
export const MOST_LISTED = 20

/** The order of counts unless asked for otherwise. */
export function groupOrder(by: Grouping): Order {
  return by === 'minute' || by === 'capture' ? 'name' : 'trouble'
}

/** The same options for `analyze --group-by`. */
export function groupFlags(flags: AnalyzeFlags, by: Grouping): EndpointsFlags {
  const { format: name, limit, sort: asked, ...others } = flags
  const format = GROUP_FORMATS.find((each) => each === name)
  if (format === undefined)
    throw new TeardownError(
      'ERR_OPTION',
      `--group-by goes with the formats ${GROUP_FORMATS.join(', ')}, not with ${name}`,
    )
  if (asked !== undefined && asked.counts === undefined)
    throw new TeardownError(
      'ERR_OPTION',
      `--sort ${asked.rows?.column} goes with rows; counts are sorted by ${ORDERS.join(', ')}`,
    )
  const sort = asked?.counts ?? groupOrder(by)
  const top = limit ?? MOST_LISTED
  return {
    ...others,
    ...(limit === undefined ? {} : { limit }),
    by,
    sort,
    format,
    top,
  }
}

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
      choice(
        '--by <what>',
        'by server endpoint, client, server port, /24 of clients, minute, capture, verdict or cause',
        GROUPINGS,
      ),
    )
    .addOption(option('--over <time>', 'also by spans of time, such as 10s or 1m', span))
  for (const each of judgingOptions()) command.addOption(each)
  command
    .optionsGroup('Output:')
    .addOption(choice('-f, --format <format>', 'form of the result', GROUP_FORMATS))
    .addOption(new Option('-o, --output <file>', 'write the result to a file'))
    .addOption(
      option(
        '--top <n>',
        'endpoints listed (table)',
        wholeNumber(0, Number.MAX_SAFE_INTEGER),
      ).default(MOST_LISTED),
    )
  command.addOption(
    choice(
      '--sort <by>',
      'order, the most first: trouble is what did not end as it should',
      ORDERS,
    ),
  )
  command.addOption(bomOption())
  for (const each of anonymizeOptions()) command.addOption(each)
  command
    .addOption(colourOption())
    .addOption(progressOption())
    .addOption(pagerOption('a long table'))
  command.optionsGroup(FILTERS_HEADING)
  for (const each of filterOptions()) command.addOption(each)
  command.addHelpText('after', EXAMPLES).action(action)
}
