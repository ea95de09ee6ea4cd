// Link headers of older or rarer networks: token ring, FDDI, ARCNET, ATM, IP over FireWire, Fibre
// Channel and InfiniBand. All at https://www.tcpdump.org/linktypes.html.

import type { Cursor } from '../cursor.js'
import { NOT_IP } from '../decode-status.js'
import { LAYER_ETHERTYPE, LAYER_IP, LAYER_IPV4, LAYER_LLC } from '../layers.js'

/** Access control, frame control, two addresses. */
const TOKEN_RING_HEADER_LEN = 14
const TOKEN_RING_SRC = 8
const SOURCE_ROUTED = 0x80
const ROUTE_LEN = 0x1f

/** Reads a token ring header (6), with its source route. */
export function readTokenRing(cursor: Cursor): number {
  if (!cursor.has(TOKEN_RING_HEADER_LEN + 1)) return cursor.short(TOKEN_RING_HEADER_LEN + 1)
  const { view, pos } = cursor
  cursor.pos = pos + TOKEN_RING_HEADER_LEN
  if (view.getUint8(pos + TOKEN_RING_SRC) & SOURCE_ROUTED) {
    cursor.pos += view.getUint8(cursor.pos) & ROUTE_LEN
  }
  return LAYER_LLC
}

const FDDI_HEADER_LEN = 13
const FDDI_CLASS = 0xf0
const FDDI_LLC_ASYNC = 0x50
const FDDI_LLC_SYNC = 0xd0

/** Reads an FDDI header (10): frame control, two addresses. */
export function readFddi(cursor: Cursor): number {
  if (!cursor.has(FDDI_HEADER_LEN)) return cursor.short(FDDI_HEADER_LEN)
  const frameClass = cursor.view.getUint8(cursor.pos) & FDDI_CLASS
  cursor.pos += FDDI_HEADER_LEN
  return frameClass === FDDI_LLC_ASYNC || frameClass === FDDI_LLC_SYNC ? LAYER_LLC : NOT_IP
}

/** IP over ARCNET by RFC 1201 and by the older RFC 1051. */
const ARCNET_IP = 212
const ARCNET_IP_OLD = 240
const ARCNET_EXCEPTION = 0xff

/**
 * Reads an ARCNET header whose protocol id lies at `typeOffset`: 2 in BSD captures (7), 4 in Linux
 * ones (129).
 */
export function readArcnet(cursor: Cursor, typeOffset: number): number {
  if (!cursor.has(typeOffset + 8)) return cursor.short(typeOffset + 8)
  const { view, pos } = cursor
  const type = view.getUint8(pos + typeOffset)
  cursor.pos = pos + typeOffset + 1
  if (type === ARCNET_IP_OLD) return LAYER_IPV4
  if (type !== ARCNET_IP) return NOT_IP
  // Split flag and sequence number, preceded by four bytes in an exception packet.
  const exception = view.getUint8(cursor.pos) === ARCNET_EXCEPTION
  cursor.pos += exception ? 7 : 3
  return LAYER_IPV4
}

const SUNATM_HEADER_LEN = 4
const SUNATM_TYPE = 0x0f
const SUNATM_LLC = 2

/** Reads a SunATM header (123). */
export function readSunAtm(cursor: Cursor): number {
  if (!cursor.has(SUNATM_HEADER_LEN)) return cursor.short(SUNATM_HEADER_LEN)
  const type = cursor.view.getUint8(cursor.pos) & SUNATM_TYPE
  cursor.pos += SUNATM_HEADER_LEN
  return type === SUNATM_LLC ? LAYER_LLC : NOT_IP
}

const SNAP_START = 0xaaaa03

/** Tells LLC from bare IP, for classical IP over ATM (19, 106) where either is found. */
export function readClassicalIp(cursor: Cursor): number {
  if (!cursor.has(4)) return cursor.short(4)
  return cursor.view.getUint32(cursor.pos) >>> 8 === SNAP_START ? LAYER_LLC : LAYER_IP
}

/** Reads a header of `len` bytes that ends in an EtherType of two bytes at `typeOffset`. */
export function readTyped(cursor: Cursor, len: number, typeOffset: number): number {
  if (!cursor.has(len)) return cursor.short(len)
  cursor.next = cursor.view.getUint16(cursor.pos + typeOffset)
  cursor.pos += len
  return LAYER_ETHERTYPE
}

/** Steps over a header of fixed length that says nothing about what comes next. */
export function skipHeader(cursor: Cursor, len: number, layer: number): number {
  if (!cursor.has(len)) return cursor.short(len)
  cursor.pos += len
  return layer
}
