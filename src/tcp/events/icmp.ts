// ICMP errors that quote a segment: evidence for its connection, not a packet of it (RFC 1122 §4.2.3.9).

import type { Segment } from '../../wire/segment.js'
import { ICMP_QUOTES_SYN, SIDE_SYN } from '../record/bits.js'
import type { TrackedConnection } from '../tracked.js'

/** An ICMP error that quotes a segment of side `n`. `kind` is the type in the second byte and the code in the first. */
export function observeIcmp(
  c: TrackedConnection,
  n: number,
  quoted: Segment,
  kind: number,
  frame: number,
  timeNs: number,
): void {
  c.openTeardown()
  c.icmpCount++
  const me = c.side(n)
  const quotesSyn = me.has(SIDE_SYN) && me.isn === quoted.seq
  // Of several errors the first counts that quotes the SYN itself; others may be forged, or of another connection.
  if (c.icmpFrame !== 0 && ((c.icmpKind & ICMP_QUOTES_SYN) !== 0 || !quotesSyn)) return
  c.icmpKind = kind | (quotesSyn ? ICMP_QUOTES_SYN : 0)
  c.icmpFrame = frame
  c.icmpNs = timeNs
}
