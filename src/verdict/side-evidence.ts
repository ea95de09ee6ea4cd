// What one side of a connection did: a window on its blocks of the packed records.

import * as L from '../tcp/layout.js'
import {
  closingFloats,
  closingInts,
  sideFloats,
  sideInts,
  teardownFloats,
  teardownInts,
} from '../tcp/positions.js'
import { STATE_NAMES } from '../tcp/state.js'
import type { ConnectionRecords } from '../tcp/table.js'
import { type FloatBlock, type Moment, NO_TIMES, NO_WORDS, PackedMoment } from './packet-ref.js'
import { seqAfter, seqDistance } from '../tcp/seq.js'

/** Positions of a side's blocks. */
class SideBlocks {
  ints: Int32Array = NO_WORDS
  side = 0
  closingWords: Int32Array = NO_WORDS
  closing = 0
  readonly closingTimes: FloatBlock = { floats: NO_TIMES, base: 0 }
  words: Int32Array = NO_WORDS
  teardown = 0
  readonly counts: FloatBlock = { floats: NO_TIMES, base: 0 }
  readonly times: FloatBlock = { floats: NO_TIMES, base: 0 }

  pointAtSide(table: ConnectionRecords, record: number, side: number): void {
    this.ints = table.connections.ints
    this.side = sideInts(record, side)
    this.counts.floats = table.connections.floats
    this.counts.base = sideFloats(record, side)
  }

  pointAtClosing(table: ConnectionRecords, closing: number, side: number): void {
    this.closingWords = closing < 0 ? NO_WORDS : table.closings.ints
    this.closingTimes.floats = closing < 0 ? NO_TIMES : table.closings.floats
    this.closing = closingInts(Math.max(0, closing), side)
    this.closingTimes.base = closingFloats(Math.max(0, closing), side)
  }

  pointAtTeardown(table: ConnectionRecords, teardown: number, side: number): void {
    this.words = teardown < 0 ? NO_WORDS : table.teardowns.ints
    this.times.floats = teardown < 0 ? NO_TIMES : table.teardowns.floats
    this.teardown = teardownInts(Math.max(0, teardown), side)
    this.times.base = teardownFloats(Math.max(0, teardown), side)
  }
}

/** A reset kept for one side: the first of the best grade. */
export class ResetEvidence {
  /** The reset itself. */
  readonly at: Moment
  /** The side's last reset. */
  readonly last: Moment
  /** The peer's last segment before it. */
  readonly trigger: Moment
  /** Last own and last peer payload before it. */
  readonly ownData: Moment
  readonly peerData: Moment
  private readonly b: SideBlocks

  constructor(b: SideBlocks) {
    this.b = b
    this.at = new PackedMoment(b.times, L.RST_NS_F)
    this.last = new PackedMoment(b.times, L.RST_LAST_NS_F)
    this.trigger = new PackedMoment(b.times, L.TRIGGER_NS_F)
    this.ownData = new PackedMoment(b.times, L.RST_OWN_DATA_NS_F)
    this.peerData = new PackedMoment(b.times, L.RST_PEER_DATA_NS_F)
  }

  /** Resets this side sent. */
  get count(): number {
    return this.word(L.RST_COUNT)
  }
  get seq(): number {
    return this.word(L.RST_SEQ)
  }
  get ack(): number {
    return this.word(L.RST_ACK)
  }
  get window(): number {
    return this.word(L.RST_WINDOW)
  }
  get ttl(): number {
    return this.word(L.RST_TTL)
  }
  /** IP ID, -1 for IPv6. */
  get ipId(): number {
    return this.word(L.RST_IP_ID)
  }
  /** IP ID of the side's last segment before it, -1 when there is none. */
  get previousIpId(): number {
    return this.word(L.RST_PREVIOUS_IP_ID)
  }
  /** The side's SND.NXT when it passed, and the highest sequence number of all its resets. */
  get nxt(): number {
    return this.word(L.RST_NXT)
  }
  /** The peer's SND.NXT when it passed. */
  get peerNxt(): number {
    return this.word(L.RST_PEER_NXT)
  }
  get high(): number {
    return this.word(L.RST_HIGH)
  }
  get hasAck(): boolean {
    return this.meta(L.RST_HAS_ACK)
  }
  get hasTimestamps(): boolean {
    return this.meta(L.RST_HAS_TIMESTAMPS)
  }
  /** Exactly the sequence number its receiver expects. */
  get exact(): boolean {
    return this.meta(L.RST_EXACT)
  }
  /** Its sequence number lies beyond what had passed: the side had sent more, which is late or lost. */
  get ahead(): boolean {
    return seqAfter(this.seq, this.word(L.RST_NXT))
  }
  /** Its sequence number lies in its receiver's window. */
  get inWindow(): boolean {
    return this.meta(L.RST_IN_WINDOW)
  }
  get answersSyn(): boolean {
    return this.meta(L.RST_ANSWERS_SYN)
  }
  /** Flags, payload length and acknowledgment of the peer's last segment before it. */
  get triggerFlags(): number {
    return this.word(L.TRIGGER_FLAGS)
  }
  get triggerLen(): number {
    return this.word(L.TRIGGER_LEN)
  }
  get triggerAck(): number {
    return this.word(L.TRIGGER_ACK)
  }
  get triggerIsProbe(): boolean {
    return (this.word(L.TRIGGER_META) & L.TRIGGER_PROBE) !== 0
  }

  private word(at: number): number {
    return this.b.words[this.b.teardown + at] as number
  }

  private meta(bit: number): boolean {
    return (this.word(L.RST_META) & bit) !== 0
  }
}

/** What one side did. */
export class SideEvidence {
  readonly rst: ResetEvidence
  readonly last: Moment
  readonly data: Moment
  readonly fin: Moment
  readonly finLast: Moment
  readonly finAcked: Moment
  readonly alive: Moment
  readonly seriesLast: Moment
  readonly probeFirst: Moment
  readonly probeLast: Moment
  readonly probeAnswer: Moment
  readonly late: Moment
  private readonly b = new SideBlocks()

  constructor() {
    const { counts, times, closingTimes } = this.b
    this.rst = new ResetEvidence(this.b)
    this.last = new PackedMoment(counts, L.LAST_NS_F)
    this.data = new PackedMoment(counts, L.DATA_NS_F)
    this.fin = new PackedMoment(closingTimes, L.FIN_NS_F)
    this.finLast = new PackedMoment(closingTimes, L.FIN_LAST_NS_F)
    this.finAcked = new PackedMoment(closingTimes, L.FIN_ACKED_NS_F)
    this.alive = new PackedMoment(times, L.ALIVE_NS_F)
    this.seriesLast = new PackedMoment(times, L.SERIES_LAST_NS_F)
    this.probeFirst = new PackedMoment(times, L.PROBE_FIRST_NS_F)
    this.probeLast = new PackedMoment(times, L.PROBE_LAST_NS_F)
    this.probeAnswer = new PackedMoment(times, L.PROBE_ANSWER_NS_F)
    this.late = new PackedMoment(closingTimes, L.LATE_NS_F)
  }

  /** State at the end, by RFC 9293 name. */
  get state(): string {
    return STATE_NAMES[this.int(L.STATE)] as string
  }
  get packets(): number {
    return this.count(L.PACKETS_F)
  }
  get bytes(): number {
    return this.count(L.BYTES_F)
  }
  get retransmissions(): number {
    return this.int(L.RETRANSMISSIONS)
  }
  /** Segments captured twice. */
  get duplicates(): number {
    return this.int(L.DUPLICATES)
  }
  /** SIDE_* bits. */
  get flags(): number {
    return this.int(L.SIDE_FLAGS)
  }
  get nxt(): number {
    return this.int(L.NXT)
  }
  get acked(): number {
    return this.int(L.ACKED)
  }
  get window(): number {
    return this.int(L.WINDOW)
  }
  get ttlMin(): number {
    return this.int(L.TTL_RANGE) & 0xff
  }
  get ttlMax(): number {
    return (this.int(L.TTL_RANGE) >>> 8) & 0xff
  }
  get finCount(): number {
    return this.closingWord(L.FIN_COUNT)
  }
  get finSeq(): number {
    return this.closingWord(L.FIN_SEQ)
  }
  /** Acknowledgment field of the first FIN. */
  get finAck(): number {
    return this.closingWord(L.FIN_ACK)
  }
  /** The peer's SND.NXT when the first FIN passed. */
  get finPeerNxt(): number {
    return this.closingWord(L.FIN_PEER_NXT)
  }
  /** Segments sent after its own reset that a reset socket does not send. */
  get aliveAfterRst(): number {
    return this.word(L.ALIVE_COUNT)
  }
  /** Segments sent after the peer's reset. */
  get carriedOn(): number {
    return this.word(L.CARRY_ON_COUNT)
  }
  /** L.SERIES_* kind of the retransmissions still running at the end, 0 for none. */
  get seriesKind(): number {
    return this.word(L.SERIES_KIND)
  }
  get seriesCount(): number {
    return this.word(L.SERIES_COUNT)
  }
  /** When that was sent first. */
  get seriesSentNs(): number {
    return this.time(L.SERIES_SENT_NS_F)
  }
  get seriesGapNs(): number {
    return this.time(L.SERIES_GAP_NS_F)
  }
  /** Keepalive probes in all. */
  get probes(): number {
    return this.word(L.PROBES)
  }
  get probesAnswered(): number {
    return this.word(L.PROBES_ANSWERED)
  }
  /** Probes unanswered at the end. */
  get probeRun(): number {
    return this.word(L.PROBE_RUN)
  }
  /** Shortest idle time before a probe, NaN when unknown. */
  get probeIdleNs(): number {
    return orNaN(this.time(L.PROBE_IDLE_NS_F))
  }
  /** Shortest gap between unanswered probes, NaN when unknown. */
  get probeIntervalNs(): number {
    return orNaN(this.time(L.PROBE_INTERVAL_NS_F))
  }
  get windowProbes(): number {
    return this.word(L.WINDOW_PROBES)
  }
  /** SYN-ACKs sent again after the peer had acknowledged one. */
  get synAckRepeats(): number {
    return this.word(L.SYN_ACK_REPEATS)
  }
  /** Payload first sent after the peer's FIN passed. */
  get lateBytes(): number {
    const { floats, base } = this.b.closingTimes
    return floats[base + L.LATE_BYTES_F] as number
  }

  /** Whether any of the SIDE_* bits is set. */
  has(bits: number): boolean {
    return (this.int(L.SIDE_FLAGS) & bits) !== 0
  }

  /** Octets sent and not acknowledged by `peer`, SYN and FIN included; 0 when nothing is known. */
  outstanding(peer: SideEvidence): number {
    if (!this.has(L.SIDE_NXT_SET) || !peer.has(L.SIDE_ACK_SET)) return 0
    return Math.max(0, seqDistance(this.nxt, peer.acked))
  }

  /** Points at a side of a connection record. */
  pointAtSide(table: ConnectionRecords, record: number, side: number): void {
    this.b.pointAtSide(table, record, side)
  }

  /** Points at the side's part of a closing record; -1 for none. */
  pointAtClosing(table: ConnectionRecords, closing: number, side: number): void {
    this.b.pointAtClosing(table, closing, side)
  }

  /** Points at the side's part of a teardown record; -1 for none. */
  pointAtTeardown(table: ConnectionRecords, teardown: number, side: number): void {
    this.b.pointAtTeardown(table, teardown, side)
  }

  private int(at: number): number {
    return this.b.ints[this.b.side + at] as number
  }

  private closingWord(at: number): number {
    return this.b.closingWords[this.b.closing + at] as number
  }

  private word(at: number): number {
    return this.b.words[this.b.teardown + at] as number
  }

  private count(at: number): number {
    return this.b.counts.floats[this.b.counts.base + at] as number
  }

  private time(at: number): number {
    return this.b.times.floats[this.b.times.base + at] as number
  }
}

function orNaN(ns: number): number {
  return ns === 0 ? NaN : ns
}
