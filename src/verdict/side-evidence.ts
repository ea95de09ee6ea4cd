// What one side of a connection did: its facts by name, and what follows from one of them alone.

import {
  RST_ANSWERS_SYN,
  RST_EXACT,
  RST_HAS_ACK,
  RST_HAS_TIMESTAMPS,
  RST_IN_WINDOW,
  RST_TWICE,
  SIDE_ACK_SET,
  SIDE_NXT_SET,
  TRIGGER_PROBE,
  TRIGGER_TWICE,
} from '../tcp/record/bits.js'
import { CLOSING_SIDE } from '../tcp/record/closing.js'
import { SIDE } from '../tcp/record/connection.js'
import { TEARDOWN_SIDE } from '../tcp/record/teardown.js'
import { Side } from '../tcp/record/view.js'
import { seqAfter, seqDistance } from '../tcp/seq.js'
import { STATE_NAMES } from '../tcp/state.js'
import { BlockPacketRef, type PacketRef } from './packet-ref.js'

/** A reset kept for one side: the first of the best grade. */
export class ResetEvidence {
  /** The reset itself. */
  readonly at: PacketRef
  /** The side's last reset. */
  readonly last: PacketRef
  /** The peer's last segment before it. */
  readonly trigger: PacketRef
  /** Last own and last peer payload before it. */
  readonly ownData: PacketRef
  readonly peerData: PacketRef
  private readonly side: Side

  constructor(side: Side) {
    this.side = side
    const { teardown } = side
    this.at = new BlockPacketRef(teardown, TEARDOWN_SIDE.rstNs)
    this.last = new BlockPacketRef(teardown, TEARDOWN_SIDE.rstLastNs)
    this.trigger = new BlockPacketRef(teardown, TEARDOWN_SIDE.triggerNs)
    this.ownData = new BlockPacketRef(teardown, TEARDOWN_SIDE.rstOwnDataNs)
    this.peerData = new BlockPacketRef(teardown, TEARDOWN_SIDE.rstPeerDataNs)
  }

  get hasAck(): boolean {
    return this.is(RST_HAS_ACK)
  }
  get hasTimestamps(): boolean {
    return this.is(RST_HAS_TIMESTAMPS)
  }
  /** Exactly the sequence number its receiver expects. */
  get exact(): boolean {
    return this.is(RST_EXACT)
  }
  /** Its sequence number lies beyond what had passed: the side had sent more, which is late or lost. */
  get ahead(): boolean {
    return seqAfter(this.side.rstSeq, this.side.rstNxt)
  }
  /** Its sequence number lies in its receiver's window. */
  get inWindow(): boolean {
    return this.is(RST_IN_WINDOW)
  }
  get answersSyn(): boolean {
    return this.is(RST_ANSWERS_SYN)
  }
  /** It was captured twice. */
  get wasTwice(): boolean {
    return this.is(RST_TWICE)
  }
  /** What it answers was captured twice. */
  get triggerWasTwice(): boolean {
    return (this.side.triggerMeta & TRIGGER_TWICE) !== 0
  }
  get triggerIsProbe(): boolean {
    return (this.side.triggerMeta & TRIGGER_PROBE) !== 0
  }

  private is(bit: number): boolean {
    return (this.side.rstMeta & bit) !== 0
  }
}

/** What one side did. */
export class SideEvidence extends Side {
  readonly rst: ResetEvidence = new ResetEvidence(this)
  /** What the way from the capture point to its host and back takes, by the handshake; 0 when unknown. */
  turnNs = 0
  readonly last: PacketRef = new BlockPacketRef(this.own, SIDE.lastNs)
  readonly data: PacketRef = new BlockPacketRef(this.own, SIDE.dataNs)
  readonly fin: PacketRef = new BlockPacketRef(this.closing, CLOSING_SIDE.finNs)
  readonly finLast: PacketRef = new BlockPacketRef(this.closing, CLOSING_SIDE.finLastNs)
  readonly finAcked: PacketRef = new BlockPacketRef(this.closing, CLOSING_SIDE.finAckedNs)
  readonly late: PacketRef = new BlockPacketRef(this.closing, CLOSING_SIDE.lateNs)
  readonly alive: PacketRef = new BlockPacketRef(this.teardown, TEARDOWN_SIDE.aliveNs)
  readonly seriesLast: PacketRef = new BlockPacketRef(this.teardown, TEARDOWN_SIDE.seriesLastNs)
  readonly probeFirst: PacketRef = new BlockPacketRef(this.teardown, TEARDOWN_SIDE.probeFirstNs)
  readonly probeLast: PacketRef = new BlockPacketRef(this.teardown, TEARDOWN_SIDE.probeLastNs)
  readonly ignored: PacketRef = new BlockPacketRef(this.teardown, TEARDOWN_SIDE.ignoredNs)
  readonly challenge: PacketRef = new BlockPacketRef(this.teardown, TEARDOWN_SIDE.challengeNs)
  readonly paws: PacketRef = new BlockPacketRef(this.teardown, TEARDOWN_SIDE.pawsNs)
  readonly goodbye: PacketRef = new BlockPacketRef(this.closing, CLOSING_SIDE.goodbyeNs)
  readonly probeAnswer: PacketRef = new BlockPacketRef(this.teardown, TEARDOWN_SIDE.probeAnswerNs)

  /** State at the end, by RFC 9293 name. */
  get stateName(): string {
    return STATE_NAMES[this.state] as string
  }
  get ttlMin(): number {
    return this.ttlRange & 0xff
  }
  get ttlMax(): number {
    return (this.ttlRange >>> 8) & 0xff
  }
  /** Shortest idle time before a probe, NaN when unknown. */
  get probeIdleNs(): number {
    return orNaN(this.probeIdleMinNs)
  }
  /** Shortest gap between unanswered probes, NaN when unknown. */
  get probeIntervalNs(): number {
    return orNaN(this.probeIntervalMinNs)
  }

  /** Bytes sent and not acknowledged by `peer`, SYN and FIN included; 0 when nothing is known. */
  outstanding(peer: SideEvidence): number {
    if (!this.has(SIDE_NXT_SET) || !peer.has(SIDE_ACK_SET)) return 0
    return Math.max(0, seqDistance(this.nxt, peer.acked))
  }
}

function orNaN(ns: number): number {
  return ns === 0 ? NaN : ns
}
