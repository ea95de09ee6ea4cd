// The endings that most connections have, told by a few words of their records. Closed: opened by a handshake, used, closed by a
// FIN of either side that the other one acknowledged, and nothing special in between. Unanswered: one SYN, and nothing else.
// Open: a handshake, and all that was sent acknowledged. What the rules say of them is `fin-normal`, `handshake-unanswered`,
// `open-idle` and `open-active`; these are parts of what those rules hold for, and take a fraction of the time: no evidence is
// read and no rule is asked.

import {
  CONN_CLIENT_IS_SIDE_1,
  CONN_EVICTED,
  CONN_HALF_OPEN,
  CONN_IPV6,
  CONN_LAST_DATA,
  CONN_QUEUED,
  CONN_REPORTED,
  CONN_ROLES_KNOWN,
  SIDE_BARE,
  SIDE_FIN,
  SIDE_FIN_ACKED,
  SIDE_HOLE,
  SIDE_ISN_SET,
  SIDE_LAST_TWICE,
  SIDE_LOST,
  SIDE_MPTCP,
  SIDE_NXT_SET,
  SIDE_PROBED,
  SIDE_RST,
  SIDE_SYN,
  SIDE_SYN_ACK,
  SIDE_SYN_DATA,
  SIDE_TFO,
  SIDE_TIMESTAMPS,
  SIDE_UNSEEN,
  SIDE_WINDOW_SCALE,
} from '../record/bits.js'
import {
  CLOSING,
  CLOSING_CELLS,
  CLOSING_INTS,
  CLOSING_SIDE,
  closingInts,
} from '../record/closing.js'
import {
  CONN,
  CONN_CELLS,
  CONN_INTS,
  SIDE,
  SIDE_CELLS,
  SIDE_CELLS_STEP,
  sideInts,
  streamOf,
} from '../record/connection.js'
import type { RecordSet } from '../record/view.js'
import { seqAfter } from '../seq.js'
import { type TcpState, STATE_NAMES } from '../state.js'
import { zeekLetter } from './zeek.js'

/** Kinds of plain endings. */
export const PLAIN_CLOSED = 0
export const PLAIN_UNANSWERED = 1
/** Open, and silent for longer than the idle threshold. */
export const PLAIN_IDLE = 2
/** Open, and used lately. */
export const PLAIN_ACTIVE = 3

/** What a capture says of how long its connections have been silent. Times are relative ns. */
export interface Silence {
  readonly captureEndNs: number
  readonly idleNs: number
}

/** From here on a second FIN counts as slow. */
export const SLOW_CLOSE_NS = 1e9

/** From here on silence before a close is a pause. */
export const PAUSE_NS = 2e9

/** All that a closed connection may have been marked with. */
const USUAL: number =
  CONN_ROLES_KNOWN |
  CONN_CLIENT_IS_SIDE_1 |
  CONN_IPV6 |
  CONN_REPORTED |
  CONN_QUEUED |
  CONN_LAST_DATA
/** The same of a SYN without an answer. */
const USUAL_OF_SYN: number =
  CONN_ROLES_KNOWN | CONN_IPV6 | CONN_REPORTED | CONN_HALF_OPEN | CONN_EVICTED
/** The same of one that is open. */
const USUAL_OF_OPEN: number =
  CONN_ROLES_KNOWN |
  CONN_CLIENT_IS_SIDE_1 |
  CONN_IPV6 |
  CONN_REPORTED |
  CONN_EVICTED |
  CONN_LAST_DATA
const CLOSED: number = SIDE_FIN | SIDE_FIN_ACKED
/** All that a side is that has sent one SYN, whatever its options. */
const ONLY_SYN: number =
  SIDE_ISN_SET |
  SIDE_NXT_SET |
  SIDE_SYN |
  SIDE_MPTCP |
  SIDE_TFO |
  SIDE_TIMESTAMPS |
  SIDE_WINDOW_SCALE |
  SIDE_LAST_TWICE
const SPECIAL: number =
  SIDE_RST | SIDE_UNSEEN | SIDE_HOLE | SIDE_LOST | SIDE_PROBED | SIDE_SYN_DATA | SIDE_BARE

/** One connection after another, if it ended so, with what is said of it where connections are only counted. */
export class PlainEnding {
  /** Memory of the records, and where the addresses lie in it. */
  ints: Int32Array = new Int32Array(0)
  clientAddr = 0
  serverAddr = 0
  isIpv6 = false
  clientPort = 0
  serverPort = 0
  stream = 0
  /** PLAIN_*. */
  kind: number = PLAIN_CLOSED
  /** The server closed first. */
  isByServer = false
  startNs = 0
  endNs = 0
  /** Time of the first FIN; NaN of what is not closed, as the next. */
  closedNs = 0
  /** From the last payload of either side to that. */
  idleNs = 0
  clientLastNs = 0
  /** NaN of a SYN. */
  serverLastNs = 0
  clientBytes = 0
  serverBytes = 0
  /** Its first cell, and those of its sides. */
  private conn = 0
  private client = 0
  private server = 0
  private floats: Float64Array = new Float64Array(0)
  /** Of a close: the closing records, and the cells of who closed first and second in them. */
  private closings: Float64Array = new Float64Array(0)
  private first = 0
  private second = 0

  /** Whether a connection ended so; its facts can be read until the next call. */
  take({ connections, closings }: RecordSet, record: number, silence: Silence): boolean {
    const { ints, floats } = connections
    const conn = record * CONN_INTS
    const flags = ints[conn + CONN.flags] as number
    const closing = (ints[conn + CONN.closingIndex] as number) - 1
    if ((flags & CONN_ROLES_KNOWN) === 0 || ints[conn + CONN.teardownIndex] !== 0) return false
    const isOpened = floats[record * CONN_CELLS + CONN.handshakeFrame] !== 0
    if (closing < 0 && !isOpened)
      return (flags & ~USUAL_OF_SYN) === 0 && this.takeSyn(ints, floats, record)
    if (!isOpened || (flags & ~(closing < 0 ? USUAL_OF_OPEN : USUAL)) !== 0) return false
    const clientSide = flags & CONN_CLIENT_IS_SIDE_1
    const client = sideInts(record, clientSide)
    const server = sideInts(record, 1 - clientSide)
    const mine = ints[client + SIDE.flags] as number
    const theirs = ints[server + SIDE.flags] as number
    if (((mine | theirs) & SPECIAL) !== 0) return false
    if ((mine & SIDE_SYN) === 0 || (theirs & SIDE_SYN_ACK) === 0) return false
    if (closing < 0) {
      if (!isAcknowledged(ints, client, server)) return false
      this.closedNs = this.idleNs = NaN
      this.isByServer = false
    } else if (
      (mine & theirs & CLOSED) !== CLOSED ||
      !this.takeClosing(closings.ints, closings.floats, closing, clientSide)
    )
      return false
    this.takeWhole(ints, floats, record, clientSide !== 0)
    this.client = client >>> 1
    this.server = server >>> 1
    this.clientLastNs = floats[this.client + SIDE.lastNs] as number
    this.serverLastNs = floats[this.server + SIDE.lastNs] as number
    this.clientBytes = floats[this.client + SIDE.bytes] as number
    this.serverBytes = floats[this.server + SIDE.bytes] as number
    const isIdle = Math.max(0, silence.captureEndNs - this.endNs) > silence.idleNs
    this.kind = closing >= 0 ? PLAIN_CLOSED : isIdle ? PLAIN_IDLE : PLAIN_ACTIVE
    return true
  }

  /**
   * Whether a close has neither a finding nor a flag of its own, so that all rows of such closes are alike but for the numbers
   * in them, as nearly all are.
   */
  isUneventful(): boolean {
    const { ints, closings, first, second } = this
    const client = ints[2 * this.client + SIDE.flags] as number
    const server = ints[2 * this.server + SIDE.flags] as number
    return (
      this.kind === PLAIN_CLOSED &&
      this.idleNs < PAUSE_NS &&
      (client & SIDE_TFO) === 0 &&
      (client & server & SIDE_MPTCP) === 0 &&
      this.duplicates === 0 &&
      (closings[first + CLOSING_SIDE.finLastFrame] as number) === this.firstFinFrame &&
      (closings[second + CLOSING_SIDE.finLastFrame] as number) === this.secondFinFrame
    )
  }

  /** Id of the encapsulation. */
  get encapsulation(): number {
    return this.ints[2 * this.conn + CONN.encapsulation] as number
  }

  /** Word of the first packet's sender's address, and of the other; of IPv6 the first of four. */
  get senderAddr(): number {
    return 2 * this.conn + CONN.addr0
  }
  get receiverAddr(): number {
    return 2 * this.conn + CONN.addr1
  }
  /** Port of the sender of the first packet. */
  get senderPort(): number {
    return (this.ints[2 * this.conn + CONN.ports] as number) >>> 16
  }
  get receiverPort(): number {
    return (this.ints[2 * this.conn + CONN.ports] as number) & 0xffff
  }

  /** Number of the first packet. */
  get startFrame(): number {
    return this.floats[this.conn + CONN.startFrame] as number
  }
  /** The highest number of a packet. */
  get lastFrame(): number {
    const { floats, conn, client, server } = this
    return Math.max(
      floats[conn + CONN.endFrame] as number,
      floats[client + SIDE.lastFrame] as number,
      floats[server + SIDE.lastFrame] as number,
    )
  }
  /** Time of the ACK that completed the handshake. */
  get handshakeNs(): number {
    return this.floats[this.conn + CONN.handshakeNs] as number
  }

  get clientPackets(): number {
    return this.floats[this.client + SIDE.packets] as number
  }
  get serverPackets(): number {
    return this.floats[this.server + SIDE.packets] as number
  }
  get clientRetransmissions(): number {
    return this.ints[2 * this.client + SIDE.retransmissions] as number
  }
  get serverRetransmissions(): number {
    return this.ints[2 * this.server + SIDE.retransmissions] as number
  }
  /** Packets captured twice. */
  private get duplicates(): number {
    const { ints, client, server } = this
    return (
      (ints[2 * client + SIDE.duplicates] as number) +
      (ints[2 * server + SIDE.duplicates] as number)
    )
  }

  get clientState(): TcpState | '' {
    return STATE_NAMES[this.ints[2 * this.client + SIDE.state] as number] ?? ''
  }
  get serverState(): TcpState | '' {
    return STATE_NAMES[this.ints[2 * this.server + SIDE.state] as number] ?? ''
  }

  get clientSide(): number {
    return this.client < this.server ? 0 : 1
  }
  /** Letters of Zeek's history. */
  get historyLength(): number {
    return this.ints[2 * this.conn + CONN.historyLength] as number
  }
  /** Code of one of them. */
  historyLetter(at: number): number {
    return zeekLetter(this.ints, 2 * this.conn, this.clientSide, at)
  }

  /** Packet of the FIN of who closed first. */
  get firstFinFrame(): number {
    return this.closings[this.first + CLOSING_SIDE.finFrame] as number
  }
  /** Its acknowledgment. */
  get firstAckedFrame(): number {
    return this.closings[this.first + CLOSING_SIDE.finAckedFrame] as number
  }
  get firstAckedNs(): number {
    return this.closings[this.first + CLOSING_SIDE.finAckedNs] as number
  }
  /** Packet of the other FIN. */
  get secondFinFrame(): number {
    return this.closings[this.second + CLOSING_SIDE.finFrame] as number
  }
  get secondFinNs(): number {
    return this.closings[this.second + CLOSING_SIDE.finNs] as number
  }
  /** Its acknowledgment. */
  get secondAckedFrame(): number {
    return this.closings[this.second + CLOSING_SIDE.finAckedFrame] as number
  }
  get secondAckedNs(): number {
    return this.closings[this.second + CLOSING_SIDE.finAckedNs] as number
  }

  /** A connection without FINs, of which nothing is known but that it was not reset. */
  private takeSyn(ints: Int32Array, floats: Float64Array, record: number): boolean {
    const cells = record * CONN_CELLS
    const client = cells + SIDE_CELLS
    if (floats[client + SIDE.packets] !== 1 || floats[client + SIDE.bytes] !== 0) return false
    if (floats[client + SIDE_CELLS_STEP + SIDE.packets] !== 0) return false
    const flags = ints[sideInts(record, 0) + SIDE.flags] as number
    if ((flags & SIDE_SYN) === 0 || (flags & ~ONLY_SYN) !== 0) return false
    this.kind = PLAIN_UNANSWERED
    this.isByServer = false
    this.takeWhole(ints, floats, record, false)
    this.closedNs = this.idleNs = this.serverLastNs = NaN
    this.clientLastNs = floats[client + SIDE.lastNs] as number
    this.clientBytes = this.serverBytes = 0
    return true
  }

  private takeWhole(
    ints: Int32Array,
    floats: Float64Array,
    record: number,
    isSwapped: boolean,
  ): void {
    const conn = record * CONN_INTS
    const cells = record * CONN_CELLS
    this.ints = ints
    this.floats = floats
    this.conn = cells
    this.clientAddr = conn + (isSwapped ? CONN.addr1 : CONN.addr0)
    this.serverAddr = conn + (isSwapped ? CONN.addr0 : CONN.addr1)
    this.isIpv6 = ((ints[conn + CONN.flags] as number) & CONN_IPV6) !== 0
    const ports = ints[conn + CONN.ports] as number
    this.clientPort = isSwapped ? ports & 0xffff : ports >>> 16
    this.serverPort = isSwapped ? ports >>> 16 : ports & 0xffff
    this.stream = streamOf(ints, record)
    this.startNs = floats[cells + CONN.startNs] as number
    this.endNs = floats[cells + CONN.endNs] as number
  }

  /** The part of the closing record: who closed first, and when. */
  private takeClosing(
    ints: Int32Array,
    floats: Float64Array,
    closing: number,
    clientSide: number,
  ): boolean {
    const word = closing * CLOSING_INTS
    const cell = closing * CLOSING_CELLS
    // The last word was the server's: no request was left without an answer.
    if (ints[word + CLOSING.idleSinceSide] !== 2 - clientSide) return false
    const client = closingInts(closing, clientSide)
    const server = closingInts(closing, 1 - clientSide)
    if (
      ((ints[client + CLOSING_SIDE.goodbyeKind] as number) |
        (ints[server + CLOSING_SIDE.goodbyeKind] as number)) !==
      0
    )
      return false
    const byClient = floats[(client >>> 1) + CLOSING_SIDE.finFrame] as number
    const byServer = floats[(server >>> 1) + CLOSING_SIDE.finFrame] as number
    this.isByServer = byServer <= byClient
    const first = this.isByServer ? server : client
    const second = this.isByServer ? client : server
    // The second FIN acknowledges the first one, soon, and no payload lies between them.
    if (
      !seqAfter(
        ints[second + CLOSING_SIDE.finAck] as number,
        ints[first + CLOSING_SIDE.finSeq] as number,
      )
    )
      return false
    const firstCell = first >>> 1
    const secondCell = second >>> 1
    this.closings = floats
    this.first = firstCell
    this.second = secondCell
    if (floats[secondCell + CLOSING_SIDE.lateFrame] !== 0) return false
    const slowNs =
      (floats[secondCell + CLOSING_SIDE.finNs] as number) -
      (floats[firstCell + CLOSING_SIDE.finAckedNs] as number)
    if (slowNs >= SLOW_CLOSE_NS) return false
    this.closedNs = floats[firstCell + CLOSING_SIDE.finNs] as number
    this.idleNs = this.closedNs - (floats[cell + CLOSING.idleSinceNs] as number)
    return true
  }
}

/** Whether nothing that either side has sent lacks its acknowledgment. */
function isAcknowledged(ints: Int32Array, client: number, server: number): boolean {
  return (
    ints[client + SIDE.nxt] === ints[server + SIDE.acked] &&
    ints[server + SIDE.nxt] === ints[client + SIDE.acked]
  )
}
