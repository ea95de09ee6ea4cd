// `--anonymize` and `--anonymize-key`: what addresses are replaced by.

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { InvalidArgumentError } from 'commander'
import { systemErrorText } from '../base/system-error.js'
import { CRYPTO_PAN_KEY_BYTES } from '../output/anonymize/crypto-pan.js'

const HEX_KEY = /^[0-9a-f]{64}$/i

/** The two options; the key implies the other. */
export interface AnonymizeFlags {
  readonly anonymize?: boolean
  readonly anonymizeKey?: Uint8Array
}

/**
 * The key to anonymize with: that of the file, else one that is forgotten after the run; undefined when nothing is to be
 * anonymized.
 */
export function anonymizeKeyOf({
  anonymize,
  anonymizeKey,
}: AnonymizeFlags): Uint8Array | undefined {
  return anonymize === true ? (anonymizeKey ?? randomBytes(CRYPTO_PAN_KEY_BYTES)) : undefined
}

/**
 * The key in a file.
 *
 * @throws {InvalidArgumentError} when it cannot be read or holds no key.
 */
export function keyIn(path: string): Uint8Array {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new InvalidArgumentError(`cannot read ${path}: ${systemErrorText(error)}`)
  }
  if (bytes.length === CRYPTO_PAN_KEY_BYTES) return bytes
  const text = bytes.toString('latin1').trim()
  if (HEX_KEY.test(text)) return Buffer.from(text, 'hex')
  throw new InvalidArgumentError(
    `${path} holds ${bytes.length} bytes; a key is 32 bytes, or 64 hexadecimal digits (openssl rand -hex 32 makes one)`,
  )
}
