// MPLS label stack, RFC 3032. Nothing says what lies below it: IP is told by its version nibble, a
// pseudowire by its control word (RFC 4385, RFC 4448) or by an EtherType where Ethernet has one.

import { NOT_IP } from '../decode-status.js'
import { ENCAP_MPLS } from '../encapsulation.js'
import { ETHERNET_HEADER_LEN, isKnownEthertype } from './ethernet.js'
import { LAYER_ETHERNET, LAYER_IPV4, LAYER_IPV6 } from '../layers.js'
import type { Walk } from '../cursor.js'

const LABEL_LEN = 4
const BOTTOM_OF_STACK = 0x100
const CONTROL_WORD_LEN = 4

/** Reads a label stack; the lowest label, which names the service, is the one noted. */
export function readMpls(walk: Walk): number {
  let word = 0
  do {
    if (!walk.has(LABEL_LEN)) return walk.short(LABEL_LEN)
    word = walk.view.getInt32(walk.pos)
    walk.pos += LABEL_LEN
  } while ((word & BOTTOM_OF_STACK) === 0)
  return walk.enter(ENCAP_MPLS, word >>> 12, payloadLayer(walk))
}

function payloadLayer(walk: Walk): number {
  if (!walk.has(1)) return walk.short(1)
  switch (walk.view.getUint8(walk.pos) >> 4) {
    case 4:
      return LAYER_IPV4
    case 6:
      return LAYER_IPV6
    case 0:
      if (looksLikeEthernet(walk, CONTROL_WORD_LEN)) {
        walk.pos += CONTROL_WORD_LEN
        return LAYER_ETHERNET
      }
      break
    default:
  }
  return looksLikeEthernet(walk, 0) ? LAYER_ETHERNET : NOT_IP
}

function looksLikeEthernet(walk: Walk, skip: number): boolean {
  if (!walk.has(skip + ETHERNET_HEADER_LEN)) return false
  return isKnownEthertype(walk.view.getUint16(walk.pos + skip + ETHERNET_HEADER_LEN - 2))
}
