// Zeek's view of a connection, kept beside our own for users who join with its conn.log: the state of each endpoint and the
// letters of `history`, by the rules of its TCPSessionAdapter and TCP_Endpoint. It knows no sequence numbers, takes every
// FIN and RST at its word, and is cheap: only the first packets of a side, control packets, zero windows and
// retransmissions change anything. Not followed are content gaps (g), checksums (c) and its timers, which split connections
// that ours do not.

import { FIN, RST, type Segment, SYN } from '../../wire/segment.js'
import { CONN_CLIENT_IS_SIDE_1, SIDE_NXT_SET } from '../record/bits.js'
import { CONN, HISTORY_MAX, SIDE } from '../record/connection.js'
import { seqAdd, seqAfter } from '../seq.js'

// Zeek's endpoint states.
export const ZEEK_INACTIVE = 0
export const ZEEK_SYN_SENT = 1
export const ZEEK_SYN_ACK_SENT = 2
export const ZEEK_PARTIAL = 3
export const ZEEK_ESTABLISHED = 4
export const ZEEK_CLOSED = 5
export const ZEEK_RESET = 6
/** RESET with CLOSED as its `prev_state`: a FIN of the peer makes CLOSED of it again. */
export const ZEEK_RESET_AFTER_FIN = 7

const STATES = 8
const STATE_BITS = 3
const STATE_MASK = STATES - 1

// What a segment is to Zeek: its flags, and whether it has payload.
const EMPTY = 0
const DATA = 1
const EMPTY_ACK = 2
const DATA_ACK = 3
const ONLY_SYN = 4
const SYN_ACK = 5
const ONLY_FIN = 6
const SYN_FIN = 7
const ONLY_RST = 8
const SYN_RST = 9
const FIN_RST = 10
const SYN_FIN_RST = 11
/** Room for them in an index. */
const EVENTS = 16

const ANY_FIN: readonly number[] = [ONLY_FIN, SYN_FIN]
const ANY_RST: readonly number[] = [ONLY_RST, SYN_RST, FIN_RST, SYN_FIN_RST]
const BOTH: readonly number[] = [FIN_RST, SYN_FIN_RST]

/** In state `from`, on one of the events `on`, the sender goes to `to` and the peer to `peerTo`. */
interface ZeekEdge {
  readonly from: readonly number[]
  readonly on: readonly number[]
  /** Role of the sender; either when left out. */
  readonly role?: 'originator' | 'responder'
  /** State of the peer; any when left out. */
  readonly peer?: readonly number[]
  readonly to: number
  /** New state of the peer; the old one when left out. */
  readonly peerTo?: number
}

/** Zeek's Update…State functions; the first edge that fits counts, and where none does both states stay. */
const EDGES: readonly ZeekEdge[] = [
  // A responder that answers the SYN makes both sides established, whatever else its segment does.
  ...[
    { on: [ONLY_SYN, SYN_ACK], to: ZEEK_ESTABLISHED },
    { on: [SYN_FIN], to: ZEEK_CLOSED },
    { on: [SYN_RST, SYN_FIN_RST], to: ZEEK_RESET },
  ].map(({ on, to }): ZeekEdge => ({
    from: [ZEEK_INACTIVE],
    on,
    role: 'responder',
    peer: [ZEEK_SYN_SENT],
    to,
    peerTo: ZEEK_ESTABLISHED,
  })),
  { from: [ZEEK_INACTIVE], on: [ONLY_SYN], role: 'originator', to: ZEEK_SYN_SENT },
  { from: [ZEEK_INACTIVE], on: [SYN_ACK], role: 'originator', to: ZEEK_SYN_ACK_SENT },
  { from: [ZEEK_INACTIVE], on: [ONLY_SYN, SYN_ACK], role: 'responder', to: ZEEK_ESTABLISHED },
  { from: [ZEEK_INACTIVE], on: ANY_FIN, to: ZEEK_CLOSED },
  { from: [ZEEK_INACTIVE], on: ANY_RST, to: ZEEK_RESET },
  // Some stacks acknowledge a SYN before they answer it.
  {
    from: [ZEEK_INACTIVE],
    on: [EMPTY, EMPTY_ACK],
    role: 'responder',
    peer: [ZEEK_SYN_SENT],
    to: ZEEK_INACTIVE,
  },
  {
    from: [ZEEK_INACTIVE],
    on: [EMPTY_ACK, DATA_ACK],
    peer: [ZEEK_ESTABLISHED],
    to: ZEEK_ESTABLISHED,
  },
  { from: [ZEEK_INACTIVE], on: [EMPTY, DATA, EMPTY_ACK, DATA_ACK], to: ZEEK_PARTIAL },
  { from: [ZEEK_SYN_SENT, ZEEK_SYN_ACK_SENT], on: ANY_FIN, to: ZEEK_CLOSED },
  { from: [ZEEK_SYN_SENT, ZEEK_SYN_ACK_SENT], on: BOTH, to: ZEEK_RESET_AFTER_FIN },
  { from: [ZEEK_SYN_SENT, ZEEK_SYN_ACK_SENT], on: ANY_RST, to: ZEEK_RESET },
  { from: [ZEEK_PARTIAL], on: [ONLY_SYN], peer: [ZEEK_INACTIVE], to: ZEEK_SYN_SENT },
  // The peer sent a FIN and then a RST: a normal end after all.
  {
    from: [ZEEK_PARTIAL, ZEEK_ESTABLISHED],
    on: ANY_FIN,
    peer: [ZEEK_RESET_AFTER_FIN],
    to: ZEEK_CLOSED,
    peerTo: ZEEK_CLOSED,
  },
  { from: [ZEEK_PARTIAL, ZEEK_ESTABLISHED], on: ANY_FIN, to: ZEEK_CLOSED },
  { from: [ZEEK_PARTIAL, ZEEK_ESTABLISHED], on: ANY_RST, to: ZEEK_RESET },
  { from: [ZEEK_CLOSED], on: ANY_RST, peer: [ZEEK_CLOSED], to: ZEEK_CLOSED },
  { from: [ZEEK_CLOSED], on: ANY_RST, to: ZEEK_RESET_AFTER_FIN },
]

/** New states, the sender's in the low bits, by what {@link at} makes of (state, peer's state, role, event). */
const NEXT: Uint8Array = compile()

/** `isOriginator` is 1 or 0. */
function at(mine: number, peer: number, isOriginator: number, event: number): number {
  return (mine << 8) | (peer << 5) | (isOriginator << 4) | event
}

function compile(): Uint8Array {
  const next = new Uint8Array(STATES * STATES * 2 * EVENTS)
  for (let mine = 0; mine < STATES; mine++) {
    for (let peer = 0; peer < STATES; peer++)
      next.fill(
        mine | (peer << STATE_BITS),
        at(mine, peer, 0, 0),
        at(mine, peer, 1, EVENTS - 1) + 1,
      )
  }
  const all = Array.from({ length: STATES }, (_, state) => state)
  for (const edge of EDGES.toReversed()) {
    for (const mine of edge.from) {
      for (const peer of edge.peer ?? all) {
        for (const event of edge.on) {
          for (const isOriginator of [0, 1]) {
            if (edge.role !== undefined && (edge.role === 'originator') !== (isOriginator === 1))
              continue
            next[at(mine, peer, isOriginator, event)] =
              edge.to | ((edge.peerTo ?? peer) << STATE_BITS)
          }
        }
      }
    }
  }
  return next
}

/** zeekSeen: letters that stand once for each side. */
const SEEN_SYN = 1
const SEEN_FIN = 2
const SEEN_RST = 4
const SEEN_FIN_RST = 8
const SEEN_MULTI = 16
const SEEN_DATA = 32
const SEEN_ACK = 64
/** zeekSeen: counts of retransmissions and zero windows, twelve bits each; letters stand for the 1st, 10th, 100th. */
const RESENT_SHIFT = 8
const ZERO_WINDOW_SHIFT = 20
const COUNT_MASK = 0xfff

/** The letter of each event, and the bit that says that its side has had it. */
const LETTERS: readonly (readonly [event: number, letter: string, seen: number])[] = [
  [DATA, 'D', SEEN_DATA],
  [EMPTY_ACK, 'A', SEEN_ACK],
  [DATA_ACK, 'D', SEEN_DATA],
  [ONLY_SYN, 'S', SEEN_SYN],
  [SYN_ACK, 'H', SEEN_SYN],
  [ONLY_FIN, 'F', SEEN_FIN],
  [SYN_FIN, 'Q', SEEN_MULTI],
  [ONLY_RST, 'R', SEEN_RST],
  [SYN_RST, 'Q', SEEN_MULTI],
  [FIN_RST, 'I', SEEN_FIN_RST],
  [SYN_FIN_RST, 'I', SEEN_FIN_RST],
]
/** The letter in the low byte and the bit above it, by event; 0 for an event without a letter. */
const LETTER_OF: Uint16Array = new Uint16Array(EVENTS)
for (const [event, letter, seen] of LETTERS) LETTER_OF[event] = letter.charCodeAt(0) | (seen << 8)
const LETTER_R = 0x52
const LETTER_T = 0x54
const LETTER_W = 0x57

const EVENT_FLAGS: number = SYN | FIN | RST | 0x10
/** Takes the place of PSH in an index of EVENT_OF. */
const HAS_PAYLOAD = 0x08

/** Event by flags and payload. */
const EVENT_OF: Uint8Array = Uint8Array.from({ length: 32 }, (_, flags) => {
  const hasAck = (flags & 0x10) !== 0
  const hasPayload = (flags & HAS_PAYLOAD) !== 0
  const syn = (flags & SYN) !== 0 ? 1 : 0
  if ((flags & RST) !== 0) return ((flags & FIN) !== 0 ? FIN_RST : ONLY_RST) + syn
  if ((flags & FIN) !== 0) return ONLY_FIN + syn
  if (syn === 1) return hasAck ? SYN_ACK : ONLY_SYN
  return (hasAck ? EMPTY_ACK : EMPTY) + (hasPayload ? 1 : 0)
})

/** The tables of this file for those who apply segments elsewhere. */
export const ZEEK_TABLES: {
  readonly events: Uint8Array
  readonly letters: Uint16Array
  readonly next: Uint8Array
} = { events: EVENT_OF, letters: LETTER_OF, next: NEXT }

/** The state of an endpoint in Zeek's eyes. */
export function zeekState(word: number, side: number): number {
  return (word >>> (side * STATE_BITS)) & STATE_MASK
}

/**
 * Whether a segment that simply comes next can change anything: it closes, or is the first of its side with payload, or
 * without.
 */
export function concernsZeek(seen: number, flags: number, payloadLen: number): boolean {
  return (flags & FIN) !== 0 || (seen & (payloadLen > 0 ? SEEN_DATA : SEEN_ACK)) === 0
}

/** Applies a segment; called before our own state changes, and after the roles are taken from a SYN. */
export function observeZeek(
  ints: Int32Array,
  conn: number,
  me: number,
  side: number,
  seg: Segment,
): void {
  const { flags, payloadLen } = seg
  const event = EVENT_OF[(flags & EVENT_FLAGS) | (payloadLen > 0 ? HAS_PAYLOAD : 0)] as number
  const word = ints[conn + CONN.zeek] as number
  const mine = zeekState(word, side)
  const peer = zeekState(word, 1 - side)
  const seen = ints[me + SIDE.zeekSeen] as number
  const letter = LETTER_OF[event] as number
  if ((seen & (letter >>> 8)) !== letter >>> 8) {
    ints[me + SIDE.zeekSeen] = seen | (letter >>> 8)
    addLetter(ints, conn, side, letter & 0xff)
  } else if (event === ONLY_RST && ints[me + SIDE.zeekRstSeq] !== seg.seq) {
    addLetter(ints, conn, side, LETTER_R)
  }
  if (event === ONLY_RST) ints[me + SIDE.zeekRstSeq] = seg.seq
  if (mine < ZEEK_RESET && (flags & RST) === 0) {
    if (seg.window === 0 && peer !== ZEEK_CLOSED) {
      addCounted(ints, conn, me, side, ZERO_WINDOW_SHIFT, LETTER_W)
    }
    if (payloadLen > 0 && (flags & SYN) === 0 && isResent(ints, me, seg)) {
      addCounted(ints, conn, me, side, RESENT_SHIFT, LETTER_T)
    }
  }
  const isOriginator =
    (((ints[conn + CONN.flags] as number) & CONN_CLIENT_IS_SIDE_1) !== 0 ? 1 : 0) === side ? 1 : 0
  const next = NEXT[at(mine, peer, isOriginator, event)] as number
  ints[conn + CONN.zeek] =
    ((next & STATE_MASK) << (side * STATE_BITS)) |
    ((next >>> STATE_BITS) << ((1 - side) * STATE_BITS))
}

/** Whether payload ends where its side has been before. */
function isResent(ints: Int32Array, me: number, seg: Segment): boolean {
  if (((ints[me + SIDE.flags] as number) & SIDE_NXT_SET) === 0) return false
  const end = seqAdd(seg.seq, seg.payloadLen + (seg.flags & FIN))
  return !seqAfter(end, ints[me + SIDE.nxt] as number)
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
  const seen = ints[me + SIDE.zeekSeen] as number
  const count = ((seen >>> shift) & COUNT_MASK) + 1
  if (count > COUNT_MASK) return
  ints[me + SIDE.zeekSeen] = (seen & ~(COUNT_MASK << shift)) | (count << shift)
  if (count === 1 || count === 10 || count === 100 || count === 1000) {
    addLetter(ints, conn, side, letter)
  }
}

/** Stores a letter with its side; which case it gets is decided when the roles are known. */
function addLetter(ints: Int32Array, conn: number, side: number, letter: number): void {
  const length = ints[conn + CONN.historyLength] as number
  if (length >= HISTORY_MAX) return
  const word = conn + CONN.history + (length >> 2)
  ints[word] = (ints[word] as number) | ((letter | (side << 7)) << ((length & 3) * 8))
  ints[conn + CONN.historyLength] = length + 1
}

/** The letters of a history: those of the client in upper case, of the server in lower; `^` when the server came first. */
export function zeekLetters(ints: Int32Array, conn: number, clientSide: number): string {
  const length = ints[conn + CONN.historyLength] as number
  let text = clientSide === 1 ? '^' : ''
  for (let i = 0; i < length; i++)
    text += String.fromCharCode(zeekLetter(ints, conn, clientSide, i))
  return text
}

/** The code of the letter at `i`. */
export function zeekLetter(ints: Int32Array, conn: number, clientSide: number, i: number): number {
  const byte = ((ints[conn + CONN.history + (i >> 2)] as number) >>> ((i & 3) * 8)) & 0xff
  // Letters only: the bit that makes them small.
  return byte >>> 7 === clientSide ? byte & 0x7f : (byte & 0x7f) | 0x20
}
