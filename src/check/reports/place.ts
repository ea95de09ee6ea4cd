// Where a violation is, in the words of the reports.

import type { Violation } from '../result.js'

/** Where to look: capture, stream, who, how, packets. */
export function placeOf({ capture, number, client, endpoint, what, packets }: Violation): string {
  if (client === undefined) return `${capture}  incident ${number}  ${endpoint}  ${what}`
  const on =
    packets.length === 0
      ? ''
      : `  ${packets.length === 1 ? 'packet' : 'packets'} ${packets.join(', ')}`
  return `${capture}  tcp.stream eq ${number}  ${client} → ${endpoint}  ${what}${on}`
}
