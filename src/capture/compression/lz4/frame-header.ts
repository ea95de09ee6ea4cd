// Headers of LZ4 frames: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md

import { quoting } from '../../../base/quoting.js'
import { FrameDamage, type FrameInput } from '../frame-input.js'
import { littleEndian } from '../skippable.js'
import { xxh32 } from '../xxhash.js'

const VERSION = 1
const INDEPENDENT = 0x20
const BLOCK_CHECKSUM = 0x10
const CONTENT_SIZE = 0x08
const CONTENT_CHECKSUM = 0x04
const RESERVED = 0x02
const DICTIONARY = 0x01
const CONTENT_SIZE_BYTES = 8
const DICTIONARY_BYTES = 4
/** Blocks of code 4 have 64 KiB, each further code four times as much, up to 7: 4 MiB. */
const LEAST_BLOCK_CODE = 4
const LEAST_BLOCK_BYTES = 64 * 1024

/** What a header says of its frame. */
export interface FrameHeader {
  readonly isIndependent: boolean
  /** The largest block, decompressed. */
  readonly mostBlockBytes: number
  readonly hasBlockChecksums: boolean
  readonly contentBytes: number | undefined
  readonly hasChecksum: boolean
}

/**
 * Reads the header behind the magic number.
 *
 * @throws {FrameDamage} where it ends before, is damaged, or asks for a dictionary.
 */
export async function readFrameHeader(input: FrameInput): Promise<FrameHeader> {
  const what = 'frame header'
  const start = Uint8Array.from(await input.read(2, what))
  const [flags = 0, blocks = 0] = start
  if (flags >> 6 !== VERSION || (flags & RESERVED) !== 0) {
    throw new FrameDamage('a frame header of version 1', quoting`flags ${flags}`)
  }
  const code = (blocks >> 4) & 7
  if (code < LEAST_BLOCK_CODE || (blocks & 0x8f) !== 0) {
    throw new FrameDamage('a size of blocks', quoting`code ${blocks}`)
  }
  const hasSize = (flags & CONTENT_SIZE) !== 0
  const hasDictionary = (flags & DICTIONARY) !== 0
  const length = (hasSize ? CONTENT_SIZE_BYTES : 0) + (hasDictionary ? DICTIONARY_BYTES : 0)
  const rest = await input.read(length + 1, what)
  const checksum = await xxh32()
  checksum.update(start)
  checksum.update(rest.subarray(0, length))
  const expected = rest[length] as number
  const found = (checksum.value() >>> 8) & 255
  if (expected !== found) {
    throw new FrameDamage(quoting`header checksum ${expected}`, quoting`${found}`)
  }
  if (hasDictionary) {
    const dictionary = littleEndian(rest.subarray(length - DICTIONARY_BYTES, length))
    throw new FrameDamage('no dictionary', quoting`dictionary ${dictionary}`)
  }
  return {
    isIndependent: (flags & INDEPENDENT) !== 0,
    mostBlockBytes: LEAST_BLOCK_BYTES * 4 ** (code - LEAST_BLOCK_CODE),
    hasBlockChecksums: (flags & BLOCK_CHECKSUM) !== 0,
    contentBytes: hasSize ? littleEndian(rest.subarray(0, CONTENT_SIZE_BYTES)) : undefined,
    hasChecksum: (flags & CONTENT_CHECKSUM) !== 0,
  }
}
