// What one segment means for its connection. `observe` runs for every packet of a capture: it reads and writes packed
// words only, and leaves everything rare (SYN, FIN, RST, resent octets, probes) to functions of their own.

import type { Segment } from '../wire/segment.js'
import { ACK, FIN, RST, SYN } from '../wire/segment.js'
import { TcpOptions, readTcpOptions } from '../wire/tcp/options.js'
import { isCopy } from './events/duplicate.js'
import { observeFin, observeFinAcked, observeLateData } from './events/fin.js'
import { isInStep, observeInStep } from './fast-path.js'
import {
  ACKED,
  BYTES_F,
  CONN_CELLS,
  CONN_FLAGS,
  CONN_INTS,
  CONN_OPTIONS_CUT,
  CONN_REPORTED,
  CONN_TIME_BACK,
  DATA_FRAME_F,
  DATA_NS_F,
  DUPLICATES,
  END_FRAME_F,
  END_NS_F,
  HANDSHAKE_FRAME_F,
  HANDSHAKE_NS_F,
  HOLE_END,
  HOLE_START,
  ISN,
  LAST_ACK,
  LAST_FRAME_F,
  LAST_LEN,
  LAST_META,
  LAST_NS_F,
  LAST_SEQ,
  NXT,
  PACKETS_F,
  SIDE_ACKED_MORE,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_EMPTY_ACK,
  SIDE_FIN,
  SIDE_FLAGS,
  SIDE_FLOATS,
  SIDE_FLOATS_STEP,
  SIDE_HOLE,
  SIDE_INTS,
  SIDE_INTS_STEP,
  SIDE_IP_ID,
  SIDE_ISN_SET,
  SIDE_LAST_PROBE,
  SIDE_LOST,
  SIDE_NXT_SET,
  SIDE_PLAIN_ACK,
  SIDE_PROBED,
  SIDE_RST,
  SIDE_SYN_DATA,
  SIDE_TIMESTAMPS,
  SIDE_UNSEEN,
  STATE,
  TEARDOWN,
  TTL_RANGE,
  WINDOW,
} from './layout.js'
import { Opening, takeRoles } from './handshake.js'
import { isOldAnswer, isResetOfOld, observeOldAnswer } from './events/old-incarnation.js'
import {
  adoptProbe,
  endProbing,
  mayHaveProbed,
  observeProbeAnswered,
  observeStaleAck,
} from './events/probe.js'
import { observeResent } from './events/retransmission.js'
import { observeAfterReset, observeReset } from './events/reset.js'
import { endSeries } from './events/series.js'
import { ESTABLISHED, EVENT_COUNT, NEXT_STATE, SENT_ACK, SYN_ACKED, SYN_RECEIVED } from './state.js'
import type { ConnectionTable } from './table.js'
import { observeZeek } from './views/zeek.js'
import { seqAdd, seqAfter, seqDistance } from './seq.js'

/** Applies segments to the records of a table. */
export class Observer {
  /** True when the last segment may have ended its connection, or came after its end was reported. */
  touchedEnd = false
  private readonly table: ConnectionTable
  private readonly options = new TcpOptions()
  private readonly opening: Opening

  constructor(table: ConnectionTable) {
    this.table = table
    this.opening = new Opening(table)
  }

  /** Applies a segment that `side` of the connection sent. */
  observe(
    record: number,
    side: number,
    seg: Segment,
    view: DataView,
    frame: number,
    timeNs: number,
  ): void {
    const { ints, floats } = this.table.connections
    const conn = record * CONN_INTS
    const cells = record * CONN_CELLS
    const me = conn + SIDE_INTS + side * SIDE_INTS_STEP
    const peer = conn + SIDE_INTS + (1 - side) * SIDE_INTS_STEP
    const meF = cells + SIDE_FLOATS + side * SIDE_FLOATS_STEP
    const { flags, seq, ack, payloadLen } = seg

    this.touchedEnd = false
    floats[meF + PACKETS_F] = (floats[meF + PACKETS_F] as number) + 1
    floats[meF + BYTES_F] = (floats[meF + BYTES_F] as number) + payloadLen
    if (((ints[conn + CONN_FLAGS] as number) & CONN_REPORTED) !== 0) {
      this.touchedEnd = true
      return
    }
    if (timeNs >= (floats[cells + END_NS_F] as number)) {
      floats[cells + END_NS_F] = timeNs
      floats[cells + END_FRAME_F] = frame
    } else {
      ints[conn + CONN_FLAGS] = (ints[conn + CONN_FLAGS] as number) | CONN_TIME_BACK
    }
    // Counted, as Wireshark does, but taken by no receiver.
    if (seg.malformed) return
    const meta = flags | (seg.ttl << 8) | ((seg.ipId + 1) << 16)
    if (
      ints[me + LAST_SEQ] === seq &&
      ints[me + LAST_ACK] === ack &&
      ints[me + LAST_LEN] === payloadLen &&
      (ints[me + WINDOW] === seg.window || (flags & RST) !== 0) &&
      floats[meF + LAST_FRAME_F] !== 0 &&
      isCopy(ints[me + LAST_META] as number, meta, timeNs - (floats[meF + LAST_NS_F] as number))
    ) {
      ints[me + DUPLICATES] = (ints[me + DUPLICATES] as number) + 1
      observeZeek(this.table, record, side, seg)
      return
    }

    if (seg.headerCut) markOptionsCut(ints, conn)
    if (isInStep(ints, conn, me, peer, side, seg)) {
      this.touchedEnd = observeInStep(this.table, record, me, peer, side, seg, frame, timeNs)
    } else if (!this.observeOther(record, side, me, peer, meF, seg, view, frame, timeNs)) {
      return
    }
    if ((flags & RST) === 0) widenTtlRange(ints, me, meta)

    ints[me + LAST_SEQ] = seq
    ints[me + LAST_ACK] = ack
    ints[me + LAST_LEN] = payloadLen
    ints[me + LAST_META] = meta
    // A reset's window says nothing about its host's.
    if ((flags & RST) === 0) ints[me + WINDOW] = seg.window
    floats[meF + LAST_NS_F] = timeNs
    floats[meF + LAST_FRAME_F] = frame
  }

  /** A segment that does not simply come next; false when it belongs to an earlier connection. */
  private observeOther(
    record: number,
    side: number,
    me: number,
    peer: number,
    meF: number,
    seg: Segment,
    view: DataView,
    frame: number,
    timeNs: number,
  ): boolean {
    const { ints } = this.table.connections
    const conn = record * CONN_INTS
    if (this.opening.observeFirst(record, side, me, peer, seg, view, timeNs)) return true
    if (!this.meetSide(record, side, me, peer, seg)) return false
    if ((seg.flags & RST) !== 0) {
      this.touchedEnd = true
      observeZeek(this.table, record, side, seg)
      if (isResetOfOld(ints, conn, me, peer, seg)) return false
      observeReset(this.table, record, side, seg, view, frame, timeNs, this.options)
      return true
    }
    if ((seg.flags & SYN) !== 0) takeRoles(ints, conn, me, peer, side, seg.flags)
    observeZeek(this.table, record, side, seg)
    this.observeLive(record, side, me, peer, meF, seg, view, frame, timeNs)
    return true
  }

  /** Starts a side with its first segment; false when that belongs to an earlier connection. */
  private meetSide(record: number, side: number, me: number, peer: number, seg: Segment): boolean {
    const { ints } = this.table.connections
    if (((ints[me + SIDE_FLAGS] as number) & SIDE_ISN_SET) !== 0) return true
    if (!isOldAnswer(ints, peer, seg)) {
      startSide(ints, me, seg)
      return true
    }
    observeZeek(this.table, record, side, seg)
    observeOldAnswer(ints, record * CONN_INTS, me)
    return false
  }

  /** Everything but a reset. */
  private observeLive(
    record: number,
    side: number,
    me: number,
    peer: number,
    meF: number,
    seg: Segment,
    view: DataView,
    frame: number,
    timeNs: number,
  ): void {
    const { ints } = this.table.connections
    const { flags, seq } = seg
    let mine = ints[me + SIDE_FLAGS] as number
    if ((flags & SYN) !== 0) {
      ints[me + SIDE_FLAGS] = mine
      mine = this.opening.observeSyn(record, side, me, peer, seg, view, frame, timeNs)
    } else if ((mine & SIDE_NXT_SET) === 0) {
      ints[me + NXT] = seq
      mine |= SIDE_NXT_SET | this.timestampBit(seg, view)
    }
    if (seg.ipId > 0 && (flags & SYN) === 0) mine |= SIDE_IP_ID

    ints[me + SIDE_FLAGS] = mine & ~SIDE_LAST_PROBE
    this.observeSequence(record, side, me, peer, meF, seg, frame, timeNs)

    if ((flags & ACK) !== 0) this.observeAck(record, side, me, peer, seg, frame, timeNs)
    if ((flags & FIN) !== 0) {
      this.touchedEnd = true
      observeFin(this.table, record, side, seqAdd(seg.seq, seg.payloadLen), seg, frame, timeNs)
    }
    const happened = (ints[me + SIDE_FLAGS] as number) | (ints[peer + SIDE_FLAGS] as number)
    if ((happened & SIDE_PROBED) !== 0) {
      observeProbeAnswered(this.table, record, side, frame, timeNs)
      if (((ints[me + SIDE_FLAGS] as number) & SIDE_LAST_PROBE) === 0) {
        endProbing(this.table, record, side)
      }
    }
    if (
      (happened & SIDE_RST) !== 0 &&
      observeAfterReset(this.table, record, side, seg, frame, timeNs)
    ) {
      this.touchedEnd = true
    }
  }

  /** Sequence space: new octets, octets seen before, or none. */
  private observeSequence(
    record: number,
    side: number,
    me: number,
    peer: number,
    meF: number,
    seg: Segment,
    frame: number,
    timeNs: number,
  ): void {
    const { ints, floats } = this.table.connections
    const { flags, seq, payloadLen } = seg
    const mine = ints[me + SIDE_FLAGS] as number
    const nxt = ints[me + NXT] as number
    const first = (flags & SYN) !== 0 ? seqAdd(seq, 1) : seq
    const end = seqAdd(first, payloadLen)
    const ahead = seqDistance(end, nxt)
    const gap = seqDistance(first, nxt)
    if (gap > 0) {
      // Octets passed that were not captured, or not yet. Only one hole is followed; an older one stays open for good.
      ints[me + SIDE_FLAGS] = mine | SIDE_HOLE | ((mine & SIDE_HOLE) !== 0 ? SIDE_LOST : 0)
      ints[me + HOLE_START] = nxt
      ints[me + HOLE_END] = first
      ints[me + NXT] = first
    }
    if (payloadLen > 0 && ahead > 0) {
      ints[me + NXT] = end
      // On a SYN it is data only once it is acknowledged (RFC 7413).
      const kind = (flags & SYN) !== 0 ? SIDE_SYN_DATA : SIDE_DATA
      ints[me + SIDE_FLAGS] = (ints[me + SIDE_FLAGS] as number) | kind
      floats[meF + DATA_NS_F] = timeNs
      floats[meF + DATA_FRAME_F] = frame
      if (((ints[peer + SIDE_FLAGS] as number) & SIDE_FIN) !== 0) {
        observeLateData(this.table, record, side, Math.min(ahead, payloadLen), frame, timeNs)
      }
    } else if (payloadLen > 0 && (flags & FIN) === 0) {
      observeResent(this.table, record, side, first, payloadLen, frame, timeNs)
    } else if (payloadLen === 0 && ahead < 0 && (flags & (SYN | FIN)) === 0) {
      observeStaleAck(this.table, record, side, seq, frame, timeNs)
    }
  }

  /** The acknowledgment field: progress of the peer's octets, of the handshake, of a FIN. */
  private observeAck(
    record: number,
    side: number,
    me: number,
    peer: number,
    seg: Segment,
    frame: number,
    timeNs: number,
  ): void {
    const { ints, floats } = this.table.connections
    const { ack, flags } = seg
    let mine = ints[me + SIDE_FLAGS] as number
    let theirs = ints[peer + SIDE_FLAGS] as number
    if ((theirs & SIDE_ISN_SET) === 0) {
      ints[peer + ISN] = seqDistance(ack, 1)
      theirs |= SIDE_ISN_SET
    }
    const progress = (mine & SIDE_ACK_SET) === 0 || seqAfter(ack, ints[me + ACKED] as number)
    if (progress) {
      if ((mine & SIDE_ACK_SET) !== 0) mine |= SIDE_ACKED_MORE
      ints[me + ACKED] = ack
      mine |= SIDE_ACK_SET
      if ((theirs & SIDE_SYN_DATA) !== 0 && seqDistance(ack, ints[peer + ISN] as number) > 1) {
        theirs |= SIDE_DATA
      }
      if ((theirs & SIDE_NXT_SET) !== 0 && seqAfter(ack, ints[peer + NXT] as number)) {
        if (
          seqDistance(ack, ints[peer + NXT] as number) === 1 &&
          mayHaveProbed(this.table, record, 1 - side)
        ) {
          adoptProbe(this.table, record, 1 - side, ack)
          theirs |= ints[peer + SIDE_FLAGS] as number
        } else {
          theirs |= SIDE_UNSEEN
        }
      }
    }
    if ((flags & SYN) === 0 && seg.payloadLen === 0) {
      mine |= (flags & FIN) === 0 ? SIDE_PLAIN_ACK | SIDE_EMPTY_ACK : SIDE_EMPTY_ACK
    }
    ints[me + SIDE_FLAGS] = mine
    ints[peer + SIDE_FLAGS] = theirs

    const myState = ints[me + STATE] as number
    const peerState = ints[peer + STATE] as number
    if (myState !== ESTABLISHED || peerState !== ESTABLISHED) {
      if ((flags & SYN) === 0) {
        ints[me + STATE] = NEXT_STATE[myState * EVENT_COUNT + SENT_ACK] as number
        if (peerState === SYN_RECEIVED) {
          const cells = record * CONN_CELLS
          floats[cells + HANDSHAKE_NS_F] = timeNs
          floats[cells + HANDSHAKE_FRAME_F] = frame
        }
        if (peerState <= SYN_RECEIVED && seqAfter(ack, ints[peer + ISN] as number)) {
          ints[peer + STATE] = NEXT_STATE[peerState * EVENT_COUNT + SYN_ACKED] as number
        }
      }
      if ((theirs & SIDE_FIN) !== 0) {
        if (observeFinAcked(this.table, record, side, ack, frame, timeNs)) this.touchedEnd = true
      }
    }
    if (progress && (ints[record * CONN_INTS + TEARDOWN] as number) !== 0) {
      endSeries(this.table, record, 1 - side)
    }
  }

  private timestampBit(seg: Segment, view: DataView): number {
    readTcpOptions(view, seg.tcpStart + 20, seg.optionsEnd, this.options)
    return this.options.hasTimestamps ? SIDE_TIMESTAMPS : 0
  }
}

/** Takes the first segment of a side for its initial sequence number, less one if it is no SYN: as Wireshark does. */
function startSide(ints: Int32Array, me: number, seg: Segment): void {
  ints[me + ISN] = (seg.flags & SYN) !== 0 ? seg.seq : seqAdd(seg.seq, -1)
  ints[me + SIDE_FLAGS] = (ints[me + SIDE_FLAGS] as number) | SIDE_ISN_SET
}

function markOptionsCut(ints: Int32Array, conn: number): void {
  ints[conn + CONN_FLAGS] = (ints[conn + CONN_FLAGS] as number) | CONN_OPTIONS_CUT
}

function widenTtlRange(ints: Int32Array, me: number, meta: number): void {
  const range = ints[me + TTL_RANGE] as number
  if ((((ints[me + LAST_META] as number) ^ meta) & 0xff00) === 0 && range !== 0) return
  const ttl = (meta >>> 8) & 0xff
  const low = range & 0xff
  const high = (range >>> 8) & 0xff
  if (range === 0) ints[me + TTL_RANGE] = ttl | (ttl << 8)
  else ints[me + TTL_RANGE] = Math.min(low, ttl) | (Math.max(high, ttl) << 8)
}
