// Headers of zstd frames (RFC 8878 §3.1.1.1).

import { quoting } from '../../../base/quoting.js'
import { FrameDamage, type FrameInput } from '../frame-input.js'
import { littleEndian } from '../skippable.js'
import { MOST_BLOCK_BYTES } from './block.js'

/** The largest window that is read, as much as `zstd -d` takes unless it is told to take more: 128 MiB. */
const MOST_WINDOW_BYTES = 128 * 1024 * 1024
const MEBIBYTE = 1024 * 1024

const SINGLE_SEGMENT = 0x20
const RESERVED = 0x08
const CHECKSUM = 0x04
const DICTIONARY_BYTES = [0, 1, 2, 4] as const
const CONTENT_BYTES = [0, 2, 4, 8] as const

/** What a header says of its frame. */
export interface FrameHeader {
  readonly windowBytes: number
  /** The largest block, decompressed. */
  readonly mostBlockBytes: number
  readonly contentBytes: number | undefined
  readonly hasChecksum: boolean
}

/**
 * Reads the header behind the magic number.
 *
 * @throws {FrameDamage} where it ends before, or the frame needs a dictionary or a larger window than there is.
 */
export async function readFrameHeader(input: FrameInput): Promise<FrameHeader> {
  const what = 'frame header'
  const [flags = 0] = await input.read(1, what)
  if ((flags & RESERVED) !== 0) throw new FrameDamage('a frame header', quoting`flags ${flags}`)
  const isSingle = (flags & SINGLE_SEGMENT) !== 0
  const [window = 0] = isSingle ? [] : await input.read(1, what)
  const dictionaryBytes = DICTIONARY_BYTES[flags & 3] as number
  const dictionary = littleEndian(await input.read(dictionaryBytes, what))
  if (dictionary !== 0) throw new FrameDamage('no dictionary', quoting`dictionary ${dictionary}`)
  const form = flags >> 6
  const contentLength = form === 0 && isSingle ? 1 : (CONTENT_BYTES[form] as number)
  const content = littleEndian(await input.read(contentLength, what)) + (form === 1 ? 256 : 0)
  const windowBytes = isSingle ? content : 2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8)
  if (windowBytes > MOST_WINDOW_BYTES) {
    throw new FrameDamage(
      `a window of at most ${MOST_WINDOW_BYTES / MEBIBYTE} MiB (for more: zstd -dc --long=31 FILE | tcp-teardown analyze -)`,
      quoting`${Math.ceil(windowBytes / MEBIBYTE)} MiB`,
    )
  }
  return {
    windowBytes,
    mostBlockBytes: Math.min(windowBytes, MOST_BLOCK_BYTES),
    contentBytes: contentLength > 0 ? content : undefined,
    hasChecksum: (flags & CHECKSUM) !== 0,
  }
}
