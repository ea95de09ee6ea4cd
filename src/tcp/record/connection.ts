// The connection record: what every packet touches. The facts of the connection come first, then those of each side
// together, so that a packet touches few lines of cache. Sequence numbers are int32 (see seq.ts), times are ns relative to
// the capture clock, frames are record numbers from 1. An event that did not happen has frame 0; its time means nothing.

import { Words } from './words.js'

/** Letters of Zeek's history that are kept. */
export const HISTORY_MAX = 32

/**
 * Where the parts of a record begin, in words: what every packet touches is four lines of cache, the facts of the connection
 * in one and those of each side in one and a half; what is touched at the opening, at the end and by rare events lies behind
 * it. The rare part of a side is as far from its usual part as that of the other side, so that one position names a field of
 * either, and what is left between the two holds facts of the connection.
 */
const SIDES = 16
const SIDE_STEP = 24
const RARE_SIDES: number = SIDES + 2 * SIDE_STEP
const RARE_SIDE_WORDS = 8
const RARE: number = RARE_SIDES + RARE_SIDE_WORDS
const RARE_AGAIN: number = RARE_SIDES + SIDE_STEP + RARE_SIDE_WORDS
const RECORD_WORDS: number = RARE_AGAIN + 16

/** Fields of the connection as a whole. */
export class ConnectionWords extends Words {
  /** First word of the address of side 0, all of an IPv4 address. Side 0 sent the first packet. */
  readonly key0: number = this.int()
  /** The same of side 1. */
  readonly key1: number = this.int()
  /** Port of side 0 in the upper 16 bits, of side 1 in the lower. */
  readonly ports: number = this.int()
  /** CONN_* bits. */
  readonly flags: number = this.int()
  /** Zeek's states of both endpoints, see views/zeek.ts. */
  readonly zeek: number = this.int()
  /** Index of the teardown record plus one, 0 for none. */
  readonly teardownIndex: number = this.int()
  /** Index of the closing record plus one, 0 for none. */
  readonly closingIndex: number = this.int()
  /** First four bytes of the last payload of either side, as far as captured: see payload.ts. */
  readonly dataHead: number = this.int()
  /** Latest packet time of either side (never runs back). */
  readonly endNs: number = this.float()
  /** Its frame. */
  readonly endFrame: number = this.float()
  /** Length in bytes of the last payload. */
  readonly dataLen: number = this.int()
  /** Its acknowledgment number. */
  readonly dataAck: number = this.int()
  /** How often payload of the server was the next after payload of the client. */
  readonly answers: number = this.int()
  /** First four bytes of the last payload of the client that the server has answered. */
  readonly answeredHead: number = this.int()

  /** Address of side 0, four words, of which IPv4 takes the first. */
  readonly addr0: number = this.from(RARE).list(4)
  /** Address of side 1, four words. */
  readonly addr1: number = this.list(4)
  /** Hash of the 4-tuple, the same for both directions. */
  readonly hash: number = this.int()
  /** Wireshark's tcp.stream number, its lower 31 bits; -1 in a record that is not in use. */
  readonly streamLow: number = this.int()
  /** The bits of the stream number above the lower 31: a flood reaches them within hours. */
  readonly streamHigh: number = this.int()
  /** Id in the decoder's EncapsulationTable. */
  readonly encapsulation: number = this.int()
  /** Time of the first packet. */
  readonly startNs: number = this.float()
  /** Its frame. */
  readonly startFrame: number = this.float()

  /** Time of the first ACK that completes the handshake. */
  readonly handshakeNs: number = this.from(RARE_AGAIN).float()
  /** Its frame. */
  readonly handshakeFrame: number = this.float()
  /** Time of the first SYN-ACK, 0 when there is none. */
  readonly synAckNs: number = this.float()
  /** Letters of Zeek's history. */
  readonly historyLength: number = this.int()
  /** The letters, four to a word, the side in the upper bit of each. */
  readonly history: number = this.list(HISTORY_MAX / 4)
}

/** Fields of each side. */
export class SideWords extends Words {
  /** State number of state.ts. */
  readonly state: number = this.int()
  /** SIDE_* bits. */
  readonly flags: number = this.int()
  /** SND.NXT as far as seen: the number after the highest byte sent, SYN and FIN included. */
  readonly nxt: number = this.int()
  /** Highest acknowledgment this side has sent: a lower bound of its RCV.NXT. */
  readonly acked: number = this.int()
  /** Window field of the last segment, unscaled. */
  readonly window: number = this.int()
  /** Sequence number of the last segment: tells duplicates and the trigger of a reset. */
  readonly lastSeq: number = this.int()
  /** Its acknowledgment number. */
  readonly lastAck: number = this.int()
  /** Its payload length in bytes. */
  readonly lastLen: number = this.int()
  /** Its flag bits in the low byte, TTL in the next, IP ID plus one above. */
  readonly lastMeta: number = this.int()
  /** Lowest TTL in the low byte, highest in the next; resets not counted. */
  readonly ttlRange: number = this.int()
  /** What of Zeek's history this side has had, see views/zeek.ts. */
  readonly zeekSeen: number = this.int()
  /** Segments. */
  readonly packets: number = this.float()
  /** Payload bytes, retransmissions included. */
  readonly bytes: number = this.float()
  /** Time of the last segment. */
  readonly lastNs: number = this.float()
  /** Its frame. */
  readonly lastFrame: number = this.float()
  /** Time of the last segment with payload not seen before. */
  readonly dataNs: number = this.float()
  /** Its frame. */
  readonly dataFrame: number = this.float()

  /** Initial sequence number; without a SYN the first sequence number seen minus one. */
  readonly isn: number = this.from(RARE_SIDES - SIDES).int()
  /** Window scale shift of this side's SYN, 0 without the option. */
  readonly windowShift: number = this.int()
  /** Retransmitted segments. */
  readonly retransmissions: number = this.int()
  /** Bytes from here up to `holeEnd` were skipped and not seen yet; the two are equal when there is no hole. */
  readonly holeStart: number = this.int()
  /** End of the hole. */
  readonly holeEnd: number = this.int()
  /** Segments that were captured twice. */
  readonly duplicates: number = this.int()
  /** Sequence number of its last RST, for Zeek's history. */
  readonly zeekRstSeq: number = this.int()
}

/** Positions in the record's own block. */
export const CONN: ConnectionWords = new ConnectionWords()
/** Positions in the block of a side. */
export const SIDE: SideWords = new SideWords()

/** Size of a connection record in int32 words. */
export const CONN_INTS: number = RECORD_WORDS
/** Size of a connection record in 8-byte cells. */
export const CONN_CELLS: number = CONN_INTS / 2
/** First word of side 0's block. */
export const SIDE_INTS: number = SIDES
/** Words from one side's block to the next. */
export const SIDE_INTS_STEP: number = SIDE_STEP
/** First cell of side 0's block. */
export const SIDE_CELLS: number = SIDES / 2
/** Cells from one side's block to the next. */
export const SIDE_CELLS_STEP: number = SIDE_STEP / 2

/** First word of a side's block. */
export function sideInts(record: number, side: number): number {
  return record * CONN_INTS + SIDE_INTS + side * SIDE_INTS_STEP
}

/** What the upper word of a stream number counts. */
export const STREAM_HIGH_UNIT = 0x8000_0000
/** The bits of a stream number in the lower word. */
export const STREAM_LOW = 0x7fff_ffff

/** Wireshark's tcp.stream number of a connection. */
export function streamOf(ints: Int32Array, record: number): number {
  const conn = record * CONN_INTS
  return (
    (ints[conn + CONN.streamHigh] as number) * STREAM_HIGH_UNIT +
    (ints[conn + CONN.streamLow] as number)
  )
}
