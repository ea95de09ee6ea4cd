// One frame for each tag, IP header and tunnel that the decoder knows.

import {
  aruba,
  ayiya,
  ethernet,
  ethernetIpv4,
  gtp,
  ipv4,
  ipv6,
  ipv6Address,
  join,
  mpls,
  type Bytes,
  snap,
  tag,
  u16,
  u32,
  udp,
  zeros,
} from './frames.js'
import { FRAME, PPP, SEGMENT_BYTES, shape, type Shape, V4, V6, WIFI } from './shape.js'

/** The extension header `type` with `body`, which makes it a multiple of 8 bytes. */
function extension(next: number, body: Bytes): Uint8Array {
  return join([next, (body.length + 2) / 8 - 1], body)
}

export const TAG_SHAPES: readonly Shape[] = [
  shape('VLAN', 1, ethernet(0x8100, tag(10, 0x0800, V4)), 'vlan 10'),
  shape('VLAN with priority, IPv6', 1, ethernet(0x8100, tag(0xe00a, 0x86dd, V6)), 'vlan 10', 6),
  shape('QinQ', 1, ethernet(0x88a8, tag(5, 0x8100, tag(10, 0x0800, V4))), 'vlan 5/vlan 10'),
  shape('QinQ 0x9100', 1, ethernet(0x9100, tag(5, 0x8100, tag(9, 0x0800, V4))), 'vlan 5/vlan 9'),
  shape('QinQ 0x9200', 1, ethernet(0x9200, tag(5, 0x0800, V4)), 'vlan 5'),
  shape('VLAN and LLC', 1, ethernet(0x8100, tag(10, 8 + V4.length, snap(0x0800, V4))), 'vlan 10'),
  shape(
    'PPPoE',
    1,
    ethernet(0x8864, join([0x11, 0], u16(17), u16(2 + V4.length), [0, 0x21], V4)),
    'pppoe 17',
  ),
  shape(
    'PPPoE, IPv6',
    1,
    ethernet(0x8864, join([0x11, 0], u16(17), u16(2 + V6.length), [0, 0x57], V6)),
    'pppoe 17',
    6,
  ),
  shape('MPLS', 1, ethernet(0x8847, mpls([100, 16], V4)), 'mpls 16'),
  shape('MPLS, IPv6', 1, ethernet(0x8847, mpls([3], V6)), 'mpls 3', 6),
  shape('MPLS pseudowire', 1, ethernet(0x8847, mpls([18], FRAME)), 'mpls 18'),
  shape(
    'MPLS pseudowire with control word',
    1,
    ethernet(0x8847, mpls([18], join(zeros(4), FRAME))),
    'mpls 18',
  ),
  shape('FabricPath', 1, ethernet(0x8903, join(u16((3 << 6) | 32), FRAME)), 'fabricpath 3'),
  shape('TRILL', 1, ethernet(0x22f3, join([0, 0x3f, 0, 1, 0, 2], FRAME)), 'trill'),
  shape('PBB', 1, ethernet(0x88e7, join(u32(77), FRAME)), 'pbb 77'),
  shape('VN-Tag', 1, ethernet(0x8926, join(u32(0), u16(0x0800), V4)), 'vntag'),
  shape('E-Tag', 1, ethernet(0x893f, join(zeros(6), u16(0x0800), V4)), 'vntag'),
  shape('HSR', 1, ethernet(0x892f, join(zeros(4), u16(0x0800), V4))),
  shape('Cisco metadata', 1, ethernet(0x8909, join([1, 1, 0, 1, 0, 9], u16(0x0800), V4))),
  shape(
    'ISL',
    1,
    join(
      [1, 0, 0x0c, 0, 0, 0],
      zeros(6),
      u16(12 + FRAME.length),
      [0xaa, 0xaa, 3],
      zeros(3),
      u16(9 << 1),
      zeros(4),
      FRAME,
    ),
    'isl 9',
  ),
  shape('NSH', 1, ethernet(0x894f, join([0x0f, 0xc2, 2, 3], u32(0x2aff), FRAME)), 'nsh 42'),
]

const SRH = extension(6, join([4, 1, 1, 0, 0, 0], ipv6Address(2), ipv6Address(3)))

export const IP_SHAPES: readonly Shape[] = [
  shape('IPv4 options', 1, ethernet(0x0800, ipv4(SEGMENT_BYTES, { options: zeros(40) }))),
  shape(
    'IPv4 loose source route',
    1,
    ethernet(0x0800, sourceRoute([1, 131, 11, 4, ...u32(1), ...u32(0x0a0000fe), 0, 0, 0, 0])),
  ),
  shape(
    'IPv4 strict source route, at its last way point',
    1,
    ethernet(0x0800, sourceRoute([137, 11, 8, ...u32(1), ...u32(0x0a0000fe), 0])),
  ),
  shape(
    'IPv4 source route, used up',
    1,
    ethernet(0x0800, ipv4(SEGMENT_BYTES, { options: [131, 7, 8, ...u32(0x01020304), 0] })),
  ),
  shape(
    'IPv4 source route that runs out of the header',
    1,
    ethernet(0x0800, ipv4(SEGMENT_BYTES, { options: [131, 12, 4, ...u32(0x01020304), 0] })),
  ),
  ...[
    [7, 0, 131, 7, 4, 1, 2, 3, 4, 0, 0, 0],
    [131, 3, 3, 0],
    [0, 2, 131, 7, 4, 1, 2, 3, 4, 0, 0, 0],
  ].map((options) =>
    shape(
      `IPv4 options ${options.join(' ')}`,
      1,
      ethernet(0x0800, ipv4(SEGMENT_BYTES, { options })),
    ),
  ),
  shape('IPv4, total length 0', 1, ethernet(0x0800, ipv4(SEGMENT_BYTES, { totalLen: 0 }))),
  shape('IPv4 AH', 1, ethernetIpv4Ah(), ''),
  shape(
    'IPv6 hop-by-hop, destination, AH',
    1,
    ethernet(
      0x86dd,
      ipv6(
        join(
          extension(60, zeros(6)),
          extension(51, zeros(14)),
          join([6, 4], zeros(22)),
          SEGMENT_BYTES,
        ),
        { next: 0 },
      ),
    ),
    '',
    6,
  ),
  shape(
    'IPv6 segment routing',
    1,
    ethernet(0x86dd, ipv6(join(SRH, SEGMENT_BYTES), { next: 43, dst: ipv6Address(3) })),
    '',
    6,
  ),
  shape(
    'IPv6 source route',
    1,
    ethernet(
      0x86dd,
      ipv6(
        join(extension(6, join([0, 1], zeros(4), ipv6Address(3), ipv6Address(2))), SEGMENT_BYTES),
        { next: 43, dst: ipv6Address(9) },
      ),
    ),
    '',
    6,
  ),
  shape(
    'IPv6 atomic fragment',
    1,
    ethernet(0x86dd, ipv6(join([6, 0, 0, 0], u32(99), SEGMENT_BYTES), { next: 44 })),
    '',
    6,
  ),
  shape(
    'IPv6 jumbogram',
    1,
    ethernet(
      0x86dd,
      ipv6(join(extension(6, join([0xc2, 4], u32(8 + SEGMENT_BYTES.length))), SEGMENT_BYTES), {
        next: 0,
        payloadLen: 0,
      }),
    ),
    '',
    6,
  ),
  shape(
    'IPv6, payload length 0',
    1,
    ethernet(0x86dd, ipv6(SEGMENT_BYTES, { payloadLen: 0 })),
    '',
    6,
  ),
  shape('ipip', 1, ethernetIpv4(4, V4), 'ipip'),
  shape('6in4', 1, ethernetIpv4(41, V6), '6in4', 6),
  shape('4in6', 1, ethernet(0x86dd, ipv6(V4, { next: 4 })), '4in6'),
  shape('ip6ip6', 1, ethernet(0x86dd, ipv6(V6, { next: 41 })), 'ip6ip6', 6),
]

/** The usual packet on its way to the address of a router. */
function sourceRoute(options: Bytes): Uint8Array {
  return ipv4(SEGMENT_BYTES, { dst: 0x0a000063, options })
}

function ethernetIpv4Ah(): Uint8Array {
  return ethernet(0x0800, ipv4(join([6, 4], zeros(22), SEGMENT_BYTES), { protocol: 51 }))
}

export const TUNNEL_SHAPES: readonly Shape[] = [
  shape('GRE', 1, ethernetIpv4(47, join([0, 0, 8, 0], V4)), 'gre'),
  shape('GRE, IPv6', 1, ethernetIpv4(47, join([0, 0, 0x86, 0xdd], V6)), 'gre', 6),
  shape(
    'GRE with checksum, key and sequence',
    1,
    ethernetIpv4(47, join([0xb0, 0, 8, 0], zeros(4), u32(7), u32(1), V4)),
    'gre key 7',
  ),
  shape(
    'NVGRE',
    1,
    ethernetIpv4(47, join([0x20, 0, 0x65, 0x58], u32(0x1234), FRAME)),
    'gre key 4660',
  ),
  shape(
    'MPLS in GRE',
    1,
    ethernetIpv4(47, join([0, 0, 0x88, 0x47], mpls([30], V4))),
    'gre/mpls 30',
  ),
  shape(
    'PPTP',
    1,
    ethernetIpv4(47, join([0x30, 0x81, 0x88, 0x0b], u16(PPP.length), u16(5), zeros(8), PPP)),
    'pptp 5',
  ),
  shape('GRE version 1, IPv4', 1, ethernetIpv4(47, join([0x20, 1, 8, 0], u32(5), V4)), 'gre key 5'),
  shape(
    'EoIP',
    1,
    ethernetIpv4(47, join([0x20, 1, 0x64, 0], u16(FRAME.length), [0x39, 0x30], FRAME)),
    'eoip 12345',
  ),
  shape('EoIP without a key', 1, ethernetIpv4(47, join([0, 1, 0x64, 0], FRAME)), 'eoip 0'),
  shape('Aruba GRE', 1, aruba(0x8200, WIFI), 'gre'),
  shape('Aruba GRE, another type', 1, aruba(0x8370, WIFI), 'gre'),
  shape('ERSPAN I', 1, ethernetIpv4(47, join([0, 0, 0x88, 0xbe], FRAME)), 'erspan 0'),
  shape(
    'ERSPAN II',
    1,
    ethernetIpv4(47, join([0x10, 0, 0x88, 0xbe], u32(1), u32(0x10000003), u32(0), FRAME)),
    'erspan 3',
  ),
  shape(
    'ERSPAN III',
    1,
    ethernetIpv4(47, join([0x10, 0, 0x22, 0xeb], u32(1), u32(0x20000004), zeros(8), FRAME)),
    'erspan 4',
  ),
  shape('WCCP', 1, ethernetIpv4(47, join([0, 0, 0x88, 0x3e], zeros(4), V4)), 'gre'),
  shape('EtherIP', 1, ethernetIpv4(97, join([0x30, 0], FRAME)), 'etherip'),
  shape('MPLS in IP', 1, ethernetIpv4(137, mpls([31], V4)), 'mpls 31'),
  shape(
    'VXLAN',
    1,
    ethernetIpv4(17, udp(4789, join(u32(0x08000000), u32(42 << 8), FRAME))),
    'vxlan 42',
  ),
  shape(
    'VXLAN on the port of Linux',
    1,
    ethernetIpv4(17, udp(8472, join(u32(0x08000000), u32(42 << 8), FRAME))),
    'vxlan 42',
  ),
  shape(
    'VXLAN over IPv6 with a VLAN inside',
    1,
    ethernet(
      0x86dd,
      ipv6(udp(4789, join(u32(0x08000000), u32(42 << 8), ethernet(0x8100, tag(3, 0x0800, V4)))), {
        next: 17,
      }),
    ),
    'vxlan 42/vlan 3',
  ),
  shape(
    'VXLAN-GPE',
    1,
    ethernetIpv4(17, udp(4790, join(u32(0x0c000001), u32(42 << 8), V4))),
    'vxlan 42',
  ),
  shape(
    'GENEVE with options',
    1,
    ethernetIpv4(17, udp(6081, join([2, 0, 0x65, 0x58], u32(5 << 8), zeros(8), FRAME))),
    'geneve 5',
  ),
  shape(
    'GENEVE, IPv4',
    1,
    ethernetIpv4(17, udp(6081, join([0, 0, 8, 0], u32(5 << 8), V4))),
    'geneve 5',
  ),
  shape(
    'GENEVE of a later version',
    1,
    ethernetIpv4(17, udp(6081, join([0x40, 0, 0x65, 0x58], u32(5 << 8), FRAME))),
    'geneve 5',
  ),
  shape('GRE in UDP', 1, ethernetIpv4(17, udp(4754, join([0, 0, 8, 0], V4))), 'gre'),
  shape(
    'GRE in UDP with a key, Ethernet',
    1,
    ethernetIpv4(17, udp(4754, join([0x20, 0, 0x65, 0x58], u32(7), FRAME))),
    'gre key 7',
  ),
  shape('AYIYA', 1, ethernetIpv4(17, udp(5072, ayiya(41, V6))), 'ayiya', 6),
  shape(
    'AYIYA from the server, IPv4',
    1,
    ethernetIpv4(17, udp(50_001, ayiya(4, V4), 5072)),
    'ayiya',
  ),
  shape('GTP-U', 1, ethernetIpv4(17, udp(2152, gtp(0x1234, V4), 2152)), 'gtp teid 0x1234'),
  shape(
    'GTP-U with an extension header',
    1,
    ethernetIpv4(17, udp(2152, gtp(0xfedcba98, V6, true), 2152)),
    'gtp teid 0xfedcba98',
    6,
  ),
  shape('Teredo', 1, ethernetIpv4(17, udp(3544, V6)), 'teredo', 6),
  shape(
    'Teredo with indications',
    1,
    ethernetIpv4(17, udp(50_001, join([0, 1, 0, 0], zeros(9), zeros(8), V6), 3544)),
    'teredo',
    6,
  ),
  shape('L2TP', 1, ethernetIpv4(17, udp(1701, join([0, 2], u16(1), u16(6), PPP), 1701)), 'l2tp 6'),
  shape(
    'L2TP with length, sequence and offset',
    1,
    ethernetIpv4(
      17,
      udp(
        1701,
        join([0x4a, 2], u16(16 + PPP.length), u16(1), u16(6), zeros(4), u16(2), zeros(2), PPP),
      ),
    ),
    'l2tp 6',
  ),
  shape('LISP', 1, ethernetIpv4(17, udp(4341, join([8, 0, 0, 0], u32(6 << 8), V4))), 'lisp 6'),
  shape('MPLS in UDP', 1, ethernetIpv4(17, udp(6635, mpls([32], V4))), 'mpls 32'),
  shape(
    'CAPWAP',
    1,
    ethernetIpv4(17, udp(5247, join(u32(0x00100300), u32(0), swapped(WIFI)))),
    'capwap',
  ),
  shape(
    'TZSP',
    1,
    ethernetIpv4(17, udp(37_008, join([1, 0, 0, 1, 10, 1, 5, 0, 1], FRAME))),
    'tzsp',
  ),
  shape(
    'GRE in ipip in a VLAN',
    1,
    ethernet(
      0x8100,
      tag(4, 0x0800, ipv4(ipv4(join([0, 0, 8, 0], V4), { protocol: 47 }), { protocol: 4 })),
    ),
    'vlan 4/ipip/gre',
  ),
]

/** The bytes of frame control swapped, as Cisco access points send them. */
function swapped(frame: Uint8Array): Uint8Array {
  return join([frame[1] ?? 0, frame[0] ?? 0], frame.subarray(2))
}
