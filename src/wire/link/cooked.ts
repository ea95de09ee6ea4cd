// Pseudo link headers that capturing systems put before the IP packet: Linux cooked (SLL, SLL2),
// BSD loopback, OpenBSD's packet filter and enc, Linux netfilter, Apple's PKTAP, PPI, ERF, Juniper.
// All at https://www.tcpdump.org/linktypes.html.

import type { Cursor } from '../cursor.js'
import { BAD_HEADER, NOT_IP } from '../decode-status.js'
import {
  LAYER_CHDLC,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LINK,
  LAYER_LLC,
} from '../layers.js'

/** Length of a Linux cooked header, whose last two bytes are an EtherType. */
export const SLL_HEADER_LEN = 16
const SLL_PROTOCOL = 14
/** Length of a Linux cooked header, version 2, whose first two bytes are an EtherType. */
export const SLL2_HEADER_LEN = 20
const SLL2_PROTOCOL = 0
/** Values below the EtherTypes: an 802.3 frame without addresses, 802.2 LLC. */
const SLL_802_2 = 0x0004

/** Address families: IPv4 is 2 everywhere, IPv6 differs (Linux, NetBSD, FreeBSD, Darwin, Windows). */
const FAMILY_IPV4 = 2
const FAMILIES_IPV6 = [10, 23, 24, 28, 30] as const

/** Reads a Linux cooked header (113). */
export function readSll(cursor: Cursor): number {
  return readCooked(cursor, SLL_HEADER_LEN, SLL_PROTOCOL)
}

/** Reads a Linux cooked header, version 2 (276). */
export function readSll2(cursor: Cursor): number {
  return readCooked(cursor, SLL2_HEADER_LEN, SLL2_PROTOCOL)
}

function readCooked(cursor: Cursor, headerLen: number, protocolOffset: number): number {
  if (!cursor.has(headerLen)) return cursor.short(headerLen)
  cursor.next = cursor.view.getUint16(cursor.pos + protocolOffset)
  cursor.pos += headerLen
  if (cursor.next === SLL_802_2) return LAYER_LLC
  // Small numbers are not lengths here, as they are in Ethernet.
  return cursor.next <= 1500 ? NOT_IP : LAYER_ETHERTYPE
}

/** Reads a loopback header (0, 108): a family in the byte order of the capturing host. */
export function readLoopback(cursor: Cursor): number {
  if (!cursor.has(4)) return cursor.short(4)
  const family = cursor.view.getUint32(cursor.pos)
  cursor.pos += 4
  return familyLayer(family < 0x10000 ? family : cursor.view.getUint32(cursor.pos - 4, true))
}

function familyLayer(family: number): number {
  if (family === FAMILY_IPV4) return LAYER_IPV4
  return FAMILIES_IPV6.some((known) => known === family) ? LAYER_IPV6 : NOT_IP
}

/** Reads a packet filter log header (117): its length comes first, padded to a word. */
export function readPflog(cursor: Cursor): number {
  if (!cursor.has(4)) return cursor.short(4)
  const { view, pos } = cursor
  const len = (view.getUint8(pos) + 3) & ~3
  if (len < 4) return BAD_HEADER
  cursor.pos = pos + len
  return familyLayer(view.getUint8(pos + 1))
}

/** Reads an OpenBSD enc header (109): family, SPI, flags. */
export function readEnc(cursor: Cursor): number {
  if (!cursor.has(12)) return cursor.short(12)
  const layer = readLoopback(cursor)
  cursor.pos += 8
  return layer
}

const NFLOG_PAYLOAD = 9

/** Reads a netfilter log header (239): type-length-values in host order, one of them the packet. */
export function readNflog(cursor: Cursor): number {
  if (!cursor.has(8)) return cursor.short(8)
  const view = cursor.view
  const family = view.getUint8(cursor.pos)
  cursor.pos += 4
  // Lengths below 256 tell the byte order: the first attribute is the small packet header.
  const littleEndian = view.getUint8(cursor.pos) !== 0
  while (cursor.has(4)) {
    const len = view.getUint16(cursor.pos, littleEndian)
    const type = view.getUint16(cursor.pos + 2, littleEndian)
    if (len < 4) return BAD_HEADER
    if ((type & 0x7fff) === NFLOG_PAYLOAD) {
      cursor.narrow(len)
      cursor.pos += 4
      return familyLayer(family)
    }
    cursor.pos += (len + 3) & ~3
  }
  return cursor.short(4)
}

/** Reads an Apple PKTAP header (258, 149): its length, and the link type after it. */
export function readPktap(cursor: Cursor): number {
  if (!cursor.has(12)) return cursor.short(12)
  const { view, pos } = cursor
  const len = view.getUint32(pos, true)
  if (len < 12 || len > 0xffff) return BAD_HEADER
  cursor.next = view.getUint32(pos + 8, true) & 0xffff
  cursor.pos = pos + len
  return LAYER_LINK
}

/** Reads a per-packet information header (192): length and link type, little-endian. */
export function readPpi(cursor: Cursor): number {
  if (!cursor.has(8)) return cursor.short(8)
  const { view, pos } = cursor
  const len = view.getUint16(pos + 2, true)
  if (len < 8) return BAD_HEADER
  cursor.next = view.getUint32(pos + 4, true) & 0xffff
  cursor.pos = pos + len
  return LAYER_LINK
}

const ERF_HEADER_LEN = 16
const ERF_TYPE = 8
const ERF_MORE_HEADERS = 0x80
const ERF_EXTENSION_LEN = 8
const ERF_ETHERNET_PAD_LEN = 2

/** Reads an Endace ERF record header (197), with its extension headers. */
export function readErf(cursor: Cursor): number {
  if (!cursor.has(ERF_HEADER_LEN)) return cursor.short(ERF_HEADER_LEN)
  const { view, pos } = cursor
  const type = view.getUint8(pos + ERF_TYPE)
  cursor.pos = pos + ERF_HEADER_LEN
  let more = type & ERF_MORE_HEADERS
  while (more !== 0) {
    if (!cursor.has(ERF_EXTENSION_LEN)) return cursor.short(ERF_EXTENSION_LEN)
    more = view.getUint8(cursor.pos) & ERF_MORE_HEADERS
    cursor.pos += ERF_EXTENSION_LEN
  }
  switch (type & 0x7f) {
    case 1: // HDLC
      return LAYER_CHDLC
    case 2: // Ethernet
      cursor.pos += ERF_ETHERNET_PAD_LEN
      return LAYER_ETHERNET
    case 22:
      return LAYER_IPV4
    case 23:
      return LAYER_IPV6
    default:
      return NOT_IP
  }
}

const JUNIPER_HEADER_LEN = 4
const JUNIPER_MAGIC = 0x4d4743
const JUNIPER_FLAGS = 3
const JUNIPER_NO_LINK_HEADER = 0x02
const JUNIPER_EXTENSIONS = 0x80

/** Reads a Juniper header (178 to 181), after which comes a frame of `linktype` or a bare packet. */
export function readJuniper(cursor: Cursor, linktype: number): number {
  if (!cursor.has(8)) return cursor.short(8)
  const { view, pos } = cursor
  if (view.getUint32(pos) >>> 8 !== JUNIPER_MAGIC) return BAD_HEADER
  const flags = view.getUint8(pos + JUNIPER_FLAGS)
  cursor.pos = pos + JUNIPER_HEADER_LEN
  if (flags & JUNIPER_EXTENSIONS) cursor.pos += 2 + view.getUint16(cursor.pos)
  cursor.next = linktype
  if ((flags & JUNIPER_NO_LINK_HEADER) === 0) return LAYER_LINK
  // A word names the protocol instead; the version nibble tells as much.
  cursor.pos += 4
  return LAYER_IP
}
