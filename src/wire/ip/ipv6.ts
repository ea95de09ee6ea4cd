// IPv6 header and extension headers, RFC 8200; jumbograms, RFC 2675; routing headers, RFC 6275
// (mobility) and RFC 8754 (segment routing); authentication header, RFC 4302.
//
// With segments left, the destination field holds a way point; the connection is with the final
// destination, which is what the TCP checksum and Wireshark's streams use.

import { BAD_HEADER, FRAGMENT, TOO_DEEP } from '../decode-status.js'
import { LAYER_FRAGMENT, LAYER_PROTOCOL } from '../layers.js'
import type { Walk } from '../cursor.js'

// Octet offsets from the start of the header.
const IPV6_VERSION = 0
const IPV6_LENGTH_NEXT_HOP = 4
const IPV6_SRC = 8
const IPV6_DST = 24
const IPV6_HEADER_LEN = 40

const PROTOCOL_HOP_BY_HOP = 0
const PROTOCOL_ROUTING = 43
const PROTOCOL_FRAGMENT = 44
const PROTOCOL_AH = 51
const PROTOCOL_DESTINATION = 60
const PROTOCOL_MOBILITY = 135
const PROTOCOL_HIP = 139
const PROTOCOL_SHIM6 = 140

// Octet offsets in a routing header.
const ROUTING_TYPE = 2
const ROUTING_SEGMENTS_LEFT = 3
const ROUTING_ADDRESSES = 8
const ROUTING_TYPE_SOURCE = 0
const ROUTING_TYPE_MOBILITY = 2
const ROUTING_TYPE_SEGMENTS = 4

const FRAGMENT_HEADER_LEN = 8
const JUMBO_OPTION = 0xc2
/** Next header, length, option type and option length come before the jumbo length. */
const JUMBO_LENGTH = 4

/** Extension headers followed at most; real packets carry one to three. */
const MAX_EXTENSIONS = 16

/** Reads an IPv6 header with its extension headers and leaves the walk at the payload. */
export function readIpv6(walk: Walk): number {
  if (!walk.has(IPV6_HEADER_LEN)) return walk.short(IPV6_HEADER_LEN)
  const view = walk.view
  const pos = walk.pos
  if (view.getUint8(pos + IPV6_VERSION) >> 4 !== 6) return BAD_HEADER
  const word = view.getInt32(pos + IPV6_LENGTH_NEXT_HOP)
  walk.ipVersion = 6
  walk.src0 = view.getInt32(pos + IPV6_SRC)
  walk.src1 = view.getInt32(pos + IPV6_SRC + 4)
  walk.src2 = view.getInt32(pos + IPV6_SRC + 8)
  walk.src3 = view.getInt32(pos + IPV6_SRC + 12)
  setDestination(walk, pos + IPV6_DST)
  walk.ttl = word & 0xff
  walk.ipId = -1
  walk.loneFragment = false
  walk.next = (word >>> 8) & 0xff
  walk.pos = pos + IPV6_HEADER_LEN
  const statedLen = word >>> 16
  // 0 is a jumbogram, or segmentation offload, which leaves the length to the frame.
  const payloadLen = statedLen === 0 ? jumboLen(walk) : statedLen
  const available = walk.wireEnd - walk.pos
  walk.fragmentLen = payloadLen === 0 ? available : payloadLen
  if (payloadLen !== 0) walk.narrow(payloadLen)
  return readExtensions(walk)
}

/** Steps over the extension headers from the one in `walk.next` on. */
export function readExtensions(walk: Walk): number {
  const view = walk.view
  for (let i = 0; i < MAX_EXTENSIONS; i++) {
    const protocol = walk.next
    if (!isExtension(protocol)) return LAYER_PROTOCOL
    if (!walk.has(8)) return walk.short(8)
    const pos = walk.pos
    if (protocol === PROTOCOL_FRAGMENT) {
      walk.next = view.getUint8(pos)
      const offsetMore = view.getUint16(pos + 2)
      walk.pos = pos + FRAGMENT_HEADER_LEN
      walk.fragmentLen -= FRAGMENT_HEADER_LEN
      walk.fragmentOffset = offsetMore & 0xfff8
      walk.fragmentMore = (offsetMore & 1) !== 0
      walk.fragmentId = view.getInt32(pos + 4)
      // A fragment header without any fragmentation (RFC 6946).
      if (walk.fragmentOffset === 0 && !walk.fragmentMore) continue
      if (walk.quoting && walk.fragmentOffset > 0) return FRAGMENT
      if (!walk.quoting) return LAYER_FRAGMENT
      continue
    }
    const len = extensionLen(protocol, view.getUint8(pos + 1))
    if (protocol === PROTOCOL_ROUTING) readRouting(walk, len)
    if (walk.wireEnd - pos < len) return BAD_HEADER
    walk.next = view.getUint8(pos)
    walk.pos = pos + len
    walk.fragmentLen -= len
  }
  return TOO_DEEP
}

/** Whether `protocol` is an IPv6 extension header that can be stepped over. */
function isExtension(protocol: number): boolean {
  switch (protocol) {
    case PROTOCOL_HOP_BY_HOP:
    case PROTOCOL_ROUTING:
    case PROTOCOL_FRAGMENT:
    case PROTOCOL_AH:
    case PROTOCOL_DESTINATION:
    case PROTOCOL_MOBILITY:
    case PROTOCOL_HIP:
    case PROTOCOL_SHIM6:
      return true
    default:
      return false
  }
}

/** AH counts 4 octets and leaves out two units, the others count 8 and leave out one. */
function extensionLen(protocol: number, units: number): number {
  return protocol === PROTOCOL_AH ? (units + 2) * 4 : (units + 1) * 8
}

/** Takes the final destination out of a routing header of `len` octets. */
function readRouting(walk: Walk, len: number): void {
  if (len < ROUTING_ADDRESSES + 16 || !walk.has(len)) return
  const { view, pos } = walk
  if (view.getUint8(pos + ROUTING_SEGMENTS_LEFT) === 0) return
  switch (view.getUint8(pos + ROUTING_TYPE)) {
    // The segment list of RFC 8754 stands in reverse order: the first entry is the last hop.
    case ROUTING_TYPE_SEGMENTS:
    case ROUTING_TYPE_MOBILITY:
      setDestination(walk, pos + ROUTING_ADDRESSES)
      return
    case ROUTING_TYPE_SOURCE:
      setDestination(walk, pos + ROUTING_ADDRESSES + ((len - ROUTING_ADDRESSES - 16) & ~15))
      return
    default:
  }
}

function setDestination(walk: Walk, pos: number): void {
  const view = walk.view
  walk.dst0 = view.getInt32(pos)
  walk.dst1 = view.getInt32(pos + 4)
  walk.dst2 = view.getInt32(pos + 8)
  walk.dst3 = view.getInt32(pos + 12)
}

/** Payload length from the jumbo option directly behind the header, 0 without one. */
function jumboLen(walk: Walk): number {
  const { view, pos } = walk
  if (walk.next !== PROTOCOL_HOP_BY_HOP || !walk.has(8)) return 0
  if (view.getUint16(pos + 2) !== ((JUMBO_OPTION << 8) | 4)) return 0
  return view.getUint32(pos + JUMBO_LENGTH)
}
