// SYNs and SYN-ACKs: roles, options, first sequence numbers. A first SYN and its SYN-ACK, as nearly every connection
// begins, have a straight path of their own, which comes to the same (see fast-path.ts).

import type { Segment } from '../wire/segment.js'
import { ACK, SYN } from '../wire/segment.js'
import { TcpOptions, linuxWindowScale, readTcpOptions } from '../wire/tcp/options.js'
import {
  ACKED,
  CONN_CLIENT_IS_SIDE_1,
  CONN_FLAGS,
  CONN_INTS,
  CONN_ROLES_KNOWN,
  CONN_SIMULTANEOUS_OPEN,
  ISN,
  NXT,
  SIDE_ACK_SET,
  SIDE_FLAGS,
  SIDE_ISN_SET,
  SIDE_MPTCP,
  SIDE_NXT_SET,
  SIDE_SYN,
  SIDE_SYN_ACK,
  SIDE_TFO,
  SIDE_TIMESTAMPS,
  SIDE_WINDOW_SCALE,
  STATE,
  TEARDOWN,
  WINDOW_SHIFT,
} from './layout.js'
import { NatTwins } from './nat-twins.js'
import { observeResent } from './events/retransmission.js'
import {
  EVENT_COUNT,
  LISTEN,
  NEXT_STATE,
  SENT_SYN,
  SENT_SYN_ACK,
  SYN_RECEIVED,
  SYN_SENT,
  UNKNOWN,
} from './state.js'
import type { ConnectionTable } from './table.js'
import { answerZeek, beginZeek } from './views/zeek.js'
import { seqAdd } from './seq.js'

/** RFC 7323 §2.3. */
const WINDOW_SHIFT_MAX = 14

/** A side that has sent a SYN and nothing else, whatever its options. */
const ONLY_SYN: number = SIDE_ISN_SET | SIDE_NXT_SET | SIDE_SYN
const OPTIONS: number = SIDE_MPTCP | SIDE_TFO | SIDE_TIMESTAMPS | SIDE_WINDOW_SCALE

/** Applies SYNs and SYN-ACKs to the records of a table. */
export class Opening {
  private readonly table: ConnectionTable
  private readonly options = new TcpOptions()
  private readonly twins = new NatTwins()

  constructor(table: ConnectionTable) {
    this.table = table
  }

  /** The straight path: applies the first SYN of a connection or the first SYN-ACK to it; false for anything else. */
  observeFirst(
    record: number,
    side: number,
    me: number,
    peer: number,
    seg: Segment,
    view: DataView,
    timeNs: number,
  ): boolean {
    const { ints } = this.table.connections
    const conn = record * CONN_INTS
    if (isFirstSyn(ints, conn, me, peer, seg)) {
      const bits = readSynOptions(ints, me, seg, view, this.options)
      observeFirstSyn(ints, conn, me, peer, side, bits, seg)
      return true
    }
    if (!isFirstSynAck(ints, conn, me, peer, seg)) return false
    const bits = readSynOptions(ints, me, seg, view, this.options)
    observeFirstSynAck(ints, conn, me, side, bits, seg)
    this.twins.onSynAck(ints, record, peer, me, timeNs)
    return true
  }

  /** SYN and SYN-ACK: roles, options, first sequence numbers. Returns the side's flags. */
  observeSyn(
    record: number,
    side: number,
    me: number,
    peer: number,
    seg: Segment,
    view: DataView,
    frame: number,
    timeNs: number,
  ): number {
    const { ints } = this.table.connections
    const conn = record * CONN_INTS
    const isSynAck = (seg.flags & ACK) !== 0
    let mine = ints[me + SIDE_FLAGS] as number
    let connFlags = ints[conn + CONN_FLAGS] as number
    const again = (mine & (isSynAck ? SIDE_SYN_ACK : SIDE_SYN)) !== 0
    if (!isSynAck && ((ints[peer + SIDE_FLAGS] as number) & SIDE_SYN) !== 0) {
      connFlags |= CONN_SIMULTANEOUS_OPEN
    }
    ints[conn + CONN_FLAGS] = connFlags
    mine |= isSynAck ? SIDE_SYN_ACK : SIDE_SYN
    if (again) {
      observeResent(this.table, record, side, seg.seq, 0, frame, timeNs)
    } else {
      mine |= readSynOptions(ints, me, seg, view, this.options)
      if (isSynAck) this.twins.onSynAck(ints, record, peer, me, timeNs)
    }
    if ((mine & SIDE_NXT_SET) === 0) {
      ints[me + NXT] = seqAdd(seg.seq, 1)
      mine |= SIDE_NXT_SET
    }
    ints[me + SIDE_FLAGS] = mine
    const event = isSynAck ? SENT_SYN_ACK : SENT_SYN
    ints[me + STATE] = NEXT_STATE[(ints[me + STATE] as number) * EVENT_COUNT + event] as number
    return mine
  }
}

/** The first SYN or SYN-ACK tells who is the client. */
export function takeRoles(
  ints: Int32Array,
  conn: number,
  me: number,
  peer: number,
  side: number,
  flags: number,
): void {
  const known = ints[conn + CONN_FLAGS] as number
  if ((known & CONN_ROLES_KNOWN) !== 0) return
  const client = (flags & ACK) !== 0 ? 1 - side : side
  ints[conn + CONN_FLAGS] = known | CONN_ROLES_KNOWN | (client === 1 ? CONN_CLIENT_IS_SIDE_1 : 0)
  const server = client === side ? peer : me
  if (ints[server + STATE] === UNKNOWN) ints[server + STATE] = LISTEN
}

/** Whether a SYN is the first segment of its connection, and as plain as most. */
function isFirstSyn(
  ints: Int32Array,
  conn: number,
  me: number,
  peer: number,
  seg: Segment,
): boolean {
  return (
    seg.flags === SYN &&
    seg.payloadLen === 0 &&
    seg.window !== 0 &&
    ((ints[me + SIDE_FLAGS] as number) | (ints[peer + SIDE_FLAGS] as number)) === 0 &&
    ints[me + STATE] === UNKNOWN &&
    ints[peer + STATE] === UNKNOWN &&
    ints[conn + TEARDOWN] === 0
  )
}

/** Applies a SYN for which {@link isFirstSyn} holds. `options` are the SIDE_* bits of its options. */
function observeFirstSyn(
  ints: Int32Array,
  conn: number,
  me: number,
  peer: number,
  side: number,
  options: number,
  seg: Segment,
): void {
  const roles = side === 1 ? CONN_ROLES_KNOWN | CONN_CLIENT_IS_SIDE_1 : CONN_ROLES_KNOWN
  ints[conn + CONN_FLAGS] = (ints[conn + CONN_FLAGS] as number) | roles
  ints[me + SIDE_FLAGS] = ONLY_SYN | options
  ints[me + STATE] = SYN_SENT
  ints[me + ISN] = seg.seq
  ints[me + NXT] = seqAdd(seg.seq, 1)
  ints[peer + STATE] = LISTEN
  beginZeek(ints, conn, me, side)
}

/** Whether a SYN-ACK is the first segment of its side, and answers the only one of the other. */
function isFirstSynAck(
  ints: Int32Array,
  conn: number,
  me: number,
  peer: number,
  seg: Segment,
): boolean {
  return (
    seg.flags === (SYN | ACK) &&
    seg.payloadLen === 0 &&
    seg.window !== 0 &&
    ints[me + SIDE_FLAGS] === 0 &&
    ints[me + STATE] === LISTEN &&
    ((ints[peer + SIDE_FLAGS] as number) & ~OPTIONS) === ONLY_SYN &&
    ints[peer + STATE] === SYN_SENT &&
    ints[peer + NXT] === seg.ack &&
    ints[conn + TEARDOWN] === 0
  )
}

/** Applies a SYN-ACK for which {@link isFirstSynAck} holds. */
function observeFirstSynAck(
  ints: Int32Array,
  conn: number,
  me: number,
  side: number,
  options: number,
  seg: Segment,
): void {
  ints[me + SIDE_FLAGS] = SIDE_ISN_SET | SIDE_NXT_SET | SIDE_ACK_SET | SIDE_SYN_ACK | options
  ints[me + STATE] = SYN_RECEIVED
  ints[me + ISN] = seg.seq
  ints[me + NXT] = seqAdd(seg.seq, 1)
  ints[me + ACKED] = seg.ack
  answerZeek(ints, conn, me, side)
}

/** Reads the options of a SYN: the SIDE_* bits they set; the shift count of the window is stored. */
function readSynOptions(
  ints: Int32Array,
  me: number,
  seg: Segment,
  view: DataView,
  options: TcpOptions,
): number {
  const start = seg.tcpStart + 20
  const scale = linuxWindowScale(view, start, seg.optionsEnd)
  if (scale >= 0) {
    ints[me + WINDOW_SHIFT] = Math.min(scale, WINDOW_SHIFT_MAX)
    return SIDE_WINDOW_SCALE | SIDE_TIMESTAMPS
  }
  let bits = 0
  readTcpOptions(view, start, seg.optionsEnd, options)
  if (options.windowScale >= 0) {
    bits |= SIDE_WINDOW_SCALE
    ints[me + WINDOW_SHIFT] = Math.min(options.windowScale, WINDOW_SHIFT_MAX)
  }
  if (options.hasTimestamps) bits |= SIDE_TIMESTAMPS
  if (options.tfo) bits |= SIDE_TFO
  if (options.mptcp) bits |= SIDE_MPTCP
  return bits
}
