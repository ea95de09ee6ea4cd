// What one segment means for its connection. `observe` runs for every packet of a capture: it reads and writes packed
// words only, and leaves everything rare (SYN, FIN, RST, resent octets, probes) to functions of their own.

import type { Segment } from '../wire/segment.js'
import { ACK, FIN, RST, SYN } from '../wire/segment.js'
import { TcpOptions, readTcpOptions } from '../wire/tcp-options.js'
import { observeFin, observeFinAcked, observeLateData } from './fin.js'
import * as L from './layout.js'
import { endProbing, observeProbeAnswered, observeStaleAck } from './probe.js'
import { observeResent } from './resend.js'
import { observeAfterReset, observeReset } from './reset.js'
import { endSeries } from './series.js'
import {
  ESTABLISHED,
  EVENT_COUNT,
  LISTEN,
  NEXT_STATE,
  SENT_ACK,
  SENT_SYN,
  SENT_SYN_ACK,
  SYN_ACKED,
  SYN_RECEIVED,
  UNKNOWN,
} from './state.js'
import type { ConnectionTable } from './table.js'

/** The same segment seen again within this time is a second copy, not a second transmission, if its IP ID agrees. */
const DUPLICATE_NS = 500e6
/** Likewise for segments that carry no IP ID (IPv6, or always 0); the shortest retransmission takes longer. */
const DUPLICATE_WITHOUT_ID_NS = 1e6

const PSH = 0x08
/** A side whose sequence and acknowledgment numbers are both known. */
const IN_STEP: number = L.SIDE_ISN_SET | L.SIDE_NXT_SET | L.SIDE_ACK_SET

/** Applies segments to the records of a table. */
export class Observer {
  /** True when the last segment may have ended its connection, or came after its end was reported. */
  touchedEnd = false
  private readonly table: ConnectionTable
  private readonly options = new TcpOptions()

  constructor(table: ConnectionTable) {
    this.table = table
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
    const conn = record * L.CONN_INTS
    const cells = record * L.CONN_CELLS
    const me = conn + L.SIDE_INTS + side * L.SIDE_INTS_STEP
    const peer = conn + L.SIDE_INTS + (1 - side) * L.SIDE_INTS_STEP
    const meF = cells + L.SIDE_FLOATS + side * L.SIDE_FLOATS_STEP
    const { flags, seq, ack, payloadLen } = seg

    this.touchedEnd = false
    floats[meF + L.PACKETS_F] = (floats[meF + L.PACKETS_F] as number) + 1
    floats[meF + L.BYTES_F] = (floats[meF + L.BYTES_F] as number) + payloadLen
    if (((ints[conn + L.CONN_FLAGS] as number) & L.CONN_REPORTED) !== 0) {
      this.touchedEnd = true
      return
    }
    if (timeNs >= (floats[cells + L.END_NS_F] as number)) {
      floats[cells + L.END_NS_F] = timeNs
      floats[cells + L.END_FRAME_F] = frame
    } else {
      ints[conn + L.CONN_FLAGS] = (ints[conn + L.CONN_FLAGS] as number) | L.CONN_TIME_BACK
    }
    // Counted, as Wireshark does, but no receiver takes it.
    if (seg.malformed) return
    const meta = flags | (seg.ttl << 8) | ((seg.ipId + 1) << 16)
    if (
      ints[me + L.LAST_SEQ] === seq &&
      ints[me + L.LAST_ACK] === ack &&
      ints[me + L.LAST_LEN] === payloadLen &&
      ints[me + L.WINDOW] === seg.window &&
      isCopy(ints[me + L.LAST_META] as number, meta, timeNs - (floats[meF + L.LAST_NS_F] as number))
    ) {
      ints[me + L.DUPLICATES] = (ints[me + L.DUPLICATES] as number) + 1
      return
    }

    if (((ints[me + L.SIDE_FLAGS] as number) & L.SIDE_ISN_SET) === 0) startSide(ints, me, seg)
    if (isInStep(ints, conn, me, peer, seg)) {
      observeInStep(ints, floats, me, meF, seg, frame, timeNs)
    } else if ((flags & RST) !== 0) {
      this.touchedEnd = true
      observeReset(this.table, record, side, seg, view, frame, timeNs, this.options)
    } else {
      this.observeLive(record, side, me, peer, meF, seg, view, frame, timeNs)
    }
    const differs = (ints[me + L.LAST_META] as number) ^ meta
    if ((differs & 0xff00) !== 0 && (flags & RST) === 0) widenTtlRange(ints, me, seg.ttl)

    ints[me + L.LAST_SEQ] = seq
    ints[me + L.LAST_ACK] = ack
    ints[me + L.LAST_LEN] = payloadLen
    ints[me + L.LAST_META] = meta
    ints[me + L.WINDOW] = seg.window
    floats[meF + L.LAST_NS_F] = timeNs
    floats[meF + L.LAST_FRAME_F] = frame
  }

  /** Applies an ICMP error that quotes a segment of `side`. `kind` is type in the second octet, code in the first. */
  observeIcmp(
    record: number,
    side: number,
    quoted: Segment,
    kind: number,
    frame: number,
    timeNs: number,
  ): void {
    const teardown = this.table.teardownOf(record)
    const { ints, floats } = this.table.teardowns
    const base = teardown * L.TEARDOWN_INTS
    const cells = teardown * L.TEARDOWN_CELLS
    ints[base + L.ICMP_COUNT] = (ints[base + L.ICMP_COUNT] as number) + 1
    if (floats[cells + L.ICMP_FRAME_F] !== 0) return
    const me = record * L.CONN_INTS + L.SIDE_INTS + side * L.SIDE_INTS_STEP
    const conn = this.table.connections.ints
    const quotesSyn =
      ((conn[me + L.SIDE_FLAGS] as number) & L.SIDE_SYN) !== 0 && conn[me + L.ISN] === quoted.seq
    ints[base + L.ICMP_KIND] = kind | (quotesSyn ? 1 << 17 : 0)
    ints[base + L.ICMP_SIDE] = side
    floats[cells + L.ICMP_FRAME_F] = frame
    floats[cells + L.ICMP_NS_F] = timeNs
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
    let mine = ints[me + L.SIDE_FLAGS] as number
    if ((flags & SYN) !== 0) {
      ints[me + L.SIDE_FLAGS] = mine
      mine = this.observeSyn(record, side, me, peer, seg, view, frame, timeNs)
    } else if ((mine & L.SIDE_NXT_SET) === 0) {
      ints[me + L.NXT] = seq
      mine |= L.SIDE_NXT_SET | this.timestampBit(seg, view)
    }
    if (seg.ipId > 0 && (flags & SYN) === 0) mine |= L.SIDE_IP_ID

    ints[me + L.SIDE_FLAGS] = mine & ~L.SIDE_LAST_PROBE
    this.observeSequence(record, side, me, peer, meF, seg, frame, timeNs)

    if ((flags & ACK) !== 0) this.observeAck(record, side, me, peer, seg, frame, timeNs)
    if ((flags & FIN) !== 0) {
      this.touchedEnd = true
      observeFin(this.table, record, side, (seg.seq + seg.payloadLen) | 0, seg, frame, timeNs)
    }
    if ((ints[record * L.CONN_INTS + L.TEARDOWN] as number) !== 0) {
      observeProbeAnswered(this.table, record, side, frame, timeNs)
      if (((ints[me + L.SIDE_FLAGS] as number) & L.SIDE_LAST_PROBE) === 0) {
        endProbing(this.table, record, side)
      }
      if (observeAfterReset(this.table, record, side, seg, frame, timeNs)) this.touchedEnd = true
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
    const { flags, seq, ack, payloadLen } = seg
    const mine = ints[me + L.SIDE_FLAGS] as number
    const nxt = ints[me + L.NXT] as number
    const first = (flags & SYN) !== 0 ? (seq + 1) | 0 : seq
    const end = (first + payloadLen) | 0
    const ahead = (end - nxt) | 0
    const gap = (first - nxt) | 0
    if (gap > 0) {
      // Octets passed that were not captured, or not yet. Only one hole is followed; an older one stays open for good.
      ints[me + L.SIDE_FLAGS] = mine | L.SIDE_HOLE | ((mine & L.SIDE_HOLE) !== 0 ? L.SIDE_LOST : 0)
      ints[me + L.HOLE_START] = nxt
      ints[me + L.HOLE_END] = first
      ints[me + L.NXT] = first
    }
    if (payloadLen > 0 && ahead > 0) {
      ints[me + L.NXT] = end
      ints[me + L.SIDE_FLAGS] = (ints[me + L.SIDE_FLAGS] as number) | L.SIDE_DATA
      floats[meF + L.DATA_NS_F] = timeNs
      floats[meF + L.DATA_FRAME_F] = frame
      if (((ints[peer + L.SIDE_FLAGS] as number) & L.SIDE_FIN) !== 0) {
        observeLateData(this.table, record, side, Math.min(ahead, payloadLen), ack, frame, timeNs)
      }
    } else if (payloadLen > 0 && (flags & FIN) === 0) {
      observeResent(this.table, record, side, first, payloadLen, frame, timeNs)
    } else if (payloadLen === 0 && ahead < 0 && (flags & (SYN | FIN)) === 0) {
      observeStaleAck(this.table, record, side, seq, frame, timeNs)
    }
  }

  /** SYN and SYN-ACK: roles, options, first sequence numbers. Returns the side's flags. */
  private observeSyn(
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
    const conn = record * L.CONN_INTS
    const isSynAck = (seg.flags & ACK) !== 0
    let mine = ints[me + L.SIDE_FLAGS] as number
    let connFlags = ints[conn + L.CONN_FLAGS] as number
    const again = (mine & (isSynAck ? L.SIDE_SYN_ACK : L.SIDE_SYN)) !== 0
    if (!again && (connFlags & L.CONN_ROLES_KNOWN) === 0) {
      const client = isSynAck ? 1 - side : side
      connFlags |= L.CONN_ROLES_KNOWN | (client === 1 ? L.CONN_CLIENT_IS_SIDE_1 : 0)
      const server = client === side ? peer : me
      if (ints[server + L.STATE] === UNKNOWN) ints[server + L.STATE] = LISTEN
    }
    if (!isSynAck && ((ints[peer + L.SIDE_FLAGS] as number) & L.SIDE_SYN) !== 0) {
      connFlags |= L.CONN_SIMULTANEOUS_OPEN
    }
    ints[conn + L.CONN_FLAGS] = connFlags
    mine |= isSynAck ? L.SIDE_SYN_ACK : L.SIDE_SYN
    if (again) {
      observeResent(this.table, record, side, seg.seq, 0, frame, timeNs)
    } else {
      const { options } = this
      readTcpOptions(view, seg.tcpStart + 20, seg.optionsEnd, options)
      if (options.windowScale >= 0) {
        mine |= L.SIDE_WINDOW_SCALE
        ints[me + L.WINDOW_SHIFT] = Math.min(options.windowScale, 14)
      }
      if (options.hasTimestamps) mine |= L.SIDE_TIMESTAMPS
      if (options.tfo) mine |= L.SIDE_TFO
      if (options.mptcp) mine |= L.SIDE_MPTCP
    }
    if ((mine & L.SIDE_NXT_SET) === 0) {
      ints[me + L.NXT] = (seg.seq + 1) | 0
      mine |= L.SIDE_NXT_SET
    }
    ints[me + L.SIDE_FLAGS] = mine
    const event = isSynAck ? SENT_SYN_ACK : SENT_SYN
    ints[me + L.STATE] = NEXT_STATE[(ints[me + L.STATE] as number) * EVENT_COUNT + event] as number
    return mine
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
    let mine = ints[me + L.SIDE_FLAGS] as number
    let theirs = ints[peer + L.SIDE_FLAGS] as number
    if ((theirs & L.SIDE_ISN_SET) === 0) {
      ints[peer + L.ISN] = (ack - 1) | 0
      theirs |= L.SIDE_ISN_SET
    }
    const progress =
      (mine & L.SIDE_ACK_SET) === 0 || ((ack - (ints[me + L.ACKED] as number)) | 0) > 0
    if (progress) {
      if ((mine & L.SIDE_ACK_SET) !== 0) mine |= L.SIDE_ACKED_MORE
      ints[me + L.ACKED] = ack
      mine |= L.SIDE_ACK_SET
      if ((theirs & L.SIDE_NXT_SET) !== 0 && ((ack - (ints[peer + L.NXT] as number)) | 0) > 0) {
        theirs |= L.SIDE_UNSEEN
      }
    }
    if ((flags & SYN) === 0 && seg.payloadLen === 0) {
      mine |= (flags & FIN) === 0 ? L.SIDE_PLAIN_ACK | L.SIDE_EMPTY_ACK : L.SIDE_EMPTY_ACK
    }
    ints[me + L.SIDE_FLAGS] = mine
    ints[peer + L.SIDE_FLAGS] = theirs

    const myState = ints[me + L.STATE] as number
    const peerState = ints[peer + L.STATE] as number
    if (myState !== ESTABLISHED || peerState !== ESTABLISHED) {
      if ((flags & SYN) === 0) {
        ints[me + L.STATE] = NEXT_STATE[myState * EVENT_COUNT + SENT_ACK] as number
        if (peerState === SYN_RECEIVED) {
          const cells = record * L.CONN_CELLS
          floats[cells + L.HANDSHAKE_NS_F] = timeNs
          floats[cells + L.HANDSHAKE_FRAME_F] = frame
        }
        if (peerState <= SYN_RECEIVED && ((ack - (ints[peer + L.ISN] as number)) | 0) > 0) {
          ints[peer + L.STATE] = NEXT_STATE[peerState * EVENT_COUNT + SYN_ACKED] as number
        }
      }
      if ((theirs & L.SIDE_FIN) !== 0) {
        if (observeFinAcked(this.table, record, side, ack, frame, timeNs)) this.touchedEnd = true
      }
    }
    if (progress && (ints[record * L.CONN_INTS + L.TEARDOWN] as number) !== 0) {
      endSeries(this.table, record, 1 - side)
    }
  }

  private timestampBit(seg: Segment, view: DataView): number {
    readTcpOptions(view, seg.tcpStart + 20, seg.optionsEnd, this.options)
    return this.options.hasTimestamps ? L.SIDE_TIMESTAMPS : 0
  }
}

/** Takes the first segment of a side for its initial sequence number, less one if it is no SYN: as Wireshark does. */
function startSide(ints: Int32Array, me: number, seg: Segment): void {
  ints[me + L.ISN] = (seg.flags & SYN) !== 0 ? seg.seq : (seg.seq - 1) | 0
  ints[me + L.SIDE_FLAGS] = (ints[me + L.SIDE_FLAGS] as number) | L.SIDE_ISN_SET
}

/**
 * Whether a segment simply comes next, on an open connection to which nothing special has happened: nine of ten
 * segments of usual traffic.
 */
function isInStep(ints: Int32Array, conn: number, me: number, peer: number, seg: Segment): boolean {
  return (
    (seg.flags & ~PSH) === ACK &&
    ((ints[me + L.SIDE_FLAGS] as number) & IN_STEP) === IN_STEP &&
    ints[me + L.STATE] === ESTABLISHED &&
    ints[peer + L.STATE] === ESTABLISHED &&
    ints[conn + L.TEARDOWN] === 0 &&
    seg.seq === ints[me + L.NXT] &&
    ((seg.ack - (ints[peer + L.NXT] as number)) | 0) <= 0
  )
}

/** Applies a segment for which {@link isInStep} holds; the general path comes to the same in twice the time. */
function observeInStep(
  ints: Int32Array,
  floats: Float64Array,
  me: number,
  meF: number,
  seg: Segment,
  frame: number,
  timeNs: number,
): void {
  let flags = ints[me + L.SIDE_FLAGS] as number
  if (seg.payloadLen > 0) {
    ints[me + L.NXT] = (seg.seq + seg.payloadLen) | 0
    floats[meF + L.DATA_NS_F] = timeNs
    floats[meF + L.DATA_FRAME_F] = frame
    flags |= L.SIDE_DATA
  } else {
    flags |= L.SIDE_PLAIN_ACK | L.SIDE_EMPTY_ACK
  }
  if (((seg.ack - (ints[me + L.ACKED] as number)) | 0) > 0) {
    ints[me + L.ACKED] = seg.ack
    flags |= L.SIDE_ACKED_MORE
  }
  if (seg.ipId > 0) flags |= L.SIDE_IP_ID
  ints[me + L.SIDE_FLAGS] = flags
}

/** Whether a segment equal in sequence, acknowledgment, length and window to the one before is a second copy of it. */
function isCopy(last: number, meta: number, elapsedNs: number): boolean {
  // Equal flags and IP ID; the TTL may differ by the hops between two capture points.
  if (((last ^ meta) & 0xffff00ff) !== 0) return false
  const hasId = meta >>> 16 > 1
  // A host without a socket answers every segment with the same reset: those are no copies.
  if (!hasId && (meta & RST) !== 0) return false
  return Math.abs(elapsedNs) <= (hasId ? DUPLICATE_NS : DUPLICATE_WITHOUT_ID_NS)
}

function widenTtlRange(ints: Int32Array, me: number, ttl: number): void {
  const range = ints[me + L.TTL_RANGE] as number
  const low = range & 0xff
  const high = (range >>> 8) & 0xff
  if (range === 0) ints[me + L.TTL_RANGE] = ttl | (ttl << 8)
  else ints[me + L.TTL_RANGE] = Math.min(low, ttl) | (Math.max(high, ttl) << 8)
}
