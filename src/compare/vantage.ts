// One connection as one capture saw it: what is needed to tell it from what another capture saw.

import { shownEndpoint } from '../output/columns/address.js'
import type { ColumnSource } from '../output/columns/column.js'
import { SIDE_SYN, SIDE_SYN_ACK } from '../tcp/record/bits.js'
import { seqDistance } from '../tcp/seq.js'
import type { Closer } from '../verdict/answer.js'
import type { Ending } from '../verdict/endings.js'
import type { SideEvidence } from '../verdict/side-evidence.js'

/** One side, as one capture saw it. */
export interface SeenSide {
  readonly endpoint: string
  readonly packets: number
  readonly bytes: number
  /** Sequence numbers it has used, payload with it: whatever segments it was cut into. */
  readonly sentBytes: number
  readonly fins: number
  /** Packet of its first FIN, 0 for none. */
  readonly finPacket: number
  readonly resets: number
  /** Packet of its reset that counts, else of its first one; 0 for none. */
  readonly resetPacket: number
}

/** One connection, as one capture saw it. Times are ns since 1970. */
export interface Seen {
  readonly stream: number
  readonly ending: Ending
  readonly closer: Closer
  /** Initial sequence numbers, which no address translation changes; that of the server only with its SYN-ACK. */
  readonly clientIsn: number
  readonly serverIsn: number | undefined
  readonly client: SeenSide
  readonly server: SeenSide
  readonly synNs: bigint
  /** From the SYN to the last packet of the connection, and to the end of the capture. */
  readonly spanNs: number
  readonly toEndNs: number
  /** From the SYN to the SYN-ACK, and from there to the ACK; NaN when unknown. */
  readonly toServerNs: number
  readonly toClientNs: number
}

/** Reads a connection; undefined when its SYN is not in the capture. */
export function seenOf({ e, j, baseNs, anonymizer }: ColumnSource): Seen | undefined {
  const { client, server, handshake, synAckNs, clientSide } = e
  if (!client.has(SIDE_SYN)) return undefined
  const isAnswered = server.has(SIDE_SYN_ACK) && synAckNs !== 0
  const isRepeated = client.synRepeats + server.synAckRepeats > 0
  const shown = { e, anonymizer }
  return {
    stream: e.stream,
    ending: j.ending,
    closer: j.closer,
    clientIsn: client.isn,
    serverIsn: isAnswered ? server.isn : undefined,
    client: sideOf(client, shownEndpoint(shown, clientSide)),
    server: sideOf(server, shownEndpoint(shown, 1 - clientSide)),
    synNs: baseNs + BigInt(Math.round(e.startNs)),
    spanNs: e.endNs - e.startNs,
    toEndNs: e.captureEndNs - e.startNs,
    toServerNs: isRepeated || !isAnswered ? NaN : synAckNs - e.startNs,
    toClientNs: isRepeated || !isAnswered || !handshake.seen ? NaN : handshake.ns - synAckNs,
  }
}

function sideOf(side: SideEvidence, endpoint: string): SeenSide {
  return {
    endpoint,
    // What was captured on several interfaces counts once.
    packets: side.packets - side.duplicates,
    bytes: side.bytes,
    sentBytes: Math.max(0, seqDistance(side.nxt, side.isn)),
    fins: side.finCount,
    finPacket: side.fin.seen ? side.fin.frame : 0,
    resets: side.rstCount,
    resetPacket: side.rst.at.seen ? side.rst.at.frame : 0,
  }
}
