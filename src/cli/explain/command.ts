// The options of `explain`.

import { type Command, Option } from 'commander'
import { ALL_COLUMN_KEYS } from '../../output/columns/columns.js'
import { ENDING_NAMES } from '../../verdict/ending-names.js'
import { FINDINGS } from '../../verdict/findings.js'
import { FLAGS } from '../../verdict/flags.js'
import {
  type SharedFlags,
  anonymizeOptions,
  choice,
  colourOption,
  fileOrWord,
  judgingOptions,
  localTimeOption,
  option,
  pagerOption,
} from '../options.js'
import { FILTERS_HEADING, type FilterFlags, filterOptions } from '../filters.js'
import { wholeNumber } from '../values.js'

/** Options of `explain` as commander hands them over, checked. */
export interface ExplainFlags extends SharedFlags, FilterFlags {
  readonly incident?: number
  readonly format: string
  readonly all?: boolean
  readonly pager: boolean
}

const EXAMPLES = `
Examples:
  tcp-teardown explain capture.pcap --stream 3           packets, states and evidence of one connection
  tcp-teardown explain a.pcap --client 10.0.0.1:40000    the same by its address and port
  tcp-teardown explain a.pcap --contains req-7f3a        the one that a request id belongs to
  tcp-teardown explain rst_after_kill.write_after_close  what an ending means, and what usually causes it
  tcp-teardown explain capture.pcap --incident 1         what happened to a service, its connections on one time line
  tcp-teardown explain half_closed                       what a finding, a flag, a column or an error means
  tcp-teardown explain findings                          every finding; also flags, sees, columns, incidents
  tcp-teardown explain                                   every verdict and cause

Exit codes: 0 done, 2 an error, 130 or 143 interrupted (SIGINT, SIGTERM).`

/** What can be explained by name. */
const WORDS: readonly string[] = [
  ...ENDING_NAMES,
  ...FINDINGS.map(({ code }) => code),
  ...FLAGS.map(({ name }) => name),
  ...ALL_COLUMN_KEYS,
  'findings',
  'flags',
  'sees',
  'columns',
  'incidents',
]

/** Adds `explain`. */
export function addExplain(
  program: Command,
  action: (what: string | undefined, flags: ExplainFlags) => Promise<void>,
): void {
  const command = program
    .command('explain')
    .description('show one connection or incident, or tell what a verdict means')
    .addArgument(
      fileOrWord(
        '[what]',
        'a capture file, or a word: a verdict, a cause, a finding, a flag, a column; or a list: findings, flags, sees, columns, incidents; nothing lists all endings',
        WORDS,
      ),
    )
  command
    .optionsGroup('What of a capture:')
    .addOption(
      option(
        '--incident <number>',
        'no connection, but this incident of the capture (analyze numbers them)',
        wholeNumber(1, Number.MAX_SAFE_INTEGER),
      ).conflicts(['stream', 'client', 'server']),
    )
    .optionsGroup('Output:')
    .addOption(choice('-f, --format <format>', 'form of the result', ['text', 'json']))
    .addOption(new Option('--all', 'fold no packets away'))
    .addOption(localTimeOption('the text'))
    .addOption(colourOption())
    .addOption(pagerOption('a long text'))
  for (const each of anonymizeOptions()) command.addOption(each)
  command.optionsGroup(FILTERS_HEADING)
  for (const each of filterOptions()) command.addOption(each)
  command.optionsGroup('Analysis:')
  for (const each of judgingOptions()) command.addOption(each)
  command.addHelpText('after', EXAMPLES).action(action)
}
