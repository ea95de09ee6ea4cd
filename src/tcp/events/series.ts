// Runs of retransmissions or window probes without progress: what a give-up looks like (RFC 9293 §3.8.3, R2; on Linux
// tcp_retries2, tcp_orphan_retries and tcp_syn_retries). Kind, length, span and widest gap are kept.

import {
  DATA_FRAME_F,
  DATA_NS_F,
  FIN_NS_F,
  LAST_NS_F,
  SERIES_COUNT,
  SERIES_DATA,
  SERIES_FIN,
  SERIES_FIRST_NS_F,
  SERIES_FRAME_F,
  SERIES_GAP_NS_F,
  SERIES_KIND,
  SERIES_LAST_NS_F,
  SERIES_SENT_NS_F,
  SERIES_WINDOW_PROBE,
  SIDE_FLAGS,
  SIDE_PROBED,
  WINDOW_PROBES,
} from '../layout.js'
import { closingFloats, sideFloats, sideInts, teardownFloats, teardownInts } from '../positions.js'
import type { ConnectionTable } from '../table.js'

/** Adds one step to the side's running series of `kind`. */
export function extendSeries(
  table: ConnectionTable,
  record: number,
  side: number,
  kind: number,
  frame: number,
  timeNs: number,
): void {
  const teardown = table.teardownOf(record)
  const t = teardownInts(teardown, side)
  const tf = teardownFloats(teardown, side)
  const words = table.teardowns.ints
  const times = table.teardowns.floats
  const runs = words[t + SERIES_KIND] !== 0
  if (!runs) {
    words[t + SERIES_COUNT] = 0
    times[tf + SERIES_SENT_NS_F] = sentNs(table, record, side, kind)
    times[tf + SERIES_FIRST_NS_F] = timeNs
    times[tf + SERIES_GAP_NS_F] = Math.max(0, timeNs - (times[tf + SERIES_SENT_NS_F] as number))
  } else {
    const gap = timeNs - (times[tf + SERIES_LAST_NS_F] as number)
    if (gap > (times[tf + SERIES_GAP_NS_F] as number)) times[tf + SERIES_GAP_NS_F] = gap
  }
  if (kind === SERIES_WINDOW_PROBE) {
    const me = sideInts(record, side)
    const { ints } = table.connections
    ints[me + SIDE_FLAGS] = (ints[me + SIDE_FLAGS] as number) | SIDE_PROBED
    words[t + WINDOW_PROBES] = (words[t + WINDOW_PROBES] as number) + 1
  }
  words[t + SERIES_KIND] = kind
  words[t + SERIES_COUNT] = (words[t + SERIES_COUNT] as number) + 1
  times[tf + SERIES_LAST_NS_F] = timeNs
  times[tf + SERIES_FRAME_F] = frame
}

/** The peer made progress: what `side` was resending has arrived. */
export function endSeries(table: ConnectionTable, record: number, side: number): void {
  const t = teardownInts(table.teardownOf(record), side)
  table.teardowns.ints[t + SERIES_KIND] = 0
  table.teardowns.ints[t + SERIES_COUNT] = 0
}

/** When the segment that is now repeated was sent first, as far as is kept. */
function sentNs(table: ConnectionTable, record: number, side: number, kind: number): number {
  const floats = table.connections.floats
  const sf = sideFloats(record, side)
  if (kind === SERIES_FIN) {
    const at = closingFloats(table.closingOf(record), side)
    return table.closings.floats[at + FIN_NS_F] as number
  }
  if (kind === SERIES_DATA && floats[sf + DATA_FRAME_F] !== 0) {
    return floats[sf + DATA_NS_F] as number
  }
  return floats[sf + LAST_NS_F] as number
}
