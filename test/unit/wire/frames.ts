// Builds frames byte by byte for the tests of src/wire. Nothing here uses the code under test.

/** Anything that can stand in a frame: bytes, or lists of them. */
export type Bytes = Uint8Array | readonly number[]

/** Puts parts one behind the other. */
export function join(...parts: readonly Bytes[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** One big-endian number of 16 bits. */
export function u16(value: number): number[] {
  return [(value >>> 8) & 255, value & 255]
}

/** One big-endian number of 32 bits. */
export function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)]
}

/** `count` zeros. */
export function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0)
}

/** Bytes written in hexadecimal, blanks ignored. */
export function hex(text: string): Uint8Array {
  const digits = text.replaceAll(/\s/g, '')
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16),
  )
}

export interface TcpFields {
  srcPort?: number
  dstPort?: number
  seq?: number
  ack?: number
  /** In words; from the options when left out. */
  dataOffset?: number
  flags?: number
  window?: number
  options?: Bytes
  payload?: Bytes
}

/** A TCP segment; the checksum is left 0. */
export function tcp(fields: TcpFields = {}): Uint8Array {
  const { srcPort = 40_000, dstPort = 443, seq = 0x89abcdef, ack = 0x01020304 } = fields
  const { flags = 0x18, window = 65_000, options = [], payload = zeros(10) } = fields
  const { dataOffset = 5 + options.length / 4 } = fields
  return join(
    u16(srcPort),
    u16(dstPort),
    u32(seq),
    u32(ack),
    [dataOffset << 4, flags],
    u16(window),
    zeros(4),
    options,
    payload,
  )
}

export interface Ipv4Fields {
  protocol?: number
  src?: number
  dst?: number
  id?: number
  ttl?: number
  /** Bytes, a multiple of 8. */
  fragmentOffset?: number
  moreFragments?: boolean
  options?: Bytes
  /** From the payload when left out. */
  totalLen?: number
}

/** An IPv4 packet. */
export function ipv4(payload: Bytes, fields: Ipv4Fields = {}): Uint8Array {
  const { protocol = 6, src = 0x0a000001, dst = 0x0a0000fe, id = 0x1234, ttl = 61 } = fields
  const { fragmentOffset = 0, moreFragments = false, options = [] } = fields
  const { totalLen = 20 + options.length + payload.length } = fields
  return join(
    [0x45 + options.length / 4, 0],
    u16(totalLen),
    u16(id),
    u16((fragmentOffset >> 3) | (moreFragments ? 0x2000 : 0)),
    [ttl, protocol, 0, 0],
    u32(src),
    u32(dst),
    options,
    payload,
  )
}

/** An IPv6 address 2001:db8::`last`. */
export function ipv6Address(last: number): number[] {
  return [...u32(0x20010db8), ...zeros(8), ...u32(last)]
}

export interface Ipv6Fields {
  next?: number
  src?: Bytes
  dst?: Bytes
  hopLimit?: number
  payloadLen?: number
}

/** An IPv6 packet; extension headers belong to the payload. */
export function ipv6(payload: Bytes, fields: Ipv6Fields = {}): Uint8Array {
  const { next = 6, src = ipv6Address(1), dst = ipv6Address(2), hopLimit = 60 } = fields
  const { payloadLen = payload.length } = fields
  return join([0x60, 0, 0, 0], u16(payloadLen), [next, hopLimit], src, dst, payload)
}

/** A UDP datagram. */
export function udp(dstPort: number, payload: Bytes, srcPort = 50_000): Uint8Array {
  return join(u16(srcPort), u16(dstPort), u16(8 + payload.length), [0, 0], payload)
}

/** An Ethernet frame. */
export function ethernet(type: number, payload: Bytes): Uint8Array {
  return join([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2], u16(type), payload)
}

/** A VLAN tag and what it carries, to stand behind a VLAN EtherType. */
export function tag(vlan: number, type: number, payload: Bytes): Uint8Array {
  return join(u16(vlan), u16(type), payload)
}

/** LLC and SNAP with an EtherType. */
export function snap(type: number, payload: Bytes): Uint8Array {
  return join([0xaa, 0xaa, 3, 0, 0, 0], u16(type), payload)
}

/** MPLS labels, the last one at the bottom of the stack. */
export function mpls(labels: readonly number[], payload: Bytes): Uint8Array {
  const words = labels.map((label, i) =>
    u32((label << 12) | (i === labels.length - 1 ? 0x100 : 0) | 64),
  )
  return join(...words, payload)
}

/** An Ethernet frame with an IPv4 packet of some other protocol. */
export function ethernetIpv4(protocol: number, payload: Bytes): Uint8Array {
  return ethernet(0x0800, ipv4(payload, { protocol, src: 0xc0a80001, dst: 0xc0a80002 }))
}

/** A GTP-U message of user data. */
export function gtp(teid: number, payload: Bytes, extension = false): Uint8Array {
  const optional = extension ? [0, 1, 0, 0x85, 1, 0x10, 9, 0] : []
  const length = optional.length + payload.length
  return join([extension ? 0x34 : 0x30, 255], u16(length), u32(teid), optional, payload)
}

/** An AYIYA message with an identity of 16 bytes and a signature of 20. */
export function ayiya(next: number, payload: Bytes, operation = 1): Uint8Array {
  return join([0x41, 0x52, 0x10 | operation, next], u32(1), zeros(36), payload)
}

/** An Aruba access point's GRE: `frame` begins with an 802.11 header. */
export function aruba(protocol: number, frame: Bytes): Uint8Array {
  return ethernetIpv4(47, join(u16(0), u16(protocol), frame))
}

/** A subframe of an A-MSDU, padded to a word unless it is the last. */
export function subframe(payload: Bytes, isLast = false): Uint8Array {
  const padding = isLast ? 0 : (4 - ((14 + payload.length) & 3)) & 3
  return join(zeros(12), u16(payload.length), payload, zeros(padding))
}

/** A record of an sFlow sample that holds the first bytes of a packet. */
export function rawPacket(header: Bytes, protocol = 1, frameLen = header.length + 4): Uint8Array {
  const padding = (4 - (header.length & 3)) & 3
  const words = [protocol, frameLen, 4, header.length].flatMap(u32)
  return join(u32(1), u32(words.length + header.length + padding), words, header, zeros(padding))
}

/** A flow sample of sFlow with `records`, in the expanded form or not. */
export function flowSample(records: readonly Bytes[], expanded = false): Uint8Array {
  const body = join(zeros(expanded ? 40 : 28), u32(records.length), ...records)
  return join(u32(expanded ? 3 : 1), u32(body.length), body)
}

/** An sFlow datagram, version 5 unless said otherwise, of an agent with an IPv4 address. */
export function sflow(samples: readonly Bytes[], version = 5): Uint8Array {
  const agent = [u32(1), u32(0x0a000009), u32(0), u32(7), u32(1000)]
  return join(u32(version), ...agent, u32(samples.length), ...samples)
}

/** Poison on either side of a frame: reading it by mistake gives nonsense, not zeros. */
export const POISON = 0xee

/** A view of `frame` inside a larger poisoned buffer, so that reads outside do not throw. */
export function embed(frame: Bytes, before = 64, after = 64): DataView {
  const buffer = new Uint8Array(before + frame.length + after).fill(POISON)
  buffer.set(frame, before)
  return new DataView(buffer.buffer)
}
