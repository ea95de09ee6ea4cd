// Many packets out of one: the frame is copied, and numbers in it are set.

import { buildPcap, concat } from '../../support/capture-builder.js'
import { type Bytes, ethernet, ipv4, ipv6, tcp, type TcpFields } from '../../unit/wire/frames.js'

const RECORD_HEADER_BYTES = 16
const ETHERNET_BYTES = 14
const US_PER_S = 1_000_000

/** Places in an Ethernet frame with IPv4 of 20 bytes, and with IPv6. */
export const V4 = {
  id: 18,
  source: 26,
  target: 30,
  ports: 34,
  seq: 38,
  ack: 42,
  flags: 47,
} as const
export const V6 = { source: 22, target: 38, ports: 54, seq: 58 } as const
/** Where the fragment offset of IPv4 stands. */
export const FRAGMENT = 20

/** Sets numbers in the copy of a frame that begins at `at`. */
export type Change = (view: DataView, at: number, i: number) => void

/** Records of a pcap: `n` copies of a frame, a hundred microseconds apart, or as `timeUs` says. */
export function copies(
  frame: Uint8Array,
  n: number,
  change: Change,
  timeUs: (i: number) => number = (i) => 100 * i,
): Uint8Array {
  const record = buildPcap([{ timeNs: 0n, bytes: frame }]).subarray(24)
  const out = new Uint8Array(n * record.length)
  const view = new DataView(out.buffer)
  for (let i = 0, at = 0; i < n; i++, at += record.length) {
    out.set(record, at)
    const us = timeUs(i)
    view.setUint32(at, Math.floor(us / US_PER_S), true)
    view.setUint32(at + 4, us % US_PER_S, true)
    change(view, at + RECORD_HEADER_BYTES, i)
  }
  return out
}

/** A pcap of such records. */
export function pcapOf(...records: readonly Uint8Array[]): Uint8Array {
  return concat([buildPcap([]), ...records])
}

/** A segment in IPv4. */
export function segment(fields: TcpFields = {}): Uint8Array {
  return ethernet(0x0800, ipv4(tcp({ payload: [], ...fields })))
}

/** A segment in IPv6. */
export function segmentV6(fields: TcpFields = {}): Uint8Array {
  return ethernet(0x86dd, ipv6(tcp({ payload: [], ...fields })))
}

/** A segment behind Ethernet and what else is put around it. */
export function wrapped(type: number, around: (packet: Uint8Array) => Bytes): Uint8Array {
  return ethernet(type, around(segment({ flags: SYN }).subarray(ETHERNET_BYTES)))
}

/** Flags of TCP. */
export const FIN = 1
export const SYN = 2
export const RST = 4
export const ACK = 16

/** Scatters numbers, so that neighbours are not neighbours. */
export function scattered(i: number): number {
  return Math.imul(i + 1, 0x9e3779b1) >>> 0
}
