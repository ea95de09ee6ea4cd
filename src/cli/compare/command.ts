// The options of `compare`.

import { type Command, Option } from 'commander'
import { PERIOD_GROUPINGS, type PeriodGrouping } from '../../compare/before-after/period.js'
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
  readonly before?: readonly string[]
  readonly after?: readonly string[]
  readonly by: PeriodGrouping
}

/** What `compare` calls: for two places, or for two times. */
export interface CompareActions {
  readonly compare: (a: string, b: string, flags: CompareFlags) => Promise<void>
  readonly compareTimes: (
    before: readonly string[],
    after: readonly string[],
    flags: CompareFlags,
  ) => Promise<void>
}

const DEFAULT_TOP = 10

const EXAMPLES = `
Examples:
  tcp-teardown compare client.pcap server.pcap       what one end sent and the other never got
  tcp-teardown compare -f json a.pcap b.pcap         every pair, one JSON document
  tcp-teardown compare --before a.pcap --after b/    what a deploy changed, and whether beyond chance

Of two places, connections are paired by their initial sequence numbers, also through address translation: their
SYN has to be in both captures. Of two times nothing is paired: shares are compared.
Exit codes: 0 done, 2 an error, 130 or 143 interrupted (SIGINT, SIGTERM).`

/** Adds `compare`. */
export function addCompare(program: Command, actions: CompareActions): void {
  const command = program
    .command('compare')
    .description(
      'compare two captures of the same connections, made at two places, or a service at two times',
    )
    .usage(
      '[options] <A> <B>\n       tcp-teardown compare [options] --before <capture...> --after <capture...>',
    )
    .argument('[A]', 'a capture')
    .argument('[B]', 'another one of the same connections')
  command
    .optionsGroup('Two times of one service:')
    .addOption(
      new Option('--before <capture...>', 'captures of the first time: files, folders, globs'),
    )
    .addOption(new Option('--after <capture...>', 'captures of the second time'))
    .addOption(
      choice('--by <what>', 'endings also by server endpoint, or by server port', PERIOD_GROUPINGS),
    )
    .optionsGroup('Output:')
    .addOption(choice('-f, --format <format>', 'form of the result', ['text', 'json']))
    .addOption(new Option('-o, --output <file>', 'write the result to a file'))
    .addOption(
      option(
        '--top <n>',
        'connections listed; of two times, rows of each list that are not beyond chance (text)',
        wholeNumber(0, Number.MAX_SAFE_INTEGER),
      ).default(DEFAULT_TOP),
    )
  for (const each of anonymizeOptions()) command.addOption(each)
  command.addOption(colourOption()).optionsGroup('Analysis:')
  for (const each of judgingOptions()) command.addOption(each)
  command
    .addHelpText('after', EXAMPLES)
    .action((a: string | undefined, b: string | undefined, flags: CompareFlags) => {
      const { before, after } = flags
      const wrong = wrongUse(a, b, flags)
      if (wrong !== undefined) command.error(`error: ${wrong}`)
      return before === undefined || after === undefined
        ? actions.compare(a ?? '', b ?? '', flags)
        : actions.compareTimes(before, after, flags)
    })
}

/** What is wrong with a call that is neither about two places nor about two times. */
function wrongUse(
  a: string | undefined,
  b: string | undefined,
  { before, after, by }: CompareFlags,
): string | undefined {
  if (before === undefined && after === undefined) {
    if (by !== 'all') return '--by needs --before and --after'
    return b === undefined
      ? `${a === undefined ? 'two captures are' : 'a second capture is'} needed: A and B of two places, or --before and --after of two times`
      : undefined
  }
  if (a !== undefined)
    return `'${a}' beside --before and --after: captures are either of two places (A and B) or of two times`
  if (after === undefined) return '--before needs --after, captures of another time'
  return before === undefined ? '--after needs --before, captures of another time' : undefined
}
