// IPv6 header and extension headers, RFC 8200; jumbograms, RFC 2675; routing headers, RFC 6275
// (mobility) and RFC 8754 (segment routing); authentication header, RFC 4302.
//
// With segments left, the destination field holds a way point; the connection is with the final
// destination, which is what the TCP checksum and Wireshark's streams use.

import type { Cursor } from '../cursor.js'
import { BAD_HEADER, FRAGMENT } from '../decode-status.js'
import { LAYER_EXTENSIONS, LAYER_FRAGMENT, LAYER_PROTOCOL } from '../layers.js'

// Byte offsets from the start of the header.
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

// Byte offsets in a routing header.
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

/** Reads an IPv6 header, and the first of its extension headers. */
export function readIpv6(cursor: Cursor): number {
  if (!cursor.has(IPV6_HEADER_LEN)) return cursor.short(IPV6_HEADER_LEN)
  const view = cursor.view
  const pos = cursor.pos
  if (view.getUint8(pos + IPV6_VERSION) >> 4 !== 6) return BAD_HEADER
  const word = view.getInt32(pos + IPV6_LENGTH_NEXT_HOP)
  cursor.ipVersion = 6
  cursor.src0 = view.getInt32(pos + IPV6_SRC)
  cursor.src1 = view.getInt32(pos + IPV6_SRC + 4)
  cursor.src2 = view.getInt32(pos + IPV6_SRC + 8)
  cursor.src3 = view.getInt32(pos + IPV6_SRC + 12)
  setDestination(cursor, pos + IPV6_DST)
  cursor.ttl = word & 0xff
  cursor.ipId = -1
  cursor.loneFragment = false
  cursor.next = (word >>> 8) & 0xff
  cursor.pos = pos + IPV6_HEADER_LEN
  const statedLen = word >>> 16
  // 0 is a jumbogram, or segmentation offload, which leaves the length to the frame.
  const payloadLen = statedLen === 0 ? jumboLen(cursor) : statedLen
  const available = cursor.wireEnd - cursor.pos
  cursor.fragmentLen = payloadLen === 0 ? available : payloadLen
  if (payloadLen !== 0) cursor.narrow(payloadLen)
  return readExtensions(cursor)
}

/** Steps over the extension header in `cursor.next`, if it is one: each is a layer, so that their number is bounded. */
export function readExtensions(cursor: Cursor): number {
  const { view, pos, next: protocol } = cursor
  if (!isExtension(protocol)) return LAYER_PROTOCOL
  if (!cursor.has(8)) return cursor.short(8)
  if (protocol === PROTOCOL_FRAGMENT) return readFragment(cursor)
  const len = extensionLen(protocol, view.getUint8(pos + 1))
  if (protocol === PROTOCOL_ROUTING) readRouting(cursor, len)
  if (cursor.wireEnd - pos < len) return BAD_HEADER
  cursor.next = view.getUint8(pos)
  cursor.pos = pos + len
  cursor.fragmentLen -= len
  return LAYER_EXTENSIONS
}

function readFragment(cursor: Cursor): number {
  const { view, pos } = cursor
  cursor.next = view.getUint8(pos)
  const offsetMore = view.getUint16(pos + 2)
  cursor.pos = pos + FRAGMENT_HEADER_LEN
  cursor.fragmentLen -= FRAGMENT_HEADER_LEN
  cursor.fragmentOffset = offsetMore & 0xfff8
  cursor.fragmentMore = (offsetMore & 1) !== 0
  cursor.fragmentId = view.getInt32(pos + 4)
  // A fragment header without any fragmentation (RFC 6946).
  if (cursor.fragmentOffset === 0 && !cursor.fragmentMore) return LAYER_EXTENSIONS
  if (!cursor.quoting) return LAYER_FRAGMENT
  return cursor.fragmentOffset > 0 ? FRAGMENT : LAYER_EXTENSIONS
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

/** AH counts 4 bytes and leaves out two units, the others count 8 and leave out one. */
function extensionLen(protocol: number, units: number): number {
  return protocol === PROTOCOL_AH ? (units + 2) * 4 : (units + 1) * 8
}

/** Takes the final destination out of a routing header of `len` bytes. */
function readRouting(cursor: Cursor, len: number): void {
  if (len < ROUTING_ADDRESSES + 16 || !cursor.has(len)) return
  const { view, pos } = cursor
  if (view.getUint8(pos + ROUTING_SEGMENTS_LEFT) === 0) return
  switch (view.getUint8(pos + ROUTING_TYPE)) {
    // The segment list of RFC 8754 stands in reverse order: the first entry is the last hop.
    case ROUTING_TYPE_SEGMENTS:
    case ROUTING_TYPE_MOBILITY:
      setDestination(cursor, pos + ROUTING_ADDRESSES)
      return
    case ROUTING_TYPE_SOURCE:
      setDestination(cursor, pos + ROUTING_ADDRESSES + ((len - ROUTING_ADDRESSES - 16) & ~15))
      return
    default:
  }
}

function setDestination(cursor: Cursor, pos: number): void {
  const view = cursor.view
  cursor.dst0 = view.getInt32(pos)
  cursor.dst1 = view.getInt32(pos + 4)
  cursor.dst2 = view.getInt32(pos + 8)
  cursor.dst3 = view.getInt32(pos + 12)
}

/** Payload length from the jumbo option directly after the header, 0 without one. */
function jumboLen(cursor: Cursor): number {
  const { view, pos } = cursor
  if (cursor.next !== PROTOCOL_HOP_BY_HOP || !cursor.has(8)) return 0
  if (view.getUint16(pos + 2) !== ((JUMBO_OPTION << 8) | 4)) return 0
  return view.getUint32(pos + JUMBO_LENGTH)
}
