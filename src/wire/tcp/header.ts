// TCP header, RFC 9293 §3.1: the end of the walk.
//
// Which packets count follows Wireshark, so that packet numbers agree with what a user sees there:
// a packet belongs to a stream once the first 16 octets of its header are there, whatever the data
// offset says.

import { BAD_HEADER, ICMP_ERROR, SEGMENT, TRUNCATED_HEADER } from '../decode-status.js'
import type { Segment } from '../segment.js'
import type { Walk } from '../cursor.js'

// Octet offsets from the start of the header.
const TCP_PORTS = 0
const TCP_SEQ = 4
const TCP_ACK = 8
const TCP_OFFSET_FLAGS_WINDOW = 12

/** Length of the header without options. */
export const TCP_HEADER_LEN_MIN = 20

/** Octets up to and including the window: without them Wireshark assigns no stream. */
const TCP_LEN_TO_WINDOW = 16

/** Octets of the original datagram an ICMP error carries at least (RFC 792): ports and seq. */
const TCP_LEN_QUOTED = 8

/**
 * Fills `segment` from the TCP header at the walk's position.
 *
 * @returns SEGMENT, or why there is none.
 */
export function decodeTcp(walk: Walk, segment: Segment): number {
  if (!walk.has(TCP_LEN_TO_WINDOW)) return walk.short(TCP_LEN_TO_WINDOW)
  const view = walk.view
  const pos = walk.pos
  fillAddresses(walk, segment)
  fillTcp(view, pos, segment)
  const word = view.getInt32(pos + TCP_OFFSET_FLAGS_WINDOW)
  const headerLen = tcpHeaderLen(word)
  const payloadLen = walk.wireEnd - pos - headerLen
  segment.payloadLen = walk.loneFragment || payloadLen < 0 ? 0 : payloadLen
  segment.malformed = walk.loneFragment || payloadLen < 0 || headerLen < TCP_HEADER_LEN_MIN
  const optionsStart = pos + TCP_HEADER_LEN_MIN
  const optionsEnd = Math.min(pos + headerLen, walk.capEnd)
  segment.headerCut =
    walk.capEnd < optionsStart || (!segment.malformed && pos + headerLen > walk.capEnd)
  segment.optionsEnd = optionsEnd > optionsStart ? optionsEnd : optionsStart
  return SEGMENT
}

/**
 * Fills `segment` from the part of a TCP header quoted in an ICMP error. Ack, flags and window are 0
 * and `headerCut` is set when only ports and seq are there, which is all that routers must send.
 */
export function decodeQuotedTcp(walk: Walk, segment: Segment): number {
  if (!walk.has(TCP_LEN_QUOTED)) {
    return walk.short(TCP_LEN_QUOTED) === BAD_HEADER ? BAD_HEADER : TRUNCATED_HEADER
  }
  const view = walk.view
  const pos = walk.pos
  fillAddresses(walk, segment)
  segment.payloadLen = 0
  segment.malformed = false
  segment.optionsEnd = pos + TCP_HEADER_LEN_MIN
  segment.headerCut = !walk.has(TCP_LEN_TO_WINDOW)
  if (segment.headerCut) {
    const ports = view.getInt32(pos + TCP_PORTS)
    segment.srcPort = ports >>> 16
    segment.dstPort = ports & 0xffff
    segment.seq = view.getInt32(pos + TCP_SEQ)
    segment.ack = 0
    segment.flags = 0
    segment.window = 0
  } else {
    fillTcp(view, pos, segment)
  }
  return ICMP_ERROR
}

/** Header length in octets from the word of data offset, flags and window. */
export function tcpHeaderLen(word: number): number {
  return (word >>> 26) & 0x3c
}

function fillAddresses(walk: Walk, segment: Segment): void {
  segment.ipVersion = walk.ipVersion
  segment.src0 = walk.src0
  segment.src1 = walk.src1
  segment.src2 = walk.src2
  segment.src3 = walk.src3
  segment.dst0 = walk.dst0
  segment.dst1 = walk.dst1
  segment.dst2 = walk.dst2
  segment.dst3 = walk.dst3
  segment.ttl = walk.ttl
  segment.ipId = walk.ipId
  segment.tcpStart = walk.pos
}

function fillTcp(view: DataView, pos: number, segment: Segment): void {
  const ports = view.getInt32(pos + TCP_PORTS)
  segment.srcPort = ports >>> 16
  segment.dstPort = ports & 0xffff
  segment.seq = view.getInt32(pos + TCP_SEQ)
  segment.ack = view.getInt32(pos + TCP_ACK)
  const word = view.getInt32(pos + TCP_OFFSET_FLAGS_WINDOW)
  segment.flags = (word >>> 16) & 0xff
  segment.window = word & 0xffff
}
