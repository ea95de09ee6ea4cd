// ICMP (RFC 792) and ICMPv6 (RFC 4443) errors, which quote the packet they are about. What is quoted
// is evidence about a connection, never a packet of it.

import { NOT_TCP } from '../decode-status.js'
import { LAYER_IPV4, LAYER_IPV6 } from '../layers.js'
import type { Walk } from '../cursor.js'

// Octet offsets from the start of the header.
const ICMP_TYPE = 0
const ICMP_CODE = 1
/** Both versions have 8 octets before the quoted IP header. */
const ICMP_HEADER_LEN = 8

const UNREACHABLE = 3
const SOURCE_QUENCH = 4
const TIME_EXCEEDED = 11
const PARAMETER_PROBLEM = 12

/** Last of the ICMPv6 error types: 1 unreachable, 2 too big, 3 time exceeded, 4 parameter problem. */
const ICMPV6_ERROR_MAX = 4

/** Reads an ICMP header and leaves the walk at the quoted packet, if it is an error. */
export function readIcmp(walk: Walk): number {
  if (!walk.has(ICMP_HEADER_LEN)) return walk.short(ICMP_HEADER_LEN)
  const type = walk.view.getUint8(walk.pos + ICMP_TYPE)
  const isError = walk.ipVersion === 4 ? isIcmpError(type) : type >= 1 && type <= ICMPV6_ERROR_MAX
  // An error about an error does not exist (RFC 1122 §3.2.2).
  if (!isError || walk.quoting) return NOT_TCP
  walk.quoting = true
  walk.icmpType = type
  walk.icmpSrc0 = walk.src0
  walk.icmpSrc3 = walk.src3
  walk.icmpCode = walk.view.getUint8(walk.pos + ICMP_CODE)
  walk.pos += ICMP_HEADER_LEN
  return walk.ipVersion === 4 ? LAYER_IPV4 : LAYER_IPV6
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
