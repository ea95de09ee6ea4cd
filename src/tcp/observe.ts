// What one segment means for its connection. `observe` runs for every packet of a capture: it reads and writes packed words
// only. What nearly every segment is has a fast path (handshake.ts, fast-path.ts); all else goes through general-path.ts,
// which comes to the same for these segments (test/properties/fast-path.test.ts).

import { RST, type Segment } from '../wire/segment.js'
import { isDuplicate } from './events/duplicate.js'
import { observeResetTwice } from './events/reset.js'
import { isPlainNext, keepLast, metaOf, observePlainNext, widenTtlRange } from './fast-path.js'
import { GeneralPath, MAY_END, OF_OLD_CONNECTION } from './general-path.js'
import { Handshake } from './handshake.js'
import { CONN_OPTIONS_CUT, CONN_REPORTED, CONN_TIME_BACK, SIDE_LAST_TWICE } from './record/bits.js'
import {
  CONN,
  CONN_CELLS,
  CONN_INTS,
  SIDE,
  SIDE_CELLS,
  SIDE_CELLS_STEP,
  SIDE_INTS,
  SIDE_INTS_STEP,
} from './record/connection.js'
import type { ConnectionTable } from './table.js'
import { observeZeek } from './views/zeek.js'

/** Applies segments to the records of a table. */
export class Observer {
  private readonly table: ConnectionTable
  private readonly handshake: Handshake
  private readonly general: GeneralPath

  constructor(table: ConnectionTable) {
    this.table = table
    this.handshake = new Handshake(table)
    this.general = new GeneralPath(table, this.handshake)
  }

  /** Marks a connection captured on both sides of a NAT, by its first segment, which is no SYN. */
  markMidstreamTwins(record: number, seg: Segment, timeNs: number): void {
    this.handshake.markMidstreamTwins(record, seg, timeNs)
  }

  /** Looks for a copy of a connection whose first SYN-ACK has passed; `side` sent it. */
  markTwins(record: number, side: number, timeNs: number): void {
    const me = record * CONN_INTS + SIDE_INTS + side * SIDE_INTS_STEP
    const peer = record * CONN_INTS + SIDE_INTS + (1 - side) * SIDE_INTS_STEP
    this.handshake.markTwins(this.table.connections.ints, record, peer, me, timeNs)
  }

  /**
   * Applies a segment that `side` of the connection sent. Returns true when it may have ended its connection, or came after
   * its end was reported.
   */
  observe(
    record: number,
    side: number,
    seg: Segment,
    view: DataView,
    frame: number,
    timeNs: number,
  ): boolean {
    const { ints, floats } = this.table.connections
    const conn = record * CONN_INTS
    const cells = record * CONN_CELLS
    const me = conn + SIDE_INTS + side * SIDE_INTS_STEP
    const peer = conn + SIDE_INTS + (1 - side) * SIDE_INTS_STEP
    const meF = cells + SIDE_CELLS + side * SIDE_CELLS_STEP
    if (isPlainNext(this.table.connections, record, me, peer, side, seg, timeNs))
      return observePlainNext(this.table, record, me, peer, side, seg, view, frame, timeNs)
    const { flags, seq, ack, payloadLen } = seg

    floats[meF + SIDE.packets] = (floats[meF + SIDE.packets] as number) + 1
    floats[meF + SIDE.bytes] = (floats[meF + SIDE.bytes] as number) + payloadLen
    if (((ints[conn + CONN.flags] as number) & CONN_REPORTED) !== 0) return true
    if (timeNs >= (floats[cells + CONN.endNs] as number)) {
      floats[cells + CONN.endNs] = timeNs
      floats[cells + CONN.endFrame] = frame
    } else {
      ints[conn + CONN.flags] = (ints[conn + CONN.flags] as number) | CONN_TIME_BACK
    }
    // Counted, as Wireshark does, but taken by no receiver.
    if (seg.malformed) return false
    const meta = metaOf(seg)
    if (
      ints[me + SIDE.lastSeq] === seq &&
      ints[me + SIDE.lastAck] === ack &&
      ints[me + SIDE.lastLen] === payloadLen &&
      (ints[me + SIDE.window] === seg.window || (flags & RST) !== 0) &&
      floats[meF + SIDE.lastFrame] !== 0 &&
      isDuplicate(
        ints[me + SIDE.lastMeta] as number,
        meta,
        timeNs - (floats[meF + SIDE.lastNs] as number),
      )
    ) {
      observeTwice(this.table, record, side, me, meta, frame)
      observeZeek(ints, conn, me, side, seg)
      return false
    }

    if (seg.headerCut) markOptionsCut(ints, conn)
    let mayEnd = false
    if (!this.handshake.observeFirst(record, side, me, peer, seg, view, timeNs)) {
      const outcome = this.general.observe(record, side, seg, view, frame, timeNs)
      mayEnd = (outcome & MAY_END) !== 0
      if ((outcome & OF_OLD_CONNECTION) !== 0) return mayEnd
    }

    // A reset's TTL and window say nothing about its host's.
    if ((flags & RST) === 0) keepLast(ints, floats, me, seg, frame, timeNs)
    else {
      ints[me + SIDE.lastSeq] = seq
      ints[me + SIDE.lastAck] = ack
      ints[me + SIDE.lastLen] = payloadLen
      ints[me + SIDE.lastMeta] = meta
      floats[meF + SIDE.lastNs] = timeNs
      floats[meF + SIDE.lastFrame] = frame
    }
    return mayEnd
  }
}

/** A second copy of the last segment of a side. */
function observeTwice(
  table: ConnectionTable,
  record: number,
  side: number,
  me: number,
  meta: number,
  frame: number,
): void {
  const { ints } = table.connections
  ints[me + SIDE.duplicates] = (ints[me + SIDE.duplicates] as number) + 1
  ints[me + SIDE.flags] = (ints[me + SIDE.flags] as number) | SIDE_LAST_TWICE
  if ((meta & RST) !== 0) observeResetTwice(table.at(record), side, frame)
  else if (ints[me + SIDE.ttlRange] !== 0) widenTtlRange(ints, me, meta)
}

function markOptionsCut(ints: Int32Array, conn: number): void {
  ints[conn + CONN.flags] = (ints[conn + CONN.flags] as number) | CONN_OPTIONS_CUT
}
