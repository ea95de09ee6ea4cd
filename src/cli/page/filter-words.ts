// The filters of a run as they were typed, for those who are sent its results.

import { filterOptions } from '../filters.js'

/** Filters whose values are texts of payload, or may be: they are named without them. */
const WITHOUT_VALUE = new Set(['--contains'])
/** Filters whose values are addresses. */
const OF_ADDRESSES = new Set(['--host', '--server', '--client'])

/** The filters among `args`. Addresses stay out of it where they are replaced in the results. */
export function filterWords(args: readonly string[], isAnonymous: boolean): string {
  const flags = new Set(filterOptions().map(({ long }) => long))
  const words: string[] = []
  for (const [at, arg] of args.entries()) {
    if (arg === '--') break
    const [flag = '', ...rest] = arg.split('=')
    if (!flags.has(flag)) continue
    const value = rest.length > 0 ? rest.join('=') : (args[at + 1] ?? '')
    const isHidden = WITHOUT_VALUE.has(flag) || (isAnonymous && OF_ADDRESSES.has(flag))
    words.push(`${flag} ${isHidden ? '…' : value}`)
  }
  return words.join(' ')
}
