// The options of `compare`.

import { type Command, Option } from 'commander'
import {
  type SharedFlags,
  anonymizeOptions,
  choice,
  colourOption,
  judgingOptions,
  option,
} from '../options.js'
import { wholeNumber } from '../values.js'

/** Options of `compare` as commander hands them over, checked. */
export interface CompareFlags extends SharedFlags {
  readonly format: 'text' | 'json'
  readonly output?: string
  readonly top: number
}

const DEFAULT_TOP = 10

const EXAMPLES = `
Examples:
  tcp-teardown compare client.pcap server.pcap   what one end sent and the other never got
  tcp-teardown compare -f json a.pcap b.pcap     every pair, one JSON document

Connections are paired by their initial sequence numbers, also through address translation: their SYN has to
be in both captures.
Exit codes: 0 done, 2 an error, 130 or 143 interrupted (SIGINT, SIGTERM).`

/** Adds `compare`. */
export function addCompare(
  program: Command,
  action: (a: string, b: string, flags: CompareFlags) => Promise<void>,
): void {
  const command = program
    .command('compare')
    .description('compare two captures of the same connections, made at two places')
    .argument('<A>', 'a capture')
    .argument('<B>', 'another one of the same connections')
  command
    .optionsGroup('Output:')
    .addOption(choice('-f, --format <format>', 'form of the result', ['text', 'json']))
    .addOption(new Option('-o, --output <file>', 'write the result to a file'))
    .addOption(
      option(
        '--top <n>',
        'connections listed (text)',
        wholeNumber(0, Number.MAX_SAFE_INTEGER),
      ).default(DEFAULT_TOP),
    )
  for (const each of anonymizeOptions()) command.addOption(each)
  command.addOption(colourOption()).optionsGroup('Analysis:')
  for (const each of judgingOptions()) command.addOption(each)
  command.addHelpText('after', EXAMPLES).action(action)
}
