// Link headers of older or rarer networks: token ring, FDDI, ARCNET, ATM, IP over FireWire, Fibre
// Channel and InfiniBand. All at https://www.tcpdump.org/linktypes.html.

import { NOT_IP } from '../decode-status.js'
import { LAYER_ETHERTYPE, LAYER_IP, LAYER_IPV4, LAYER_LLC } from '../layers.js'
import type { Walk } from '../cursor.js'

/** Access control, frame control, two addresses. */
const TOKEN_RING_HEADER_LEN = 14
const TOKEN_RING_SRC = 8
const SOURCE_ROUTED = 0x80
const ROUTE_LEN = 0x1f

/** Reads a token ring header (6), with its source route. */
export function readTokenRing(walk: Walk): number {
  if (!walk.has(TOKEN_RING_HEADER_LEN + 1)) return walk.short(TOKEN_RING_HEADER_LEN + 1)
  const { view, pos } = walk
  walk.pos = pos + TOKEN_RING_HEADER_LEN
  if (view.getUint8(pos + TOKEN_RING_SRC) & SOURCE_ROUTED) {
    walk.pos += view.getUint8(walk.pos) & ROUTE_LEN
  }
  return LAYER_LLC
}

const FDDI_HEADER_LEN = 13
const FDDI_CLASS = 0xf0
const FDDI_LLC_ASYNC = 0x50
const FDDI_LLC_SYNC = 0xd0

/** Reads an FDDI header (10): frame control, two addresses. */
export function readFddi(walk: Walk): number {
  if (!walk.has(FDDI_HEADER_LEN)) return walk.short(FDDI_HEADER_LEN)
  const frameClass = walk.view.getUint8(walk.pos) & FDDI_CLASS
  walk.pos += FDDI_HEADER_LEN
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
export function readArcnet(walk: Walk, typeOffset: number): number {
  if (!walk.has(typeOffset + 8)) return walk.short(typeOffset + 8)
  const { view, pos } = walk
  const type = view.getUint8(pos + typeOffset)
  walk.pos = pos + typeOffset + 1
  if (type === ARCNET_IP_OLD) return LAYER_IPV4
  if (type !== ARCNET_IP) return NOT_IP
  // Split flag and sequence number, preceded by four octets in an exception packet.
  const exception = view.getUint8(walk.pos) === ARCNET_EXCEPTION
  walk.pos += exception ? 7 : 3
  return LAYER_IPV4
}

const SUNATM_HEADER_LEN = 4
const SUNATM_TYPE = 0x0f
const SUNATM_LLC = 2

/** Reads a SunATM header (123). */
export function readSunAtm(walk: Walk): number {
  if (!walk.has(SUNATM_HEADER_LEN)) return walk.short(SUNATM_HEADER_LEN)
  const type = walk.view.getUint8(walk.pos) & SUNATM_TYPE
  walk.pos += SUNATM_HEADER_LEN
  return type === SUNATM_LLC ? LAYER_LLC : NOT_IP
}

const SNAP_START = 0xaaaa03

/** Tells LLC from bare IP, for classical IP over ATM (19, 106) where either is found. */
export function readClassicalIp(walk: Walk): number {
  if (!walk.has(4)) return walk.short(4)
  return walk.view.getUint32(walk.pos) >>> 8 === SNAP_START ? LAYER_LLC : LAYER_IP
}

/** Reads a header of `len` octets that ends in an EtherType of two octets at `typeOffset`. */
export function readTyped(walk: Walk, len: number, typeOffset: number): number {
  if (!walk.has(len)) return walk.short(len)
  walk.next = walk.view.getUint16(walk.pos + typeOffset)
  walk.pos += len
  return LAYER_ETHERTYPE
}

/** Steps over a header of fixed length that says nothing about what comes next. */
export function skipHeader(walk: Walk, len: number, layer: number): number {
  if (!walk.has(len)) return walk.short(len)
  walk.pos += len
  return layer
}
