// sFlow version 5 (https://sflow.org/sflow_version_5.txt): a switch reports the first bytes of every
// n-th packet.
//
// Such a report comes late, and often the packet itself is in the capture as well. It counts for its
// connection, as in Wireshark, but is no evidence of anything: `cursor.sampled` says so. Of several
// samples in a datagram the last is followed, the one that Wireshark's packet list shows.

import { type Cursor, FRAME_BYTES_MAX } from '../cursor.js'
import { BAD_HEADER, NOT_IP, NOT_TCP } from '../decode-status.js'
import { ENCAP_SFLOW } from '../encapsulation.js'
import {
  LAYER_ETHERNET,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_MPLS,
  LAYER_PPP,
  LAYER_WIFI,
} from '../layers.js'

const VERSION = 5
/** Version, and the type of the agent's address. */
const FIRST_WORDS_LEN = 8
const ADDRESS_IPV4 = 1
const ADDRESS_IPV6 = 2
/** After the address: sub-agent, sequence number, time, number of samples. */
const AGENT_LEN = 16

/** Samples and records begin with format and length. */
const ITEM_HEADER_LEN = 8
const FLOW_SAMPLE = 1
const FLOW_SAMPLE_EXPANDED = 3
/** What comes before the records of a sample; their number is the last word of it. */
const FLOW_SAMPLE_LEN = 32
const FLOW_SAMPLE_EXPANDED_LEN = 44
const RAW_PACKET = 1

/** Protocol of the header, length of the frame, bytes removed from its end, length of the header. */
const RAW_PACKET_LEN = 16

/** Reads an sFlow datagram and leaves the cursor at the start of a sampled packet. */
export function readSflow(cursor: Cursor): number {
  if (!cursor.has(FIRST_WORDS_LEN)) return cursor.short(FIRST_WORDS_LEN)
  const { view, pos } = cursor
  const addressType = view.getInt32(pos + 4)
  if (view.getInt32(pos) !== VERSION) return NOT_TCP
  if (addressType !== ADDRESS_IPV4 && addressType !== ADDRESS_IPV6) return NOT_TCP
  const len = FIRST_WORDS_LEN + (addressType === ADDRESS_IPV4 ? 4 : 16) + AGENT_LEN
  if (!cursor.has(len)) return cursor.short(len)
  const samples = view.getUint32(pos + len - 4)
  let raw = -1
  let at = pos + len
  for (let i = 0; i < samples && cursor.capEnd - at >= ITEM_HEADER_LEN; i++) {
    const found = rawPacketOfSample(cursor, at)
    if (found >= 0) raw = found
    at += ITEM_HEADER_LEN + view.getUint32(at + 4)
  }
  return raw < 0 ? NOT_TCP : enterRawPacket(cursor, raw)
}

/** Where the raw packet in the sample at `sample` begins, -1 if it has none. */
function rawPacketOfSample(cursor: Cursor, sample: number): number {
  const { view } = cursor
  const format = view.getInt32(sample)
  if (format !== FLOW_SAMPLE && format !== FLOW_SAMPLE_EXPANDED) return -1
  const start = sample + ITEM_HEADER_LEN
  const end = Math.min(start + view.getUint32(sample + 4), cursor.capEnd)
  let at = start + (format === FLOW_SAMPLE ? FLOW_SAMPLE_LEN : FLOW_SAMPLE_EXPANDED_LEN)
  while (end - at >= ITEM_HEADER_LEN + RAW_PACKET_LEN) {
    if (view.getInt32(at) === RAW_PACKET) return at + ITEM_HEADER_LEN
    at += ITEM_HEADER_LEN + view.getUint32(at + 4)
  }
  return -1
}

function enterRawPacket(cursor: Cursor, raw: number): number {
  const { view } = cursor
  const protocol = view.getInt32(raw)
  const frameLen = view.getUint32(raw + 4)
  const headerLen = view.getUint32(raw + 12)
  if (headerLen > frameLen) return BAD_HEADER
  cursor.pos = raw + RAW_PACKET_LEN
  cursor.capEnd = Math.min(cursor.pos + headerLen, cursor.capEnd)
  // The rest of the sampled frame has never been here, so that it may end after the datagram.
  cursor.wireEnd = Math.max(cursor.pos + Math.min(frameLen, FRAME_BYTES_MAX), cursor.capEnd)
  cursor.sampled = true
  cursor.next = 0
  return cursor.enter(ENCAP_SFLOW, 0, headerLayer(protocol))
}

/** The layer of a header protocol of sFlow. */
function headerLayer(protocol: number): number {
  switch (protocol) {
    case 1:
      return LAYER_ETHERNET
    case 7:
    case 14: // Packet over SONET.
      return LAYER_PPP
    case 11:
      return LAYER_IPV4
    case 12:
      return LAYER_IPV6
    case 13:
      return LAYER_MPLS
    case 15:
      return LAYER_WIFI
    default:
      return NOT_IP
  }
}
