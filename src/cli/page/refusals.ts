// Options of `analyze` that make no sense of a page.

import { TeardownError } from '../../base/errors.js'
import type { AnalyzeFlags } from '../analyze/command.js'
import { namingOf } from '../options.js'

/** Why an option is refused, by its key. */
const REFUSED: readonly (readonly [key: keyof AnalyzeFlags, flag: string, why: string])[] = [
  ['columns', '--columns', 'the page has all columns'],
  ['map', '--map', 'the page has no columns for others'],
  ['types', '--types', 'the page has everything'],
  ['bom', '--bom', 'browsers know that it is UTF-8'],
  ['sort', '--sort', 'the page sorts its table by any column'],
  ['limit', '--limit', 'the page shows as many rows as it has room for'],
  ['groupBy', '--group-by', 'the page counts by endpoint and by time itself'],
  ['summary', '--summary', 'the page begins with the totals'],
  ['outDir', '--out-dir', 'a page holds all captures'],
  ['resume', '--resume', 'a page holds all captures'],
  ['localTime', '--local-time', 'the page is the same everywhere; it has a switch for local times'],
]

/**
 * Checks the options.
 *
 * @throws {TeardownError} ERR_OPTION for one that goes with rows only, and for a page that would fill a terminal.
 */
export function refuseRowOptions(flags: AnalyzeFlags): void {
  const refused = REFUSED.find(([key]) => flags[key] !== undefined)
  if (refused !== undefined) {
    const [, flag, why] = refused
    throw new TeardownError('ERR_OPTION', `${flag} does not go with -f html: ${why}`)
  }
  namingOf(flags, flags.format)
  if ((flags.output ?? '-') === '-' && process.stdout.isTTY)
    throw new TeardownError(
      'ERR_OPTION',
      '-f html is a page for a browser: write it to a file with -o report.html',
    )
}
