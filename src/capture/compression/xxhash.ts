// Checksums of zstd and LZ4 frames: xxHash, as WebAssembly, loaded when the first frame has one.

import type { XXHash, XXHashAPI } from 'xxhash-wasm'
import { quoting } from '../../base/quoting.js'
import { FrameDamage } from './frame-input.js'
import { littleEndian } from './skippable.js'

let loaded: XXHashAPI | undefined

async function load(): Promise<XXHashAPI> {
  if (loaded === undefined) {
    const { default: xxhash } = await import('xxhash-wasm')
    loaded = await xxhash()
  }
  return loaded
}

/** A checksum of 32 bits of bytes that come one after another. */
export interface Checksum {
  update(bytes: Uint8Array): void
  /** The checksum of all bytes so far, unsigned. */
  value(): number
  /**
   * Compares it with four bytes of a frame.
   *
   * @throws {FrameDamage} where they are not the same.
   */
  compare(bytes: Uint8Array): void
}

/** XXH32, of LZ4. */
export async function xxh32(): Promise<Checksum> {
  const hashes = await load()
  return checksum(hashes.create32(), (digest) => digest >>> 0)
}

/** The low half of XXH64, of zstd. */
export async function xxh64Low(): Promise<Checksum> {
  const hashes = await load()
  return checksum(hashes.create64(), (digest) => Number(digest & 0xffff_ffffn))
}

function checksum<T>(hash: XXHash<T>, low: (digest: T) => number): Checksum {
  return {
    update: (bytes) => void hash.update(bytes),
    value: () => low(hash.digest()),
    compare(bytes) {
      const expected = littleEndian(bytes)
      const found = this.value()
      if (expected === found) return
      throw new FrameDamage(
        quoting`checksum ${expected.toString(16)}`,
        quoting`${found.toString(16)}`,
      )
    },
  }
}
