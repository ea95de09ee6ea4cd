// Point-to-point links: PPP (RFC 1661, RFC 1662), PPPoE (RFC 2516), Cisco HDLC, frame relay
// (RFC 2427).

import type { Cursor } from '../cursor.js'
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
/** The extension bit: the last byte of a Q.922 address. */
const ADDRESS_END = 0x01
const UNNUMBERED_INFORMATION = 0x03

/** Reads a PPP header; address, control and the upper protocol byte may be left out (RFC 1661). */
export function readPpp(cursor: Cursor): number {
  if (!cursor.has(4)) return cursor.short(4)
  const view = cursor.view
  let pos = cursor.pos
  const first = view.getUint8(pos)
  if (first === CHDLC_UNICAST || first === CHDLC_MULTICAST) return LAYER_CHDLC
  if (first === PPP_ALL_STATIONS) pos += 2
  // The first byte of a protocol number is even, the second odd: an odd first one stands alone.
  const protocol = view.getUint8(pos) & 1 ? view.getUint8(pos) : view.getUint16(pos)
  cursor.pos = pos + (view.getUint8(pos) & 1 ? 1 : 2)
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
export function readPppoe(cursor: Cursor): number {
  if (!cursor.has(PPPOE_HEADER_LEN)) return cursor.short(PPPOE_HEADER_LEN)
  const { view, pos } = cursor
  if (view.getUint8(pos) !== PPPOE_VERSION_TYPE) return NOT_IP
  const session = view.getUint16(pos + PPPOE_SESSION)
  const length = view.getUint16(pos + PPPOE_LENGTH)
  cursor.pos = pos + PPPOE_HEADER_LEN
  cursor.narrow(length)
  return cursor.enter(ENCAP_PPPOE, session, LAYER_PPP)
}

/** Reads a Cisco HDLC header. */
export function readChdlc(cursor: Cursor): number {
  if (!cursor.has(CHDLC_HEADER_LEN)) return cursor.short(CHDLC_HEADER_LEN)
  cursor.next = cursor.view.getUint16(cursor.pos + CHDLC_PROTOCOL)
  cursor.pos += CHDLC_HEADER_LEN
  return LAYER_ETHERTYPE
}

/** Reads a frame relay header, with the encapsulation of RFC 2427 or Cisco's EtherType. */
export function readFrameRelay(cursor: Cursor): number {
  if (!cursor.has(6)) return cursor.short(6)
  const view = cursor.view
  let pos = cursor.pos
  for (let bytes = 0; bytes < 4; bytes++) {
    if (view.getUint8(pos++) & ADDRESS_END) break
  }
  if (pos + 4 > cursor.capEnd) return NOT_IP
  if (view.getUint8(pos) !== UNNUMBERED_INFORMATION) {
    cursor.next = view.getUint16(pos)
    cursor.pos = pos + 2
    return LAYER_ETHERTYPE
  }
  pos++
  // One byte of padding may align what follows.
  if (view.getUint8(pos) === 0) pos++
  const nlpid = view.getUint8(pos++)
  cursor.pos = pos
  switch (nlpid) {
    case NLPID_IPV4:
      return LAYER_IPV4
    case NLPID_IPV6:
      return LAYER_IPV6
    case NLPID_SNAP: {
      if (!cursor.has(5)) return cursor.short(5)
      const organisation = view.getInt32(pos - 1) & 0xffffff
      cursor.next = view.getUint16(pos + 3)
      cursor.pos = pos + 5
      return snapLayer(cursor, organisation)
    }
    default:
      return NOT_IP
  }
}
