// A ladder as JSON: every packet that was kept, nothing folded.

import type { TcpState } from '../../tcp/state.js'
import { isoTime } from '../bytes/time.js'
import { type Ladder, type LadderPacket, type LadderSender, isPacket } from './packet.js'

/** One packet of a connection, as it is written; absent values are left out, as in the other formats. */
export interface LadderRow {
  /** Record number in the capture, Wireshark's frame.number. */
  readonly packet: number
  /** Capture time, ISO 8601. */
  readonly time: string
  /** Who sent it; `network` for an ICMP error about the connection. */
  readonly from: LadderSender
  /** Flag names; `ICMP` for an ICMP error. */
  readonly flags: readonly string[]
  /** Sequence number relative to the sender's first. */
  readonly seq?: number
  /** Acknowledgment relative to the receiver's first sequence number. */
  readonly ack?: number
  /** Payload bytes. */
  readonly length?: number
  /** State of the client after it, as far as packets prove it. */
  readonly client_state?: TcpState
  /** State of the server after it. */
  readonly server_state?: TcpState
  /** What is odd about it, such as `resent`. */
  readonly notes?: readonly string[]
  /** Why it is evidence. */
  readonly evidence?: string
}

/** One connection with its packets, as it is written. */
export interface ConnectionLadder<C extends object = object> {
  readonly connection: C
  /** The rule that said how it ended. */
  readonly rule: string
  readonly packets: readonly LadderRow[]
  /** Packets of the connection that were too many to be kept. */
  readonly omitted_packets?: number
}

/** The one object of `explain --format json`. */
export function ladderObject<C extends object>(
  connection: C,
  rule: string,
  ladder: Ladder,
  baseNs: bigint,
): ConnectionLadder<C> {
  const packets = ladder.items.filter(isPacket).map((packet) => packetObject(packet, baseNs))
  const omitted = ladder.omitted === 0 ? {} : { omitted_packets: ladder.omitted }
  return { connection, rule, packets, ...omitted }
}

function packetObject(packet: LadderPacket, baseNs: bigint): LadderRow {
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
