// The link types of captures (https://www.tcpdump.org/linktypes.html) and the header each begins
// with. Names are those of the list, in the spelling of `tcpdump -L`.

import type { Cursor } from '../cursor.js'
import { UNKNOWN_LINKTYPE } from '../decode-status.js'
import {
  LAYER_CHDLC,
  LAYER_ETHERNET,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LLC,
  LAYER_MPLS,
  LAYER_PPP,
  LAYER_PPPOE,
  LAYER_WIFI,
} from '../layers.js'
import {
  readEnc,
  readErf,
  readJuniper,
  readLoopback,
  readNflog,
  readPflog,
  readPktap,
  readPpi,
  readSll,
  readSll2,
} from './cooked.js'
import {
  readArcnet,
  readClassicalIp,
  readFddi,
  readSunAtm,
  readTokenRing,
  readTyped,
  skipHeader,
} from './legacy.js'
import { readFrameRelay } from './ppp.js'
import { readPrism, readRadiotap } from './wifi.js'

/** LINKTYPE_ values with a straight path (https://www.tcpdump.org/linktypes.html). */
export const LINKTYPE_ETHERNET = 1
export const LINKTYPE_LINUX_SLL = 113
export const LINKTYPE_LINUX_SLL2 = 276
const LINKTYPE_PPP = 9
const LINKTYPE_CHDLC = 104
const LINKTYPE_FRAME_RELAY = 107

/** Names of the link types this package decodes. */
const NAMES = new Map<number, string>([
  [0, 'NULL'],
  [LINKTYPE_ETHERNET, 'EN10MB'],
  [6, 'IEEE802'],
  [7, 'ARCNET'],
  [8, 'SLIP'],
  [9, 'PPP'],
  [10, 'FDDI'],
  [11, 'ATM_RFC1483'],
  [12, 'RAW'],
  [14, 'RAW'],
  [19, 'ATM_CLIP'],
  [50, 'PPP_SERIAL'],
  [51, 'PPP_ETHER'],
  [100, 'ATM_RFC1483'],
  [101, 'RAW'],
  [104, 'C_HDLC'],
  [105, 'IEEE802_11'],
  [106, 'ATM_CLIP'],
  [107, 'FRELAY'],
  [108, 'LOOP'],
  [109, 'ENC'],
  [LINKTYPE_LINUX_SLL, 'LINUX_SLL'],
  [117, 'PFLOG'],
  [119, 'PRISM_HEADER'],
  [122, 'IP_OVER_FC'],
  [123, 'SUNATM'],
  [127, 'IEEE802_11_RADIO'],
  [129, 'ARCNET_LINUX'],
  [138, 'APPLE_IP_OVER_IEEE1394'],
  [149, 'PKTAP'],
  [163, 'IEEE802_11_RADIO_AVS'],
  [166, 'PPP_PPPD'],
  [178, 'JUNIPER_ETHER'],
  [179, 'JUNIPER_PPP'],
  [180, 'JUNIPER_FRELAY'],
  [181, 'JUNIPER_CHDLC'],
  [192, 'PPI'],
  [197, 'ERF'],
  [204, 'PPP_WITH_DIR'],
  [205, 'C_HDLC_WITH_DIR'],
  [206, 'FRELAY_WITH_DIR'],
  [219, 'MPLS'],
  [228, 'IPV4'],
  [229, 'IPV6'],
  [239, 'NFLOG'],
  [240, 'NETANALYZER'],
  [242, 'IPOIB'],
  [258, 'PKTAP'],
  [LINKTYPE_LINUX_SLL2, 'LINUX_SLL2'],
])

/** The name of a link type as in "EN10MB", or its number as in "linktype 147". */
export function linktypeName(linktype: number): string {
  return NAMES.get(linktype) ?? `linktype ${linktype}`
}

/** Whether frames of this link type can be decoded. */
export function isKnownLinktype(linktype: number): boolean {
  return NAMES.has(linktype)
}

/** Reads the link header of the type in `cursor.next`. */
export function readLink(cursor: Cursor): number {
  switch (cursor.next) {
    case LINKTYPE_ETHERNET:
      return LAYER_ETHERNET
    case 0:
    case 108:
      return readLoopback(cursor)
    case 12:
    case 14:
    case 101:
      return LAYER_IP
    case 228:
      return LAYER_IPV4
    case 229:
      return LAYER_IPV6
    case LINKTYPE_LINUX_SLL:
      return readSll(cursor)
    case LINKTYPE_LINUX_SLL2:
      return readSll2(cursor)
    case 239:
      return readNflog(cursor)
    case 149:
    case 258:
      return readPktap(cursor)
    case 192:
      return readPpi(cursor)
    case 105:
      cursor.next = 0
      return LAYER_WIFI
    case 119:
    case 163:
      return readPrism(cursor)
    case 127:
      return readRadiotap(cursor)
    default:
      return readSerialLink(cursor)
  }
}

/** Point-to-point links and what firewalls and routers write. */
function readSerialLink(cursor: Cursor): number {
  switch (cursor.next) {
    case 8: // Direction, 15 bytes of compressed header.
      return skipHeader(cursor, 16, LAYER_IP)
    case 9:
    case 50:
      return LAYER_PPP
    case 51:
      return LAYER_PPPOE
    case 166: // A direction in place of the address byte, then control.
      return skipHeader(cursor, 2, LAYER_PPP)
    case 204:
      return skipHeader(cursor, 1, LAYER_PPP)
    case 104:
      return LAYER_CHDLC
    case 205:
      return skipHeader(cursor, 1, LAYER_CHDLC)
    case 107:
      return readFrameRelay(cursor)
    case 206:
      cursor.pos++
      return readFrameRelay(cursor)
    case 219:
      return LAYER_MPLS
    case 109:
      return readEnc(cursor)
    case 117:
      return readPflog(cursor)
    case 178:
      return readJuniper(cursor, LINKTYPE_ETHERNET)
    case 179:
      return readJuniper(cursor, LINKTYPE_PPP)
    case 180:
      return readJuniper(cursor, LINKTYPE_FRAME_RELAY)
    case 181:
      return readJuniper(cursor, LINKTYPE_CHDLC)
    case 197:
      return readErf(cursor)
    default:
      return readLegacyLink(cursor)
  }
}

/** Local networks other than Ethernet and Wi-Fi. */
function readLegacyLink(cursor: Cursor): number {
  switch (cursor.next) {
    case 6:
      return readTokenRing(cursor)
    case 10:
      return readFddi(cursor)
    case 7:
      return readArcnet(cursor, 2)
    case 129:
      return readArcnet(cursor, 4)
    case 11:
    case 100:
      return LAYER_LLC
    case 19:
    case 106:
      return readClassicalIp(cursor)
    case 122: // Destination, source.
      return skipHeader(cursor, 16, LAYER_LLC)
    case 123:
      return readSunAtm(cursor)
    case 138: // Destination, source, EtherType.
      return readTyped(cursor, 18, 16)
    case 240: // Four bytes of a Hilscher analyzer.
      return skipHeader(cursor, 4, LAYER_ETHERNET)
    case 242: // Destination GID and queue pair, EtherType, reserved.
      return readTyped(cursor, 44, 40)
    default:
      return UNKNOWN_LINKTYPE
  }
}
