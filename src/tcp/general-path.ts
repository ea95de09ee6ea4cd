// A segment that does not simply come next: anything but the first SYN, its SYN-ACK, and bytes or acknowledgments in order.
// The facts of its connection are read and set by name; a segment takes several times as long here as on the fast paths.

import { ACK, FIN, RST, SYN, type Segment } from '../wire/segment.js'
import { TcpOptions, readTcpOptions } from '../wire/tcp/options.js'
import { observeFin, observeFinAcked, observeLateData } from './events/fin.js'
import { observePaws } from './events/paws.js'
import { observePayload } from './events/payload.js'
import { isOldAnswer, isResetOfOld, observeOldAnswer } from './events/old-incarnation.js'
import {
  adoptProbe,
  endProbing,
  mayHaveProbed,
  observeProbeAnswered,
  observeStaleAck,
} from './events/probe.js'
import { observeAfterReset, observeReset } from './events/reset.js'
import { observeRetransmission } from './events/retransmission.js'
import { endSeries } from './events/series.js'
import type { Handshake } from './handshake.js'
import {
  SIDE_ACKED_MORE,
  SIDE_ACK_SET,
  SIDE_BARE,
  SIDE_BARE_FIN,
  SIDE_DATA,
  SIDE_EMPTY_ACK,
  SIDE_FIN,
  SIDE_HOLE,
  SIDE_IP_ID,
  SIDE_ISN_SET,
  SIDE_LAST_PROBE,
  SIDE_LAST_TWICE,
  SIDE_LOST,
  SIDE_NXT_SET,
  SIDE_PLAIN_ACK,
  SIDE_PROBED,
  SIDE_RST,
  SIDE_SYN,
  SIDE_SYN_DATA,
  SIDE_TIMESTAMPS,
  SIDE_UNSEEN,
} from './record/bits.js'
import { seqAdd, seqAfter, seqDistance } from './seq.js'
import { ESTABLISHED, SENT_ACK, SYN_ACKED, SYN_RECEIVED, nextState } from './state.js'
import type { Side } from './record/view.js'
import type { ConnectionTable } from './table.js'
import type { TrackedConnection } from './tracked.js'
import { observeZeek } from './views/zeek.js'

/** The segment may have ended its connection. */
export const MAY_END = 1
/** It belongs to an earlier connection with the same addresses and ports, and is none of this one's. */
export const OF_OLD_CONNECTION = 2

/** Applies any segment to the records of a table. */
export class GeneralPath {
  private readonly table: ConnectionTable
  private readonly handshake: Handshake
  private readonly options = new TcpOptions()

  constructor(table: ConnectionTable, handshake: Handshake) {
    this.table = table
    this.handshake = handshake
  }

  /** Applies a segment that side `n` sent; returns what {@link MAY_END} and {@link OF_OLD_CONNECTION} stand for. */
  observe(
    record: number,
    n: number,
    seg: Segment,
    view: DataView,
    frame: number,
    timeNs: number,
  ): number {
    const c = this.table.at(record)
    const me = c.side(n)
    const isNew = !me.has(SIDE_ISN_SET)
    if (isNew && isOldAnswer(c, n, seg)) {
      tellZeek(c, n, seg)
      observeOldAnswer(c, n, frame, timeNs)
      return OF_OLD_CONNECTION
    }
    if (isNew) {
      // The first segment of a side tells its initial sequence number, less one if it is no SYN: as Wireshark has it.
      me.isn = (seg.flags & SYN) !== 0 ? seg.seq : seqAdd(seg.seq, -1)
      me.flags |= SIDE_ISN_SET
    }
    if ((seg.flags & RST) !== 0) {
      tellZeek(c, n, seg)
      if (isResetOfOld(c, n, seg)) return MAY_END | OF_OLD_CONNECTION
      observeReset(c, n, seg, view, frame, timeNs, this.options, this.table)
      return MAY_END
    }
    if ((seg.flags & SYN) !== 0) this.handshake.takeRoles(c, n, seg.flags)
    tellZeek(c, n, seg)
    return this.observeLive(c, n, seg, view, frame, timeNs) ? MAY_END : 0
  }

  /** Everything but a reset; true when it may have ended the connection. */
  private observeLive(
    c: TrackedConnection,
    n: number,
    seg: Segment,
    view: DataView,
    frame: number,
    timeNs: number,
  ): boolean {
    const me = c.side(n)
    const peer = c.side(1 - n)
    const { flags } = seg
    me.flags &= ~(SIDE_LAST_PROBE | SIDE_LAST_TWICE)
    if ((flags & (SYN | ACK)) === 0) {
      observeBare(me, seg)
      return false
    }
    if ((flags & SYN) !== 0) {
      this.handshake.observeSyn(c, n, seg, view, frame, timeNs)
    } else {
      if (!me.has(SIDE_NXT_SET)) {
        me.nxt = seg.seq
        me.flags |= SIDE_NXT_SET | this.timestampBit(seg, view)
      }
      if (seg.ipId > 0) me.flags |= SIDE_IP_ID
    }
    observeSequence(c, n, seg, view, frame, timeNs)
    if (c.teardownIndex !== 0) observePaws(c, n, seg, view, frame, timeNs, this.options)
    let mayEnd = false
    if ((flags & ACK) !== 0) mayEnd = observeAck(this.table, c, n, seg, frame, timeNs)
    if ((flags & FIN) !== 0) {
      mayEnd = true
      observeFin(c, n, seqAdd(seg.seq, seg.payloadLen), seg, frame, timeNs)
    }
    if (((me.flags | peer.flags) & SIDE_PROBED) !== 0) {
      observeProbeAnswered(c, n, frame, timeNs)
      if (!me.has(SIDE_LAST_PROBE)) endProbing(c, n)
    }
    if (((me.flags | peer.flags) & SIDE_RST) === 0) return mayEnd
    return observeAfterReset(c, n, seg, frame, timeNs) || mayEnd
  }

  private timestampBit(seg: Segment, view: DataView): number {
    readTcpOptions(view, seg.tcpStart + 20, seg.optionsEnd, this.options)
    return this.options.hasTimestamps ? SIDE_TIMESTAMPS : 0
  }
}

function tellZeek(c: TrackedConnection, n: number, seg: Segment): void {
  observeZeek(c.own.ints, c.own.word, c.side(n).own.word, n, seg)
}

/** A segment without ACK that is neither SYN nor RST: no receiver takes it (RFC 9293 §3.10.7.4). */
function observeBare(me: Side, seg: Segment): void {
  me.flags |= SIDE_BARE
  if ((seg.flags & FIN) !== 0) me.flags |= SIDE_BARE_FIN
}

/** Sequence space: new bytes, bytes seen before, or none. */
function observeSequence(
  c: TrackedConnection,
  n: number,
  seg: Segment,
  view: DataView,
  frame: number,
  timeNs: number,
): void {
  const me = c.side(n)
  const { flags, seq, payloadLen } = seg
  const { nxt } = me
  const first = (flags & SYN) !== 0 ? seqAdd(seq, 1) : seq
  const end = seqAdd(first, payloadLen)
  const ahead = seqDistance(end, nxt)
  if (seqAfter(first, nxt)) {
    // Bytes passed that were not captured, or not yet. Only one hole is followed; an older one stays open for good.
    me.flags |= me.has(SIDE_HOLE) ? SIDE_LOST : SIDE_HOLE
    me.holeStart = nxt
    me.holeEnd = first
    me.nxt = first
  }
  if (payloadLen > 0 && ahead > 0) {
    me.nxt = end
    // On a SYN it is data only once it is acknowledged (RFC 7413).
    me.flags |= (flags & SYN) !== 0 ? SIDE_SYN_DATA : SIDE_DATA
    observePayload(c, n, seg, view, frame, timeNs)
    if (c.side(1 - n).has(SIDE_FIN)) {
      observeLateData(c, n, Math.min(ahead, payloadLen), frame, timeNs)
    }
  } else if (payloadLen > 0 && (flags & FIN) === 0) {
    observeRetransmission(c, n, first, payloadLen, frame, timeNs)
  } else if (payloadLen === 0 && ahead < 0 && (flags & (SYN | FIN)) === 0) {
    observeStaleAck(c, n, seq, frame, timeNs)
  }
}

/** The acknowledgment field: progress of the peer's bytes, of the handshake, of a FIN. True when it covers a FIN first. */
function observeAck(
  table: ConnectionTable,
  c: TrackedConnection,
  n: number,
  seg: Segment,
  frame: number,
  timeNs: number,
): boolean {
  const me = c.side(n)
  const peer = c.side(1 - n)
  const { ack, flags } = seg
  if (!peer.has(SIDE_ISN_SET)) {
    peer.isn = seqDistance(ack, 1)
    peer.flags |= SIDE_ISN_SET
  }
  const isProgress = !me.has(SIDE_ACK_SET) || seqAfter(ack, me.acked)
  if (isProgress) observeProgress(c, n, ack)
  if ((flags & SYN) === 0 && seg.payloadLen === 0) {
    me.flags |= (flags & FIN) === 0 ? SIDE_PLAIN_ACK | SIDE_EMPTY_ACK : SIDE_EMPTY_ACK
  }
  let coversFin = false
  if (me.state !== ESTABLISHED || peer.state !== ESTABLISHED) {
    if ((flags & SYN) === 0) {
      const peerState = peer.state
      me.state = nextState(me.state, SENT_ACK)
      if (peerState === SYN_RECEIVED) {
        c.handshakeNs = timeNs
        c.handshakeFrame = frame
        if (me.has(SIDE_SYN)) table.onAccept(c.record, 1 - n, timeNs)
      }
      if (peerState <= SYN_RECEIVED && seqAfter(ack, peer.isn)) {
        peer.state = nextState(peerState, SYN_ACKED)
      }
    }
    coversFin = peer.has(SIDE_FIN) && observeFinAcked(c, n, ack, frame, timeNs)
  }
  if (isProgress && c.teardownIndex !== 0) endSeries(c, 1 - n)
  return coversFin
}

/** Side `n` acknowledges more than before. */
function observeProgress(c: TrackedConnection, n: number, ack: number): void {
  const me = c.side(n)
  const peer = c.side(1 - n)
  me.flags |= me.has(SIDE_ACK_SET) ? SIDE_ACKED_MORE : SIDE_ACK_SET
  me.acked = ack
  if (peer.has(SIDE_SYN_DATA) && seqDistance(ack, peer.isn) > 1) peer.flags |= SIDE_DATA
  if (!peer.has(SIDE_NXT_SET) || !seqAfter(ack, peer.nxt)) return
  if (seqDistance(ack, peer.nxt) === 1 && mayHaveProbed(peer)) adoptProbe(c, 1 - n, ack)
  else peer.flags |= SIDE_UNSEEN
}
