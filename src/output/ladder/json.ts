// A ladder as JSON: every packet that was kept, nothing folded.

import { isoTime } from '../bytes/time.js'
import { type Ladder, type LadderPacket, isPacket } from './packet.js'

/** The one object of `explain --format json`. */
export function ladderObject(
  connection: object,
  rule: string,
  ladder: Ladder,
  baseNs: bigint,
): object {
  const packets = ladder.items.filter(isPacket).map((packet) => packetObject(packet, baseNs))
  const omitted = ladder.omitted === 0 ? {} : { omitted_packets: ladder.omitted }
  return { connection, rule, packets, ...omitted }
}

/** Absent values are left out, as in the other formats. */
function packetObject(packet: LadderPacket, baseNs: bigint): object {
  const { frame, ns, from, flags, seq, ack, length, clientState, serverState, notes, shows } =
    packet
  const isSegment = from !== 'network'
  return {
    packet: frame,
    time: isoTime(baseNs, ns),
    from,
    flags,
    ...(isSegment && seq !== undefined && { seq }),
    ...(ack !== undefined && { ack }),
    ...(isSegment && { length }),
    ...(clientState !== '' && { client_state: clientState }),
    ...(serverState !== '' && { server_state: serverState }),
    ...(notes.length > 0 && { notes }),
    ...(shows !== undefined && { evidence: shows }),
  }
}
