// Capture formats by their first bytes. File names say nothing: captures are called anything.

import { type Quoting, quoting } from '../base/quoting.js'
import { PcapReader, pcapVariant } from './pcap.js'
import { SECTION_HEADER_BLOCK } from './pcapng/block.js'
import { PcapngReader } from './pcapng/pcapng.js'
import type { Reader, ReaderContext } from './reader.js'

/** Bytes that decide between the formats this package reads. */
export const MAGIC_BYTES = 4

/** A reader for the capture that starts at `start`, or undefined if the format is not one of ours. */
export function readerFor(
  view: DataView,
  start: number,
  context: ReaderContext,
): Reader | undefined {
  const variant = pcapVariant(view, start)
  if (variant !== undefined) return new PcapReader(variant, context)
  if (view.getUint32(start) !== SECTION_HEADER_BLOCK) return undefined
  return new PcapngReader(context)
}

/** True if these bytes start a capture this package reads (not: a compressed one). */
export function startsCapture(bytes: Uint8Array): boolean {
  if (bytes.length < MAGIC_BYTES) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return pcapVariant(view, 0) !== undefined || view.getUint32(0) === SECTION_HEADER_BLOCK
}

/** What other formats start with, and compressed files where nothing decompresses them, and what their users can do. */
const FOREIGN: readonly (readonly [magic: string, advice: string])[] = [
  ['1f8b', 'a gzip-compressed file; decompress it first'],
  ['28b52ffd', 'a zstd-compressed file; decompress it first'],
  ['04224d18', 'an LZ4-compressed file; decompress it first'],
  ['02214c18', piped('a file of the legacy LZ4 format', 'lz4 -dc FILE')],
  ['fd377a58', piped('an xz-compressed file', 'xz -dc FILE')],
  ['425a68', piped('a bzip2-compressed file', 'bzip2 -dc FILE')],
  ['1f9d', piped('a compress (.Z) file', 'gzip -dc FILE')],
  ['504b0304', piped('a zip archive', 'unzip -p FILE')],
  ['377abcaf', piped('a 7z archive', '7z x -so FILE')],
  ['736e6f6f', piped('a snoop capture', 'editcap -F pcap FILE -')],
  ['474d4255', piped('a Microsoft Network Monitor capture', 'editcap -F pcap FILE -')],
  ['52545353', piped('a Microsoft Network Monitor capture', 'editcap -F pcap FILE -')],
]

function piped(what: string, command: string): string {
  return `${what}; try: ${command} | tcp-teardown analyze -`
}

/** Says what `bytes` look like, for the error about an unknown format. */
export function describeForeign(bytes: Uint8Array): string | Quoting {
  const first = Array.from(bytes.subarray(0, MAGIC_BYTES), (byte) =>
    byte.toString(16).padStart(2, '0'),
  )
  const known = FOREIGN.find(([magic]) => first.join('').startsWith(magic))
  return known === undefined ? quoting`bytes ${first.join(' ')}` : known[1]
}
