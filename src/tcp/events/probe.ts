// Keepalive probes and window probes. Both carry a sequence number the peer has already acknowledged, to draw an answer
// (RFC 1122 §4.2.3.6, RFC 9293 §3.8.4 and §3.8.6.1). On Linux they have the same form (tcp_xmit_probe_skb): the peer's
// window tells them apart. Keepalive needs nothing outstanding; an outstanding octet sent again is a retransmission.

import {
  ACKED,
  LAST_FRAME_F,
  LAST_LEN,
  LAST_NS_F,
  LAST_SEQ,
  NXT,
  PROBES,
  PROBES_ANSWERED,
  PROBE_ANSWER_FRAME_F,
  PROBE_ANSWER_NS_F,
  PROBE_FIRST_FRAME_F,
  PROBE_FIRST_NS_F,
  PROBE_IDLE_NS_F,
  PROBE_INTERVAL_NS_F,
  PROBE_LAST_FRAME_F,
  PROBE_LAST_NS_F,
  PROBE_RUN,
  SERIES_COUNT,
  SERIES_KIND,
  SERIES_WINDOW_PROBE,
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_EMPTY_ACK,
  SIDE_FIN,
  SIDE_FLAGS,
  SIDE_LAST_PROBE,
  SIDE_NXT_SET,
  SIDE_PROBED,
  SIDE_SYN,
  SIDE_SYN_ACK,
  WINDOW,
} from '../layout.js'
import { sideFloats, sideInts, teardownFloats, teardownInts } from '../positions.js'
import { extendSeries } from './series.js'
import type { ConnectionTable } from '../table.js'
import { seqDistance } from '../seq.js'

/** A segment of `side` without payload whose sequence number lies behind what it has already sent. */
export function observeStaleAck(
  table: ConnectionTable,
  record: number,
  side: number,
  seq: number,
  frame: number,
  timeNs: number,
): void {
  const me = sideInts(record, side)
  const peer = sideInts(record, 1 - side)
  const ints = table.connections.ints
  if (((ints[peer + SIDE_FLAGS] as number) & SIDE_ACK_SET) === 0) return
  const acked = ints[peer + ACKED] as number
  if (seqDistance(acked, seq) !== 1) return
  if (ints[peer + WINDOW] === 0) {
    extendSeries(table, record, side, SERIES_WINDOW_PROBE, frame, timeNs)
  } else if (acked === ints[me + NXT]) {
    observeProbe(table, record, side, frame, timeNs)
  }
}

/** A keepalive probe of `side`. */
export function observeProbe(
  table: ConnectionTable,
  record: number,
  side: number,
  frame: number,
  timeNs: number,
): void {
  const teardown = table.teardownOf(record)
  const t = teardownInts(teardown, side)
  const tf = teardownFloats(teardown, side)
  const words = table.teardowns.ints
  const times = table.teardowns.floats
  const me = sideInts(record, side)
  const ints = table.connections.ints
  ints[me + SIDE_FLAGS] = (ints[me + SIDE_FLAGS] as number) | SIDE_LAST_PROBE | SIDE_PROBED
  const run = words[t + PROBE_RUN] as number
  if (run === 0) {
    // Linux counts idle time from the last segment received (keepalive_time_elapsed).
    const { floats } = table.connections
    const peerF = sideFloats(record, 1 - side)
    if (floats[peerF + LAST_FRAME_F] !== 0) {
      keepShortest(times, tf + PROBE_IDLE_NS_F, timeNs - (floats[peerF + LAST_NS_F] as number))
    }
    times[tf + PROBE_FIRST_NS_F] = timeNs
    times[tf + PROBE_FIRST_FRAME_F] = frame
  } else {
    keepShortest(times, tf + PROBE_INTERVAL_NS_F, timeNs - (times[tf + PROBE_LAST_NS_F] as number))
  }
  words[t + PROBES] = (words[t + PROBES] as number) + 1
  words[t + PROBE_RUN] = run + 1
  times[tf + PROBE_LAST_NS_F] = timeNs
  times[tf + PROBE_LAST_FRAME_F] = frame
}

/**
 * The last segment of `side` turns out to have been a probe: it was the first that was captured of it, and what follows
 * shows that one more octet had been sent before, `nxt` being behind it.
 */
export function adoptProbe(
  table: ConnectionTable,
  record: number,
  side: number,
  nxt: number,
): void {
  const { ints, floats } = table.connections
  const me = sideInts(record, side)
  const meF = sideFloats(record, side)
  const frame = floats[meF + LAST_FRAME_F] as number
  const timeNs = floats[meF + LAST_NS_F] as number
  ints[me + NXT] = nxt
  const isPeerKnown = floats[sideFloats(record, 1 - side) + LAST_FRAME_F] !== 0
  if (isPeerKnown && ints[sideInts(record, 1 - side) + WINDOW] === 0) {
    extendSeries(table, record, side, SERIES_WINDOW_PROBE, frame, timeNs)
  } else {
    observeProbe(table, record, side, frame, timeNs)
  }
}

/** Whether `side`, met in the middle of its connection, has sent nothing but one empty ACK, which may be a probe. */
export function mayHaveProbed(table: ConnectionTable, record: number, side: number): boolean {
  const { ints } = table.connections
  const me = sideInts(record, side)
  const flags = ints[me + SIDE_FLAGS] as number
  return (
    (flags & (SIDE_SYN | SIDE_SYN_ACK | SIDE_DATA | SIDE_FIN)) === 0 &&
    (flags & (SIDE_NXT_SET | SIDE_EMPTY_ACK)) === (SIDE_NXT_SET | SIDE_EMPTY_ACK) &&
    ints[me + LAST_LEN] === 0 &&
    ints[me + LAST_SEQ] === ints[me + NXT]
  )
}

/** `side` sent something: whatever the peer probed for has been answered. */
export function observeProbeAnswered(
  table: ConnectionTable,
  record: number,
  side: number,
  frame: number,
  timeNs: number,
): void {
  const teardown = table.teardownOf(record)
  const t = teardownInts(teardown, 1 - side)
  const words = table.teardowns.ints
  if (words[t + SERIES_KIND] === SERIES_WINDOW_PROBE) {
    words[t + SERIES_KIND] = 0
    words[t + SERIES_COUNT] = 0
  }
  const run = words[t + PROBE_RUN] as number
  if (run === 0) return
  words[t + PROBE_RUN] = 0
  words[t + PROBES_ANSWERED] = (words[t + PROBES_ANSWERED] as number) + 1
  const tf = teardownFloats(teardown, 1 - side)
  table.teardowns.floats[tf + PROBE_ANSWER_NS_F] = timeNs
  table.teardowns.floats[tf + PROBE_ANSWER_FRAME_F] = frame
}

/** `side` has something else to send: it no longer just probes. */
export function endProbing(table: ConnectionTable, record: number, side: number): void {
  table.teardowns.ints[teardownInts(table.teardownOf(record), side) + PROBE_RUN] = 0
}

function keepShortest(times: Float64Array, at: number, ns: number): void {
  const kept = times[at] as number
  if (ns > 0 && (kept === 0 || ns < kept)) times[at] = ns
}
