// Zeek's view of a connection: as tcp/views/zeek.ts, whose tables are copied into the memory.

import {
  CONN_CLIENT_IS_SIDE_1,
  CONN_FLAGS,
  CONN_HISTORY,
  CONN_HISTORY_LENGTH,
  CONN_ZEEK,
  HISTORY_MAX,
  SIDE_FLAGS,
  SIDE_NXT,
  SIDE_NXT_SET,
  SIDE_ZEEK_SEEN,
} from './layout'
import { int, setInt } from './memory'
import * as seg from './segment'

const FIN: i32 = 0x01
const SYN: i32 = 0x02
const EVENT_FLAGS: i32 = 0x17
const HAS_PAYLOAD: i32 = 0x08
const RESET: i32 = 6
const SEEN_DATA: i32 = 32
const SEEN_ACK: i32 = 64
const RESENT_SHIFT: i32 = 8
const COUNT_MASK: i32 = 0xfff
const LETTER_T: i32 = 0x54

let eventOf: usize = 0
let letterOf: usize = 0
let next: usize = 0

/** Tells where the tables lie: events by flags, letters by events, states by states and events. */
export function placeZeek(events: usize, letters: usize, states: usize): void {
  eventOf = events
  letterOf = letters
  next = states
}

/** State of a side. */
@inline
export function zeekState(states: i32, side: i32): i32 {
  return (states >>> (side * 3)) & 7
}

/** Whether a segment that simply comes next can change anything. */
@inline
export function concernsZeek(seen: i32): bool {
  return (seg.flags & FIN) != 0 || (seen & (seg.payloadLen > 0 ? SEEN_DATA : SEEN_ACK)) == 0
}

/** Applies the segment in hand, which is no reset and has a window. */
export function observeZeek(conn: usize, me: usize, side: i32): void {
  const event = <i32>(
    load<u8>(eventOf + <usize>((seg.flags & EVENT_FLAGS) | (seg.payloadLen > 0 ? HAS_PAYLOAD : 0)))
  )
  const states = int(conn, CONN_ZEEK)
  const mine = zeekState(states, side)
  const peer = zeekState(states, 1 - side)
  const seen = int(me, SIDE_ZEEK_SEEN)
  const letter = <i32>load<u16>(letterOf + (<usize>event << 1))
  if ((seen & (letter >>> 8)) != letter >>> 8) {
    setInt(me, SIDE_ZEEK_SEEN, seen | (letter >>> 8))
    addLetter(conn, side, letter & 0xff)
  }
  if (mine < RESET && seg.payloadLen > 0 && (seg.flags & SYN) == 0 && isResent(me))
    countResent(conn, me, side)
  const client = (int(conn, CONN_FLAGS) & CONN_CLIENT_IS_SIDE_1) != 0 ? 1 : 0
  const isOriginator = client == side ? 1 : 0
  const after = <i32>load<u8>(next + <usize>((mine << 8) | (peer << 5) | (isOriginator << 4) | event))
  setInt(conn, CONN_ZEEK, ((after & 7) << (side * 3)) | ((after >>> 3) << ((1 - side) * 3)))
}

function isResent(me: usize): bool {
  if ((int(me, SIDE_FLAGS) & SIDE_NXT_SET) == 0) return false
  const end = seg.seq + seg.payloadLen + (seg.flags & FIN)
  return end - int(me, SIDE_NXT) <= 0
}

function countResent(conn: usize, me: usize, side: i32): void {
  const seen = int(me, SIDE_ZEEK_SEEN)
  const count = ((seen >>> RESENT_SHIFT) & COUNT_MASK) + 1
  if (count > COUNT_MASK) return
  setInt(me, SIDE_ZEEK_SEEN, (seen & ~(COUNT_MASK << RESENT_SHIFT)) | (count << RESENT_SHIFT))
  if (count == 1 || count == 10 || count == 100 || count == 1000) addLetter(conn, side, LETTER_T)
}

function addLetter(conn: usize, side: i32, letter: i32): void {
  const length = int(conn, CONN_HISTORY_LENGTH)
  if (length >= HISTORY_MAX) return
  const field = CONN_HISTORY + (length >> 2)
  setInt(conn, field, int(conn, field) | ((letter | (side << 7)) << ((length & 3) * 8)))
  setInt(conn, CONN_HISTORY_LENGTH, length + 1)
}
