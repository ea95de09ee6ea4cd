// IPv4 header, RFC 791 §3.1.
//
// The packet ends where its total length says, not where the frame or the capture ends; a total
// length beyond the frame is limited to the frame, and 0 stands for "up to the end of the frame",
// which is what segmentation offload leaves in captures of outgoing packets.
//
// On a source route that is not used up, the destination field holds a way point; as in IPv6, the
// connection is with the last address of the route, which the TCP checksum uses (RFC 1122 §3.2.1.8).

import type { Cursor } from '../cursor.js'
import { BAD_HEADER, FRAGMENT, NOT_IP } from '../decode-status.js'
import { LAYER_FRAGMENT, LAYER_IPV4, LAYER_IPV6, LAYER_PROTOCOL } from '../layers.js'

// Byte offsets from the start of the header.
const IPV4_VERSION_LENGTH = 0
const IPV4_ID_FRAGMENT = 4
const IPV4_TTL_PROTOCOL = 8
const IPV4_SRC = 12
const IPV4_DST = 16
const IPV4_HEADER_LEN_MIN = 20

/** Bits of the fragment word: more fragments, and the offset in units of 8 bytes. */
const MORE_FRAGMENTS = 0x2000
const FRAGMENT_OFFSET = 0x1fff

const OPTION_END = 0
const OPTION_NOP = 1
const OPTION_LOOSE_ROUTE = 131
const OPTION_STRICT_ROUTE = 137
/** Type, length and pointer come before the addresses of a route. */
const ROUTE_ADDRESSES = 3

/** Tells IPv4 from IPv6 by the version nibble, where the layer above does not. */
export function readIpVersion(cursor: Cursor): number {
  if (!cursor.has(1)) return cursor.short(1)
  const version = cursor.view.getUint8(cursor.pos) >> 4
  if (version === 4) return LAYER_IPV4
  return version === 6 ? LAYER_IPV6 : NOT_IP
}

/** Reads an IPv4 header and leaves the cursor at its payload. */
export function readIpv4(cursor: Cursor): number {
  if (!cursor.has(IPV4_HEADER_LEN_MIN)) return cursor.short(IPV4_HEADER_LEN_MIN)
  const view = cursor.view
  const pos = cursor.pos
  const first = view.getInt32(pos + IPV4_VERSION_LENGTH)
  const headerLen = (first >>> 22) & 0x3c
  if (first >>> 28 !== 4 || headerLen < IPV4_HEADER_LEN_MIN) return BAD_HEADER
  const statedLen = first & 0xffff
  const totalLen = statedLen === 0 ? cursor.wireEnd - pos : statedLen
  if (totalLen < headerLen) return BAD_HEADER
  cursor.narrow(totalLen)
  if (!cursor.has(headerLen)) return cursor.short(headerLen)

  const idFragment = view.getInt32(pos + IPV4_ID_FRAGMENT)
  const ttlProtocol = view.getInt32(pos + IPV4_TTL_PROTOCOL)
  cursor.ipVersion = 4
  cursor.src0 = view.getInt32(pos + IPV4_SRC)
  cursor.dst0 = view.getInt32(pos + IPV4_DST)
  cursor.src1 = cursor.src2 = cursor.src3 = 0
  cursor.dst1 = cursor.dst2 = cursor.dst3 = 0
  if (headerLen > IPV4_HEADER_LEN_MIN) readOptions(cursor, pos + headerLen)
  cursor.ttl = ttlProtocol >>> 24
  cursor.ipId = idFragment >>> 16
  cursor.next = (ttlProtocol >>> 16) & 0xff
  cursor.pos = pos + headerLen
  cursor.loneFragment = false
  if ((idFragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) === 0) return LAYER_PROTOCOL

  cursor.fragmentOffset = (idFragment & FRAGMENT_OFFSET) << 3
  cursor.fragmentMore = (idFragment & MORE_FRAGMENTS) !== 0
  cursor.fragmentId = cursor.ipId
  cursor.fragmentLen = totalLen - headerLen
  if (cursor.quoting && cursor.fragmentOffset > 0) return FRAGMENT
  return cursor.quoting ? LAYER_PROTOCOL : LAYER_FRAGMENT
}

/** Takes the final destination out of a source route among the options, which end at `end`. */
function readOptions(cursor: Cursor, end: number): void {
  const view = cursor.view
  let at = cursor.pos + IPV4_HEADER_LEN_MIN
  // A length below 2, or one that runs out of the header, leaves nothing to be read.
  while (end - at >= 2) {
    const type = view.getUint8(at)
    if (type === OPTION_END) return
    if (type === OPTION_NOP) {
      at++
      continue
    }
    const len = view.getUint8(at + 1)
    if (len < 2 || len > end - at) return
    if (type === OPTION_LOOSE_ROUTE || type === OPTION_STRICT_ROUTE) {
      const addresses = (len - ROUTE_ADDRESSES) >> 2
      // The pointer counts from 1 to the next way point; beyond the length the route is used up.
      const isOnTheWay = addresses > 0 && view.getUint8(at + 2) <= len
      if (isOnTheWay) cursor.dst0 = view.getInt32(at + ROUTE_ADDRESSES + (addresses - 1) * 4)
      return
    }
    at += len
  }
}
