// `--anonymize` and `--anonymize-key`: what addresses are replaced by.

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { TeardownError } from '../base/errors.js'
import { systemErrorText } from '../capture/system-error.js'
import { CRYPTO_PAN_KEY_BYTES } from '../output/anonymize/crypto-pan.js'

const HEX_KEY = /^[0-9a-f]{64}$/i

/** Options as commander hands them over. */
export interface AnonymizeFlags {
  readonly anonymize?: boolean
  readonly anonymizeKey?: string
}

/**
 * The key to anonymize with: that of the file, else one that is forgotten after the run; undefined when nothing is to be
 * anonymized.
 *
 * @throws {TeardownError} ERR_OPTION when the file cannot be read or holds no key.
 */
export function anonymizeKeyOf({
  anonymize,
  anonymizeKey,
}: AnonymizeFlags): Uint8Array | undefined {
  if (anonymizeKey !== undefined) return keyIn(anonymizeKey)
  return anonymize === true ? randomBytes(CRYPTO_PAN_KEY_BYTES) : undefined
}

function keyIn(path: string): Uint8Array {
  let octets: Buffer
  try {
    octets = readFileSync(path)
  } catch (error) {
    const why = systemErrorText(error)
    throw new TeardownError('ERR_OPTION', `--anonymize-key: cannot read ${path}: ${why}`, {
      cause: error,
    })
  }
  if (octets.length === CRYPTO_PAN_KEY_BYTES) return octets
  const text = octets.toString('latin1').trim()
  if (HEX_KEY.test(text)) return Buffer.from(text, 'hex')
  throw new TeardownError(
    'ERR_OPTION',
    `--anonymize-key: ${path} holds ${octets.length} octets; a key is 32 octets, or 64 hexadecimal digits ` +
      `(openssl rand -hex 32 makes one)`,
  )
}
