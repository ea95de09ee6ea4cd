// The packets of one connection as a ladder shows them.

import type { TcpState } from '../../tcp/state.js'

/** Who sent a packet; `network` for an ICMP error about the connection. */
export type LadderSender = 'client' | 'server' | 'network'

/**
 * What a packet is, as far as that decides whether it can be folded away: of a `series` that repeats the same bytes, or of a
 * `storm` of segments and resets that answer each other.
 */
export type LadderKind = 'plain' | 'probe' | 'series' | 'storm' | 'other'

/** One packet of a connection. */
export interface LadderPacket {
  /** Record number in the capture, Wireshark's frame.number. */
  readonly frame: number
  /** Capture time, relative ns. */
  readonly ns: number
  readonly from: LadderSender
  /** Flag names; `ICMP` for an ICMP error. */
  readonly flags: readonly string[]
  /** Sequence number relative to the sender's first; undefined where it is not shown. */
  readonly seq: number | undefined
  /** Acknowledgment relative to the receiver's first sequence number; undefined without ACK, or where it is not shown. */
  readonly ack: number | undefined
  readonly length: number
  /** States after the packet, as far as packets prove them; empty when unknown. */
  readonly clientState: TcpState | ''
  readonly serverState: TcpState | ''
  /** The packet changed a state. */
  readonly isStateChange: boolean
  readonly kind: LadderKind
  readonly notes: readonly string[]
  /** Numbers of the records that hold this packet once more, where those are not shown themselves. */
  readonly copies?: readonly number[]
  /** Why the packet is evidence; undefined if it is none. */
  readonly shows: string | undefined
}

/** Packets that are not shown one by one. */
export interface LadderGap {
  packets: number
  clientBytes: number
  serverBytes: number
  retransmissions: number
  resets: number
  fromNs: number
  toNs: number
  /** All of them are keepalive or window probes and answers. */
  isProbing: boolean
  /** They were not kept: too many. */
  readonly isLost: boolean
}

/** A packet, or packets that were not kept. */
export type LadderItem = LadderPacket | LadderGap

/** One connection's packets in order. */
export interface Ladder {
  readonly items: readonly LadderItem[]
  /** Packets of the connection that were not kept. */
  readonly omitted: number
}

/** Note of a segment that was sent before. */
export const SENT_AGAIN = 'resent'

/** Note of a packet that the capture has once more. */
export const CAPTURED_TWICE = 'captured twice'

/** Tells a packet from a gap. */
export function isPacket(item: LadderItem): item is LadderPacket {
  return 'frame' in item
}

/** A gap with nothing in it yet. */
export function emptyGap(isLost: boolean): LadderGap {
  return {
    packets: 0,
    clientBytes: 0,
    serverBytes: 0,
    retransmissions: 0,
    resets: 0,
    fromNs: 0,
    toNs: 0,
    isProbing: true,
    isLost,
  }
}

/** Puts a packet into a gap. */
export function addToGap(gap: LadderGap, packet: LadderPacket): void {
  if (gap.packets === 0) gap.fromNs = packet.ns
  gap.packets++
  gap.toNs = packet.ns
  if (packet.from === 'client') gap.clientBytes += packet.length
  else gap.serverBytes += packet.length
  if (packet.notes.includes(SENT_AGAIN)) gap.retransmissions++
  if (packet.flags.includes('RST')) gap.resets++
  if (packet.kind !== 'probe') gap.isProbing = false
}
