// Packets captured twice: on a bridge and its port, on `any`, on two interfaces of a router. Neither a retransmission nor
// news.

import { RST } from '../../wire/segment.js'

/** The same segment seen again within this time is a second copy, not a second transmission, if its IP ID agrees. */
const DUPLICATE_NS = 500e6
/** Likewise for segments that carry no IP ID (IPv6, or always 0); the shortest retransmission takes longer. */
const DUPLICATE_WITHOUT_ID_NS = 1e6

/** Whether a segment equal in sequence, acknowledgment, length and window to the one before is a second copy of it. */
export function isDuplicate(last: number, meta: number, elapsedNs: number): boolean {
  // Equal flags and IP ID; the TTL may differ by the hops between two capture points.
  if (((last ^ meta) & 0xffff00ff) !== 0) return false
  const hasId = meta >>> 16 > 1
  // A host without a socket answers every segment with the same reset: those are no copies.
  if (!hasId && (meta & RST) !== 0) return false
  return Math.abs(elapsedNs) <= (hasId ? DUPLICATE_NS : DUPLICATE_WITHOUT_ID_NS)
}
