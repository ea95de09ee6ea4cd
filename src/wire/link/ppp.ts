// Point-to-point links: PPP (RFC 1661, RFC 1662), PPPoE (RFC 2516), Cisco HDLC, frame relay
// (RFC 2427).

import { NOT_IP } from '../decode-status.js'
import { ENCAP_PPPOE } from '../encapsulation.js'
import {
  LAYER_CHDLC,
  LAYER_ETHERTYPE,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_MPLS,
  LAYER_PPP,
} from '../layers.js'
import { snapLayer } from './llc.js'
import type { Walk } from '../cursor.js'

const PPP_ALL_STATIONS = 0xff
const PPP_IPV4 = 0x0021
const PPP_IPV6 = 0x0057
const PPP_MPLS = 0x0281
const PPP_MPLS_MULTICAST = 0x0283

/** Version and type, code, session, length. */
const PPPOE_HEADER_LEN = 6
const PPPOE_VERSION_TYPE = 0x11
const PPPOE_SESSION = 2
const PPPOE_LENGTH = 4

/** Address, control, EtherType. */
const CHDLC_HEADER_LEN = 4
const CHDLC_PROTOCOL = 2
const CHDLC_UNICAST = 0x0f
const CHDLC_MULTICAST = 0x8f

/** Network layer protocol ids of RFC 2427. */
const NLPID_SNAP = 0x80
const NLPID_IPV6 = 0x8e
const NLPID_IPV4 = 0xcc
/** The extension bit: the last octet of a Q.922 address. */
const ADDRESS_END = 0x01
const UNNUMBERED_INFORMATION = 0x03

/** Reads a PPP header; address, control and the upper protocol octet may be left out (RFC 1661). */
export function readPpp(walk: Walk): number {
  if (!walk.has(4)) return walk.short(4)
  const view = walk.view
  let pos = walk.pos
  const first = view.getUint8(pos)
  if (first === CHDLC_UNICAST || first === CHDLC_MULTICAST) return LAYER_CHDLC
  if (first === PPP_ALL_STATIONS) pos += 2
  // The first octet of a protocol number is even, the second odd: an odd first one stands alone.
  const protocol = view.getUint8(pos) & 1 ? view.getUint8(pos) : view.getUint16(pos)
  walk.pos = pos + (view.getUint8(pos) & 1 ? 1 : 2)
  switch (protocol) {
    case PPP_IPV4:
      return LAYER_IPV4
    case PPP_IPV6:
      return LAYER_IPV6
    case PPP_MPLS:
    case PPP_MPLS_MULTICAST:
      return LAYER_MPLS
    default:
      return NOT_IP
  }
}

/** Reads a PPPoE session header. */
export function readPppoe(walk: Walk): number {
  if (!walk.has(PPPOE_HEADER_LEN)) return walk.short(PPPOE_HEADER_LEN)
  const { view, pos } = walk
  if (view.getUint8(pos) !== PPPOE_VERSION_TYPE) return NOT_IP
  const session = view.getUint16(pos + PPPOE_SESSION)
  const length = view.getUint16(pos + PPPOE_LENGTH)
  walk.pos = pos + PPPOE_HEADER_LEN
  walk.narrow(length)
  return walk.enter(ENCAP_PPPOE, session, LAYER_PPP)
}

/** Reads a Cisco HDLC header. */
export function readChdlc(walk: Walk): number {
  if (!walk.has(CHDLC_HEADER_LEN)) return walk.short(CHDLC_HEADER_LEN)
  walk.next = walk.view.getUint16(walk.pos + CHDLC_PROTOCOL)
  walk.pos += CHDLC_HEADER_LEN
  return LAYER_ETHERTYPE
}

/** Reads a frame relay header, with the encapsulation of RFC 2427 or Cisco's EtherType. */
export function readFrameRelay(walk: Walk): number {
  if (!walk.has(6)) return walk.short(6)
  const view = walk.view
  let pos = walk.pos
  for (let octets = 0; octets < 4; octets++) {
    if (view.getUint8(pos++) & ADDRESS_END) break
  }
  if (pos + 4 > walk.capEnd) return NOT_IP
  if (view.getUint8(pos) !== UNNUMBERED_INFORMATION) {
    walk.next = view.getUint16(pos)
    walk.pos = pos + 2
    return LAYER_ETHERTYPE
  }
  pos++
  // One octet of padding may align what follows.
  if (view.getUint8(pos) === 0) pos++
  const nlpid = view.getUint8(pos++)
  walk.pos = pos
  switch (nlpid) {
    case NLPID_IPV4:
      return LAYER_IPV4
    case NLPID_IPV6:
      return LAYER_IPV6
    case NLPID_SNAP: {
      if (!walk.has(5)) return walk.short(5)
      const organisation = view.getInt32(pos - 1) & 0xffffff
      walk.next = view.getUint16(pos + 3)
      walk.pos = pos + 5
      return snapLayer(walk, organisation)
    }
    default:
      return NOT_IP
  }
}
