// The straight path: IP and TCP headers of the usual shape in ten 32-bit reads. Whatever is unusual
// is refused, not judged: the general path decides. Both must fill a segment alike, which
// test/unit/wire/decode.test.ts checks on generated frames.

import { PROTOCOL_TCP } from './ip/protocol.js'
import type { Segment } from './segment.js'
import { TCP_HEADER_LEN_MIN, tcpHeaderLen } from './tcp/header.js'

const IPV4_HEADER_LEN = 20
const IPV6_HEADER_LEN = 40
/** Version 4 and a header of five words. */
const IPV4_PLAIN = 0x45
/** More fragments, and the fragment offset. */
const IPV4_FRAGMENT = 0x3fff

/**
 * Fills `segment` from an IPv4 header at `ip` and the TCP header after it.
 *
 * @returns False, with `segment` in disorder, when the packet is not of the usual shape.
 */
export function decodeStraightIpv4(
  view: DataView,
  ip: number,
  end: number,
  wireEnd: number,
  segment: Segment,
): boolean {
  const tcp = ip + IPV4_HEADER_LEN
  if (end - tcp < TCP_HEADER_LEN_MIN) return false
  const first = view.getInt32(ip)
  const idFragment = view.getInt32(ip + 4)
  const ttlProtocol = view.getInt32(ip + 8)
  const totalLen = first & 0xffff
  if (
    first >>> 24 !== IPV4_PLAIN ||
    (idFragment & IPV4_FRAGMENT) !== 0 ||
    ((ttlProtocol >>> 16) & 0xff) !== PROTOCOL_TCP ||
    ip + totalLen > wireEnd
  ) {
    return false
  }
  segment.ipVersion = 4
  segment.src0 = view.getInt32(ip + 12)
  segment.dst0 = view.getInt32(ip + 16)
  segment.src1 = segment.src2 = segment.src3 = 0
  segment.dst1 = segment.dst2 = segment.dst3 = 0
  segment.ttl = ttlProtocol >>> 24
  segment.ipId = idFragment >>> 16
  return decodeStraightTcp(view, tcp, end, totalLen - IPV4_HEADER_LEN, segment)
}

/** Likewise for an IPv6 header without extension headers. */
export function decodeStraightIpv6(
  view: DataView,
  ip: number,
  end: number,
  wireEnd: number,
  segment: Segment,
): boolean {
  const tcp = ip + IPV6_HEADER_LEN
  if (end - tcp < TCP_HEADER_LEN_MIN) return false
  const word = view.getInt32(ip + 4)
  const payloadLen = word >>> 16
  if (
    view.getUint8(ip) >> 4 !== 6 ||
    ((word >>> 8) & 0xff) !== PROTOCOL_TCP ||
    payloadLen === 0 ||
    tcp + payloadLen > wireEnd
  ) {
    return false
  }
  segment.ipVersion = 6
  segment.src0 = view.getInt32(ip + 8)
  segment.src1 = view.getInt32(ip + 12)
  segment.src2 = view.getInt32(ip + 16)
  segment.src3 = view.getInt32(ip + 20)
  segment.dst0 = view.getInt32(ip + 24)
  segment.dst1 = view.getInt32(ip + 28)
  segment.dst2 = view.getInt32(ip + 32)
  segment.dst3 = view.getInt32(ip + 36)
  segment.ttl = word & 0xff
  segment.ipId = -1
  return decodeStraightTcp(view, tcp, end, payloadLen, segment)
}

/** `len` is the length of the IP payload. */
function decodeStraightTcp(
  view: DataView,
  tcp: number,
  end: number,
  len: number,
  segment: Segment,
): boolean {
  const word = view.getInt32(tcp + 12)
  const headerLen = tcpHeaderLen(word)
  if (headerLen < TCP_HEADER_LEN_MIN || headerLen > len) return false
  const ports = view.getInt32(tcp)
  const headerEnd = tcp + headerLen
  segment.srcPort = ports >>> 16
  segment.dstPort = ports & 0xffff
  segment.seq = view.getInt32(tcp + 4)
  segment.ack = view.getInt32(tcp + 8)
  segment.flags = (word >>> 16) & 0xff
  segment.window = word & 0xffff
  segment.payloadLen = len - headerLen
  segment.tcpStart = tcp
  segment.headerCut = headerEnd > end
  segment.optionsEnd = headerEnd > end ? end : headerEnd
  segment.capturedEnd = tcp + len > end ? end : tcp + len
  segment.malformed = false
  return true
}
