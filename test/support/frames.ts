// Frames of zstd and LZ4 made by hand: their blocks hold what a test says, whether or not a tool would write them.

import xxhash from 'xxhash-wasm'
import { Bytes, concat } from './capture-builder.js'

const hashes = await xxhash()

/** One block of a zstd frame: its kind, the size in its header, and its bytes. */
export type ZstdBlock = readonly [kind: 0 | 1 | 2 | 3, size: number, bytes: Uint8Array]

/** A block that is not compressed. */
export function raw(bytes: Uint8Array): ZstdBlock {
  return [0, bytes.length, bytes]
}

/** A block that is one byte many times. */
export function repeated(byte: number, times: number): ZstdBlock {
  return [1, times, Uint8Array.of(byte)]
}

/** A compressed block. */
export function packed(bytes: Uint8Array): ZstdBlock {
  return [2, bytes.length, bytes]
}

/**
 * A compressed block of so many literals of one byte, and one match.
 *
 * @param literals 0 to 15.
 * @param distance How far back the match lies, from 1 on.
 * @param length Of the match, 3 to 34.
 */
export function match(literals: number, distance: number, length: number): ZstdBlock {
  return matchOf(literals, distance + 3, length)
}

/** The same by the value that stands for a distance: 1 to 3 are the last ones once more. */
export function matchOf(literals: number, value: number, length: number): ZstdBlock {
  // Tables of one symbol each take no bits of their own: only those of the offset are left, and its highest one ends them.
  const code = 31 - Math.clz32(value)
  const tables = Uint8Array.of(1 | (literals << 3), 0x2a, 1, 0x54, literals, code, length - 3)
  const bits = new Bytes(true).u32(value).take()
  return packed(concat([tables, bits.subarray(0, (code >> 3) + 1)]))
}

/** What the header of a zstd frame says. */
export interface ZstdHeader {
  /** Code of the window; by default 1 KiB. */
  readonly window?: number
  /** A single segment of so many bytes, up to 255, instead. */
  readonly single?: number
  readonly dictionary?: number
  /** What the checksum is of. */
  readonly content?: Uint8Array
}

/** A zstd frame. */
export function zstdFrame(blocks: readonly ZstdBlock[], header: ZstdHeader = {}): Uint8Array {
  const { window = 0, single, dictionary, content } = header
  const flags =
    (single === undefined ? 0 : 0x20) |
    (content === undefined ? 0 : 4) |
    (dictionary === undefined ? 0 : 1)
  const bytes = new Bytes(true).u32(0xfd2fb528).u8(flags)
  if (single === undefined) bytes.u8(window)
  if (dictionary !== undefined) bytes.u8(dictionary)
  if (single !== undefined) bytes.u8(single)
  for (const [at, [kind, size, data]] of blocks.entries()) {
    const word = Number(at === blocks.length - 1) | (kind << 1) | (size << 3)
    bytes
      .u8(word & 255)
      .u16(word >>> 8)
      .raw(data)
  }
  if (content !== undefined) bytes.u32(Number(hashes.h64Raw(content) & 0xffff_ffffn))
  return bytes.take()
}

/** A frame that is stepped over. */
export function skippable(bytes: Uint8Array): Uint8Array {
  return new Bytes(true).u32(0x184d2a53).u32(bytes.length).raw(bytes).take()
}

/** A block of an LZ4 frame; one that is not compressed is given as a text or bytes of its own. */
export type Lz4Block = { readonly plain: Uint8Array } | { readonly packed: Uint8Array }

/** What the header of an LZ4 frame says. */
export interface Lz4Header {
  readonly linked?: boolean
  /** Code of the largest block, 4 to 7; by default 64 KiB. */
  readonly size?: number
  readonly blockChecksums?: boolean
  readonly contentBytes?: number
  readonly dictionary?: number
  /** What the checksum is of. */
  readonly content?: Uint8Array
}

/** An LZ4 frame. */
export function lz4Frame(blocks: readonly Lz4Block[], header: Lz4Header = {}): Uint8Array {
  const { linked = false, size = 4, blockChecksums = false } = header
  const { contentBytes, dictionary, content } = header
  const flags =
    0x40 |
    (linked ? 0 : 0x20) |
    (blockChecksums ? 0x10 : 0) |
    (contentBytes === undefined ? 0 : 8) |
    (content === undefined ? 0 : 4) |
    (dictionary === undefined ? 0 : 1)
  const descriptor = new Bytes(true).u8(flags).u8(size << 4)
  if (contentBytes !== undefined) descriptor.u32(contentBytes).u32(0)
  if (dictionary !== undefined) descriptor.u32(dictionary)
  const head = descriptor.take()
  const bytes = new Bytes(true)
    .u32(0x184d2204)
    .raw(head)
    .u8((hashes.h32Raw(head) >>> 8) & 255)
  for (const block of blocks) {
    const data = 'plain' in block ? block.plain : block.packed
    bytes.u32('plain' in block ? data.length + 2 ** 31 : data.length).raw(data)
    if (blockChecksums) bytes.u32(hashes.h32Raw(data) >>> 0)
  }
  bytes.u32(0)
  if (content !== undefined) bytes.u32(hashes.h32Raw(content) >>> 0)
  return bytes.take()
}
