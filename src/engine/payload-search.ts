// Looks for a text in the payload of connections, also where it is spread over segments that follow each other. Only where it is
// asked for: nothing of it stands on the packet path otherwise.

import { CONN_CONTAINS } from '../tcp/record/bits.js'
import type { ConnectionTable } from '../tcp/table.js'
import type { Segment } from '../wire/segment.js'

/** The end of what one side has sent in order. */
interface Tail {
  /** Stream of the connection: records are used again. */
  stream: number
  nextSeq: number
  bytes: Uint8Array
}

/** Marks the connections whose payload holds a text. */
export class PayloadSearch {
  private readonly table: ConnectionTable
  private readonly needle: Buffer
  private readonly tails: Tail[] = []

  constructor(table: ConnectionTable, needle: Uint8Array) {
    this.table = table
    this.needle = Buffer.from(needle)
  }

  /** Takes a segment that the tracker has taken. */
  segment(seg: Segment, view: DataView): void {
    if (seg.payloadLen === 0 || seg.malformed) return
    const { table, needle } = this
    const record = table.find(seg)
    if (record < 0) return
    const c = table.at(record)
    if (c.has(CONN_CONTAINS)) return
    const captured = Math.max(0, seg.capturedEnd - seg.optionsEnd)
    const payload = Buffer.from(view.buffer, view.byteOffset + seg.optionsEnd, captured)
    const tail = this.tailOf(2 * record + table.side, c.streamNumber)
    // A repeat may bring bytes besides, which follow what was there.
    const known = (tail.nextSeq - seg.seq) | 0
    const isNext = known === 0 || (known > 0 && known < captured)
    const fresh = isNext ? payload.subarray(known) : payload
    const bytes = isNext && tail.bytes.length > 0 ? Buffer.concat([tail.bytes, fresh]) : fresh
    if (bytes.includes(needle) || payload.includes(needle)) c.flags |= CONN_CONTAINS
    // What was not captured, or came out of order, is followed by nothing.
    const isAhead = isNext || ((seg.seq - tail.nextSeq) | 0) > 0 || tail.bytes.length === 0
    if (!isAhead) return
    const keeps = captured === seg.payloadLen ? needle.length - 1 : 0
    tail.bytes = Uint8Array.from(bytes.subarray(Math.max(0, bytes.length - keeps)))
    tail.nextSeq = (seg.seq + seg.payloadLen) | 0
  }

  private tailOf(place: number, stream: number): Tail {
    const known = this.tails[place]
    if (known?.stream === stream) return known
    const made = { stream, nextSeq: NaN, bytes: new Uint8Array(0) }
    this.tails[place] = made
    return made
  }
}
