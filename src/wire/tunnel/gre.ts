// GRE (RFC 2784, RFC 2890), the enhanced GRE of PPTP (RFC 2637), NVGRE (RFC 7637), ERSPAN
// (draft-foschiano-erspan), WCCP redirection, EoIP of MikroTik, Wi-Fi frames of Aruba access points,
// GRE in UDP (RFC 8086), and Ethernet in IP (RFC 3378).

import type { Cursor } from '../cursor.js'
import { NOT_IP, NOT_TCP } from '../decode-status.js'
import {
  ENCAP_EOIP,
  ENCAP_ERSPAN,
  ENCAP_ETHERIP,
  ENCAP_GRE,
  ENCAP_GRE_KEY,
  ENCAP_PPTP,
} from '../encapsulation.js'
import {
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_GRE,
  LAYER_IPV4,
  LAYER_PPP,
  LAYER_WIFI,
} from '../layers.js'
import { ETHERTYPE_BRIDGED, isKnownEthertype } from '../link/ethernet.js'

const GRE_HEADER_LEN = 4
const GRE_CHECKSUM = 0x8000
const GRE_ROUTING = 0x4000
const GRE_KEY = 0x2000
const GRE_SEQUENCE = 0x1000
/** Version 1 only: an acknowledgment number follows. */
const GRE_ACK = 0x0080
const GRE_VERSION = 0x0007
/** Zero in a header of version 0 with the fields of RFC 2890. */
const GRE_RESERVED = 0x4ff8

const PROTOCOL_EOIP = 0x6400
const PROTOCOL_PPP = 0x880b
const PROTOCOL_WCCP = 0x883e
const PROTOCOL_ERSPAN = 0x88be
const PROTOCOL_ERSPAN_III = 0x22eb
/** 0x8200, 0x8210, ... 0x83f0: what follows was received in this or that way, and is always 802.11. */
const PROTOCOL_ARUBA = 0x8200
const PROTOCOL_ARUBA_MASK = 0xfe0f

const ERSPAN_II_LEN = 8
const ERSPAN_III_LEN = 12
const ERSPAN_SESSION = 0x03ff
const ERSPAN_PLATFORM = 0x01
const ERSPAN_PLATFORM_LEN = 8

const WCCP_HEADER_LEN = 4
const ETHERIP_HEADER_LEN = 2

/** Reads a GRE header with its optional fields. */
export function readGre(cursor: Cursor): number {
  if (!cursor.has(GRE_HEADER_LEN)) return cursor.short(GRE_HEADER_LEN)
  const { view, pos } = cursor
  const flags = view.getUint16(pos)
  const protocol = view.getUint16(pos + 2)
  const version = flags & GRE_VERSION
  if (version > 1) return NOT_IP
  let len = GRE_HEADER_LEN
  if (flags & (GRE_CHECKSUM | GRE_ROUTING)) len += 4
  const keyOffset = len
  if (flags & GRE_KEY) len += 4
  if (flags & GRE_SEQUENCE) len += 4
  if (version === 1 && flags & GRE_ACK) len += 4
  if (!cursor.has(len)) return cursor.short(len)
  const key = flags & GRE_KEY ? view.getInt32(pos + keyOffset) : 0
  cursor.pos = pos + len
  // Source routes end with an entry of no length; nobody has seen one outside of test suites.
  if (flags & GRE_ROUTING) return NOT_IP
  if (version === 1 && protocol === PROTOCOL_PPP) {
    return cursor.enter(ENCAP_PPTP, key & 0xffff, LAYER_PPP)
  }
  if (protocol === PROTOCOL_EOIP) return readEoip(cursor, key)
  if (protocol === PROTOCOL_ERSPAN) return readErspan(cursor, (flags & GRE_SEQUENCE) !== 0)
  if (protocol === PROTOCOL_ERSPAN_III) return readErspanIii(cursor)
  const layer = payloadLayer(cursor, protocol)
  return cursor.enter(flags & GRE_KEY ? ENCAP_GRE_KEY : ENCAP_GRE, key, layer)
}

/** What `protocol` says of the payload, where it is neither mirrored nor of a tunnel with a header of its own. */
function payloadLayer(cursor: Cursor, protocol: number): number {
  if (protocol === PROTOCOL_WCCP) return readWccp(cursor)
  if ((protocol & PROTOCOL_ARUBA_MASK) === PROTOCOL_ARUBA) {
    cursor.next = 0
    return LAYER_WIFI
  }
  cursor.next = protocol
  return LAYER_ETHERTYPE
}

/** EoIP keeps the length of the frame in the upper half of the key, its number below, little-endian. */
function readEoip(cursor: Cursor, key: number): number {
  // Without a frame it keeps the tunnel alive.
  if (cursor.wireEnd <= cursor.pos) return NOT_IP
  return cursor.enter(ENCAP_EOIP, ((key & 0xff) << 8) | ((key >>> 8) & 0xff), LAYER_ETHERNET)
}

/** Reads GRE on its UDP port, where other protocols may be found: version, bits and type must be right. */
export function readGreInUdp(cursor: Cursor): number {
  if (!cursor.has(GRE_HEADER_LEN)) return cursor.short(GRE_HEADER_LEN)
  const flags = cursor.view.getUint16(cursor.pos)
  const protocol = cursor.view.getUint16(cursor.pos + 2)
  const isKnown = protocol === ETHERTYPE_BRIDGED || isKnownEthertype(protocol)
  return isKnown && (flags & (GRE_RESERVED | GRE_VERSION)) === 0 ? LAYER_GRE : NOT_TCP
}

/** Types I and II differ in nothing but the sequence number: only II has it, and a header. */
function readErspan(cursor: Cursor, hasSequence: boolean): number {
  if (!hasSequence) return cursor.enter(ENCAP_ERSPAN, 0, LAYER_ETHERNET)
  if (!cursor.has(ERSPAN_II_LEN)) return cursor.short(ERSPAN_II_LEN)
  const session = cursor.view.getInt32(cursor.pos) & ERSPAN_SESSION
  cursor.pos += ERSPAN_II_LEN
  return cursor.enter(ENCAP_ERSPAN, session, LAYER_ETHERNET)
}

function readErspanIii(cursor: Cursor): number {
  if (!cursor.has(ERSPAN_III_LEN)) return cursor.short(ERSPAN_III_LEN)
  const session = cursor.view.getInt32(cursor.pos) & ERSPAN_SESSION
  const platform = cursor.view.getUint8(cursor.pos + ERSPAN_III_LEN - 1) & ERSPAN_PLATFORM
  cursor.pos += ERSPAN_III_LEN + (platform ? ERSPAN_PLATFORM_LEN : 0)
  return cursor.enter(ENCAP_ERSPAN, session, LAYER_ETHERNET)
}

/** WCCP version 2 puts a redirect header before the packet, version 1 does not. */
function readWccp(cursor: Cursor): number {
  if (!cursor.has(1)) return cursor.short(1)
  if (cursor.view.getUint8(cursor.pos) >> 4 !== 4) cursor.pos += WCCP_HEADER_LEN
  return LAYER_IPV4
}

/** Reads an EtherIP header (RFC 3378): version and reserved bits, then Ethernet. */
export function readEtherIp(cursor: Cursor): number {
  if (!cursor.has(ETHERIP_HEADER_LEN)) return cursor.short(ETHERIP_HEADER_LEN)
  cursor.pos += ETHERIP_HEADER_LEN
  return cursor.enter(ENCAP_ETHERIP, 0, LAYER_ETHERNET)
}
