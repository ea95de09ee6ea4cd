// Ethernet (IEEE 802.3), its tags, and what EtherTypes lead to.
//
// Tags and shims between the addresses and the IP header: 802.1Q and 802.1ad VLANs, PPPoE, MPLS,
// FabricPath, TRILL, provider backbone bridges (802.1ah), port extenders (802.1BR, VN-Tag), HSR,
// Cisco metadata and ISL. Padding behind a short packet falls away with the IP length.

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
import type { Walk } from '../cursor.js'

// Octet offsets from the start of the frame.
const ETHERNET_TYPE = 12
/** Length of the header: two addresses and a type. */
export const ETHERNET_HEADER_LEN = 14

/** Types up to here are the length of an 802.3 frame with LLC. */
const LENGTH_MAX = 1500

/** EtherType values (IEEE 802 Numbers, IANA). */
export const ETHERTYPE_IPV4 = 0x0800
export const ETHERTYPE_IPV6 = 0x86dd
export const ETHERTYPE_VLAN = 0x8100
const ETHERTYPE_BRIDGED = 0x6558
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

/** Reads an Ethernet header and leaves the walk behind the type. */
export function readEthernet(walk: Walk): number {
  if (!walk.has(ETHERNET_HEADER_LEN)) return walk.short(ETHERNET_HEADER_LEN)
  const { view, pos } = walk
  const type = view.getUint16(pos + ETHERNET_TYPE)
  if (type === ETHERTYPE_FABRICPATH && walk.has(FABRICPATH_HEADER_LEN)) {
    walk.pos = pos + FABRICPATH_HEADER_LEN
    const tag = view.getUint16(pos + FABRICPATH_TAG) >> 6
    return walk.enter(ENCAP_FABRICPATH, tag, LAYER_ETHERNET)
  }
  if (type <= LENGTH_MAX && isIsl(walk)) {
    const vlan = view.getUint16(pos + ISL_VLAN) >> 1
    walk.pos = pos + ISL_HEADER_LEN
    return walk.enter(ENCAP_ISL, vlan, LAYER_ETHERNET)
  }
  walk.pos = pos + ETHERNET_HEADER_LEN
  walk.next = type
  return LAYER_ETHERTYPE
}

function isIsl(walk: Walk): boolean {
  if (!walk.has(ISL_HEADER_LEN)) return false
  const first = walk.view.getInt32(walk.pos)
  return (
    (first === ISL_DESTINATIONS[0] || first === ISL_DESTINATIONS[1]) &&
    walk.view.getUint8(walk.pos + 4) === 0
  )
}

/** Follows the EtherType in `walk.next`; tags are consumed here. */
export function readEthertype(walk: Walk): number {
  const type = walk.next
  switch (type) {
    case ETHERTYPE_IPV4:
      return LAYER_IP
    case ETHERTYPE_IPV6:
      return LAYER_IPV6
    case ETHERTYPE_VLAN:
    case ETHERTYPE_QINQ:
    case ETHERTYPE_QINQ_OLD:
    case ETHERTYPE_QINQ_OLDER:
      return readTag(walk, ENCAP_VLAN, 4, 0x0fff)
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
      return readTrill(walk)
    case ETHERTYPE_PBB:
      return readBackboneTag(walk)
    case ETHERTYPE_VNTAG:
    case ETHERTYPE_ETAG:
      return readTag(walk, ENCAP_VNTAG, type === ETHERTYPE_VNTAG ? 6 : 8, 0)
    case ETHERTYPE_HSR:
      return readTag(walk, 0, 6, 0)
    case ETHERTYPE_CISCO_METADATA:
      return readTag(walk, 0, 8, 0)
    default:
      return type <= LENGTH_MAX ? readLength(walk, type) : NOT_IP
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
 * Steps over a tag of `len` octets whose last two are the next EtherType, and whose first two,
 * masked, are its value. Kind 0 is not an encapsulation worth noting.
 */
function readTag(walk: Walk, kind: number, len: number, mask: number): number {
  if (!walk.has(len)) return walk.short(len)
  const value = walk.view.getUint16(walk.pos) & mask
  walk.next = walk.view.getUint16(walk.pos + len - 2)
  walk.pos += len
  return kind === 0 ? LAYER_ETHERTYPE : walk.enter(kind, value, LAYER_ETHERTYPE)
}

/** An 802.3 frame: the type field is the length of what follows. */
function readLength(walk: Walk, length: number): number {
  walk.narrow(length)
  return LAYER_LLC
}

/** RFC 6325 §3: 6 octets, of which 5 bits give the length of options in words, then Ethernet. */
function readTrill(walk: Walk): number {
  if (!walk.has(6)) return walk.short(6)
  const optionWords = (walk.view.getUint16(walk.pos) >> 6) & 0x1f
  walk.pos += 6 + optionWords * 4
  return walk.enter(ENCAP_TRILL, 0, LAYER_ETHERNET)
}

/** IEEE 802.1ah I-TAG: 8 bits of flags, 24 bits of service instance, then Ethernet. */
function readBackboneTag(walk: Walk): number {
  if (!walk.has(4)) return walk.short(4)
  const instance = walk.view.getInt32(walk.pos) & 0xffffff
  walk.pos += 4
  return walk.enter(ENCAP_PBB, instance, LAYER_ETHERNET)
}
