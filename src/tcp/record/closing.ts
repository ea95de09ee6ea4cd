// The closing record: what FINs touch. Connections that have one are attached to it by ConnectionWords.closingIndex, so that
// a million open connections or unanswered SYNs cost one small record each.

import { Words } from './words.js'

/** Fields of the connection as a whole. */
export class ClosingWords extends Words {
  /** Time of the last payload of either side, or of the opening, before the first FIN or RST that counts. */
  readonly idleSinceNs: number = this.float()
  /** Its frame. */
  readonly idleSinceFrame: number = this.float()
  /** The side that sent that payload, plus one; 0 when it was the opening. */
  readonly idleSinceSide: number = this.int()
  /** First four bytes of that payload. */
  readonly idleSinceHead: number = this.int()
  /** Its length in bytes. */
  readonly idleSinceLen: number = this.int()
  /** Record plus one of the connection that its SYN met on the same addresses and ports, while that one is watched; else 0. */
  readonly oldRecord: number = this.int()
  /** Lower bits of the stream number of the connection before it on the same addresses and ports, plus one; 0 for none. */
  readonly previousStream: number = this.int()
  /** PREVIOUS_* how that one ended. */
  readonly previousKind: number = this.int()
  /** Time of its last packet. */
  readonly previousNs: number = this.float()
}

/** Fields of each side. */
export class ClosingSideWords extends Words {
  /** Sequence number of the FIN itself. */
  readonly finSeq: number = this.int()
  /** FINs sent. */
  readonly finCount: number = this.int()
  /** Acknowledgment field of the first FIN. */
  readonly finAck: number = this.int()
  /** The peer's SND.NXT when the first FIN passed. */
  readonly finPeerNxt: number = this.int()
  /** Time of the first FIN. */
  readonly finNs: number = this.float()
  /** Its frame. */
  readonly finFrame: number = this.float()
  /** Time of the last FIN. */
  readonly finLastNs: number = this.float()
  /** Its frame. */
  readonly finLastFrame: number = this.float()
  /** Time of the peer's segment that first acknowledged the FIN. */
  readonly finAckedNs: number = this.float()
  /** Its frame. */
  readonly finAckedFrame: number = this.float()
  /** Time of the first payload sent after the peer's FIN passed. */
  readonly lateNs: number = this.float()
  /** Its frame. */
  readonly lateFrame: number = this.float()
  /** Payload bytes sent after the peer's FIN passed. */
  readonly lateBytes: number = this.float()
  /** GOODBYE_* kind of its last goodbye, see payload.ts; 0 for none. */
  readonly goodbyeKind: number = this.int()
  /** Its length in bytes. */
  readonly goodbyeLen: number = this.int()
  /** Its acknowledgment number. */
  readonly goodbyeAck: number = this.int()
  /** Number of a TLS alert that is not encrypted, plus one; else 0. */
  readonly goodbyeAlert: number = this.int()
  /** Time of that goodbye. */
  readonly goodbyeNs: number = this.float()
  /** Its frame. */
  readonly goodbyeFrame: number = this.float()
  /** Time of the last payload of either side before it, or of the opening. */
  readonly goodbyeIdleNs: number = this.float()
}

/** Positions in the record's own block. */
export const CLOSING: ClosingWords = new ClosingWords()
/** Positions in the block of a side. */
export const CLOSING_SIDE: ClosingSideWords = new ClosingSideWords()

/** Size of a closing record in int32 words. */
export const CLOSING_INTS: number = CLOSING.size + 2 * CLOSING_SIDE.size
/** Size of a closing record in 8-byte cells. */
export const CLOSING_CELLS: number = CLOSING_INTS / 2

const SIDE_INTS: number = CLOSING.size
const SIDE_INTS_STEP: number = CLOSING_SIDE.size

/** First word of a side's block. */
export function closingInts(closing: number, side: number): number {
  return closing * CLOSING_INTS + SIDE_INTS + side * SIDE_INTS_STEP
}
