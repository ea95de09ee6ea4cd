// ICMP (RFC 792) and ICMPv6 (RFC 4443) errors, which quote the packet they are about. What is quoted
// is evidence about a connection, never a packet of it.

import type { Cursor } from '../cursor.js'
import { NOT_TCP } from '../decode-status.js'
import { LAYER_IPV4, LAYER_IPV6 } from '../layers.js'

// Byte offsets from the start of the header.
const ICMP_TYPE = 0
const ICMP_CODE = 1
/** Both versions have 8 bytes before the quoted IP header. */
const ICMP_HEADER_LEN = 8

const UNREACHABLE = 3
const SOURCE_QUENCH = 4
const TIME_EXCEEDED = 11
const PARAMETER_PROBLEM = 12

/** Last of the ICMPv6 error types: 1 unreachable, 2 too big, 3 time exceeded, 4 parameter problem. */
const ICMPV6_ERROR_MAX = 4

/** Reads an ICMP header and leaves the cursor at the quoted packet, if it is an error. */
export function readIcmp(cursor: Cursor): number {
  if (!cursor.has(ICMP_HEADER_LEN)) return cursor.short(ICMP_HEADER_LEN)
  const type = cursor.view.getUint8(cursor.pos + ICMP_TYPE)
  const isError = cursor.ipVersion === 4 ? isIcmpError(type) : type >= 1 && type <= ICMPV6_ERROR_MAX
  // An error about an error does not exist (RFC 1122 §3.2.2); a sampled one came at another time.
  if (!isError || cursor.quoting || cursor.sampled) return NOT_TCP
  cursor.quoting = true
  cursor.icmpType = type
  cursor.icmpSrc0 = cursor.src0
  cursor.icmpSrc3 = cursor.src3
  cursor.icmpCode = cursor.view.getUint8(cursor.pos + ICMP_CODE)
  cursor.pos += ICMP_HEADER_LEN
  return cursor.ipVersion === 4 ? LAYER_IPV4 : LAYER_IPV6
}

/** Redirects (5) quote a packet as well, but have delivered it: they say nothing against it. */
function isIcmpError(type: number): boolean {
  return (
    type === UNREACHABLE ||
    type === SOURCE_QUENCH ||
    type === TIME_EXCEEDED ||
    type === PARAMETER_PROBLEM
  )
}
