// Addresses replaced by others, so that results can be handed on: Crypto-PAn (Xu, Fan, Ammar and Moon, "Prefix-Preserving
// IP Address Anonymization", ICNP 2002). Two addresses that share their first n bits still do, which keeps networks
// together, and the same key gives the same addresses in every run and in other tools. Without the key there is no way
// back, but who can place traffic of their own into a capture learns the prefixes of its addresses.

import { type Cipher, createCipheriv } from 'node:crypto'
import type { Anonymizer } from '../columns/address.js'

/** Bytes of a key: the first half is the AES key, the second makes the padding. */
export const CRYPTO_PAN_KEY_BYTES = 32

const BLOCK_BYTES = 16
const WORD_BITS = 32
/** Addresses kept ready; all are forgotten when there are more. */
const MAX_KNOWN = 1 << 16

/** Replaces addresses, always the same way for the same key. */
export class CryptoPan implements Anonymizer {
  private readonly cipher: Cipher
  /** The encrypted second half of the key: stands in for the bits of an address that are not looked at. */
  private readonly pad: Int32Array
  private readonly blocks = Buffer.alloc(BLOCK_BYTES * 4 * WORD_BITS)
  private readonly known = new Map<string | number, Int32Array>()

  /** @throws {RangeError} for a key that is not 32 bytes long. */
  constructor(key: Uint8Array) {
    if (key.length !== CRYPTO_PAN_KEY_BYTES) {
      throw new RangeError(`a key of ${CRYPTO_PAN_KEY_BYTES} bytes is needed, not ${key.length}`)
    }
    this.cipher = createCipheriv('aes-128-ecb', key.subarray(0, BLOCK_BYTES), null)
    this.pad = wordsOf(this.cipher.update(key.subarray(BLOCK_BYTES)))
  }

  /** The address in place of an IPv4 address, as a word in network order. */
  ipv4(word: number): number {
    const known = this.known.get(word) ?? this.learn(word, Int32Array.of(word))
    return known[0] as number
  }

  /** The words in place of the four words of an IPv6 address at `at`. */
  ipv6(words: Int32Array, at: number): Int32Array {
    const address = words.slice(at, at + 4)
    const key = address.join()
    return this.known.get(key) ?? this.learn(key, address)
  }

  private learn(key: string | number, address: Int32Array): Int32Array {
    if (this.known.size >= MAX_KNOWN) this.known.clear()
    const replaced = this.replace(address)
    this.known.set(key, replaced)
    return replaced
  }

  /** Each bit is kept or turned by what the cipher makes of the bits before it. */
  private replace(address: Int32Array): Int32Array {
    const bits = address.length * WORD_BITS
    const { blocks, pad } = this
    for (let n = 0; n < bits; n++) {
      for (let word = 0; word < pad.length; word++) {
        const taken = Math.min(Math.max(n - word * WORD_BITS, 0), WORD_BITS)
        blocks.writeInt32BE(
          mixed(address[word] ?? 0, pad[word] as number, taken),
          n * BLOCK_BYTES + word * 4,
        )
      }
    }
    const made = this.cipher.update(blocks.subarray(0, bits * BLOCK_BYTES))
    return address.map((word, at) => {
      let turned = 0
      for (let bit = 0; bit < WORD_BITS; bit++) {
        const first = made[(at * WORD_BITS + bit) * BLOCK_BYTES] as number
        turned = (turned << 1) | (first >>> 7)
      }
      return word ^ turned
    })
  }
}

/** The first `taken` bits of one word, the others of another. */
function mixed(word: number, pad: number, taken: number): number {
  if (taken === 0) return pad
  const rest = taken === WORD_BITS ? 0 : -1 >>> taken
  return (word & ~rest) | (pad & rest)
}

function wordsOf(bytes: Buffer): Int32Array {
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readInt32BE(4 * i))
}
