// IPv4 header, RFC 791 §3.1.
//
// The packet ends where its total length says, not where the frame or the capture ends; a total
// length beyond the frame is limited to the frame, and 0 stands for "up to the end of the frame",
// which is what segmentation offload leaves in captures of outgoing packets.

import { BAD_HEADER, FRAGMENT, NOT_IP } from '../decode-status.js'
import { LAYER_FRAGMENT, LAYER_IPV4, LAYER_IPV6, LAYER_PROTOCOL } from '../layers.js'
import type { Walk } from '../cursor.js'

// Octet offsets from the start of the header.
const IPV4_VERSION_LENGTH = 0
const IPV4_ID_FRAGMENT = 4
const IPV4_TTL_PROTOCOL = 8
const IPV4_SRC = 12
const IPV4_DST = 16
const IPV4_HEADER_LEN_MIN = 20

/** Bits of the fragment word: more fragments, and the offset in units of 8 octets. */
const MORE_FRAGMENTS = 0x2000
const FRAGMENT_OFFSET = 0x1fff

/** Tells IPv4 from IPv6 by the version nibble, where the layer above does not. */
export function readIpVersion(walk: Walk): number {
  if (!walk.has(1)) return walk.short(1)
  const version = walk.view.getUint8(walk.pos) >> 4
  if (version === 4) return LAYER_IPV4
  return version === 6 ? LAYER_IPV6 : NOT_IP
}

/** Reads an IPv4 header and leaves the walk at its payload. */
export function readIpv4(walk: Walk): number {
  if (!walk.has(IPV4_HEADER_LEN_MIN)) return walk.short(IPV4_HEADER_LEN_MIN)
  const view = walk.view
  const pos = walk.pos
  const first = view.getInt32(pos + IPV4_VERSION_LENGTH)
  const headerLen = (first >>> 22) & 0x3c
  if (first >>> 28 !== 4 || headerLen < IPV4_HEADER_LEN_MIN) return BAD_HEADER
  const statedLen = first & 0xffff
  const totalLen = statedLen === 0 ? walk.wireEnd - pos : statedLen
  if (totalLen < headerLen) return BAD_HEADER
  walk.narrow(totalLen)
  if (!walk.has(headerLen)) return walk.short(headerLen)

  const idFragment = view.getInt32(pos + IPV4_ID_FRAGMENT)
  const ttlProtocol = view.getInt32(pos + IPV4_TTL_PROTOCOL)
  walk.ipVersion = 4
  walk.src0 = view.getInt32(pos + IPV4_SRC)
  walk.dst0 = view.getInt32(pos + IPV4_DST)
  walk.src1 = walk.src2 = walk.src3 = 0
  walk.dst1 = walk.dst2 = walk.dst3 = 0
  walk.ttl = ttlProtocol >>> 24
  walk.ipId = idFragment >>> 16
  walk.next = (ttlProtocol >>> 16) & 0xff
  walk.pos = pos + headerLen
  walk.loneFragment = false
  if ((idFragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) === 0) return LAYER_PROTOCOL

  walk.fragmentOffset = (idFragment & FRAGMENT_OFFSET) << 3
  walk.fragmentMore = (idFragment & MORE_FRAGMENTS) !== 0
  walk.fragmentId = walk.ipId
  walk.fragmentLen = totalLen - headerLen
  if (walk.quoting && walk.fragmentOffset > 0) return FRAGMENT
  return walk.quoting ? LAYER_PROTOCOL : LAYER_FRAGMENT
}
