// Sentences about what is shown, from numbers alone.

import { count, grouped } from '../../base/text.js'
import type { PageHead } from '../../output/page/page-data.js'

/** What is said where no connection ended in a way that means trouble. */
export function quietText({ captures, summary }: PageHead): string {
  const failed = captures.filter(
    ({ error }) => error !== undefined && error.code !== 'ERR_INTERRUPTED',
  )
  const isSingle = captures.length === 1
  if (summary.connections === 0) {
    if (failed.length === captures.length && summary.packets === 0)
      return `Nothing could be read: ${isSingle ? 'this is no capture' : 'none of these is a capture'}, or it is damaged from the beginning.`
    const where = isSingle ? 'this capture' : 'these captures'
    return `There is no TCP connection in ${failed.length === 0 ? where : `what could be read of ${where}`}.`
  }
  if (summary.selected_connections === 0)
    return `The filters of this run select none of ${count(summary.connections, 'connection')}.`
  const isSome = summary.selected_connections < summary.connections
  const which = isSome ? 'none of the selected connections' : 'no connection'
  const limit = failed.length === 0 ? '' : ' in what could be read'
  return `Nothing stands out${limit}: no service or host failed, and ${which} ended in a way that means trouble.`
}

/** How many connections are shown; `rest` are those of which the page has no row. */
export function shownText(shown: number, all: number, rest: number, isFiltered: boolean): string {
  const withRow = rest === 0 ? '' : ' with a row'
  if (isFiltered) return `${grouped(shown)} of ${count(all, 'connection')}${withRow} shown`
  if (all === 0) return 'no connection to show'
  return all === 1
    ? 'the only connection is shown'
    : `all ${grouped(all)} connections${withRow} shown`
}

/** Behind the heading of counts that know of the connections with a row only; empty where these are all. */
export function rowsOnlyText({ rest, rows }: PageHead): string {
  return rest.connections === 0 ? '' : `of the ${grouped(rows)} that have a row`
}
