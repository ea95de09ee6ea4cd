// Which connection a ladder is of, as the first reading found it.

import type { EndedConnection } from '../ended-connection.js'

/** One connection of a capture. */
export interface LadderTarget {
  readonly stream: number
  /** Side of the connection record that is the client. */
  readonly clientSide: number
  /** Port of either side. */
  readonly ports: readonly [number, number]
  /** What evidence packets show, by packet number. */
  readonly shows: ReadonlyMap<number, string>
}

/** The target that a judged connection is. */
export function targetOf({ e, j }: EndedConnection): LadderTarget {
  const shows = new Map<number, string>()
  for (const item of j.evidence()) {
    const before = shows.get(item.frame)
    shows.set(item.frame, before === undefined ? item.shows : `${before}; ${item.shows}`)
  }
  const { stream, clientSide } = e
  return { stream, clientSide, ports: [e.portOf(0), e.portOf(1)], shows }
}
