// Reads the records of a classic pcap in memory, with no code of src/, to write them down in other formats.

import type { BuiltRecord } from '../support/capture-builder.js'

/** A capture taken apart. */
export interface ClassicPcap {
  readonly linktype: number
  readonly snaplen: number
  readonly records: readonly BuiltRecord[]
}

const FRACTION_NS = new Map([
  [0xa1b2c3d4, 1000n],
  [0xa1b23c4d, 1n],
])

/** Takes a µs or ns pcap of either byte order apart; undefined for other formats. */
export function readClassicPcap(bytes: Uint8Array): ClassicPcap | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const littleEndian = FRACTION_NS.has(view.getUint32(0, true))
  const fractionNs = FRACTION_NS.get(view.getUint32(0, littleEndian))
  if (fractionNs === undefined) return undefined
  const u32 = (at: number): number => view.getUint32(at, littleEndian)
  const records: BuiltRecord[] = []
  for (let at = 24; at < bytes.length;) {
    const caplen = u32(at + 8)
    records.push({
      timeNs: BigInt(u32(at)) * 1_000_000_000n + BigInt(u32(at + 4)) * fractionNs,
      bytes: bytes.subarray(at + 16, at + 16 + caplen),
      origlen: u32(at + 12),
    })
    at += 16 + caplen
  }
  return { linktype: u32(20), snaplen: u32(16), records }
}
