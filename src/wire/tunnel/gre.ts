// GRE (RFC 2784, RFC 2890), the enhanced GRE of PPTP (RFC 2637), NVGRE (RFC 7637), ERSPAN
// (draft-foschiano-erspan), WCCP redirection, and Ethernet in IP (RFC 3378).

import { NOT_IP } from '../decode-status.js'
import {
  ENCAP_ERSPAN,
  ENCAP_ETHERIP,
  ENCAP_GRE,
  ENCAP_GRE_KEY,
  ENCAP_PPTP,
} from '../encapsulation.js'
import { LAYER_ETHERNET, LAYER_ETHERTYPE, LAYER_IPV4, LAYER_PPP } from '../layers.js'
import type { Walk } from '../cursor.js'

const GRE_HEADER_LEN = 4
const GRE_CHECKSUM = 0x8000
const GRE_ROUTING = 0x4000
const GRE_KEY = 0x2000
const GRE_SEQUENCE = 0x1000
/** Version 1 only: an acknowledgment number follows. */
const GRE_ACK = 0x0080
const GRE_VERSION = 0x0007

const PROTOCOL_WCCP = 0x883e
const PROTOCOL_ERSPAN = 0x88be
const PROTOCOL_ERSPAN_III = 0x22eb

const ERSPAN_II_LEN = 8
const ERSPAN_III_LEN = 12
const ERSPAN_SESSION = 0x03ff
const ERSPAN_PLATFORM = 0x01
const ERSPAN_PLATFORM_LEN = 8

const WCCP_HEADER_LEN = 4
const ETHERIP_HEADER_LEN = 2

/** Reads a GRE header with its optional fields. */
export function readGre(walk: Walk): number {
  if (!walk.has(GRE_HEADER_LEN)) return walk.short(GRE_HEADER_LEN)
  const { view, pos } = walk
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
  if (!walk.has(len)) return walk.short(len)
  const key = flags & GRE_KEY ? view.getInt32(pos + keyOffset) : 0
  walk.pos = pos + len
  // Source routes end with an entry of no length; nobody has seen one outside of test suites.
  if (flags & GRE_ROUTING) return NOT_IP
  if (version === 1) return walk.enter(ENCAP_PPTP, key & 0xffff, LAYER_PPP)
  if (protocol === PROTOCOL_ERSPAN) return readErspan(walk, (flags & GRE_SEQUENCE) !== 0)
  if (protocol === PROTOCOL_ERSPAN_III) return readErspanIii(walk)
  const layer = protocol === PROTOCOL_WCCP ? readWccp(walk) : LAYER_ETHERTYPE
  if (layer === LAYER_ETHERTYPE) walk.next = protocol
  return walk.enter(flags & GRE_KEY ? ENCAP_GRE_KEY : ENCAP_GRE, key, layer)
}

/** Types I and II differ in nothing but the sequence number: only II has it, and a header. */
function readErspan(walk: Walk, hasSequence: boolean): number {
  if (!hasSequence) return walk.enter(ENCAP_ERSPAN, 0, LAYER_ETHERNET)
  if (!walk.has(ERSPAN_II_LEN)) return walk.short(ERSPAN_II_LEN)
  const session = walk.view.getInt32(walk.pos) & ERSPAN_SESSION
  walk.pos += ERSPAN_II_LEN
  return walk.enter(ENCAP_ERSPAN, session, LAYER_ETHERNET)
}

function readErspanIii(walk: Walk): number {
  if (!walk.has(ERSPAN_III_LEN)) return walk.short(ERSPAN_III_LEN)
  const session = walk.view.getInt32(walk.pos) & ERSPAN_SESSION
  const platform = walk.view.getUint8(walk.pos + ERSPAN_III_LEN - 1) & ERSPAN_PLATFORM
  walk.pos += ERSPAN_III_LEN + (platform ? ERSPAN_PLATFORM_LEN : 0)
  return walk.enter(ENCAP_ERSPAN, session, LAYER_ETHERNET)
}

/** WCCP version 2 puts a redirect header before the packet, version 1 does not. */
function readWccp(walk: Walk): number {
  if (!walk.has(1)) return walk.short(1)
  if (walk.view.getUint8(walk.pos) >> 4 !== 4) walk.pos += WCCP_HEADER_LEN
  return LAYER_IPV4
}

/** Reads an EtherIP header (RFC 3378): version and reserved bits, then Ethernet. */
export function readEtherIp(walk: Walk): number {
  if (!walk.has(ETHERIP_HEADER_LEN)) return walk.short(ETHERIP_HEADER_LEN)
  walk.pos += ETHERIP_HEADER_LEN
  return walk.enter(ENCAP_ETHERIP, 0, LAYER_ETHERNET)
}
