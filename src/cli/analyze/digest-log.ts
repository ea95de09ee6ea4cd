// The digests of a run. Nothing looks into them yet; with NODE_DEBUG=tcp-teardown their number and a hash over all of them
// are told on stderr, which shows that every connection left one, in the same order in every run.

import { debuglog } from 'node:util'
import { DIGEST_CELLS, type DigestBatch } from '../../incidents/digest.js'

const log = debuglog('tcp-teardown')

/** Takes the digests of all connections, in the order of their endings. */
export class DigestLog {
  private readonly isHashed: boolean
  private count = 0
  private hash = 0
  private capture = ''

  /** `isHashed` is false where a hash, of which the addresses can be guessed, would tell too much. */
  constructor(isHashed: boolean) {
    this.isHashed = isHashed && log.enabled
  }

  /** Takes a batch. */
  readonly add = ({ captureName, baseNs, count, cells }: DigestBatch): void => {
    this.count += count
    if (!this.isHashed) return
    const capture = `${captureName} ${baseNs}`
    if (capture !== this.capture) for (const char of capture) this.mix(char.charCodeAt(0))
    this.capture = capture
    const words = new Int32Array(cells.buffer, cells.byteOffset, count * DIGEST_CELLS * 2)
    for (const word of words) this.mix(word)
  }

  /** Says what has come. */
  tell(): void {
    const hash = this.isHashed ? (this.hash >>> 0).toString(16) : '(hidden)'
    log('digests: %d, hash %s', this.count, hash)
  }

  private mix(word: number): void {
    this.hash = Math.imul(this.hash ^ word, 0x01000193)
  }
}
