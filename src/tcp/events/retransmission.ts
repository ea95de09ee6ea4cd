// Octets that passed before: retransmissions, keepalive probes with one octet, and segments that were merely reordered.

import {
  ACKED,
  DUPLICATES,
  HOLE_END,
  HOLE_START,
  LAST_NS_F,
  NXT,
  PROBES,
  PROBE_IDLE_NS_F,
  PROBE_INTERVAL_NS_F,
  PROBE_LAST_NS_F,
  PROBE_RUN,
  RETRANSMISSIONS,
  SERIES_DATA,
  SERIES_FIN,
  SERIES_SYN,
  SERIES_SYN_ACK,
  SERIES_WINDOW_PROBE,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_FIN,
  SIDE_FLAGS,
  SIDE_HOLE,
  SIDE_PLAIN_ACK,
  SIDE_SYN_ACK,
  SYN_ACK_REPEATS,
  WINDOW,
} from '../layout.js'
import { sideFloats, sideInts, teardownFloats, teardownInts } from '../positions.js'
import { observeProbe } from './probe.js'
import { extendSeries } from './series.js'
import type { ConnectionTable } from '../table.js'
import { seqAdd, seqAfter, seqBefore, seqDistance } from '../seq.js'

/** TCP_KEEPIDLE and TCP_KEEPINTVL are a second at least; an octet that is sent again sooner is no probe. */
const PROBE_AFTER_NS = 950e6
/** Retransmissions wait twice as long each time (RFC 6298 §5.5), probes as long as before. */
const BACKOFF_MIN = 1.6

/** A segment of `side` that begins at `seq` and holds nothing new: `octets` of payload, a SYN (0) or a FIN (0). */
export function observeResent(
  table: ConnectionTable,
  record: number,
  side: number,
  seq: number,
  octets: number,
  frame: number,
  timeNs: number,
): void {
  const me = sideInts(record, side)
  const peer = sideInts(record, 1 - side)
  const ints = table.connections.ints
  const mine = ints[me + SIDE_FLAGS] as number
  const nxt = ints[me + NXT] as number
  const acked = ints[peer + ACKED] as number
  if (octets > 0 && fillsHole(ints, me, seq, octets)) return
  if (timeNs < (table.connections.floats[sideFloats(record, side) + LAST_NS_F] as number)) {
    // Captured out of order, as when two interfaces are written in blocks: a second copy, not a second transmission.
    ints[me + DUPLICATES] = (ints[me + DUPLICATES] as number) + 1
    return
  }
  if (
    octets === 1 &&
    seqDistance(nxt, seq) === 1 &&
    acked === nxt &&
    ints[peer + WINDOW] !== 0 &&
    timeNs - (table.connections.floats[sideFloats(record, side) + LAST_NS_F] as number) >
      PROBE_AFTER_NS &&
    !backsOff(table, record, side, timeNs)
  ) {
    observeProbe(table, record, side, frame, timeNs)
    return
  }
  ints[me + RETRANSMISSIONS] = (ints[me + RETRANSMISSIONS] as number) + 1
  const kind = kindOf(mine, ints[peer + WINDOW] as number, peerAnswered(ints, peer), octets)
  if (kind === SERIES_SYN_ACK && ((ints[peer + SIDE_FLAGS] as number) & SIDE_PLAIN_ACK) !== 0) {
    const t = teardownInts(table.teardownOf(record), side)
    const words = table.teardowns.ints
    words[t + SYN_ACK_REPEATS] = (words[t + SYN_ACK_REPEATS] as number) + 1
  }
  // What the peer has acknowledged is sent again by mistake; only what it has not can be given up.
  const behind = seqAdd(seq, Math.max(1, octets))
  if (!peerAnswered(ints, peer) || seqAfter(behind, acked)) {
    extendSeries(table, record, side, kind, frame, timeNs)
  }
}

/**
 * True when one-octet segments that looked like probes turn out to be retransmissions: each waits longer than the last.
 * The count of probes is corrected.
 */
function backsOff(table: ConnectionTable, record: number, side: number, timeNs: number): boolean {
  const teardown = table.teardownOf(record)
  const t = teardownInts(teardown, side)
  const tf = teardownFloats(teardown, side)
  const words = table.teardowns.ints
  const times = table.teardowns.floats
  const run = words[t + PROBE_RUN] as number
  if (run === 0) return false
  const gap = timeNs - (times[tf + PROBE_LAST_NS_F] as number)
  const before = times[tf + (run === 1 ? PROBE_IDLE_NS_F : PROBE_INTERVAL_NS_F)] as number
  if (before === 0 || gap < BACKOFF_MIN * before) return false
  const me = sideInts(record, side)
  const { ints } = table.connections
  words[t + PROBES] = (words[t + PROBES] as number) - run
  words[t + PROBE_RUN] = 0
  ints[me + RETRANSMISSIONS] = (ints[me + RETRANSMISSIONS] as number) + run
  return true
}

/** True when the octets were skipped before and come now: reordered, or lost before the capture point. */
function fillsHole(ints: Int32Array, me: number, seq: number, octets: number): boolean {
  const start = ints[me + HOLE_START] as number
  const end = ints[me + HOLE_END] as number
  if (start === end || seqBefore(seq, start) || !seqAfter(end, seq)) return false
  // Only the front of the hole is tracked; what comes before it counts as seen.
  const behind = seqAdd(seq, octets)
  const filled = !seqAfter(end, behind)
  ints[me + HOLE_START] = filled ? end : behind
  const flags = (ints[me + SIDE_FLAGS] as number) | SIDE_DATA
  ints[me + SIDE_FLAGS] = filled ? flags & ~SIDE_HOLE : flags
  return true
}

function peerAnswered(ints: Int32Array, peer: number): boolean {
  return ((ints[peer + SIDE_FLAGS] as number) & SIDE_ACK_SET) !== 0
}

function kindOf(mine: number, peerWindow: number, answered: boolean, octets: number): number {
  if (octets === 0 && (mine & SIDE_FIN) === 0) {
    return (mine & SIDE_SYN_ACK) !== 0 ? SERIES_SYN_ACK : SERIES_SYN
  }
  if (answered && peerWindow === 0) return SERIES_WINDOW_PROBE
  return octets === 0 ? SERIES_FIN : SERIES_DATA
}
