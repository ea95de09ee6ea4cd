// Ethernet (IEEE 802.3), its tags, and what EtherTypes lead to.
//
// Tags and shims between the addresses and the IP header: 802.1Q and 802.1ad VLANs, PPPoE, MPLS,
// FabricPath, TRILL, provider backbone bridges (802.1ah), port extenders (802.1BR, VN-Tag), HSR,
// Cisco metadata and ISL. Padding after a short packet falls away with the IP length.

import type { Cursor } from '../cursor.js'
import { NOT_IP } from '../decode-status.js'
import {
  ENCAP_FABRICPATH,
  ENCAP_ISL,
  ENCAP_PBB,
  ENCAP_TRILL,
  ENCAP_VLAN,
  ENCAP_VNTAG,
} from '../encapsulation.js'
import {
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IP,
  LAYER_IPV6,
  LAYER_LLC,
  LAYER_MPLS,
  LAYER_NSH,
  LAYER_PPP,
  LAYER_PPPOE,
} from '../layers.js'

// Byte offsets from the start of the frame.
const ETHERNET_TYPE = 12
/** Length of the header: two addresses and a type. */
export const ETHERNET_HEADER_LEN = 14

/** Types up to here are the length of an 802.3 frame with LLC. */
const LENGTH_MAX = 1500

/** EtherType values (IEEE 802 Numbers, IANA). */
export const ETHERTYPE_IPV4 = 0x0800
export const ETHERTYPE_IPV6 = 0x86dd
export const ETHERTYPE_VLAN = 0x8100
export const ETHERTYPE_BRIDGED = 0x6558
const ETHERTYPE_TRILL = 0x22f3
const ETHERTYPE_MPLS = 0x8847
const ETHERTYPE_MPLS_UPSTREAM = 0x8848
const ETHERTYPE_PPP = 0x880b
const ETHERTYPE_PPPOE = 0x8864
const ETHERTYPE_QINQ = 0x88a8
const ETHERTYPE_PBB = 0x88e7
const ETHERTYPE_FABRICPATH = 0x8903
const ETHERTYPE_CISCO_METADATA = 0x8909
const ETHERTYPE_VNTAG = 0x8926
const ETHERTYPE_HSR = 0x892f
const ETHERTYPE_ETAG = 0x893f
const ETHERTYPE_NSH = 0x894f
const ETHERTYPE_QINQ_OLD = 0x9100
const ETHERTYPE_QINQ_OLDER = 0x9200

/** First 40 bits of the destination that mark Cisco ISL. */
const ISL_DESTINATIONS = [0x01000c00, 0x0c000c00] as const
const ISL_VLAN = 20
const ISL_HEADER_LEN = 26

const FABRICPATH_HEADER_LEN = 16
const FABRICPATH_TAG = 14

/** Reads an Ethernet header and leaves the cursor after the type. */
export function readEthernet(cursor: Cursor): number {
  if (!cursor.has(ETHERNET_HEADER_LEN)) return cursor.short(ETHERNET_HEADER_LEN)
  const { view, pos } = cursor
  const type = view.getUint16(pos + ETHERNET_TYPE)
  if (type === ETHERTYPE_FABRICPATH && cursor.has(FABRICPATH_HEADER_LEN)) {
    cursor.pos = pos + FABRICPATH_HEADER_LEN
    const tag = view.getUint16(pos + FABRICPATH_TAG) >> 6
    return cursor.enter(ENCAP_FABRICPATH, tag, LAYER_ETHERNET)
  }
  if (type <= LENGTH_MAX && isIsl(cursor)) {
    const vlan = view.getUint16(pos + ISL_VLAN) >> 1
    cursor.pos = pos + ISL_HEADER_LEN
    return cursor.enter(ENCAP_ISL, vlan, LAYER_ETHERNET)
  }
  cursor.pos = pos + ETHERNET_HEADER_LEN
  cursor.next = type
  return LAYER_ETHERTYPE
}

function isIsl(cursor: Cursor): boolean {
  if (!cursor.has(ISL_HEADER_LEN)) return false
  const first = cursor.view.getInt32(cursor.pos)
  return (
    (first === ISL_DESTINATIONS[0] || first === ISL_DESTINATIONS[1]) &&
    cursor.view.getUint8(cursor.pos + 4) === 0
  )
}

/** Follows the EtherType in `cursor.next`; tags are consumed here. */
export function readEthertype(cursor: Cursor): number {
  const type = cursor.next
  switch (type) {
    case ETHERTYPE_IPV4:
      return LAYER_IP
    case ETHERTYPE_IPV6:
      return LAYER_IPV6
    case ETHERTYPE_VLAN:
    case ETHERTYPE_QINQ:
    case ETHERTYPE_QINQ_OLD:
    case ETHERTYPE_QINQ_OLDER:
      return readTag(cursor, ENCAP_VLAN, 4, 0x0fff)
    case ETHERTYPE_PPPOE:
      return LAYER_PPPOE
    case ETHERTYPE_PPP:
      return LAYER_PPP
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_UPSTREAM:
      return LAYER_MPLS
    case ETHERTYPE_NSH:
      return LAYER_NSH
    case ETHERTYPE_BRIDGED:
      return LAYER_ETHERNET
    case ETHERTYPE_TRILL:
      return readTrill(cursor)
    case ETHERTYPE_PBB:
      return readBackboneTag(cursor)
    case ETHERTYPE_VNTAG:
    case ETHERTYPE_ETAG:
      return readTag(cursor, ENCAP_VNTAG, type === ETHERTYPE_VNTAG ? 6 : 8, 0)
    case ETHERTYPE_HSR:
      return readTag(cursor, 0, 6, 0)
    case ETHERTYPE_CISCO_METADATA:
      return readTag(cursor, 0, 8, 0)
    default:
      return type <= LENGTH_MAX ? readLength(cursor, type) : NOT_IP
  }
}

/** Whether `type` leads on to IP, for guesses about headers that nothing announces. */
export function isKnownEthertype(type: number): boolean {
  switch (type) {
    case ETHERTYPE_IPV4:
    case ETHERTYPE_IPV6:
    case ETHERTYPE_VLAN:
    case ETHERTYPE_QINQ:
    case ETHERTYPE_MPLS:
    case ETHERTYPE_PPPOE:
      return true
    default:
      return false
  }
}

/**
 * Steps over a tag of `len` bytes whose last two are the next EtherType, and whose first two,
 * masked, are its value. Kind 0 is not an encapsulation worth noting.
 */
function readTag(cursor: Cursor, kind: number, len: number, mask: number): number {
  if (!cursor.has(len)) return cursor.short(len)
  const value = cursor.view.getUint16(cursor.pos) & mask
  cursor.next = cursor.view.getUint16(cursor.pos + len - 2)
  cursor.pos += len
  return kind === 0 ? LAYER_ETHERTYPE : cursor.enter(kind, value, LAYER_ETHERTYPE)
}

/** An 802.3 frame: the type field is the length of what follows. */
function readLength(cursor: Cursor, length: number): number {
  cursor.narrow(length)
  return LAYER_LLC
}

/** RFC 6325 §3: 6 bytes, of which 5 bits give the length of options in words, then Ethernet. */
function readTrill(cursor: Cursor): number {
  if (!cursor.has(6)) return cursor.short(6)
  const optionWords = (cursor.view.getUint16(cursor.pos) >> 6) & 0x1f
  cursor.pos += 6 + optionWords * 4
  return cursor.enter(ENCAP_TRILL, 0, LAYER_ETHERNET)
}

/** IEEE 802.1ah I-TAG: 8 bits of flags, 24 bits of service instance, then Ethernet. */
function readBackboneTag(cursor: Cursor): number {
  if (!cursor.has(4)) return cursor.short(4)
  const instance = cursor.view.getInt32(cursor.pos) & 0xffffff
  cursor.pos += 4
  return cursor.enter(ENCAP_PBB, instance, LAYER_ETHERNET)
}
