// Totals of several captures as those of one run.

import { TeardownError } from '../base/errors.js'
import type { Summary } from '../output/collect/summary.js'
import { ENDINGS, VERDICTS, endingOf } from '../verdict/endings.js'
import { CLOSERS } from '../verdict/answer.js'

/**
 * Adds up totals: what one run over all captures would have said.
 *
 * @throws {TeardownError} ERR_OPTION for none.
 */
export function mergeTotals(totals: readonly Summary[]): Summary {
  const [first] = totals
  if (first === undefined) throw new TeardownError('ERR_OPTION', 'there are no totals to merge')
  function sum(of: (each: Summary) => number): number {
    return totals.reduce((all, each) => all + of(each), 0)
  }
  /** Counts by name, in the order of `names`; what none of them has is left out. */
  function sums(
    of: 'verdicts' | 'causes' | 'closers',
    names: readonly string[],
  ): Record<string, number> {
    const known = names.filter((name) => totals.some((each) => name in each[of]))
    return Object.fromEntries(known.map((name) => [name, sum((each) => each[of][name] ?? 0)]))
  }
  const unread = sum((each) => each.unread_captures ?? 0)
  return {
    type: first.type,
    schema: first.schema,
    captures: sum((each) => each.captures),
    failed_captures: sum((each) => each.failed_captures),
    ...(unread === 0 ? {} : { unread_captures: unread }),
    packets: sum((each) => each.packets),
    tcp_packets: sum((each) => each.tcp_packets),
    read_bytes: sum((each) => each.read_bytes),
    connections: sum((each) => each.connections),
    selected_connections: sum((each) => each.selected_connections),
    verdicts: sums(
      'verdicts',
      VERDICTS.map(({ verdict }) => verdict),
    ),
    causes: sums('causes', ENDINGS.map(endingOf)),
    closers: sums('closers', [...CLOSERS].sort()),
  }
}
