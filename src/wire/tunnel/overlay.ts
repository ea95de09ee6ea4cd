// Overlay and mirror tunnels over UDP: VXLAN (RFC 7348) and its generic extension
// (draft-ietf-nvo3-vxlan-gpe), NSH (RFC 8300), GENEVE (RFC 8926), LISP (RFC 9300), CAPWAP
// (RFC 5415), TZSP.

import type { Cursor } from '../cursor.js'
import { FRAGMENT, NOT_IP, NOT_TCP } from '../decode-status.js'
import {
  ENCAP_CAPWAP,
  ENCAP_GENEVE,
  ENCAP_LISP,
  ENCAP_NSH,
  ENCAP_TZSP,
  ENCAP_VXLAN,
} from '../encapsulation.js'
import {
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_MPLS,
  LAYER_NSH,
  LAYER_WIFI,
} from '../layers.js'
import { ETHERTYPE_BRIDGED, isKnownEthertype } from '../link/ethernet.js'

/** Flags, then the network identifier in the upper 24 bits of the second word. */
const VXLAN_HEADER_LEN = 8
const VXLAN_NETWORK = 4

/** Reads a VXLAN header. */
export function readVxlan(cursor: Cursor): number {
  if (!cursor.has(VXLAN_HEADER_LEN)) return cursor.short(VXLAN_HEADER_LEN)
  const network = cursor.view.getInt32(cursor.pos + VXLAN_NETWORK) >>> 8
  cursor.pos += VXLAN_HEADER_LEN
  return cursor.enter(ENCAP_VXLAN, network, LAYER_ETHERNET)
}

/** The only flag, and nothing in the reserved bits. */
const VXLAN_FLAGS = 0x08000000

/**
 * Reads a VXLAN header on the port Linux and its container networks used before the registration.
 * Other protocols are found there as well, so the header must be exactly right.
 */
export function readVxlanLinux(cursor: Cursor): number {
  if (!cursor.has(VXLAN_HEADER_LEN)) return cursor.short(VXLAN_HEADER_LEN)
  const { view, pos } = cursor
  const isVxlan = view.getInt32(pos) === VXLAN_FLAGS && view.getUint8(pos + 7) === 0
  return isVxlan ? readVxlan(cursor) : NOT_TCP
}

/** Reads a VXLAN-GPE header, whose fourth byte says what follows. */
export function readVxlanGpe(cursor: Cursor): number {
  if (!cursor.has(VXLAN_HEADER_LEN)) return cursor.short(VXLAN_HEADER_LEN)
  const protocol = cursor.view.getUint8(cursor.pos + 3)
  const network = cursor.view.getInt32(cursor.pos + VXLAN_NETWORK) >>> 8
  cursor.pos += VXLAN_HEADER_LEN
  return cursor.enter(ENCAP_VXLAN, network, nextProtocol(protocol))
}

/** The next protocol numbers that VXLAN-GPE and NSH share. */
function nextProtocol(protocol: number): number {
  switch (protocol) {
    case 1:
      return LAYER_IPV4
    case 2:
      return LAYER_IPV6
    case 3:
      return LAYER_ETHERNET
    case 4:
      return LAYER_NSH
    case 5:
      return LAYER_MPLS
    default:
      return NOT_IP
  }
}

const NSH_BASE_LEN = 8

/** Reads a network service header; its length is in words, in the low bits of the first one. */
export function readNsh(cursor: Cursor): number {
  if (!cursor.has(NSH_BASE_LEN)) return cursor.short(NSH_BASE_LEN)
  const { view, pos } = cursor
  const len = (view.getUint16(pos) & 0x3f) * 4
  if (len < NSH_BASE_LEN || !cursor.has(len)) return cursor.short(len)
  const protocol = view.getUint8(pos + 3)
  const path = view.getInt32(pos + 4) >>> 8
  cursor.pos = pos + len
  return cursor.enter(ENCAP_NSH, path, nextProtocol(protocol))
}

/** Version and option length, flags, EtherType, network identifier. */
const GENEVE_HEADER_LEN = 8
const GENEVE_OPTION_WORDS = 0x3f
const GENEVE_PROTOCOL = 2
const GENEVE_NETWORK = 4

/** Flags without meaning yet, of the second byte. */
const GENEVE_RESERVED = 0x3f

/** Reads a GENEVE header with its options, and likewise one of a later version if it looks the same. */
export function readGeneve(cursor: Cursor): number {
  if (!cursor.has(GENEVE_HEADER_LEN)) return cursor.short(GENEVE_HEADER_LEN)
  const { view, pos } = cursor
  const first = view.getUint8(pos)
  if (first >> 6 !== 0 && !looksLikeGeneve(cursor)) return NOT_TCP
  const len = GENEVE_HEADER_LEN + (first & GENEVE_OPTION_WORDS) * 4
  if (!cursor.has(len)) return cursor.short(len)
  const network = view.getInt32(pos + GENEVE_NETWORK) >>> 8
  cursor.next = view.getUint16(pos + GENEVE_PROTOCOL)
  cursor.pos = pos + len
  return cursor.enter(ENCAP_GENEVE, network, LAYER_ETHERTYPE)
}

/** Whether all that is fixed of the header is as version 0 has it: then a wrong version is a slip. */
function looksLikeGeneve(cursor: Cursor): boolean {
  const { view, pos } = cursor
  const protocol = view.getUint16(pos + GENEVE_PROTOCOL)
  return (
    (view.getUint8(pos + 1) & GENEVE_RESERVED) === 0 &&
    view.getUint8(pos + GENEVE_HEADER_LEN - 1) === 0 &&
    (protocol === ETHERTYPE_BRIDGED || isKnownEthertype(protocol))
  )
}

const LISP_HEADER_LEN = 8
/** The instance id of the second word is present. */
const LISP_HAS_INSTANCE = 0x08

/** Reads the header of a LISP data packet. */
export function readLisp(cursor: Cursor): number {
  if (!cursor.has(LISP_HEADER_LEN)) return cursor.short(LISP_HEADER_LEN)
  const { view, pos } = cursor
  const instance = view.getUint8(pos) & LISP_HAS_INSTANCE ? view.getInt32(pos + 4) >>> 8 : 0
  cursor.pos = pos + LISP_HEADER_LEN
  return cursor.enter(ENCAP_LISP, instance, LAYER_IP)
}

const CAPWAP_HEADER_LEN = 8
/** The header length is 5 bits in words after the preamble byte. */
const CAPWAP_LENGTH_SHIFT = 19
const CAPWAP_LENGTH = 0x1f
const CAPWAP_NATIVE_FRAME = 0x100
const CAPWAP_FRAGMENT = 0x80
const CAPWAP_KEEP_ALIVE = 0x08

/** Reads a CAPWAP data header: an 802.11 frame or an 802.3 frame follows. */
export function readCapwap(cursor: Cursor): number {
  if (!cursor.has(CAPWAP_HEADER_LEN)) return cursor.short(CAPWAP_HEADER_LEN)
  const word = cursor.view.getInt32(cursor.pos)
  // The preamble 0 is plain CAPWAP; 1 announces DTLS.
  if (word >>> 24 !== 0 || word & CAPWAP_KEEP_ALIVE) return NOT_TCP
  if (word & CAPWAP_FRAGMENT) return FRAGMENT
  cursor.pos += ((word >>> CAPWAP_LENGTH_SHIFT) & CAPWAP_LENGTH) * 4
  cursor.next = 0
  return cursor.enter(ENCAP_CAPWAP, 0, word & CAPWAP_NATIVE_FRAME ? LAYER_WIFI : LAYER_ETHERNET)
}

const TZSP_HEADER_LEN = 4
const TZSP_RECEIVED = 0
const TZSP_ETHERNET = 1
const TZSP_WIFI = 18
const TZSP_TAG_PAD = 0
const TZSP_TAG_END = 1

/** Reads a TaZmen Sniffer header with its tags. */
export function readTzsp(cursor: Cursor): number {
  if (!cursor.has(TZSP_HEADER_LEN)) return cursor.short(TZSP_HEADER_LEN)
  const view = cursor.view
  const type = view.getUint8(cursor.pos + 1)
  const protocol = view.getUint16(cursor.pos + 2)
  if (view.getUint8(cursor.pos) !== 1 || type > TZSP_RECEIVED + 1) return NOT_TCP
  cursor.pos += TZSP_HEADER_LEN
  for (;;) {
    if (!cursor.has(2)) return cursor.short(2)
    const tag = view.getUint8(cursor.pos)
    if (tag === TZSP_TAG_END) break
    cursor.pos += tag === TZSP_TAG_PAD ? 1 : 2 + view.getUint8(cursor.pos + 1)
  }
  cursor.pos++
  cursor.next = 0
  if (protocol === TZSP_ETHERNET) return cursor.enter(ENCAP_TZSP, 0, LAYER_ETHERNET)
  return protocol === TZSP_WIFI ? cursor.enter(ENCAP_TZSP, 0, LAYER_WIFI) : NOT_IP
}
