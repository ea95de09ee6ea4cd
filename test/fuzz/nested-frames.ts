// Frames with many layers inside each other, and chains of IPv6 extension headers.

import {
  ayiya,
  ethernet,
  ethernetIpv4,
  flowSample,
  gtp,
  ipv4,
  ipv6,
  join,
  mpls,
  rawPacket,
  sflow,
  type Bytes,
  tag,
  tcp,
  u16,
  u32,
  udp,
} from '../unit/wire/frames.js'
import type { Random } from './random.js'

/** Ways to put an IP packet of version 4 into another packet. */
const TUNNELS: readonly ((packet: Uint8Array, random: Random) => Uint8Array)[] = [
  (packet) => ipv4(packet, { protocol: 4 }),
  (packet) => ipv6(packet, { next: 4 }),
  (packet) => ipv4(join(u16(0), u16(0x0800), packet), { protocol: 47 }),
  (packet) => ipv4(udp(2152, gtp(7, packet)), { protocol: 17 }),
  (packet) =>
    ipv4(udp(4789, join(u32(0x0800_0000), u32(42 << 8), ethernet(0x0800, packet))), {
      protocol: 17,
    }),
  (packet) =>
    ipv4(udp(6081, join(u16(0), u16(0x6558), u32(7 << 8), ethernet(0x0800, packet))), {
      protocol: 17,
    }),
  (packet) => ipv4(udp(4754, join(u16(0), u16(0x0800), packet)), { protocol: 17 }),
  (packet) => ipv4(udp(5072, ayiya(4, packet)), { protocol: 17 }),
  (packet) =>
    ipv4(join(u16(0x2001), u16(0x6400), u32(7), ethernet(0x0800, packet)), { protocol: 47 }),
  (packet, random) => ipv4(udp(6343, sflow(samplesWith(packet, random))), { protocol: 17 }),
  (packet, random) => ipv4(packet, { protocol: 4, options: sourceRoute(random) }),
  (packet, random) => ipv4(packet, { protocol: 4, options: random.bytes(4 * random.below(11)) }),
]

/** Samples of sFlow, one of them with the packet. */
function samplesWith(packet: Uint8Array, random: Random): Uint8Array[] {
  const header = random.oneIn(2) ? packet : packet.subarray(0, random.below(packet.length + 1))
  const samples = [flowSample([rawPacket(header, 11, packet.length)], random.oneIn(2))]
  for (let more = random.below(3); more > 0; more--) {
    const other = random.oneIn(2) ? flowSample([]) : join(u32(2), u32(random.below(40)))
    if (random.oneIn(2)) samples.push(other)
    else samples.unshift(other)
  }
  return samples
}

/** A source route that is used up, or not, or whose length is wrong. */
function sourceRoute(random: Random): Uint8Array {
  const type = random.pick([131, 137])
  const route = join([type, random.pick([3, 7, 11, 12, 1]), 4 * random.below(4)], random.bytes(8))
  return join([1], route)
}

/** Bytes of frames at most. */
const FRAME_BYTES_MAX = 3000

/** An Ethernet frame of tunnels in tunnels, with more or fewer layers than are followed. */
export function nestedTunnels(random: Random): Uint8Array {
  let packet: Uint8Array = ipv4(segment(random))
  for (let depth = random.length(40); depth > 0 && packet.length < FRAME_BYTES_MAX; depth--) {
    const inner = packet
    packet = random.pick(TUNNELS)(isIpv4(inner) ? inner : ipv4(inner, { protocol: 41 }), random)
  }
  const type = isIpv4(packet) ? 0x0800 : 0x86dd
  const labels = Array.from({ length: random.below(12) }, () => random.below(1 << 20))
  if (labels.length > 0 && random.oneIn(3)) return ethernet(0x8847, mpls(labels, packet))
  let frame: Bytes = packet
  let next = type
  for (let tags = random.below(12); tags > 0; tags--) {
    frame = tag(random.below(4096), next, frame)
    next = random.pick([0x8100, 0x88a8, 0x9100])
  }
  return ethernet(next, frame)
}

const EXTENSIONS = [0, 43, 44, 51, 60, 135, 139, 140, 50, 59]

/** An Ethernet frame with a chain of extension headers, whose lengths may be wrong. */
export function extensionChain(random: Random): Uint8Array {
  let payload: Uint8Array = segment(random)
  let next = random.pick([6, 6, 6, 17, 58, 59])
  for (
    let headers = random.length(120);
    headers > 0 && payload.length < FRAME_BYTES_MAX;
    headers--
  ) {
    const kind = random.pick(EXTENSIONS)
    const words = random.oneIn(8) ? random.below(256) : random.below(2)
    const bytes = kind === 44 ? 8 : 8 + 8 * (random.oneIn(10) ? 0 : words)
    const header = random.bytes(Math.min(bytes, 64))
    header[0] = next
    header[1] = kind === 51 ? bytes / 4 - 2 : words
    payload = join(header, payload)
    next = kind
  }
  const fields = { next, ...(random.oneIn(4) ? { payloadLen: random.below(0x1_0000) } : {}) }
  return ethernet(0x86dd, ipv6(payload, fields))
}

/** A frame with a fragment of a datagram that others may complete. */
export function fragment(random: Random): Uint8Array {
  const payload = join(segment(random), random.bytes(64)).subarray(0, 8 * random.length(8))
  const fields = {
    id: random.below(2),
    fragmentOffset: 8 * (random.oneIn(3) ? random.below(8192) : random.below(6)),
    moreFragments: random.oneIn(2),
  }
  return ethernet(0x0800, ipv4(payload, fields))
}

/** An ICMP error that quotes some of a segment. */
export function quotation(random: Random): Uint8Array {
  const quoted = ipv4(segment(random)).subarray(0, random.between(20, 60))
  const error = join([random.pick([3, 4, 5, 11, 12]), random.below(16)], u16(0), u32(0), quoted)
  return ethernetIpv4(1, error)
}

function segment(random: Random): Uint8Array {
  return tcp({
    flags: random.pick([2, 0x12, 0x10, 0x18, 0x11, 4, 0x14]),
    options: random.bytes(4 * random.below(11)),
    srcPort: random.below(3) + 1,
    dstPort: random.below(3) + 1,
    seq: random.below(4),
    ack: random.below(4),
  })
}

function isIpv4(packet: Uint8Array): boolean {
  return (packet[0] ?? 0) >> 4 === 4
}
