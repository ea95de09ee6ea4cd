// Where IP protocol numbers lead (https://www.iana.org/assignments/protocol-numbers).

import type { Cursor } from '../cursor.js'
import { NOT_TCP } from '../decode-status.js'
import { ENCAP_4IN6, ENCAP_6IN4, ENCAP_IP6IP6, ENCAP_IPIP } from '../encapsulation.js'
import {
  LAYER_ETHERNET,
  LAYER_GRE,
  LAYER_ICMP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_MPLS,
  LAYER_PROTOCOL,
  LAYER_TCP,
  LAYER_UDP,
} from '../layers.js'
import { readEtherIp } from '../tunnel/gre.js'

const PROTOCOL_ICMP = 1
const PROTOCOL_IPV4 = 4
/** IP protocol numbers (IANA). */
export const PROTOCOL_TCP = 6
const PROTOCOL_UDP = 17
const PROTOCOL_IPV6 = 41
const PROTOCOL_GRE = 47
const PROTOCOL_AH = 51
const PROTOCOL_ICMPV6 = 58
const PROTOCOL_ETHERIP = 97
const PROTOCOL_MPLS = 137
/** Ethernet, as in segment routing (RFC 8986). */
const PROTOCOL_ETHERNET = 143

/** Follows the protocol number in `cursor.next`; AH over IPv4 is stepped over here (RFC 4302). */
export function readProtocol(cursor: Cursor): number {
  switch (cursor.next) {
    case PROTOCOL_TCP:
      return LAYER_TCP
    case PROTOCOL_UDP:
      return LAYER_UDP
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
      return (cursor.next === PROTOCOL_ICMP) === (cursor.ipVersion === 4) ? LAYER_ICMP : NOT_TCP
    case PROTOCOL_IPV4:
      return cursor.enter(cursor.ipVersion === 4 ? ENCAP_IPIP : ENCAP_4IN6, 0, LAYER_IPV4)
    case PROTOCOL_IPV6:
      return cursor.enter(cursor.ipVersion === 4 ? ENCAP_6IN4 : ENCAP_IP6IP6, 0, LAYER_IPV6)
    case PROTOCOL_GRE:
      return LAYER_GRE
    case PROTOCOL_AH:
      return readAuthentication(cursor)
    case PROTOCOL_ETHERIP:
      return readEtherIp(cursor)
    case PROTOCOL_MPLS:
      return LAYER_MPLS
    case PROTOCOL_ETHERNET:
      return LAYER_ETHERNET
    default:
      return NOT_TCP
  }
}

function readAuthentication(cursor: Cursor): number {
  if (!cursor.has(8)) return cursor.short(8)
  const len = (cursor.view.getUint8(cursor.pos + 1) + 2) * 4
  cursor.next = cursor.view.getUint8(cursor.pos)
  cursor.pos += len
  return LAYER_PROTOCOL
}
