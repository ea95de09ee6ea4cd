// Resets: is it acceptable to its receiver (RFC 9293 §3.5.3 and §3.10.7.4, RFC 5961 §3), what does its form say about
// its sender, what did it answer, and does either side carry on regardless.

import type { Segment } from '../../wire/segment.js'
import { ACK, FIN } from '../../wire/segment.js'
import { type TcpOptions, readTcpOptions } from '../../wire/tcp/options.js'
import { markIdleSince } from './fin.js'
import { endpointKey } from '../reset-bursts.js'
import {
  ACKED,
  ALIVE_COUNT,
  ALIVE_FRAME_F,
  ALIVE_NS_F,
  CARRY_ON_COUNT,
  CONN_CLIENT_IS_SIDE_1,
  CONN_FLAGS,
  CONN_INTS,
  DATA_FRAME_F,
  DATA_NS_F,
  ISN,
  LAST_ACK,
  LAST_FRAME_F,
  LAST_LEN,
  LAST_META,
  LAST_NS_F,
  NXT,
  RST_ACK,
  RST_ANSWERS_SYN,
  RST_COUNT,
  RST_EXACT,
  RST_FRAME_F,
  RST_HAS_ACK,
  RST_HAS_TIMESTAMPS,
  RST_HIGH,
  RST_IN_WINDOW,
  RST_IP_ID,
  RST_LAST_FRAME_F,
  RST_LAST_NS_F,
  RST_META,
  RST_NS_F,
  RST_NXT,
  RST_OWN_DATA_FRAME_F,
  RST_OWN_DATA_NS_F,
  RST_PEER_DATA_FRAME_F,
  RST_PEER_DATA_NS_F,
  RST_PEER_NXT,
  RST_PREVIOUS_IP_ID,
  RST_SEQ,
  RST_TTL,
  RST_WINDOW,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_EMPTY_ACK,
  SIDE_FIN,
  SIDE_FLAGS,
  SIDE_LAST_PROBE,
  SIDE_NXT_SET,
  SIDE_RST,
  SIDE_SYN_ACK,
  SIDE_WINDOW_SCALE,
  STATE,
  STATE_BEFORE_RST,
  TRIGGER_ACK,
  TRIGGER_FLAGS,
  TRIGGER_FRAME_F,
  TRIGGER_LEN,
  TRIGGER_META,
  TRIGGER_NS_F,
  TRIGGER_PROBE,
  WINDOW,
  WINDOW_SHIFT,
} from '../layout.js'
import { sideFloats, sideInts, teardownFloats, teardownInts } from '../positions.js'
import { adoptProbe, mayHaveProbed } from './probe.js'
import { CLOSED, RCVD_RST, SENT_RST, SYN_SENT, TIME_WAIT, UNKNOWN, nextState } from '../state.js'
import type { ConnectionTable } from '../table.js'
import { seqAdd, seqAfter, seqBefore, seqDistance } from '../seq.js'

/** A RST sent by `side`. */
export function observeReset(
  table: ConnectionTable,
  record: number,
  side: number,
  seg: Segment,
  view: DataView,
  frame: number,
  timeNs: number,
  options: TcpOptions,
): void {
  const teardown = table.teardownOf(record)
  const me = sideInts(record, side)
  const ints = table.connections.ints
  const t = teardownInts(teardown, side)
  const tf = teardownFloats(teardown, side)
  const words = table.teardowns.ints
  const times = table.teardowns.floats
  const earlier = words[t + RST_COUNT] as number
  if (earlier === 0 && endsProbing(table, record, side, seg)) {
    adoptProbe(table, record, side, seg.seq)
  }
  const grade = gradeOf(ints, me, sideInts(record, 1 - side), seg)
  let mine = (ints[me + SIDE_FLAGS] as number) | SIDE_RST
  if ((seg.flags & ACK) !== 0 && seg.payloadLen === 0) mine |= SIDE_EMPTY_ACK
  ints[me + SIDE_FLAGS] = mine
  words[t + RST_COUNT] = earlier + 1
  if (earlier === 0 || seqAfter(seg.seq, words[t + RST_HIGH] as number)) {
    words[t + RST_HIGH] = seg.seq
  }
  times[tf + RST_LAST_NS_F] = timeNs
  times[tf + RST_LAST_FRAME_F] = frame
  if (times[tf + RST_FRAME_F] !== 0) {
    const kept = words[t + RST_META] as number
    if (rank(grade) <= rank(kept)) return
    if ((kept & RST_IN_WINDOW) !== 0) {
      // The receiver had challenged the first one (RFC 5961 §3.2) and is now told again: the first one shows the cause.
      words[t + RST_META] = kept | RST_EXACT
      markIdleSince(table, record)
      applyReset(table, record, side, teardown)
      return
    }
  }

  if ((grade & RST_EXACT) !== 0) markIdleSince(table, record)
  readTcpOptions(view, seg.tcpStart + 20, seg.optionsEnd, options)
  let meta = grade
  if ((seg.flags & ACK) !== 0) meta |= RST_HAS_ACK
  if (options.hasTimestamps) meta |= RST_HAS_TIMESTAMPS
  words[t + RST_SEQ] = seg.seq
  words[t + RST_ACK] = seg.ack
  words[t + RST_WINDOW] = seg.window
  words[t + RST_TTL] = seg.ttl
  words[t + RST_IP_ID] = seg.ipId
  const known = ((ints[me + SIDE_FLAGS] as number) & SIDE_NXT_SET) !== 0
  words[t + RST_NXT] = known ? (ints[me + NXT] as number) : seg.seq
  times[tf + RST_NS_F] = timeNs
  times[tf + RST_FRAME_F] = frame
  keepSurroundings(table, record, side, teardown)
  words[t + RST_META] = meta
  const lastMeta = ints[me + LAST_META] as number
  words[t + RST_PREVIOUS_IP_ID] = (lastMeta >>> 16) - 1
  if ((grade & RST_EXACT) !== 0) {
    applyReset(table, record, side, teardown)
    logReset(table, record, side, meta, frame, timeNs)
  }
}

/** A reset one octet behind what was seen of a side, when all that was seen may have been a keepalive probe. */
function endsProbing(table: ConnectionTable, record: number, side: number, seg: Segment): boolean {
  if ((seg.flags & ACK) === 0 || !mayHaveProbed(table, record, side)) return false
  return seqDistance(seg.seq, table.connections.ints[sideInts(record, side) + NXT] as number) === 1
}

/** Remembers resets that several connections of one server endpoint may share. */
function logReset(
  table: ConnectionTable,
  record: number,
  side: number,
  meta: number,
  frame: number,
  timeNs: number,
): void {
  const { ints } = table.connections
  const { flushes } = table
  if ((meta & RST_ANSWERS_SYN) !== 0) {
    if (!flushes.isEmpty) flushes.addRefusal(endpointKey(ints, record, side), frame, timeNs)
    return
  }
  const mine = ints[sideInts(record, side) + SIDE_FLAGS] as number
  const client =
    ((ints[record * CONN_INTS + CONN_FLAGS] as number) & CONN_CLIENT_IS_SIDE_1) !== 0 ? 1 : 0
  if (side === client || (meta & RST_HAS_ACK) === 0) return
  if ((mine & (SIDE_SYN_ACK | SIDE_DATA | SIDE_FIN)) !== SIDE_SYN_ACK) return
  const theirs = ints[sideInts(record, client) + SIDE_FLAGS] as number
  flushes.addReset(endpointKey(ints, record, side), (theirs & (SIDE_DATA | SIDE_FIN)) === 0, timeNs)
}

/**
 * Counts a segment other than a RST that `side` sent although a reset has passed. A reset socket answers with resets
 * only, so a sender that goes on talking did not send the reset itself, or was never reached by it.
 * Returns true when the segment brought the connection back to life.
 */
export function observeAfterReset(
  table: ConnectionTable,
  record: number,
  side: number,
  seg: Segment,
  frame: number,
  timeNs: number,
): boolean {
  const teardown = table.teardownOf(record)
  const times = table.teardowns.floats
  const words = table.teardowns.ints
  const own = teardownInts(teardown, side)
  const ownF = teardownFloats(teardown, side)
  const peer = teardownInts(teardown, 1 - side)
  let revived = false
  if (
    times[ownF + RST_FRAME_F] !== 0 &&
    timeNs > (times[ownF + RST_NS_F] as number) &&
    !overtaken(words, own, seg) &&
    !isEcho(table, record, side, words, own, seg, timeNs - (times[ownF + RST_NS_F] as number))
  ) {
    words[own + ALIVE_COUNT] = (words[own + ALIVE_COUNT] as number) + 1
    if (times[ownF + ALIVE_FRAME_F] === 0) {
      times[ownF + ALIVE_FRAME_F] = frame
      times[ownF + ALIVE_NS_F] = timeNs
    }
    revived = restoreState(table, record, side, own)
  }
  if (times[teardownFloats(teardown, 1 - side) + RST_FRAME_F] !== 0) {
    words[own + CARRY_ON_COUNT] = (words[own + CARRY_ON_COUNT] as number) + 1
    // Only a sender that is alive after its supposed reset makes a peer that talks on more than late.
    if ((words[peer + ALIVE_COUNT] as number) > 0) {
      revived = restoreState(table, record, side, own) || revived
    }
  }
  return revived
}

/**
 * True when a segment was sent before the reset and only passes behind it: it holds octets that had not passed by then,
 * and the sequence number of a reset shows that they had been sent.
 */
function overtaken(words: Int32Array, t: number, seg: Segment): boolean {
  const behind = seqAdd(seg.seq, seg.payloadLen + (seg.flags & FIN))
  const isNew = seqAfter(behind, words[t + RST_NXT] as number)
  return isNew && !seqBefore(words[t + RST_HIGH] as number, behind)
}

/** Copies of packets from several interfaces, and packets captured a little out of order, come this late at most. */
const ECHO_NS = 10e6

/**
 * True when a segment says nothing that its sender had not said before its reset, and its IP ID is not a later one: a
 * second copy, or captured a little behind its time.
 */
function isEcho(
  table: ConnectionTable,
  record: number,
  side: number,
  words: Int32Array,
  t: number,
  seg: Segment,
  elapsedNs: number,
): boolean {
  if (elapsedNs > ECHO_NS) return false
  const ints = table.connections.ints
  const me = sideInts(record, side)
  const saysMore =
    seqAfter(seqAdd(seg.seq, seg.payloadLen), words[t + RST_NXT] as number) ||
    ((ints[me + SIDE_FLAGS] as number) & SIDE_ACK_SET) === 0 ||
    seqAfter(seg.ack, ints[me + ACKED] as number)
  if (saysMore) return false
  if (seg.ipId <= 0) return true
  const own = words[t + RST_IP_ID] as number
  const last = own > 0 ? own : (words[t + RST_PREVIOUS_IP_ID] as number)
  return last < 0 || ((last - seg.ipId) & 0xffff) < 0x8000
}

/** The acceptance test of the receiver, as far as the receiver's state is known from its own segments. */
function gradeOf(ints: Int32Array, me: number, peer: number, seg: Segment): number {
  const mine = ints[me + SIDE_FLAGS] as number
  const theirs = ints[peer + SIDE_FLAGS] as number
  const onlySyn =
    ints[peer + STATE] === SYN_SENT && ((mine | theirs) & (SIDE_ACK_SET | SIDE_SYN_ACK)) === 0
  if (onlySyn) {
    // SYN-SENT: acceptable when it acknowledges the SYN, §3.10.7.3.
    const syn = seqAdd(ints[peer + ISN] as number, 1)
    const acceptable = (seg.flags & ACK) !== 0 && (seg.ack === ints[peer + NXT] || seg.ack === syn)
    return RST_ANSWERS_SYN | (acceptable ? RST_EXACT | RST_IN_WINDOW : 0)
  }
  const low = (theirs & SIDE_ACK_SET) !== 0
  const high = (mine & SIDE_NXT_SET) !== 0
  if (!low && !high) return RST_EXACT | RST_IN_WINDOW
  // RCV.NXT of the receiver lies between what it has acknowledged and what its peer has sent.
  const from = (low ? ints[peer + ACKED] : ints[me + NXT]) as number
  const sent = (high ? ints[me + NXT] : ints[peer + ACKED]) as number
  const to = seqAfter(sent, from) ? sent : from
  if (!seqBefore(seg.seq, from) && !seqBefore(to, seg.seq)) return RST_EXACT | RST_IN_WINDOW
  const scaled = (mine & theirs & SIDE_WINDOW_SCALE) !== 0
  const window =
    (ints[peer + WINDOW] as number) << (scaled ? (ints[peer + WINDOW_SHIFT] as number) : 0)
  const inWindow = !seqBefore(seg.seq, from) && seqDistance(seg.seq, from) < window
  return inWindow ? RST_IN_WINDOW : 0
}

function rank(meta: number): number {
  return meta & (RST_EXACT | RST_IN_WINDOW)
}

/** Keeps what stood around the reset: the peer's last segment and both sides' last payload. */
function keepSurroundings(
  table: ConnectionTable,
  record: number,
  side: number,
  teardown: number,
): void {
  const t = teardownInts(teardown, side)
  const tf = teardownFloats(teardown, side)
  const words = table.teardowns.ints
  const times = table.teardowns.floats
  const { ints, floats } = table.connections
  const peer = sideInts(record, 1 - side)
  const peerF = sideFloats(record, 1 - side)
  const meF = sideFloats(record, side)
  const theirs = ints[peer + SIDE_FLAGS] as number
  words[t + TRIGGER_FLAGS] = (ints[peer + LAST_META] as number) & 0xff
  words[t + RST_PEER_NXT] = ints[peer + NXT] as number
  words[t + TRIGGER_LEN] = ints[peer + LAST_LEN] as number
  words[t + TRIGGER_ACK] = ints[peer + LAST_ACK] as number
  let trigger = 0
  if ((theirs & SIDE_LAST_PROBE) !== 0) trigger |= TRIGGER_PROBE
  words[t + TRIGGER_META] = trigger
  times[tf + TRIGGER_NS_F] = floats[peerF + LAST_NS_F] as number
  times[tf + TRIGGER_FRAME_F] = floats[peerF + LAST_FRAME_F] as number
  times[tf + RST_OWN_DATA_NS_F] = floats[meF + DATA_NS_F] as number
  times[tf + RST_OWN_DATA_FRAME_F] = floats[meF + DATA_FRAME_F] as number
  times[tf + RST_PEER_DATA_NS_F] = floats[peerF + DATA_NS_F] as number
  times[tf + RST_PEER_DATA_FRAME_F] = floats[peerF + DATA_FRAME_F] as number
}

/** Both ends are closed by an acceptable reset; their states until then are kept for the report. */
function applyReset(table: ConnectionTable, record: number, side: number, teardown: number): void {
  const ints = table.connections.ints
  const words = table.teardowns.ints
  for (let s = 0; s < 2; s++) {
    const at = sideInts(record, s) + STATE
    const state = ints[at] as number
    if (state !== CLOSED) words[teardownInts(teardown, s) + STATE_BEFORE_RST] = state
    ints[at] = nextState(state, s === side ? SENT_RST : RCVD_RST)
  }
}

function restoreState(table: ConnectionTable, record: number, side: number, t: number): boolean {
  const at = sideInts(record, side) + STATE
  const before = table.teardowns.ints[t + STATE_BEFORE_RST] as number
  const state = table.connections.ints[at] as number
  if (before === UNKNOWN || before === TIME_WAIT || state !== CLOSED) return false
  table.connections.ints[at] = before
  return true
}
