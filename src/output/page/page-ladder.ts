// The ladder of a connection as a page has it: folded, in the words of the command.

import { duration } from '../../base/text.js'
import { labelOf } from '../ladder/arrow.js'
import { type LadderRow, foldLadder, isSilence } from '../ladder/fold.js'
import { type Ladder, type LadderPacket, isPacket } from '../ladder/packet.js'
import { gapText, newsOf } from '../ladder/render.js'
import { omittedText } from '../ladder/verdict.js'
import type { PageFold, PageLadder, PagePacket } from './page-data.js'

/** The packets of a connection; `sinceStart` gives ns from its first packet to a relative time, as they are shown. */
export function pageLadder(ladder: Ladder, sinceStart: (ns: number) => number): PageLadder {
  return {
    rows: foldLadder(ladder.items).map((row) => rowOf(row, sinceStart)),
    omitted: omittedText(ladder.omitted),
  }
}

function rowOf(row: LadderRow, sinceStart: (ns: number) => number): PageFold | PagePacket {
  if (isSilence(row)) return { text: `${duration(row.silenceNs)} of silence`, isSilence: true }
  return isPacket(row) ? packetOf(row, sinceStart) : { text: gapText(row), isSilence: false }
}

function packetOf(packet: LadderPacket, sinceStart: (ns: number) => number): PagePacket {
  const notes = newsOf(packet)
  return {
    packet: packet.frame,
    // A time of ns in seconds has digits that mean nothing.
    at: Math.round(sinceStart(packet.ns)) / 1e9,
    from: packet.from,
    label: labelOf(packet, false),
    client: packet.clientState,
    server: packet.serverState,
    ...(notes.length === 0 ? {} : { notes }),
    ...(packet.shows === undefined ? {} : { shows: packet.shows }),
  }
}
