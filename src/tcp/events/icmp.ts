// ICMP errors that quote a segment: evidence for its connection, not a packet of it (RFC 1122 §4.2.3.9).

import type { Segment } from '../../wire/segment.js'
import * as L from '../layout.js'
import { sideInts } from '../positions.js'
import type { ConnectionTable } from '../table.js'

/** Applies an ICMP error that quotes a segment of `side`. `kind` is type in the second octet, code in the first. */
export function observeIcmp(
  table: ConnectionTable,
  record: number,
  side: number,
  quoted: Segment,
  kind: number,
  frame: number,
  timeNs: number,
): void {
  const teardown = table.teardownOf(record)
  const { ints, floats } = table.teardowns
  const base = teardown * L.TEARDOWN_INTS
  const cells = teardown * L.TEARDOWN_CELLS
  ints[base + L.ICMP_COUNT] = (ints[base + L.ICMP_COUNT] as number) + 1
  if (floats[cells + L.ICMP_FRAME_F] !== 0) return
  const me = sideInts(record, side)
  const conn = table.connections.ints
  const quotesSyn =
    ((conn[me + L.SIDE_FLAGS] as number) & L.SIDE_SYN) !== 0 && conn[me + L.ISN] === quoted.seq
  ints[base + L.ICMP_KIND] = kind | (quotesSyn ? L.ICMP_QUOTES_SYN : 0)
  floats[cells + L.ICMP_FRAME_F] = frame
  floats[cells + L.ICMP_NS_F] = timeNs
}
