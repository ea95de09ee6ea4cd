// Zeek's view of a connection, kept beside our own for users who join with its conn.log: the state of each endpoint and
// the letters of `history`, by the rules of its TCPSessionAdapter and TCP_Endpoint. It knows no sequence numbers, takes
// every FIN and RST at its word, and is cheap: only the first packets of a side, control packets, zero windows and
// retransmissions change anything. Not followed are content gaps (g), checksums (c) and its timers, which split
// connections that ours do not.

import type { Segment } from '../../wire/segment.js'
import { ACK, FIN, RST, SYN } from '../../wire/segment.js'
import {
  CONN_CLIENT_IS_SIDE_1,
  CONN_FLAGS,
  CONN_INTS,
  HISTORY,
  HISTORY_LENGTH,
  HISTORY_MAX,
  NXT,
  SIDE_FLAGS,
  SIDE_INTS,
  SIDE_INTS_STEP,
  SIDE_NXT_SET,
  ZEEK,
  ZEEK_RST_SEQ,
  ZEEK_SEEN,
} from '../layout.js'
import { seqAfter } from '../seq.js'
import type { ConnectionTable } from '../table.js'

/** Zeek's endpoint states. */
export const ZEEK_INACTIVE = 0
export const ZEEK_SYN_SENT = 1
export const ZEEK_SYN_ACK_SENT = 2
export const ZEEK_PARTIAL = 3
export const ZEEK_ESTABLISHED = 4
export const ZEEK_CLOSED = 5
export const ZEEK_RESET = 6

/** State of side 0 in the low three bits, its previous one in the next; those of side 1 above. */
const STATE_BITS = 3
const STATE_MASK = 7
const SIDE_SHIFT = 2 * STATE_BITS
const SIDE_MASK = (1 << SIDE_SHIFT) - 1

/** ZEEK_SEEN: letters that stand once for each side. */
const SEEN_SYN = 1
const SEEN_FIN = 2
const SEEN_RST = 4
const SEEN_FIN_RST = 8
const SEEN_MULTI = 16
export const SEEN_DATA = 32
export const SEEN_ACK = 64
/** ZEEK_SEEN: counts of retransmissions and zero windows, twelve bits each; letters stand for the 1st, 10th, 100th. */
const RESENT_SHIFT = 8
const ZERO_WINDOW_SHIFT = 20
const COUNT_MASK = 0xfff

/** The state of an endpoint in Zeek's eyes. */
export function zeekState(word: number, side: number): number {
  return (word >>> (side * SIDE_SHIFT)) & STATE_MASK
}

// Letters of the history.
const LETTER_A = 0x41
const LETTER_D = 0x44
const LETTER_F = 0x46
const LETTER_H = 0x48
const LETTER_I = 0x49
const LETTER_Q = 0x51
const LETTER_R = 0x52
const LETTER_S = 0x53
const LETTER_T = 0x54
const LETTER_W = 0x57

/** Applies a segment that is not simply in step; called before our own state changes. */
export function observeZeek(
  table: ConnectionTable,
  record: number,
  side: number,
  seg: Segment,
): void {
  const { ints } = table.connections
  const conn = record * CONN_INTS
  const me = conn + SIDE_INTS + side * SIDE_INTS_STEP
  const { flags, payloadLen } = seg
  const word = ints[conn + ZEEK] as number
  const mine = zeekState(word, side)
  const peer = zeekState(word, 1 - side)
  if ((flags & (SYN | FIN | RST)) !== 0) addControl(ints, conn, me, side, seg)
  else addFirst(ints, conn, me, side, payloadLen, (flags & ACK) !== 0)
  if (seg.window === 0 && (flags & RST) === 0 && peer !== ZEEK_CLOSED && mine !== ZEEK_RESET) {
    addCounted(ints, conn, me, side, ZERO_WINDOW_SHIFT, LETTER_W)
  }
  const known = ((ints[me + SIDE_FLAGS] as number) & SIDE_NXT_SET) !== 0
  if (payloadLen > 0 && known && mine !== ZEEK_RESET && (flags & (SYN | RST)) === 0) {
    const behind = seg.seq + payloadLen + (flags & FIN)
    if (!seqAfter(behind, ints[me + NXT] as number)) {
      addCounted(ints, conn, me, side, RESENT_SHIFT, LETTER_T)
    }
  }
  advance(ints, conn, side, mine, peer, flags, payloadLen)
}

/** The letter of a side's first payload or first empty ACK, on a segment that is neither SYN, FIN nor RST. */
export function addFirst(
  ints: Int32Array,
  conn: number,
  me: number,
  side: number,
  payloadLen: number,
  hasAck: boolean,
): void {
  if (payloadLen > 0) addOnce(ints, conn, me, side, SEEN_DATA, LETTER_D)
  else if (hasAck) addOnce(ints, conn, me, side, SEEN_ACK, LETTER_A)
}

function addControl(ints: Int32Array, conn: number, me: number, side: number, seg: Segment): void {
  const { flags } = seg
  const control = flags & (SYN | FIN | RST)
  if (control === SYN)
    addOnce(ints, conn, me, side, SEEN_SYN, (flags & ACK) !== 0 ? LETTER_H : LETTER_S)
  else if (control === FIN) addOnce(ints, conn, me, side, SEEN_FIN, LETTER_F)
  else if (control === RST) {
    const again = ((ints[me + ZEEK_SEEN] as number) & SEEN_RST) !== 0
    if (again && ints[me + ZEEK_RST_SEQ] !== seg.seq) addLetter(ints, conn, side, LETTER_R)
    addOnce(ints, conn, me, side, SEEN_RST, LETTER_R)
    ints[me + ZEEK_RST_SEQ] = seg.seq
  } else if ((control & (FIN | RST)) === (FIN | RST)) {
    addOnce(ints, conn, me, side, SEEN_FIN_RST, LETTER_I)
  } else {
    addOnce(ints, conn, me, side, SEEN_MULTI, LETTER_Q)
  }
}

/** Zeek's Update...State functions. */
function advance(
  ints: Int32Array,
  conn: number,
  side: number,
  mine: number,
  peer: number,
  flags: number,
  payloadLen: number,
): void {
  const isFin = (flags & FIN) !== 0
  const isRst = (flags & RST) !== 0
  if (mine === ZEEK_INACTIVE) {
    leaveInactive(ints, conn, side, peer, flags, payloadLen)
  } else if (mine === ZEEK_SYN_SENT || mine === ZEEK_SYN_ACK_SENT) {
    if (isFin) setState(ints, conn, side, ZEEK_CLOSED)
    if (isRst) setState(ints, conn, side, ZEEK_RESET)
  } else if (mine === ZEEK_ESTABLISHED || mine === ZEEK_PARTIAL) {
    if ((flags & (SYN | ACK)) === SYN && mine === ZEEK_PARTIAL && peer === ZEEK_INACTIVE) {
      setState(ints, conn, side, ZEEK_SYN_SENT)
    }
    if (isFin && !isRst) {
      setState(ints, conn, side, ZEEK_CLOSED)
      // The peer sent a FIN and then a RST: a normal end after all.
      if (peer === ZEEK_RESET && previousState(ints, conn, 1 - side) === ZEEK_CLOSED) {
        setState(ints, conn, 1 - side, ZEEK_CLOSED)
      }
    }
    if (isRst) setState(ints, conn, side, ZEEK_RESET)
  } else if (mine === ZEEK_CLOSED && isRst && peer !== ZEEK_CLOSED) {
    setState(ints, conn, side, ZEEK_RESET)
  }
}

function leaveInactive(
  ints: Int32Array,
  conn: number,
  side: number,
  peer: number,
  flags: number,
  payloadLen: number,
): void {
  const isOriginator = side === originator(ints, conn)
  let next = ZEEK_INACTIVE
  if ((flags & SYN) !== 0) {
    if (isOriginator) {
      next = (flags & ACK) !== 0 ? ZEEK_SYN_ACK_SENT : ZEEK_SYN_SENT
    } else {
      if (peer === ZEEK_SYN_SENT) setState(ints, conn, 1 - side, ZEEK_ESTABLISHED)
      next = ZEEK_ESTABLISHED
    }
  }
  if ((flags & FIN) !== 0) next = ZEEK_CLOSED
  if ((flags & RST) !== 0) next = ZEEK_RESET
  if (next === ZEEK_INACTIVE) {
    // Some stacks acknowledge a SYN before they answer it.
    if (!isOriginator && payloadLen === 0 && peer === ZEEK_SYN_SENT) return
    next = (flags & ACK) !== 0 && peer === ZEEK_ESTABLISHED ? ZEEK_ESTABLISHED : ZEEK_PARTIAL
  }
  setState(ints, conn, side, next)
}

/** Zeek's originator: the client. */
function originator(ints: Int32Array, conn: number): number {
  return ((ints[conn + CONN_FLAGS] as number) & CONN_CLIENT_IS_SIDE_1) !== 0 ? 1 : 0
}

function setState(ints: Int32Array, conn: number, side: number, state: number): void {
  const word = ints[conn + ZEEK] as number
  const shift = side * SIDE_SHIFT
  const old = (word >>> shift) & STATE_MASK
  if (old === state) return
  const cleared = word & ~((STATE_MASK | (STATE_MASK << STATE_BITS)) << shift)
  ints[conn + ZEEK] = cleared | ((state | (old << STATE_BITS)) << shift)
}

function previousState(ints: Int32Array, conn: number, side: number): number {
  return ((ints[conn + ZEEK] as number) >>> (side * SIDE_SHIFT + STATE_BITS)) & STATE_MASK
}

function addOnce(
  ints: Int32Array,
  conn: number,
  me: number,
  side: number,
  bit: number,
  letter: number,
): void {
  const seen = ints[me + ZEEK_SEEN] as number
  if ((seen & bit) !== 0) return
  ints[me + ZEEK_SEEN] = seen | bit
  addLetter(ints, conn, side, letter)
}

/** Counts up to 4095 and adds a letter at 1, 10, 100 and 1000. */
function addCounted(
  ints: Int32Array,
  conn: number,
  me: number,
  side: number,
  shift: number,
  letter: number,
): void {
  const seen = ints[me + ZEEK_SEEN] as number
  const count = ((seen >>> shift) & COUNT_MASK) + 1
  if (count > COUNT_MASK) return
  ints[me + ZEEK_SEEN] = (seen & ~(COUNT_MASK << shift)) | (count << shift)
  if (count === 1 || count === 10 || count === 100 || count === 1000) {
    addLetter(ints, conn, side, letter)
  }
}

/** The same as {@link observeZeek} for the first SYN of a connection, which opens a record without a word in it. */
export function beginZeek(ints: Int32Array, conn: number, me: number, side: number): void {
  ints[me + ZEEK_SEEN] = SEEN_SYN
  ints[conn + HISTORY] = LETTER_S | (side << 7)
  ints[conn + HISTORY_LENGTH] = 1
  ints[conn + ZEEK] = ZEEK_SYN_SENT << (side * SIDE_SHIFT)
}

/** The same for the SYN-ACK of a side that has sent nothing yet, to a SYN that is all the other side has sent. */
export function answerZeek(ints: Int32Array, conn: number, me: number, side: number): void {
  ints[me + ZEEK_SEEN] = SEEN_SYN
  addLetter(ints, conn, side, LETTER_H)
  const client = (ZEEK_SYN_SENT << STATE_BITS) | ZEEK_ESTABLISHED
  const server = ZEEK_ESTABLISHED
  ints[conn + ZEEK] = (server << (side * SIDE_SHIFT)) | (client << ((1 - side) * SIDE_SHIFT))
}

/** The same for a FIN that simply comes next; its payload makes no difference to a side that is known already. */
export function closeZeek(ints: Int32Array, conn: number, me: number, side: number): void {
  addOnce(ints, conn, me, side, SEEN_FIN, LETTER_F)
  const word = ints[conn + ZEEK] as number
  const mine = zeekState(word, side)
  const peer = zeekState(word, 1 - side)
  if (mine === ZEEK_ESTABLISHED && peer !== ZEEK_RESET) {
    const shift = side * SIDE_SHIFT
    const closed = ZEEK_CLOSED | (ZEEK_ESTABLISHED << STATE_BITS)
    ints[conn + ZEEK] = (word & ~(SIDE_MASK << shift)) | (closed << shift)
  } else {
    advance(ints, conn, side, mine, peer, FIN | ACK, 0)
  }
}

/** Stores a letter with its side; which case it gets is decided when the roles are known. */
function addLetter(ints: Int32Array, conn: number, side: number, letter: number): void {
  const length = ints[conn + HISTORY_LENGTH] as number
  if (length >= HISTORY_MAX) return
  const at = conn + HISTORY + (length >> 2)
  const octet = letter | (side << 7)
  ints[at] = (ints[at] as number) | (octet << ((length & 3) * 8))
  ints[conn + HISTORY_LENGTH] = length + 1
}

/** The history string: letters of the client in upper case, of the server in lower; `^` when the server came first. */
export function zeekHistory(ints: Int32Array, conn: number, clientSide: number): string {
  const length = ints[conn + HISTORY_LENGTH] as number
  let text = clientSide === 1 ? '^' : ''
  for (let i = 0; i < length; i++) {
    const octet = ((ints[conn + HISTORY + (i >> 2)] as number) >>> ((i & 3) * 8)) & 0xff
    const letter = String.fromCharCode(octet & 0x7f)
    text += octet >>> 7 === clientSide ? letter : letter.toLowerCase()
  }
  return text
}
