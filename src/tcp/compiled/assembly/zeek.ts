// Zeek's view of a connection: as tcp/views/zeek.ts, whose tables are copied into the memory.

import {
  CONN_CLIENT_IS_SIDE_1,
  CONN_FLAGS,
  CONN_HISTORY,
  CONN_HISTORY_LENGTH,
  CONN_ZEEK,
  HISTORY_MAX,
  SIDE_ZEEK_SEEN,
} from './layout'
import { int, setInt } from './memory'
import * as seg from './segment'

const FIN: i32 = 0x01
const EVENT_FLAGS: i32 = 0x17
const HAS_PAYLOAD: i32 = 0x08
const SEEN_DATA: i32 = 32
const SEEN_ACK: i32 = 64

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

/** Applies the segment in hand, which has a window and says nothing twice. */
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
  const client = (int(conn, CONN_FLAGS) & CONN_CLIENT_IS_SIDE_1) != 0 ? 1 : 0
  const isOriginator = client == side ? 1 : 0
  const after = <i32>load<u8>(next + <usize>((mine << 8) | (peer << 5) | (isOriginator << 4) | event))
  setInt(conn, CONN_ZEEK, ((after & 7) << (side * 3)) | ((after >>> 3) << ((1 - side) * 3)))
}

function addLetter(conn: usize, side: i32, letter: i32): void {
  const length = int(conn, CONN_HISTORY_LENGTH)
  if (length >= HISTORY_MAX) return
  const field = CONN_HISTORY + (length >> 2)
  setInt(conn, field, int(conn, field) | ((letter | (side << 7)) << ((length & 3) * 8)))
  setInt(conn, CONN_HISTORY_LENGTH, length + 1)
}
