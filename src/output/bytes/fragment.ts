// Text that is written again and again, kept as bytes that are copied four at a time: keys, words, digits.

const WORD_BYTES = 4
const encoder = new TextEncoder()

/** UTF-8 of a text. */
export interface Fragment {
  readonly bytes: Uint8Array
  /** The same in little-endian words; the last one is filled up with zeros. */
  readonly words: Int32Array
  /** Bytes that count. */
  readonly length: number
}

/** The fragment of a text. */
export function fragment(text: string): Fragment {
  const bytes = encoder.encode(text)
  const words = new Int32Array(Math.ceil(bytes.length / WORD_BYTES))
  for (let i = 0; i < bytes.length; i++) {
    const shift = 8 * (i % WORD_BYTES)
    const at = (i / WORD_BYTES) | 0
    words[at] = (words[at] as number) | ((bytes[i] as number) << shift)
  }
  return { bytes, words, length: bytes.length }
}
