// Addresses replaced by others, so that results can be handed on: Crypto-PAn (Xu, Fan, Ammar and Moon, "Prefix-Preserving
// IP Address Anonymization", ICNP 2002). Two addresses that share their first n bits still do, which keeps networks
// together, and the same key gives the same addresses in every run and in other tools. Without the key there is no way
// back, but who can place traffic of their own into a capture learns the prefixes of its addresses.

import { type Cipher, createCipheriv } from 'node:crypto'
import type { Anonymizer } from '../columns/address.js'
import { KnownAddresses } from './known-addresses.js'

/** Bytes of a key: the first half is the AES key, the second makes the padding. */
export const CRYPTO_PAN_KEY_BYTES = 32

const BLOCK_BYTES = 16
const WORD_BITS = 32
const IPV6_WORDS = 4

/** Replaces addresses, always the same way for the same key. */
export class CryptoPan implements Anonymizer {
  private readonly cipher: Cipher
  /** The encrypted second half of the key: stands in for the bits of an address that are not looked at. */
  private readonly pad: Int32Array
  /** What is encrypted for each bit of an address. */
  private readonly blocks: Buffer
  private readonly knownIpv4: KnownAddresses
  private readonly knownIpv6: KnownAddresses
  /** An IPv4 address that is looked for. */
  private readonly wanted = new Int32Array(1)

  /** @throws {RangeError} for a key that is not 32 bytes long. */
  constructor(key: Uint8Array) {
    if (key.length !== CRYPTO_PAN_KEY_BYTES) {
      throw new RangeError(`a key of ${CRYPTO_PAN_KEY_BYTES} bytes is needed, not ${key.length}`)
    }
    this.cipher = createCipheriv('aes-128-ecb', key.subarray(0, BLOCK_BYTES), null)
    const pad = this.cipher.update(key.subarray(BLOCK_BYTES))
    this.pad = wordsOf(pad)
    this.blocks = Buffer.alloc(BLOCK_BYTES * IPV6_WORDS * WORD_BITS, pad)
    this.knownIpv4 = new KnownAddresses(this.replace(new Int32Array(1)))
    this.knownIpv6 = new KnownAddresses(this.replace(new Int32Array(IPV6_WORDS)))
  }

  /** The address in place of an IPv4 address, as a word in network order. */
  ipv4(word: number): number {
    const { knownIpv4, wanted } = this
    wanted[0] = word
    let slot = knownIpv4.find(wanted, 0)
    if (slot < 0) slot = knownIpv4.keep(wanted, 0, this.replace(wanted))
    return knownIpv4.word(slot, 0)
  }

  /** The words in place of the four words of an IPv6 address at `at`. */
  ipv6(words: Int32Array, at: number): Int32Array {
    const { knownIpv6 } = this
    let slot = knownIpv6.find(words, at)
    if (slot < 0) {
      slot = knownIpv6.keep(words, at, this.replace(words.subarray(at, at + IPV6_WORDS)))
    }
    const replaced = new Int32Array(IPV6_WORDS)
    for (let word = 0; word < IPV6_WORDS; word++) replaced[word] = knownIpv6.word(slot, word)
    return replaced
  }

  /** Each bit is kept or turned by what the cipher makes of the bits before it. */
  private replace(address: Int32Array): Int32Array {
    const bits = address.length * WORD_BITS
    const { blocks, pad } = this
    for (let n = 0; n < bits; n++) {
      // The words behind it are those of the pad in every address.
      for (let word = 0; word <= n >>> 5; word++) {
        const taken = Math.min(n - word * WORD_BITS, WORD_BITS)
        const mixed = mix(address[word] as number, pad[word] as number, taken)
        blocks.writeInt32BE(mixed, n * BLOCK_BYTES + word * 4)
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
function mix(word: number, pad: number, taken: number): number {
  if (taken === 0) return pad
  const rest = taken === WORD_BITS ? 0 : -1 >>> taken
  return (word & ~rest) | (pad & rest)
}

function wordsOf(bytes: Buffer): Int32Array {
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readInt32BE(4 * i))
}
