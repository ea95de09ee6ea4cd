// An id for each connection, of the form of Zeek's. Zeek draws them by lot; here the same capture gives the same ones.

import type { ColumnSource } from '../columns/column.js'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** As many as it takes for two connections of a year not to meet in one. */
const WORDS = 3
const DIGITS_OF_WORD = 6

/** The hashes of the capture that was last, for its name is the same for all of its connections. */
const last = { name: '', hashes: new Int32Array(WORDS) }

/** `C` and the digits of a hash of capture and stream. */
export function connectionUid({ captureName, e }: ColumnSource): string {
  if (captureName !== last.name) {
    last.name = captureName
    for (let i = 0; i < WORDS; i++) last.hashes[i] = hashOf(captureName, i)
  }
  let text = 'C'
  for (let i = 0; i < WORDS; i++)
    text += wordText(
      mixed((last.hashes[i] as number) ^ Math.imul(e.stream + 1, FACTORS[i] as number)),
    )
  return text
}

const FACTORS = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d]

function hashOf(text: string, seed: number): number {
  let hash = FACTORS[seed] as number
  for (let at = 0; at < text.length; at++) hash = mixed(Math.imul(hash, 31) ^ text.charCodeAt(at))
  return hash
}

/** The last step of MurmurHash3. */
function mixed(word: number): number {
  let h = word ^ (word >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

function wordText(word: number): string {
  let rest = word >>> 0
  let text = ''
  for (let i = 0; i < DIGITS_OF_WORD; i++) {
    text += DIGITS.charAt(rest % DIGITS.length)
    rest = Math.floor(rest / DIGITS.length)
  }
  return text
}
