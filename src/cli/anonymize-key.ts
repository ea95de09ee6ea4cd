// `--anonymize` and `--anonymize-key`: what addresses are replaced by.

import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { InvalidArgumentError } from 'commander'
import { systemErrorText } from '../base/system-error.js'
import { CRYPTO_PAN_KEY_BYTES } from '../output/anonymize/crypto-pan.js'
import { withoutListeners } from './interrupt.js'

const HEX_KEY = /^[0-9a-f]{64}$/i
/** Room for the digits, and for what editors put around them. */
const KEY_FILE_BYTES_MAX = 128

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
    // A pipe may never be written to.
    bytes = withoutListeners(() => beginningOf(path))
  } catch (error) {
    throw new InvalidArgumentError(`cannot read ${path}: ${systemErrorText(error)}`)
  }
  if (bytes.length === CRYPTO_PAN_KEY_BYTES) return bytes
  const text = bytes.toString('latin1').trim()
  if (bytes.length <= KEY_FILE_BYTES_MAX && HEX_KEY.test(text)) return Buffer.from(text, 'hex')
  const found =
    bytes.length > KEY_FILE_BYTES_MAX ? `more than ${KEY_FILE_BYTES_MAX}` : `${bytes.length}`
  throw new InvalidArgumentError(
    `${path} holds ${found} bytes; a key is 32 bytes, or 64 hexadecimal digits (openssl rand -hex 32 makes one)`,
  )
}

/** What a file or pipe holds, up to one byte more than is allowed. */
function beginningOf(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const stat = fstatSync(file)
    if (!stat.isFile() && !stat.isFIFO()) throw new Error('it is neither a file nor a pipe')
    const room = Buffer.alloc(KEY_FILE_BYTES_MAX + 1)
    let filled = 0
    while (filled < room.length) {
      const bytes = readSync(file, room, filled, room.length - filled, null)
      if (bytes === 0) break
      filled += bytes
    }
    return room.subarray(0, filled)
  } finally {
    closeSync(file)
  }
}
