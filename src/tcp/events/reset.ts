// Resets: is it acceptable to its receiver (RFC 9293 §3.5.3 and §3.10.7.4, RFC 5961 §3), what does its form say about
// its sender, what did it answer, and does either side carry on regardless.

import type { ResetBursts } from '../../context/reset-bursts.js'
import type { Segment } from '../../wire/segment.js'
import { ACK, FIN } from '../../wire/segment.js'
import { type TcpOptions, readTcpOptions } from '../../wire/tcp/options.js'
import {
  IGNORED_ACK,
  IGNORED_AHEAD,
  IGNORED_BEHIND,
  IGNORED_BEYOND,
  IGNORED_NO_ACK,
  RST_ANSWERS_SYN,
  RST_EXACT,
  RST_HAS_ACK,
  RST_HAS_TIMESTAMPS,
  RST_IN_WINDOW,
  RST_TWICE,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_EMPTY_ACK,
  SIDE_FIN,
  SIDE_LAST_PROBE,
  SIDE_LAST_TWICE,
  SIDE_NXT_SET,
  SIDE_RST,
  SIDE_SYN_ACK,
  SIDE_UNSEEN,
  SIDE_WINDOW_SCALE,
  TRIGGER_PROBE,
  TRIGGER_TWICE,
} from '../record/bits.js'
import { goodbyeKind } from '../payload.js'
import type { Parties } from '../parties.js'
import type { Side } from '../record/view.js'
import { seqAdd, seqAfter, seqBefore, seqDistance } from '../seq.js'
import { CLOSED, RCVD_RST, SENT_RST, SYN_SENT, TIME_WAIT, UNKNOWN, nextState } from '../state.js'
import type { TrackedConnection } from '../tracked.js'
import { markIdleSince } from './fin.js'
import { adoptProbe, mayHaveProbed } from './probe.js'

/** A RST sent by side `n`. `options` is filled with its TCP options. */
export function observeReset(
  c: TrackedConnection,
  n: number,
  seg: Segment,
  view: DataView,
  frame: number,
  timeNs: number,
  options: TcpOptions,
  table: ResetContext,
): void {
  c.openTeardown()
  const me = c.side(n)
  const peer = c.side(1 - n)
  if (me.rstCount === 0 && endsProbing(me, seg)) adoptProbe(c, n, seg.seq)
  const grade = gradeOf(me, peer, seg)
  me.flags |= SIDE_RST
  if ((seg.flags & ACK) !== 0 && seg.payloadLen === 0) me.flags |= SIDE_EMPTY_ACK
  if (me.rstCount === 0 || seqAfter(seg.seq, me.rstHigh)) me.rstHigh = seg.seq
  me.rstCount++
  me.rstLastNs = timeNs
  me.rstLastFrame = frame
  if ((grade & RST_EXACT) === 0) observeIgnored(me, peer, seg, frame, timeNs)
  if (me.rstFrame !== 0) {
    if (!isBetter(me, peer, grade)) return
    if (repeatsChallenged(me)) {
      // The receiver had challenged the first one (RFC 5961 §3.2) and is now told again: the first one shows the cause.
      me.rstMeta |= RST_EXACT
      markIdleSince(c)
      applyReset(c, n)
      return
    }
  }

  if ((grade & RST_EXACT) !== 0) markIdleSince(c)
  readTcpOptions(view, seg.tcpStart + 20, seg.optionsEnd, options)
  keep(c, n, seg, grade, options, frame, timeNs)
  if ((grade & RST_EXACT) === 0) return
  applyReset(c, n)
  logReset(c, n, table, frame, timeNs)
}

/** What resets are remembered in that several connections may share. */
export interface ResetContext {
  readonly bursts: ResetBursts
  readonly parties: Parties
}

/** Whether a reset is to be kept in place of an earlier one: of a better grade, or the earlier one had no effect. */
function isBetter(me: Side, peer: Side, grade: number): boolean {
  if (rank(grade) > rank(me.rstMeta)) return true
  return (grade & RST_EXACT) !== 0 && me.aliveCount > 0 && peer.carryOnCount > 0
}

/** Whether the kept reset was in the window, and its sender has said nothing since: the next one only repeats it. */
function repeatsChallenged(me: Side): boolean {
  return (
    (me.rstMeta & (RST_IN_WINDOW | RST_EXACT)) === RST_IN_WINDOW &&
    (me.rstMeta & RST_HAS_ACK) !== 0 &&
    me.aliveCount === 0
  )
}

/** A reset that its receiver does not take, for all that is known of it. */
function observeIgnored(me: Side, peer: Side, seg: Segment, frame: number, timeNs: number): void {
  me.ignoredCount++
  if (me.ignoredCount > 1) return
  me.ignoredNs = timeNs
  me.ignoredFrame = frame
  if (isOnlySyn(me, peer)) {
    const hasAck = (seg.flags & ACK) !== 0
    me.ignoredWhy = hasAck ? IGNORED_ACK : IGNORED_NO_ACK
    me.ignoredBy = hasAck ? seqDistance(seg.ack, peer.nxt) : 0
    return
  }
  const from = peer.has(SIDE_ACK_SET) ? peer.acked : me.nxt
  const by = seqDistance(seg.seq, from)
  // The farthest distance backwards has no counterpart ahead.
  me.ignoredBy = Math.min(0x7fff_ffff, Math.abs(by))
  if (by < 0) me.ignoredWhy = IGNORED_BEHIND
  else me.ignoredWhy = by < windowOf(me, peer) ? IGNORED_AHEAD : IGNORED_BEYOND
}

/** The kept reset of side `n` was captured a second time. */
export function observeResetTwice(c: TrackedConnection, n: number, frame: number): void {
  const me = c.side(n)
  if (c.teardownIndex === 0 || me.rstFrame === 0 || frame < me.rstFrame) return
  me.rstMeta |= RST_TWICE
}

/** A reset one byte after what was seen of a side, when all that was seen may have been a keepalive probe. */
function endsProbing(me: Side, seg: Segment): boolean {
  return (seg.flags & ACK) !== 0 && mayHaveProbed(me) && seqDistance(seg.seq, me.nxt) === 1
}

/** Remembers resets that several connections of one server endpoint may share. */
function logReset(
  c: TrackedConnection,
  n: number,
  { bursts, parties }: ResetContext,
  frame: number,
  timeNs: number,
): void {
  const me = c.side(n)
  parties.failed(c.own.ints, c.record, 1 - c.clientSide, timeNs)
  if ((me.rstMeta & RST_ANSWERS_SYN) !== 0) {
    if (!bursts.isEmpty) bursts.addRefusal(c.endpoint(n), frame, timeNs)
    return
  }
  if (n === c.clientSide || (me.rstMeta & RST_HAS_ACK) === 0) return
  if ((me.flags & (SIDE_SYN_ACK | SIDE_DATA | SIDE_FIN)) !== SIDE_SYN_ACK) return
  const isBare = !c.side(c.clientSide).has(SIDE_DATA | SIDE_FIN)
  bursts.addReset(c.endpoint(n), isBare, timeNs)
}

/**
 * Counts a segment other than a RST that side `n` sent although a reset has passed. A reset socket answers with resets
 * only, so a sender that goes on talking did not send the reset itself, or was never reached by it.
 * Returns true when the segment brought the connection back to life.
 */
export function observeAfterReset(
  c: TrackedConnection,
  n: number,
  seg: Segment,
  frame: number,
  timeNs: number,
): boolean {
  c.openTeardown()
  const me = c.side(n)
  const peer = c.side(1 - n)
  let isRevived = false
  if (
    me.rstFrame !== 0 &&
    timeNs > me.rstNs &&
    !overtaken(me, seg) &&
    !isEcho(me, seg, timeNs - me.rstNs)
  ) {
    me.aliveCount++
    if (me.aliveFrame === 0) {
      me.aliveFrame = frame
      me.aliveNs = timeNs
    }
    isRevived = restoreState(me)
  }
  if (peer.rstFrame !== 0) {
    if (isChallenge(me, peer, seg)) {
      me.challenges++
      if (me.challengeFrame === 0) {
        me.challengeFrame = frame
        me.challengeNs = timeNs
      }
    }
    me.carryOnCount++
    // Only a sender that is alive after its supposed reset makes a peer that talks on more than late.
    if (peer.aliveCount > 0) isRevived = restoreState(me) || isRevived
  }
  return isRevived
}

/** Whether an empty ACK answers a reset that was not taken: it says nothing new (RFC 5961 §3.2). */
function isChallenge(me: Side, peer: Side, seg: Segment): boolean {
  return (
    peer.ignoredCount > 0 &&
    peer.lastFrame === peer.rstLastFrame &&
    me.lastFrame < peer.rstLastFrame &&
    seg.payloadLen === 0 &&
    (seg.flags & (ACK | FIN)) === ACK &&
    me.has(SIDE_ACK_SET) &&
    !seqAfter(seg.ack, me.acked)
  )
}

/**
 * True when a segment was sent before the reset and only passes after it: it holds bytes that had not passed by then, and
 * the sequence number of a reset shows that they had been sent.
 */
function overtaken(me: Side, seg: Segment): boolean {
  const end = seqAdd(seg.seq, seg.payloadLen + (seg.flags & FIN))
  return seqAfter(end, me.rstNxt) && !seqBefore(me.rstHigh, end)
}

/** Copies of packets from several interfaces, and packets captured a little out of order, come this late at most. */
const ECHO_NS = 10e6

/**
 * True when a segment says nothing that its sender had not said before its reset, and its IP ID is not a later one: a
 * second copy, or captured a little after its time.
 */
function isEcho(me: Side, seg: Segment, elapsedNs: number): boolean {
  if (elapsedNs > ECHO_NS) return false
  const saysMore =
    seqAfter(seqAdd(seg.seq, seg.payloadLen), me.rstNxt) ||
    !me.has(SIDE_ACK_SET) ||
    seqAfter(seg.ack, me.acked)
  if (saysMore) return false
  if (seg.ipId <= 0) return true
  const last = me.rstIpId > 0 ? me.rstIpId : me.rstPreviousIpId
  return last < 0 || ((last - seg.ipId) & 0xffff) < 0x8000
}

/** Whether the peer has sent a SYN and waits for its answer. */
function isOnlySyn(me: Side, peer: Side): boolean {
  return peer.state === SYN_SENT && ((me.flags | peer.flags) & (SIDE_ACK_SET | SIDE_SYN_ACK)) === 0
}

/** Receive window of the peer in bytes. */
function windowOf(me: Side, peer: Side): number {
  const isScaled = (me.flags & peer.flags & SIDE_WINDOW_SCALE) !== 0
  return peer.window << (isScaled ? peer.windowShift : 0)
}

/** The acceptance test of the receiver, as far as the receiver's state is known from its own segments. */
function gradeOf(me: Side, peer: Side, seg: Segment): number {
  if (isOnlySyn(me, peer)) {
    // SYN-SENT: acceptable when it acknowledges the SYN, §3.10.7.3.
    const syn = seqAdd(peer.isn, 1)
    const isAcceptable = (seg.flags & ACK) !== 0 && (seg.ack === peer.nxt || seg.ack === syn)
    return RST_ANSWERS_SYN | (isAcceptable ? RST_EXACT | RST_IN_WINDOW : 0)
  }
  // Nobody else can know the numbers of a side of which nothing was captured.
  const high = me.has(SIDE_NXT_SET)
  if (high && peer.packets === 0 && !seqAfter(seg.seq, me.nxt)) return RST_EXACT | RST_IN_WINDOW
  const low = peer.has(SIDE_ACK_SET)
  if (!low && !high) return RST_EXACT | RST_IN_WINDOW
  // RCV.NXT of the receiver lies between what it has acknowledged and what its peer has sent.
  const from = low ? peer.acked : me.nxt
  const sent = high ? me.nxt : peer.acked
  const to = seqAfter(sent, from) ? sent : from
  if (!seqBefore(seg.seq, from) && !seqBefore(to, seg.seq)) return RST_EXACT | RST_IN_WINDOW
  const isInWindow = !seqBefore(seg.seq, from) && seqDistance(seg.seq, from) < windowOf(me, peer)
  return isInWindow ? RST_IN_WINDOW : 0
}

function rank(meta: number): number {
  return meta & (RST_EXACT | RST_IN_WINDOW)
}

/** Keeps a reset for judging, and what stood around it: the peer's last segment and both sides' last payload. */
function keep(
  c: TrackedConnection,
  n: number,
  seg: Segment,
  grade: number,
  { hasTimestamps }: TcpOptions,
  frame: number,
  timeNs: number,
): void {
  const me = c.side(n)
  const peer = c.side(1 - n)
  const hasAck = (seg.flags & ACK) !== 0
  me.rstMeta = grade | (hasAck ? RST_HAS_ACK : 0) | (hasTimestamps ? RST_HAS_TIMESTAMPS : 0)
  // What it acknowledges has passed, wherever that was.
  if (hasAck && peer.has(SIDE_NXT_SET) && seqAfter(seg.ack, peer.nxt) && (grade & RST_EXACT) !== 0)
    peer.flags |= SIDE_UNSEEN
  me.rstSeq = seg.seq
  me.rstAck = seg.ack
  me.rstWindow = seg.window
  me.rstTtl = seg.ttl
  me.rstIpId = seg.ipId
  me.rstPreviousIpId = (me.lastMeta >>> 16) - 1
  me.rstNxt = me.has(SIDE_NXT_SET) ? me.nxt : seg.seq
  me.rstPeerNxt = peer.nxt
  me.rstNs = timeNs
  me.rstFrame = frame
  // What followed an earlier one says nothing about this one.
  me.aliveCount = 0
  me.aliveFrame = 0
  me.aliveNs = 0
  peer.carryOnCount = 0
  me.rstLen = seg.payloadLen
  // Who has acknowledged nothing yet is taken to have acknowledged all: what is unset is no number of the connection.
  me.rstAcked = me.has(SIDE_ACK_SET) ? me.acked : peer.nxt
  me.rstPeerAcked = peer.has(SIDE_ACK_SET) ? peer.acked : me.rstNxt
  keepPeerPayload(c, me, peer)
  me.triggerFlags = peer.lastMeta & 0xff
  me.triggerLen = peer.lastLen
  me.triggerAck = peer.lastAck
  me.triggerMeta =
    (peer.has(SIDE_LAST_PROBE) ? TRIGGER_PROBE : 0) |
    (peer.has(SIDE_LAST_TWICE) ? TRIGGER_TWICE : 0)
  me.triggerNs = peer.lastNs
  me.triggerFrame = peer.lastFrame
  me.rstOwnDataNs = me.dataNs
  me.rstOwnDataFrame = me.dataFrame
  me.rstPeerDataNs = peer.dataNs
  me.rstPeerDataFrame = peer.dataFrame
}

/** Keeps what is known of the peer's last payload: when the side that resets spoke later, of goodbyes only. */
function keepPeerPayload(c: TrackedConnection, me: Side, peer: Side): void {
  const isLast = peer.dataFrame > me.dataFrame
  const isGoodbye = !isLast && peer.goodbyeFrame !== 0 && peer.goodbyeFrame === peer.dataFrame
  me.rstPeerGoodbye = isLast ? goodbyeKind(c.dataHead, c.dataLen) : isGoodbye ? peer.goodbyeKind : 0
  me.rstPeerLen = isLast ? c.dataLen : isGoodbye ? peer.goodbyeLen : 0
  me.rstPeerAck = isLast ? c.dataAck : isGoodbye ? peer.goodbyeAck : 0
}

/** Both ends are closed by an acceptable reset; their states until then are kept for the report. */
function applyReset(c: TrackedConnection, n: number): void {
  for (let s = 0; s < 2; s++) {
    const side = c.side(s)
    if (side.state !== CLOSED) side.stateBeforeRst = side.state
    side.state = nextState(side.state, s === n ? SENT_RST : RCVD_RST)
  }
}

function restoreState(side: Side): boolean {
  const before = side.stateBeforeRst
  if (before === UNKNOWN || before === TIME_WAIT || side.state !== CLOSED) return false
  side.state = before
  return true
}
