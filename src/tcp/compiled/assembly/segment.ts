// The segment in hand: what the usual IP and TCP headers say, as wire/fast-path.ts reads them. What is unusual is refused.

import { half, word } from './memory'

const ETHERNET: i32 = 1
const LINUX_SLL: i32 = 113
const LINUX_SLL2: i32 = 276
const TYPE_IPV4: i32 = 0x0800
const TYPE_IPV6: i32 = 0x86dd
const TYPE_VLAN: i32 = 0x8100
const PROTOCOL_TCP: i32 = 6

/** Behind a VLAN tag, whose number is not read. */
export let isTagged: bool = false
export let isIpv6: bool = false
export let src0: i32 = 0
export let dst0: i32 = 0
/** Where the other words of the addresses lie, of IPv6 only. */
export let addresses: usize = 0
export let srcPort: i32 = 0
export let dstPort: i32 = 0
export let seq: i32 = 0
export let ack: i32 = 0
export let flags: i32 = 0
export let windowSize: i32 = 0
export let payloadLen: i32 = 0
/** As SideWords.lastMeta. */
export let meta: i32 = 0
export let hasIpId: bool = false
export let tcp: usize = 0
export let payload: usize = 0
export let capturedEnd: usize = 0

/** Reads the frame between two addresses; false when it is not one of the usual shape. */
export function decode(start: usize, end: usize, origlen: i32, linktype: i32): bool {
  let ip: usize
  let type: i32
  isTagged = false
  if (origlen < 0) return false
  if (linktype == ETHERNET) {
    ip = start + 14
    if (end < ip + 40) return false
    type = half(ip - 2)
    isTagged = type == TYPE_VLAN
    if (isTagged) {
      type = half(ip + 2)
      ip += 4
    }
  } else if (linktype == LINUX_SLL) {
    ip = start + 16
    if (end < ip + 40) return false
    type = half(ip - 2)
  } else if (linktype == LINUX_SLL2) {
    ip = start + 20
    if (end < ip + 40) return false
    type = half(start)
  } else {
    return false
  }
  const wireEnd = max(start + <usize>origlen, end)
  if (type == TYPE_IPV4) return decodeIpv4(ip, end, wireEnd)
  return type == TYPE_IPV6 && decodeIpv6(ip, end, wireEnd)
}

@inline
function decodeIpv4(ip: usize, end: usize, wireEnd: usize): bool {
  const start = ip + 20
  if (end < start + 20) return false
  const first = word(ip)
  const idFragment = word(ip + 4)
  const ttlProtocol = word(ip + 8)
  const totalLen = first & 0xffff
  if (
    first >>> 24 != 0x45 ||
    (idFragment & 0x3fff) != 0 ||
    ((ttlProtocol >>> 16) & 0xff) != PROTOCOL_TCP ||
    ip + <usize>totalLen > wireEnd
  ) {
    return false
  }
  isIpv6 = false
  src0 = word(ip + 12)
  dst0 = word(ip + 16)
  return decodeTcp(start, end, totalLen - 20, ttlProtocol >>> 24, idFragment >>> 16)
}

@inline
function decodeIpv6(ip: usize, end: usize, wireEnd: usize): bool {
  const start = ip + 40
  if (end < start + 20) return false
  const lengths = word(ip + 4)
  const len = lengths >>> 16
  if (
    load<u8>(ip) >> 4 != 6 ||
    ((lengths >>> 8) & 0xff) != PROTOCOL_TCP ||
    len == 0 ||
    start + <usize>len > wireEnd
  ) {
    return false
  }
  isIpv6 = true
  addresses = ip + 8
  src0 = word(ip + 8)
  dst0 = word(ip + 24)
  return decodeTcp(start, end, len, lengths & 0xff, -1)
}

@inline
function decodeTcp(start: usize, end: usize, len: i32, ttl: i32, ipId: i32): bool {
  const fields = word(start + 12)
  const headerLen = (fields >>> 26) & 0x3c
  const headerEnd = start + <usize>headerLen
  if (headerLen < 20 || headerLen > len || headerEnd > end) return false
  const ports = word(start)
  srcPort = ports >>> 16
  dstPort = ports & 0xffff
  seq = word(start + 4)
  ack = word(start + 8)
  flags = (fields >>> 16) & 0xff
  windowSize = fields & 0xffff
  payloadLen = len - headerLen
  meta = flags | (ttl << 8) | ((ipId + 1) << 16)
  hasIpId = ipId > 0
  tcp = start
  payload = headerEnd
  const segmentEnd = start + <usize>len
  capturedEnd = segmentEnd > end ? end : segmentEnd
  return true
}
