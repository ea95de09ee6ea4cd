// Keepalive probes and window probes. Both carry a sequence number the peer has already acknowledged, to draw an answer
// (RFC 1122 §4.2.3.6, RFC 9293 §3.8.4 and §3.8.6.1). On Linux they have the same form (tcp_xmit_probe_skb): the peer's
// window tells them apart. Keepalive needs nothing outstanding; an outstanding byte sent again is a retransmission.

import {
  SERIES_WINDOW_PROBE,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_EMPTY_ACK,
  SIDE_FIN,
  SIDE_LAST_PROBE,
  SIDE_NXT_SET,
  SIDE_PROBED,
  SIDE_SYN,
  SIDE_SYN_ACK,
} from '../record/bits.js'
import type { Side } from '../record/view.js'
import { seqDistance } from '../seq.js'
import type { TrackedConnection } from '../tracked.js'
import { extendSeries } from './series.js'

/** A segment of side `n` without payload whose sequence number lies before what it has already sent. */
export function observeStaleAck(
  c: TrackedConnection,
  n: number,
  seq: number,
  frame: number,
  timeNs: number,
): void {
  const me = c.side(n)
  const peer = c.side(1 - n)
  if (!peer.has(SIDE_ACK_SET) || seqDistance(peer.acked, seq) !== 1) return
  if (peer.window === 0) extendSeries(c, n, SERIES_WINDOW_PROBE, frame, timeNs)
  else if (peer.acked === me.nxt) observeProbe(c, n, frame, timeNs)
}

/** A keepalive probe of side `n`. */
export function observeProbe(c: TrackedConnection, n: number, frame: number, timeNs: number): void {
  c.openTeardown()
  const me = c.side(n)
  const peer = c.side(1 - n)
  me.flags |= SIDE_LAST_PROBE | SIDE_PROBED
  if (me.probeRun === 0) {
    // Linux counts idle time from the last segment received (keepalive_time_elapsed).
    if (peer.lastFrame !== 0) me.probeIdleMinNs = shorter(me.probeIdleMinNs, timeNs - peer.lastNs)
    me.probeFirstNs = timeNs
    me.probeFirstFrame = frame
  } else {
    me.probeIntervalMinNs = shorter(me.probeIntervalMinNs, timeNs - me.probeLastNs)
  }
  me.probes++
  me.probeRun++
  me.probeLastNs = timeNs
  me.probeLastFrame = frame
}

/**
 * The last segment of side `n` turns out to have been a probe: it was the first that was captured of it, and what follows
 * shows that one more byte had been sent before, with `nxt` after it.
 */
export function adoptProbe(c: TrackedConnection, n: number, nxt: number): void {
  const me = c.side(n)
  const peer = c.side(1 - n)
  me.nxt = nxt
  const isWindowProbe = peer.lastFrame !== 0 && peer.window === 0
  if (isWindowProbe) extendSeries(c, n, SERIES_WINDOW_PROBE, me.lastFrame, me.lastNs)
  else observeProbe(c, n, me.lastFrame, me.lastNs)
}

/** Whether a side, met in the middle of its connection, has sent nothing but one empty ACK, which may be a probe. */
export function mayHaveProbed(me: Side): boolean {
  return (
    !me.has(SIDE_SYN | SIDE_SYN_ACK | SIDE_DATA | SIDE_FIN) &&
    me.has(SIDE_NXT_SET) &&
    me.has(SIDE_EMPTY_ACK) &&
    me.lastLen === 0 &&
    me.lastSeq === me.nxt
  )
}

/** Side `n` sent something: whatever the peer probed for has been answered. */
export function observeProbeAnswered(
  c: TrackedConnection,
  n: number,
  frame: number,
  timeNs: number,
): void {
  c.openTeardown()
  const prober = c.side(1 - n)
  if (prober.seriesKind === SERIES_WINDOW_PROBE) {
    prober.seriesKind = 0
    prober.seriesCount = 0
  }
  if (prober.probeRun === 0) return
  prober.probesLost += prober.probeRun - 1
  prober.probeRun = 0
  prober.probesAnswered++
  prober.probeAnswerNs = timeNs
  prober.probeAnswerFrame = frame
}

/** A side has something else to send: it no longer just probes. */
export function endProbing(c: TrackedConnection, n: number): void {
  c.openTeardown()
  c.side(n).probeRun = 0
}

/** The shorter of two spans, where 0 is none. */
function shorter(keptNs: number, ns: number): number {
  return ns > 0 && (keptNs === 0 || ns < keptNs) ? ns : keptNs
}
