// The numbers and names other tools give a connection, derived from the same facts.

import * as L from '../../tcp/record/bits.js'
import type { Evidence } from '../../verdict/evidence.js'
import type { SideEvidence } from '../../verdict/side-evidence.js'

/** Wireshark's tcp.completeness: SYN 1, SYN-ACK 2, ACK 4, DATA 8, FIN 16, RST 32 (docbook, "TCP conversation completeness"). */
export function completeness(e: Evidence): number {
  const flags = e.client.flags | e.server.flags
  let bits = 0
  if ((flags & L.SIDE_SYN) !== 0) bits |= 1
  if ((flags & L.SIDE_SYN_ACK) !== 0) bits |= 2
  if ((flags & L.SIDE_EMPTY_ACK) !== 0) bits |= 4
  if ((flags & (L.SIDE_DATA | L.SIDE_SYN_DATA)) !== 0) bits |= 8
  // A FIN without ACK, as scanners send it, does not count.
  if (closes(e.client) || closes(e.server)) bits |= 16
  if ((flags & L.SIDE_RST) !== 0) bits |= 32
  return bits
}

function closes(side: SideEvidence): boolean {
  return side.has(L.SIDE_FIN) && side.has(L.SIDE_ACK_SET)
}
