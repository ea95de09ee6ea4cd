// What a connection has to do with others: the one before it on the same addresses and ports, the one its lone reset
// belongs to, what its server endpoint did meanwhile. Told to its records before it is judged, so that whoever judges it,
// in whatever thread, reads the same.

import { FIN, RST, type Segment } from '../wire/segment.js'
import { ACK, SYN } from '../wire/segment.js'
import { seqAdd, seqDistance } from './seq.js'
import type { Observer } from './observe.js'
import {
  CONN_CLIENT_IS_SIDE_1,
  CONN_ENDED_BEYOND,
  CONN_REUSED_PORTS,
  CONN_ROLES_KNOWN,
  CONN_SUPERSEDED,
  CONN_WATCHES_OLD,
  PREVIOUS_CLOSED,
  PREVIOUS_HALF_CLOSED,
  PREVIOUS_NOT_OPEN,
  PREVIOUS_OPEN,
  PREVIOUS_RESET,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_FIN,
  SIDE_NXT_SET,
  SIDE_RST,
  SIDE_SYN,
} from './record/bits.js'
import {
  CONN,
  CONN_CELLS,
  CONN_INTS,
  SIDE,
  SIDE_CELLS,
  SIDE_CELLS_STEP,
  SIDE_INTS,
  SIDE_INTS_STEP,
  STREAM_LOW,
} from './record/connection.js'
import { CLOSED, ESTABLISHED, SYN_SENT, TIME_WAIT } from './state.js'
import type { ConnectionTable } from './table.js'
import type { TrackedConnection } from './tracked.js'

/** How far a segment may be from what a connection expects and still be one of it. */
const NEAR_BYTES = 1 << 20
/** Records looked at in all for the connections of lone segments: a capture of nothing else must not take long. */
const KIN_BUDGET = 1 << 24

/** A connection, for the next one on its addresses and ports. */
export interface Previous {
  /** Lower bits of its stream number. */
  readonly stream: number
  /** PREVIOUS_* how it had ended by then. */
  readonly kind: number
  /** Time of its last packet, relative ns. */
  readonly endNs: number
}

/** Finds out what connections have to do with each other. */
export class Neighbours {
  private readonly table: ConnectionTable
  private readonly observer: Observer
  private kinBudget = KIN_BUDGET

  constructor(table: ConnectionTable, observer: Observer) {
    this.table = table
    this.observer = observer
  }

  /** Whether a connection that a SYN has met is open, so that it may carry on. */
  isOpen(record: number): boolean {
    const c = this.table.at(record)
    return [c.side(0), c.side(1)].every(
      (side) => side.has(SIDE_NXT_SET) && side.state >= ESTABLISHED && side.state !== TIME_WAIT,
    )
  }

  /** What later connections are told of the one in `record`. */
  describe(record: number): Previous {
    const c = this.table.at(record)
    return { stream: c.streamLow & STREAM_LOW, kind: previousKind(c), endNs: c.endNs }
  }

  /** Tells the connection in `record` of the one before it. */
  follow(record: number, { stream, kind, endNs }: Previous): void {
    const c = this.table.at(record)
    c.openClosing()
    c.flags |= CONN_REUSED_PORTS
    c.previousStream = stream + 1
    c.previousKind = kind
    c.previousNs = endNs
  }

  /** From now on the connection in `old` is watched by that in `record`. */
  watch(record: number, old: number): void {
    const c = this.table.at(record)
    c.oldRecord = old + 1
    c.flags |= CONN_WATCHES_OLD
  }

  /** The connection watched by that in `record`, -1 for none. */
  watched(record: number): number {
    const { ints } = this.table.connections
    if (((ints[record * CONN_INTS + CONN.flags] as number) & CONN_WATCHES_OLD) === 0) return -1
    const { oldRecord, previousStream } = this.table.at(record)
    const old = oldRecord - 1
    // It may have been given up meanwhile, and its record be another one's.
    const isSame = ints[old * CONN_INTS + CONN.streamLow] === previousStream - 1
    return isSame ? old : -1
  }

  /** Ends the watching; the old connection is superseded unless it was seen to carry on or to end. */
  leave(record: number, old: number): void {
    const c = this.table.at(record)
    c.flags &= ~CONN_WATCHES_OLD
    c.oldRecord = 0
    const before = this.table.at(old)
    if (!before.has(CONN_ENDED_BEYOND)) before.flags |= CONN_SUPERSEDED
  }

  /**
   * A segment of the connection in `record`, sent by `side` of it, which may be one of the old one.
   *
   * @returns Whether it is settled what has become of the old one.
   */
  observeOld(
    record: number,
    old: number,
    side: number,
    seg: Segment,
    view: DataView,
    frame: number,
    timeNs: number,
  ): boolean {
    const { flags } = seg
    const c = this.table.at(record)
    if ((flags & SYN) !== 0 && (flags & ACK) === 0) return false
    const peer = c.side(1 - side)
    const acksNew = (flags & ACK) !== 0 && peer.has(SIDE_SYN) && seg.ack === seqAdd(peer.isn, 1)
    const { ports } = c
    const before = this.table.at(old)
    const oldSide = before.ports === ports ? side : 1 - side
    const sender = before.side(oldSide)
    const isNear = Math.abs(seqDistance(seg.seq, sender.nxt)) < NEAR_BYTES
    // The SYN of the new one may lie in the old one's window: then only the numbers of the answer tell.
    if (acksNew && !(isNear && (flags & SYN) === 0)) return true
    if (!isNear || (flags & SYN) !== 0) return false
    this.feed(old, oldSide, seg, view, frame, timeNs)
    const fed = this.table.at(old)
    const isClosed = fed.side(0).state === CLOSED && fed.side(1).state === CLOSED
    if (seg.payloadLen > 0 || (flags & FIN) !== 0 || isClosed) fed.flags |= CONN_ENDED_BEYOND
    return isClosed
  }

  /** Looks for the connection that a lone segment belongs to, by its numbers and its receiver, and notes it. */
  findKin(record: number, seg: Segment): void {
    const { table } = this
    this.kinBudget -= table.size
    if (this.kinBudget < 0) return
    const c = table.at(record)
    const receiver = Int32Array.from(c.endpoint(1))
    let found = -1
    // Of several the last one: the order of the table is not that of the connections.
    for (const other of table.records()) {
      if (other !== record && isKin(table.at(other), receiver, seg)) {
        found = Math.max(found, table.streamOf(other))
      }
    }
    const own = table.at(record)
    if (found < 0) return
    own.openTeardown()
    own.belongsTo = found + 1
  }

  /** Tells the records of a connection what is known of its server endpoint and of its client's next connection. */
  complete(record: number): void {
    const { ints, floats } = this.table.connections
    const base = record * CONN_INTS
    const flags = ints[base + CONN.flags] as number
    if ((flags & CONN_ROLES_KNOWN) === 0) return
    const isOpened = floats[record * CONN_CELLS + CONN.handshakeFrame] !== 0
    // Nearly every connection was open and is closed by FIN.
    if (isOpened && ints[base + CONN.teardownIndex] === 0) return
    const { parties } = this.table
    const server = (flags & CONN_CLIENT_IS_SIDE_1) === 0 ? 1 : 0
    const at = base + SIDE_INTS + server * SIDE_INTS_STEP + SIDE.flags
    const hasServed = ((ints[at] as number) & SIDE_DATA) !== 0
    const port = hasServed ? undefined : parties.portOf(ints, record, server)
    const retry = parties.retryOf(ints, record, server)
    if (port === undefined && retry === undefined) return
    const c = this.table.at(record)
    c.openTeardown()
    if (port !== undefined) {
      c.portAccepts = port.accepts - (isOpened && c.side(1 - server).has(SIDE_SYN) ? 1 : 0)
      c.portSilences = port.silences
      c.portFirstNs = port.firstAcceptNs
      c.portLastNs = port.lastAcceptNs
    }
    if (retry === undefined || retry.takenNs < c.endNs) return
    if (isOpened && c.side(0).rstCount + c.side(1).rstCount === 0) return
    c.retryStream = retry.takenStream + 1
    c.retryNs = retry.takenNs
  }

  /** Applies a segment to the old connection; it is none of its packets, which are those of its stream. */
  private feed(
    record: number,
    side: number,
    seg: Segment,
    view: DataView,
    frame: number,
    timeNs: number,
  ): void {
    const { floats } = this.table.connections
    const cells = record * CONN_CELLS
    const block = cells + SIDE_CELLS + side * SIDE_CELLS_STEP
    const kept = [
      cells + CONN.endNs,
      cells + CONN.endFrame,
      block + SIDE.packets,
      block + SIDE.bytes,
    ].map((at) => [at, floats[at] as number] as const)
    this.observer.observe(record, side, seg, view, frame, timeNs)
    for (const [at, value] of kept) this.table.connections.floats[at] = value
  }
}

/** How a connection had ended when its addresses and ports were used again. */
function previousKind(c: TrackedConnection): number {
  const [one, other] = [c.side(0), c.side(1)]
  const flags = one.flags | other.flags
  if ((flags & SIDE_FIN) === 0) {
    if ((flags & SIDE_RST) !== 0 && one.state === CLOSED) return PREVIOUS_RESET
    return one.state <= SYN_SENT || other.state <= SYN_SENT ? PREVIOUS_NOT_OPEN : PREVIOUS_OPEN
  }
  if ((one.flags & other.flags & SIDE_FIN) !== 0) return PREVIOUS_CLOSED
  return one.state === CLOSED ? PREVIOUS_RESET : PREVIOUS_HALF_CLOSED
}

/** Whether a lone segment to `receiver` has the numbers of a connection with that receiver. */
function isKin(c: TrackedConnection, receiver: Int32Array, seg: Segment): boolean {
  for (let side = 0; side < 2; side++) {
    const endpoint = c.endpoint(side)
    if (!endpoint.every((word, i) => word === receiver[i])) continue
    const sender = c.side(1 - side)
    const peer = c.side(side)
    const fitsOwn = sender.has(SIDE_NXT_SET) && Math.abs(seqDistance(seg.seq, sender.nxt)) <= 1
    const fitsPeer = peer.has(SIDE_ACK_SET) && seg.seq === peer.acked
    const fitsAck =
      (seg.flags & (ACK | RST)) === RST ||
      (peer.has(SIDE_NXT_SET) && Math.abs(seqDistance(seg.ack, peer.nxt)) <= 1)
    if ((fitsOwn || fitsPeer) && fitsAck) return true
  }
  return false
}
