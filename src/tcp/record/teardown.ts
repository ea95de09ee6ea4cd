// The teardown record: what happens to one connection in a hundred. Resets, retransmission series, probes, ICMP errors.
// Attached by ConnectionWords.teardownIndex.

import { Words } from './words.js'

/** Fields of the connection as a whole. */
export class TeardownWords extends Words {
  /** ICMP errors that quote the connection. */
  readonly icmpCount: number = this.int()
  /** ICMP type in the second byte, code in the low one, and ICMP_* bits. */
  readonly icmpKind: number = this.int()
  /** Time of the first of them. */
  readonly icmpNs: number = this.float()
  /** Its frame. */
  readonly icmpFrame: number = this.float()
  /** Other connections that its server endpoint had taken, as far as kept. */
  readonly portAccepts: number = this.int()
  /** SYNs that were repeated to its server endpoint without an answer. */
  readonly portSilences: number = this.int()
  /** Time of the first connection that the endpoint took. */
  readonly portFirstNs: number = this.float()
  /** Time of the last one. */
  readonly portLastNs: number = this.float()
  /** Stream number plus one of the connection that its lone segment belongs to, 0 for none. */
  readonly belongsTo: number = this.float()
  /** Stream number plus one of the next connection of the client to that server which was taken, 0 for none. */
  readonly retryStream: number = this.float()
  /** When that one was taken. */
  readonly retryNs: number = this.float()
}

/** Fields of each side. The kept reset is the first of the best grade. */
export class TeardownSideWords extends Words {
  /** Sequence number of the kept reset. */
  readonly rstSeq: number = this.int()
  /** Its acknowledgment number. */
  readonly rstAck: number = this.int()
  /** Its window field. */
  readonly rstWindow: number = this.int()
  /** Its RST_* bits. */
  readonly rstMeta: number = this.int()
  /** Its TTL. */
  readonly rstTtl: number = this.int()
  /** Its IP ID, -1 for IPv6. */
  readonly rstIpId: number = this.int()
  /** Resets sent. */
  readonly rstCount: number = this.int()
  /** Flags of the peer's last segment before the kept reset. */
  readonly triggerFlags: number = this.int()
  /** Payload length of that segment in bytes. */
  readonly triggerLen: number = this.int()
  /** Acknowledgment number of that segment. */
  readonly triggerAck: number = this.int()
  /** TRIGGER_* bits. */
  readonly triggerMeta: number = this.int()
  /** State of this side just before the first effective reset. */
  readonly stateBeforeRst: number = this.int()
  /** Segments this side sent after its own reset that a reset socket does not send. */
  readonly aliveCount: number = this.int()
  /** Segments this side sent after it was reset by the peer. */
  readonly carryOnCount: number = this.int()
  /** SERIES_* kind of the running series of retransmissions without progress, 0 for none. */
  readonly seriesKind: number = this.int()
  /** Its retransmissions so far. */
  readonly seriesCount: number = this.int()
  /** Keepalive probes in all. */
  readonly probes: number = this.int()
  /** Keepalive probes that were answered. */
  readonly probesAnswered: number = this.int()
  /** Keepalive probes unanswered so far. */
  readonly probeRun: number = this.int()
  /** Window probes in all. */
  readonly windowProbes: number = this.int()
  /** SYN-ACKs sent again after the peer had acknowledged one. */
  readonly synAckRepeats: number = this.int()
  /** IP ID of this side's last segment before its kept reset, -1 when there is none. */
  readonly rstPreviousIpId: number = this.int()
  /** SND.NXT of this side at its kept reset. */
  readonly rstNxt: number = this.int()
  /** Highest sequence number of any of its resets. */
  readonly rstHigh: number = this.int()
  /** SND.NXT of the peer at the kept reset. */
  readonly rstPeerNxt: number = this.int()
  /** Time of the kept reset. */
  readonly rstNs: number = this.float()
  /** Its frame. */
  readonly rstFrame: number = this.float()
  /** Time of the last reset. */
  readonly rstLastNs: number = this.float()
  /** Its frame. */
  readonly rstLastFrame: number = this.float()
  /** Time of the peer's last segment before the kept reset. */
  readonly triggerNs: number = this.float()
  /** Its frame. */
  readonly triggerFrame: number = this.float()
  /** Time of this side's last payload before the kept reset. */
  readonly rstOwnDataNs: number = this.float()
  /** Its frame. */
  readonly rstOwnDataFrame: number = this.float()
  /** Time of the peer's last payload before the kept reset. */
  readonly rstPeerDataNs: number = this.float()
  /** Its frame. */
  readonly rstPeerDataFrame: number = this.float()
  /** Time of the first segment that `aliveCount` counts. */
  readonly aliveNs: number = this.float()
  /** Its frame. */
  readonly aliveFrame: number = this.float()
  /** When the segment was first sent that the series repeats. */
  readonly seriesSentNs: number = this.float()
  /** Time of the first retransmission of the series. */
  readonly seriesFirstNs: number = this.float()
  /** Time of its last retransmission. */
  readonly seriesLastNs: number = this.float()
  /** Frame of its last retransmission. */
  readonly seriesLastFrame: number = this.float()
  /** Widest gap between two steps of the series. */
  readonly seriesGapNs: number = this.float()
  /** Shortest idle time before a probe, 0 when not seen. */
  readonly probeIdleMinNs: number = this.float()
  /** Shortest gap between unanswered probes, 0 when not seen. */
  readonly probeIntervalMinNs: number = this.float()
  /** Time of the first unanswered probe. */
  readonly probeFirstNs: number = this.float()
  /** Its frame. */
  readonly probeFirstFrame: number = this.float()
  /** Time of the last probe. */
  readonly probeLastNs: number = this.float()
  /** Its frame. */
  readonly probeLastFrame: number = this.float()
  /** Time of the last answer to a keepalive probe. */
  readonly probeAnswerNs: number = this.float()
  /** Its frame. */
  readonly probeAnswerFrame: number = this.float()
  /** Keepalive probes without an answer that were followed by one with an answer. */
  readonly probesLost: number = this.int()
  /** SYNs sent again. */
  readonly synRepeats: number = this.int()
  /** Resets that their receiver does not take. */
  readonly ignoredCount: number = this.int()
  /** IGNORED_* why the first of them is not taken. */
  readonly ignoredWhy: number = this.int()
  /** By how many bytes it misses. */
  readonly ignoredBy: number = this.int()
  /** ACKs in answer to a reset or SYN that was not taken (RFC 5961). */
  readonly challenges: number = this.int()
  /** Payload bytes of the kept reset. */
  readonly rstLen: number = this.int()
  /** GOODBYE_* kind of the peer's last payload before the kept reset, see payload.ts; 0 when it is none or unknown. */
  readonly rstPeerGoodbye: number = this.int()
  /** Its length in bytes; 0 when unknown. */
  readonly rstPeerLen: number = this.int()
  /** Its acknowledgment number. */
  readonly rstPeerAck: number = this.int()
  /** Highest acknowledgment of this side before its kept reset. */
  readonly rstAcked: number = this.int()
  /** Highest acknowledgment of the peer before it. */
  readonly rstPeerAcked: number = this.int()
  /** TSval of the last retransmission, 0 when unknown. */
  readonly seriesTsVal: number = this.int()
  /** Retransmissions refused at once as older than what had come before (PAWS). */
  readonly pawsCount: number = this.int()
  /** Longest run of retransmissions without progress. */
  readonly longestSeries: number = this.int()
  /** Time of the first reset that is not taken. */
  readonly ignoredNs: number = this.float()
  /** Its frame. */
  readonly ignoredFrame: number = this.float()
  /** Time of the first ACK that refuses one of them. */
  readonly pawsNs: number = this.float()
  /** Its frame. */
  readonly pawsFrame: number = this.float()
  /** Time of the first challenge. */
  readonly challengeNs: number = this.float()
  /** Its frame. */
  readonly challengeFrame: number = this.float()
}

/** Positions in the record's own block. */
export const TEARDOWN: TeardownWords = new TeardownWords()
/** Positions in the block of a side. */
export const TEARDOWN_SIDE: TeardownSideWords = new TeardownSideWords()

/** Size of a teardown record in int32 words. */
export const TEARDOWN_INTS: number = TEARDOWN.size + 2 * TEARDOWN_SIDE.size
/** Size of a teardown record in 8-byte cells. */
export const TEARDOWN_CELLS: number = TEARDOWN_INTS / 2

const SIDE_INTS: number = TEARDOWN.size
const SIDE_INTS_STEP: number = TEARDOWN_SIDE.size

/** First word of a side's block. */
export function teardownInts(teardown: number, side: number): number {
  return teardown * TEARDOWN_INTS + SIDE_INTS + side * SIDE_INTS_STEP
}
