// Which connection of a capture a row is, for reading its packets once more.

import type { LadderTarget } from '../../engine/ladder/target.js'
import type { PageEvidence, PageFilter } from '../../output/page/page-data.js'
import type { Details } from './details.js'
import { type Connections, serverAt } from './connections.js'

/** A connection, and its last packet. */
export interface WantedLadder {
  /** Place of its capture. */
  readonly capture: number
  readonly target: LadderTarget
  readonly lastPacket: number
}

/** What is wanted for a row. */
export function wantedLadder(c: Connections, place: number, details: Details): WantedLadder {
  const [, lastPacket, isClientFirst] = details['filter'] as PageFilter
  const evidence = (details['evidence'] ?? []) as readonly PageEvidence[]
  const shows = new Map<number, string>()
  for (const [packet, , text] of evidence) {
    const before = shows.get(packet)
    shows.set(packet, before === undefined ? text : `${before}; ${text}`)
  }
  const server = serverAt(c, place)
  const ports = [
    c.clientPort[place] as number,
    Number(server.slice(server.lastIndexOf(':') + 1)),
  ] as const
  return {
    capture: c.capture[place] as number,
    target: {
      stream: c.stream[place] as number,
      clientSide: isClientFirst ? 0 : 1,
      ports: isClientFirst ? ports : [ports[1], ports[0]],
      shows,
    },
    lastPacket,
  }
}
