// Keepalive probes and window probes. Both carry a sequence number the peer has already acknowledged, to draw an answer
// (RFC 1122 §4.2.3.6, RFC 9293 §3.8.4 and §3.8.6.1). On Linux they have the same form (tcp_xmit_probe_skb): the peer's
// window tells them apart. Keepalive needs nothing outstanding; an outstanding octet sent again is a retransmission.

import * as L from './layout.js'
import { sideFloats, sideInts, teardownFloats, teardownInts } from './positions.js'
import { extendSeries } from './series.js'
import type { ConnectionTable } from './table.js'
import { seqDistance } from './seq.js'

// Local constants, see layout.ts.
// prettier-ignore
const {
  ACKED, LAST_NS_F, NXT, PROBES, PROBES_ANSWERED, PROBE_ANSWER_FRAME_F, PROBE_ANSWER_NS_F,
  PROBE_FIRST_FRAME_F, PROBE_FIRST_NS_F, PROBE_IDLE_NS_F, PROBE_INTERVAL_NS_F, PROBE_LAST_FRAME_F,
  PROBE_LAST_NS_F, PROBE_RUN, SERIES_COUNT, SERIES_KIND, SERIES_WINDOW_PROBE, SIDE_ACK_SET,
  SIDE_FLAGS, SIDE_LAST_PROBE, SIDE_PROBED, WINDOW, WINDOW_PROBES,
} = L

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
    const t = teardownInts(table.teardownOf(record), side)
    const words = table.teardowns.ints
    words[t + WINDOW_PROBES] = (words[t + WINDOW_PROBES] as number) + 1
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
    const heardNs = table.connections.floats[sideFloats(record, 1 - side) + LAST_NS_F] as number
    keepShortest(times, tf + PROBE_IDLE_NS_F, timeNs - heardNs)
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
