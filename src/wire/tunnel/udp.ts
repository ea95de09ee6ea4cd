// UDP (RFC 768) as a carrier of tunnels, recognized by their registered ports.

import type { Cursor } from '../cursor.js'
import { BAD_HEADER, NOT_TCP } from '../decode-status.js'
import { LAYER_MPLS } from '../layers.js'
import { readAyiya, readGtp, readL2tp, readTeredo } from './access.js'
import { readGreInUdp } from './gre.js'
import {
  readCapwap,
  readGeneve,
  readLisp,
  readTzsp,
  readVxlan,
  readVxlanGpe,
  readVxlanLinux,
} from './overlay.js'
import { readSflow } from './sflow.js'

const UDP_HEADER_LEN = 8
const UDP_PORTS = 0
const UDP_LENGTH = 4

const PORT_L2TP = 1701
const PORT_GTP_USER = 2152
const PORT_TEREDO = 3544
const PORT_LISP_DATA = 4341
/** GRE in UDP, RFC 8086. */
const PORT_GRE = 4754
const PORT_VXLAN = 4789
const PORT_VXLAN_GPE = 4790
const PORT_AYIYA = 5072
const PORT_CAPWAP_DATA = 5247
const PORT_GENEVE = 6081
const PORT_SFLOW = 6343
const PORT_MPLS = 6635
/** What Linux used for VXLAN before the port was registered. */
const PORT_VXLAN_LINUX = 8472
const PORT_TZSP = 37_008

/** Reads a UDP header and the tunnel header after it, if its ports belong to one. */
export function readUdp(cursor: Cursor): number {
  if (!cursor.has(UDP_HEADER_LEN)) return cursor.short(UDP_HEADER_LEN)
  const ports = cursor.view.getInt32(cursor.pos + UDP_PORTS)
  const length = cursor.view.getUint16(cursor.pos + UDP_LENGTH)
  // A jumbogram has no length here (RFC 2675 §4).
  if (length !== 0) {
    if (length < UDP_HEADER_LEN) return BAD_HEADER
    cursor.narrow(length)
  }
  cursor.pos += UDP_HEADER_LEN
  // Tunnels are addressed to their port; answers of the symmetric ones come from it.
  const layer = readTunnel(cursor, ports & 0xffff)
  return layer === NOT_TCP ? readTunnel(cursor, ports >>> 16) : layer
}

function readTunnel(cursor: Cursor, port: number): number {
  switch (port) {
    case PORT_VXLAN:
      return readVxlan(cursor)
    case PORT_VXLAN_LINUX:
      return readVxlanLinux(cursor)
    case PORT_VXLAN_GPE:
      return readVxlanGpe(cursor)
    case PORT_GENEVE:
      return readGeneve(cursor)
    case PORT_GTP_USER:
      return readGtp(cursor)
    case PORT_TEREDO:
      return readTeredo(cursor)
    case PORT_L2TP:
      return readL2tp(cursor)
    case PORT_LISP_DATA:
      return readLisp(cursor)
    case PORT_CAPWAP_DATA:
      return readCapwap(cursor)
    case PORT_TZSP:
      return readTzsp(cursor)
    case PORT_GRE:
      return readGreInUdp(cursor)
    case PORT_AYIYA:
      return readAyiya(cursor)
    case PORT_SFLOW:
      return readSflow(cursor)
    case PORT_MPLS:
      return LAYER_MPLS
    default:
      return NOT_TCP
  }
}
