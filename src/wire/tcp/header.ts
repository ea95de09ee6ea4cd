// TCP header, RFC 9293 §3.1: the end of the cursor.
//
// Which packets count follows Wireshark, so that packet numbers agree with what a user sees there:
// a packet belongs to a stream once the first 16 bytes of its header are there, whatever the data
// offset says.

import type { Cursor } from '../cursor.js'
import { BAD_HEADER, ICMP_ERROR, SEGMENT, TRUNCATED_HEADER } from '../decode-status.js'
import type { Segment } from '../segment.js'

// Byte offsets from the start of the header.
const TCP_PORTS = 0
const TCP_SEQ = 4
const TCP_ACK = 8
const TCP_OFFSET_FLAGS_WINDOW = 12

/** Length of the header without options. */
export const TCP_HEADER_LEN_MIN = 20

/** Bytes up to and including the window: without them Wireshark assigns no stream. */
const TCP_LEN_TO_WINDOW = 16

/** Bytes of the original datagram an ICMP error carries at least (RFC 792): ports and seq. */
const TCP_LEN_QUOTED = 8

/**
 * Fills `segment` from the TCP header at the cursor's position.
 *
 * @returns SEGMENT, or why there is none.
 */
export function decodeTcp(cursor: Cursor, segment: Segment): number {
  if (!cursor.has(TCP_LEN_TO_WINDOW)) return cursor.short(TCP_LEN_TO_WINDOW)
  const view = cursor.view
  const pos = cursor.pos
  fillAddresses(cursor, segment)
  fillTcp(view, pos, segment)
  const word = view.getInt32(pos + TCP_OFFSET_FLAGS_WINDOW)
  const headerLen = tcpHeaderLen(word)
  const payloadLen = cursor.wireEnd - pos - headerLen
  const isReport = cursor.loneFragment || cursor.sampled
  segment.payloadLen = isReport || payloadLen < 0 ? 0 : payloadLen
  segment.malformed = isReport || payloadLen < 0 || headerLen < TCP_HEADER_LEN_MIN
  const optionsStart = pos + TCP_HEADER_LEN_MIN
  const optionsEnd = Math.min(pos + headerLen, cursor.capEnd)
  segment.headerCut =
    cursor.capEnd < optionsStart || (!segment.malformed && pos + headerLen > cursor.capEnd)
  segment.optionsEnd = optionsEnd > optionsStart ? optionsEnd : optionsStart
  segment.capturedEnd = Math.min(cursor.capEnd, cursor.wireEnd)
  return SEGMENT
}

/**
 * Fills `segment` from the part of a TCP header quoted in an ICMP error. Ack, flags and window are 0
 * and `headerCut` is set when only ports and seq are there, which is all that routers must send.
 */
export function decodeQuotedTcp(cursor: Cursor, segment: Segment): number {
  if (!cursor.has(TCP_LEN_QUOTED)) {
    return cursor.short(TCP_LEN_QUOTED) === BAD_HEADER ? BAD_HEADER : TRUNCATED_HEADER
  }
  const view = cursor.view
  const pos = cursor.pos
  fillAddresses(cursor, segment)
  segment.payloadLen = 0
  segment.malformed = false
  segment.optionsEnd = pos + TCP_HEADER_LEN_MIN
  segment.headerCut = !cursor.has(TCP_LEN_TO_WINDOW)
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

/** Header length in bytes from the word of data offset, flags and window. */
export function tcpHeaderLen(word: number): number {
  return (word >>> 26) & 0x3c
}

function fillAddresses(cursor: Cursor, segment: Segment): void {
  segment.ipVersion = cursor.ipVersion
  segment.src0 = cursor.src0
  segment.src1 = cursor.src1
  segment.src2 = cursor.src2
  segment.src3 = cursor.src3
  segment.dst0 = cursor.dst0
  segment.dst1 = cursor.dst1
  segment.dst2 = cursor.dst2
  segment.dst3 = cursor.dst3
  segment.ttl = cursor.ttl
  segment.ipId = cursor.ipId
  segment.tcpStart = cursor.pos
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
