// The last payload of a connection, for each segment that has some: how it begins, and whether it answers the other side.

import type { Segment } from '../wire/segment.js'
import { CONN_CLIENT_IS_SIDE_1, CONN_LAST_DATA, CONN_LAST_DATA_0 } from './record/bits.js'
import { CONN, CONN_INTS } from './record/connection.js'

/** Whether a side is the client, as far as is known. */
export function isClient(ints: Int32Array, record: number, side: number): boolean {
  const flags = ints[record * CONN_INTS + CONN.flags] as number
  return ((flags & CONN_CLIENT_IS_SIDE_1) === 0 ? 0 : 1) === side
}

/** Keeps what is known of the last payload; `conn` is the first word of its connection, `head` how it begins. */
export function keepPayload(
  ints: Int32Array,
  conn: number,
  side: number,
  { payloadLen, ack }: Segment,
  head: number,
): void {
  const flags = ints[conn + CONN.flags] as number
  const mine = CONN_LAST_DATA_0 << side
  if ((flags & mine) === 0) {
    ints[conn + CONN.flags] = (flags & ~CONN_LAST_DATA) | mine
    const client = (flags & CONN_CLIENT_IS_SIDE_1) === 0 ? 0 : 1
    if ((flags & CONN_LAST_DATA) !== 0 && side !== client) {
      ints[conn + CONN.answers] = (ints[conn + CONN.answers] as number) + 1
      ints[conn + CONN.answeredHead] = ints[conn + CONN.dataHead] as number
    }
  }
  ints[conn + CONN.dataHead] = head
  ints[conn + CONN.dataLen] = payloadLen
  ints[conn + CONN.dataAck] = ack
}
