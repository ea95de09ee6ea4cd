// One frame for each link header that the decoder knows.

import {
  aruba,
  ethernet,
  hex,
  ipv4,
  join,
  mpls,
  snap,
  subframe,
  tag,
  tcp,
  u16,
  u32,
  zeros,
} from './frames.js'
import {
  FRAME,
  link,
  PPP,
  SEGMENT_BYTES,
  shape,
  type Shape,
  V4,
  V6,
  WIFI,
  WIFI_AGGREGATE,
} from './shape.js'

function nflog(littleEndian: boolean): Uint8Array {
  function short(value: number): number[] {
    return littleEndian ? u16(value).reverse() : u16(value)
  }
  return join(
    [2, 0, 0, 0],
    short(8),
    short(1),
    zeros(4),
    short(5),
    short(10),
    zeros(4),
    short(4 + V4.length),
    short(9),
    V4,
  )
}

export const LINK_SHAPES: readonly Shape[] = [
  link('Ethernet, IPv4', 1, FRAME),
  shape('Ethernet, IPv6', 1, ethernet(0x86dd, V6), '', 6),
  link('Ethernet, 802.3 and SNAP', 1, ethernet(8 + V4.length, snap(0x0800, V4)), zeros(3)),
  link('Ethernet, 802.3 and LLC', 1, ethernet(3 + V4.length, join([6, 6, 3], V4))),
  link('NULL, big-endian', 0, u32(2), V4),
  link('NULL, little-endian', 0, [2, 0, 0, 0], V4),
  shape('NULL, IPv6 of Darwin', 0, join([30, 0, 0, 0], V6), '', 6),
  link('LOOP', 108, u32(2), V4),
  link('RAW 12', 12, V4),
  link('RAW 14', 14, V4),
  shape('RAW 101, IPv6', 101, V6, '', 6),
  link('IPV4', 228, V4),
  shape('IPV6', 229, V6, '', 6),
  link('SLL', 113, [0, 0, 0, 1, 0, 6], zeros(8), [8, 0], V4),
  shape(
    'SLL with a VLAN',
    113,
    join([0, 0, 0, 1, 0, 6], zeros(8), [0x81, 0], tag(12, 0x800, V4)),
    'vlan 12',
  ),
  link('SLL2', 276, [8, 0], zeros(18), V4),
  shape('SLL2, IPv6', 276, join([0x86, 0xdd], zeros(18), V6), '', 6),
  link('PPP', 9, PPP),
  link('PPP, compressed', 9, [0x21], V4),
  link('PPP_SERIAL', 50, PPP),
  shape('PPP_ETHER', 51, join([0x11, 0], u16(7), u16(2 + V4.length), [0, 0x21], V4), 'pppoe 7'),
  link('PPP_PPPD', 166, [0, 3, 0, 0x21], V4),
  link('PPP_WITH_DIR', 204, [1], PPP),
  link('C_HDLC', 104, [0x0f, 0, 8, 0], V4),
  link('C_HDLC_WITH_DIR', 205, [0, 0x0f, 0, 8, 0], V4),
  link('FRELAY, NLPID', 107, [0x18, 0x41, 3, 0xcc], V4),
  link('FRELAY, SNAP', 107, [0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0], V4),
  link('FRELAY of Cisco', 107, [0x18, 0x41, 8, 0], V4),
  shape('MPLS', 219, mpls([17], V4), 'mpls 17'),
  link('PFLOG', 117, [61, 2], zeros(62), V4),
  link('ENC', 109, [2, 0, 0, 0], zeros(8), V4),
  link('NFLOG, little-endian', 239, nflog(true)),
  link('NFLOG, big-endian', 239, nflog(false)),
  link('PKTAP', 258, [108, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0], zeros(96), FRAME),
  link('PPI', 192, [0, 0, 8, 0, 1, 0, 0, 0], FRAME),
  link(
    'ERF',
    197,
    zeros(8),
    [2, 4],
    u16(18 + FRAME.length),
    zeros(2),
    u16(FRAME.length),
    zeros(2),
    FRAME,
  ),
  link(
    'ERF with an extension header',
    197,
    zeros(8),
    [0x82, 4],
    u16(26 + FRAME.length),
    zeros(2),
    u16(FRAME.length),
    zeros(10),
    FRAME,
  ),
  link('JUNIPER_ETHER', 178, hex('4d4743 80 0004 00000000'), FRAME),
  link('JUNIPER_PPP', 179, hex('4d4743 00'), PPP),
  link('JUNIPER_ETHER without', 178, hex('4d4743 02 02000000'), V4),
  link('SLIP', 8, zeros(16), V4),
]

export const LAN_SHAPES: readonly Shape[] = [
  link('IEEE802_11', 105, WIFI),
  link('IEEE802_11, four addresses', 105, [8, 3], zeros(28), snap(0x0800, V4)),
  link('IEEE802_11_RADIO', 127, hex('0000 0900 02000000 00'), WIFI),
  link(
    'IEEE802_11_RADIO, padded',
    127,
    hex('0000 1800 03000000'),
    zeros(8),
    [0x20],
    zeros(7),
    WIFI.subarray(0, 26),
    [0, 0],
    WIFI.subarray(26),
  ),
  link('PRISM_HEADER', 119, hex('44000000 90000000'), zeros(136), WIFI),
  link('IEEE802_11_RADIO_AVS', 163, hex('80211001 00000040'), zeros(56), WIFI),
  link('IEEE802 (token ring)', 6, [0x10, 0x40], zeros(12), snap(0x0800, V4)),
  link(
    'IEEE802 with a source route',
    6,
    [0x10, 0x40],
    zeros(6),
    [0x80, 0, 0, 0, 0, 1],
    [6, 0x30, 0, 0, 0, 0],
    snap(0x0800, V4),
  ),
  link('FDDI', 10, [0x50], zeros(12), snap(0x0800, V4)),
  link('ARCNET', 7, [1, 2, 212, 0, 0, 0], V4),
  link('ARCNET_LINUX', 129, [1, 2, 0, 0, 212, 0, 0, 0], V4),
  link('ATM_RFC1483', 100, snap(0x0800, V4)),
  link('ATM_CLIP', 19, snap(0x0800, V4)),
  link('SUNATM', 123, [2, 0, 0, 5], snap(0x0800, V4)),
  link('IP_OVER_FC', 122, zeros(16), snap(0x0800, V4)),
  link('APPLE_IP_OVER_IEEE1394', 138, zeros(16), [8, 0], V4),
  link('NETANALYZER', 240, zeros(4), FRAME),
  link('IPOIB', 242, zeros(40), [8, 0, 0, 0], V4),
]

const LAST_SUBFRAME = subframe(snap(0x0800, V4), true)
/** A segment of another connection, as another subframe carries it. */
const OTHER_SUBFRAME = subframe(snap(0x0800, ipv4(tcp({ srcPort: 1 }))))

/** The last segment of each is the usual one. */
export const AGGREGATE_SHAPES: readonly Shape[] = [
  shape('A-MSDU of one', 105, join(WIFI_AGGREGATE, LAST_SUBFRAME)),
  shape(
    'A-MSDU of three',
    105,
    join(WIFI_AGGREGATE, OTHER_SUBFRAME, OTHER_SUBFRAME, LAST_SUBFRAME),
  ),
  shape(
    'A-MSDU and a frame check sequence',
    105,
    join(
      WIFI_AGGREGATE,
      subframe(snap(0x0800, ipv4(SEGMENT_BYTES, { totalLen: 0 })), true),
      u32(0),
    ),
  ),
  shape(
    'A-MSDU in Aruba GRE',
    1,
    aruba(0x8240, join(WIFI_AGGREGATE, OTHER_SUBFRAME, LAST_SUBFRAME)),
    'gre',
  ),
]
