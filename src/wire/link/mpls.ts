// MPLS label stack, RFC 3032. Nothing says what lies below it: IP is told by its version nibble, a
// pseudowire by its control word (RFC 4385, RFC 4448) or by an EtherType where Ethernet has one.

import type { Cursor } from '../cursor.js'
import { NOT_IP } from '../decode-status.js'
import { ENCAP_MPLS } from '../encapsulation.js'
import { LAYER_ETHERNET, LAYER_IPV4, LAYER_IPV6 } from '../layers.js'
import { ETHERNET_HEADER_LEN, isKnownEthertype } from './ethernet.js'

const LABEL_LEN = 4
const BOTTOM_OF_STACK = 0x100
const CONTROL_WORD_LEN = 4

/** Reads a label stack; the lowest label, which names the service, is the one noted. */
export function readMpls(cursor: Cursor): number {
  let word = 0
  do {
    if (!cursor.has(LABEL_LEN)) return cursor.short(LABEL_LEN)
    word = cursor.view.getInt32(cursor.pos)
    cursor.pos += LABEL_LEN
  } while ((word & BOTTOM_OF_STACK) === 0)
  return cursor.enter(ENCAP_MPLS, word >>> 12, payloadLayer(cursor))
}

function payloadLayer(cursor: Cursor): number {
  if (!cursor.has(1)) return cursor.short(1)
  switch (cursor.view.getUint8(cursor.pos) >> 4) {
    case 4:
      return LAYER_IPV4
    case 6:
      return LAYER_IPV6
    case 0:
      if (looksLikeEthernet(cursor, CONTROL_WORD_LEN)) {
        cursor.pos += CONTROL_WORD_LEN
        return LAYER_ETHERNET
      }
      break
    default:
  }
  return looksLikeEthernet(cursor, 0) ? LAYER_ETHERNET : NOT_IP
}

function looksLikeEthernet(cursor: Cursor, skip: number): boolean {
  if (!cursor.has(skip + ETHERNET_HEADER_LEN)) return false
  return isKnownEthertype(cursor.view.getUint16(cursor.pos + skip + ETHERNET_HEADER_LEN - 2))
}
