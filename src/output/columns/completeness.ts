// The numbers and names other tools give a connection, derived from the same facts.

import {
  SIDE_ACK_SET,
  SIDE_DATA,
  SIDE_EMPTY_ACK,
  SIDE_FIN,
  SIDE_RST,
  SIDE_SYN,
  SIDE_SYN_ACK,
  SIDE_SYN_DATA,
} from '../../tcp/record/bits.js'
import type { Evidence } from '../../verdict/evidence.js'
import type { SideEvidence } from '../../verdict/side-evidence.js'

/** Wireshark's tcp.completeness: SYN 1, SYN-ACK 2, ACK 4, DATA 8, FIN 16, RST 32 (docbook, "TCP conversation completeness"). */
export function completeness(e: Evidence): number {
  const flags = e.client.flags | e.server.flags
  let bits = 0
  if ((flags & SIDE_SYN) !== 0) bits |= 1
  if ((flags & SIDE_SYN_ACK) !== 0) bits |= 2
  if ((flags & SIDE_EMPTY_ACK) !== 0) bits |= 4
  if ((flags & (SIDE_DATA | SIDE_SYN_DATA)) !== 0) bits |= 8
  // A FIN without ACK, as scanners send it, does not count.
  if (closes(e.client) || closes(e.server)) bits |= 16
  if ((flags & SIDE_RST) !== 0) bits |= 32
  return bits
}

function closes(side: SideEvidence): boolean {
  return side.has(SIDE_FIN) && side.has(SIDE_ACK_SET)
}
