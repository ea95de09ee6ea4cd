// Runs of retransmissions or window probes without progress: what a give-up looks like (RFC 9293 §3.8.3, R2; on Linux
// tcp_retries2, tcp_orphan_retries and tcp_syn_retries). Kind, length, span and widest gap are kept.

import { SERIES_DATA, SERIES_FIN, SERIES_WINDOW_PROBE, SIDE_PROBED } from '../record/bits.js'
import type { Side } from '../record/view.js'
import type { TrackedConnection } from '../tracked.js'

/** Adds one step to the running series of side `n`, which is of `kind`. */
export function extendSeries(
  c: TrackedConnection,
  n: number,
  kind: number,
  frame: number,
  timeNs: number,
): void {
  c.openTeardown()
  const me = c.side(n)
  if (me.seriesKind === 0) {
    me.seriesCount = 0
    me.seriesSentNs = sentNs(me, kind)
    me.seriesFirstNs = timeNs
    me.seriesGapNs = Math.max(0, timeNs - me.seriesSentNs)
  } else {
    me.seriesGapNs = Math.max(me.seriesGapNs, timeNs - me.seriesLastNs)
  }
  if (kind === SERIES_WINDOW_PROBE) {
    me.flags |= SIDE_PROBED
    me.windowProbes++
  }
  me.seriesKind = kind
  me.seriesCount++
  if (me.seriesCount > me.longestSeries) me.longestSeries = me.seriesCount
  me.seriesLastNs = timeNs
  me.seriesLastFrame = frame
}

/** The peer made progress: what side `n` was resending has arrived. */
export function endSeries(c: TrackedConnection, n: number): void {
  c.openTeardown()
  const me = c.side(n)
  me.seriesKind = 0
  me.seriesCount = 0
}

/** When the segment that is now repeated was sent first, as far as is kept. */
function sentNs(me: Side, kind: number): number {
  if (kind === SERIES_FIN) return me.finNs
  return kind === SERIES_DATA && me.dataFrame !== 0 ? me.dataNs : me.lastNs
}
