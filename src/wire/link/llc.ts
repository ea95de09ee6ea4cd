// IEEE 802.2 LLC and SNAP (RFC 1042), as under 802.3, Wi-Fi, token ring, FDDI and ATM.

import type { Cursor } from '../cursor.js'
import { NOT_IP } from '../decode-status.js'
import { LAYER_ETHERNET, LAYER_ETHERTYPE, LAYER_IP } from '../layers.js'

/** Both service access points, control. */
const LLC_HEADER_LEN = 3
const LLC_CONTROL = 2
const SAP_IP = 0x06
const SAP_SNAP = 0xaa
const UNNUMBERED_INFORMATION = 0x03

/** LLC header, organisation code, protocol id. */
const SNAP_HEADER_LEN = 8
const SNAP_ORGANISATION = 3
const SNAP_PROTOCOL = 6

const ORGANISATION_ETHERTYPE = 0x000000
/** Bridge tunnels (802.1H) use EtherTypes as well. */
const ORGANISATION_TUNNEL = 0x0000f8
/** IEEE 802.1 bridging; the protocol id says which MAC header follows. */
const ORGANISATION_BRIDGING = 0x0080c2
const BRIDGED_ETHERNET_FCS = 1
const BRIDGED_ETHERNET = 7
/** RFC 2684 pads bridged Ethernet to a word. */
const BRIDGED_PAD_LEN = 2

/** Reads an LLC header, with SNAP if it says so. */
export function readLlc(cursor: Cursor): number {
  if (!cursor.has(LLC_HEADER_LEN)) return cursor.short(LLC_HEADER_LEN)
  const { view, pos } = cursor
  const dsap = view.getUint8(pos)
  if (view.getUint8(pos + LLC_CONTROL) !== UNNUMBERED_INFORMATION) return NOT_IP
  if (dsap === SAP_IP) {
    cursor.pos = pos + LLC_HEADER_LEN
    return LAYER_IP
  }
  if (dsap !== SAP_SNAP) return NOT_IP
  if (!cursor.has(SNAP_HEADER_LEN)) return cursor.short(SNAP_HEADER_LEN)
  const organisation = view.getInt32(pos + SNAP_ORGANISATION - 1) & 0xffffff
  cursor.next = view.getUint16(pos + SNAP_PROTOCOL)
  cursor.pos = pos + SNAP_HEADER_LEN
  return snapLayer(cursor, organisation)
}

/** The layer after a SNAP header of `organisation` with the protocol id in `cursor.next`. */
export function snapLayer(cursor: Cursor, organisation: number): number {
  switch (organisation) {
    case ORGANISATION_ETHERTYPE:
    case ORGANISATION_TUNNEL:
      return LAYER_ETHERTYPE
    case ORGANISATION_BRIDGING:
      if (cursor.next !== BRIDGED_ETHERNET && cursor.next !== BRIDGED_ETHERNET_FCS) return NOT_IP
      cursor.pos += BRIDGED_PAD_LEN
      return LAYER_ETHERNET
    default:
      return NOT_IP
  }
}
