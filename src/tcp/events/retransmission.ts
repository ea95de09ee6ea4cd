// Bytes that passed before: retransmissions, keepalive probes with one byte, and segments that were merely reordered.

import {
  SERIES_DATA,
  SERIES_FIN,
  SERIES_SYN,
  SERIES_SYN_ACK,
  SERIES_WINDOW_PROBE,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_FIN,
  SIDE_HOLE,
  SIDE_PLAIN_ACK,
  SIDE_SYN_ACK,
} from '../record/bits.js'
import type { Side } from '../record/view.js'
import { seqAdd, seqAfter, seqBefore, seqDistance } from '../seq.js'
import type { TrackedConnection } from '../tracked.js'
import { observeProbe } from './probe.js'
import { extendSeries } from './series.js'

/** TCP_KEEPIDLE and TCP_KEEPINTVL are a second at least; a byte that is sent again sooner is no probe. */
const PROBE_AFTER_NS = 950e6
/** Retransmissions wait twice as long each time (RFC 6298 §5.5), probes as long as before. */
const BACKOFF_MIN = 1.6

/** A segment of side `n` that begins at `seq` and holds nothing new: `bytes` of payload, a SYN (0) or a FIN (0). */
export function observeRetransmission(
  c: TrackedConnection,
  n: number,
  seq: number,
  bytes: number,
  frame: number,
  timeNs: number,
): void {
  const me = c.side(n)
  const peer = c.side(1 - n)
  if (bytes > 0 && fillsHole(me, seq, bytes)) return
  if (timeNs < me.lastNs) {
    // Captured out of order, as when two interfaces are written in blocks: a second copy, not a second transmission.
    me.duplicates++
    return
  }
  if (bytes === 1 && isProbe(me, peer, seq, timeNs) && !backsOff(c, me, timeNs)) {
    observeProbe(c, n, frame, timeNs)
    return
  }
  me.retransmissions++
  const kind = kindOf(me, peer, bytes)
  if (kind === SERIES_SYN_ACK && peer.has(SIDE_PLAIN_ACK | SIDE_DATA)) {
    c.openTeardown()
    me.synAckRepeats++
  }
  // What the peer has acknowledged is sent again by mistake; only what it has not can be given up.
  const end = seqAdd(seq, Math.max(1, bytes))
  if (!peer.has(SIDE_ACK_SET) || seqAfter(end, peer.acked)) extendSeries(c, n, kind, frame, timeNs)
}

/** Whether one byte that has been acknowledged, sent again after a silence, is a keepalive probe. */
function isProbe(me: Side, peer: Side, seq: number, timeNs: number): boolean {
  return (
    seqDistance(me.nxt, seq) === 1 &&
    peer.acked === me.nxt &&
    peer.window !== 0 &&
    timeNs - me.lastNs > PROBE_AFTER_NS
  )
}

/**
 * True when one-byte segments that looked like probes turn out to be retransmissions: each waits longer than the last.
 * The count of probes is corrected.
 */
function backsOff(c: TrackedConnection, me: Side, timeNs: number): boolean {
  c.openTeardown()
  const run = me.probeRun
  if (run === 0) return false
  const gapNs = timeNs - me.probeLastNs
  const beforeNs = run === 1 ? me.probeIdleMinNs : me.probeIntervalMinNs
  if (beforeNs === 0 || gapNs < BACKOFF_MIN * beforeNs) return false
  me.probes -= run
  me.probeRun = 0
  me.retransmissions += run
  return true
}

/** True when the bytes were skipped before and come now: reordered, or lost before the capture point. */
function fillsHole(me: Side, seq: number, bytes: number): boolean {
  const { holeStart, holeEnd } = me
  if (holeStart === holeEnd || seqBefore(seq, holeStart) || !seqAfter(holeEnd, seq)) return false
  // Only the front of the hole is tracked; what comes before it counts as seen.
  const end = seqAdd(seq, bytes)
  const isFilled = !seqAfter(holeEnd, end)
  me.holeStart = isFilled ? holeEnd : end
  me.flags |= SIDE_DATA
  if (isFilled) me.flags &= ~SIDE_HOLE
  return true
}

function kindOf(me: Side, peer: Side, bytes: number): number {
  if (bytes === 0 && !me.has(SIDE_FIN)) return me.has(SIDE_SYN_ACK) ? SERIES_SYN_ACK : SERIES_SYN
  if (peer.has(SIDE_ACK_SET) && peer.window === 0) return SERIES_WINDOW_PROBE
  return bytes === 0 ? SERIES_FIN : SERIES_DATA
}
