// IEEE 802.2 LLC and SNAP (RFC 1042), as under 802.3, Wi-Fi, token ring, FDDI and ATM.

import { NOT_IP } from '../decode-status.js'
import { LAYER_ETHERNET, LAYER_ETHERTYPE, LAYER_IP } from '../layers.js'
import type { Walk } from '../cursor.js'

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
export function readLlc(walk: Walk): number {
  if (!walk.has(LLC_HEADER_LEN)) return walk.short(LLC_HEADER_LEN)
  const { view, pos } = walk
  const dsap = view.getUint8(pos)
  if (view.getUint8(pos + LLC_CONTROL) !== UNNUMBERED_INFORMATION) return NOT_IP
  if (dsap === SAP_IP) {
    walk.pos = pos + LLC_HEADER_LEN
    return LAYER_IP
  }
  if (dsap !== SAP_SNAP) return NOT_IP
  if (!walk.has(SNAP_HEADER_LEN)) return walk.short(SNAP_HEADER_LEN)
  const organisation = view.getInt32(pos + SNAP_ORGANISATION - 1) & 0xffffff
  walk.next = view.getUint16(pos + SNAP_PROTOCOL)
  walk.pos = pos + SNAP_HEADER_LEN
  return snapLayer(walk, organisation)
}

/** The layer behind a SNAP header of `organisation` with the protocol id in `walk.next`. */
export function snapLayer(walk: Walk, organisation: number): number {
  switch (organisation) {
    case ORGANISATION_ETHERTYPE:
    case ORGANISATION_TUNNEL:
      return LAYER_ETHERTYPE
    case ORGANISATION_BRIDGING:
      if (walk.next !== BRIDGED_ETHERNET && walk.next !== BRIDGED_ETHERNET_FCS) return NOT_IP
      walk.pos += BRIDGED_PAD_LEN
      return LAYER_ETHERNET
    default:
      return NOT_IP
  }
}
