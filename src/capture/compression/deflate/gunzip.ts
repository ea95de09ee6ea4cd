// gzip of any number of members, decompressed without zlib: where there is none, or one that is done at the first member.

import type { ChunkInput } from '../../chunk-input.js'
import { type DecompressOptions, type Decompressor, OUTPUT_BYTES } from '../decompressor.js'
import { GzipFraming } from '../gzip-framing.js'
import { crc32 } from './crc32.js'
import { DeflateError, Inflate } from './inflate.js'

/** Decompresses one gzip file. */
export class Gunzip implements Decompressor {
  private readonly input: ChunkInput
  private readonly framing: GzipFraming
  private readonly inflate: Inflate

  /** @param input The compressed bytes from the first one on. */
  constructor(
    input: ChunkInput,
    { outputBytes = OUTPUT_BYTES }: Pick<DecompressOptions, 'outputBytes'> = {},
  ) {
    this.input = input
    this.framing = new GzipFraming(input)
    this.inflate = new Inflate(outputBytes)
  }

  get garbageOffset(): number | undefined {
    return this.framing.garbageOffset
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    const { framing } = this
    while (await framing.readHeader()) {
      let checksum = 0
      for await (const output of this.readMember()) {
        checksum = crc32(output, checksum)
        framing.outputBytes += output.length
        yield output
      }
      await framing.readTrailer(checksum)
    }
  }

  private async *readMember(): AsyncGenerator<Uint8Array, void, undefined> {
    const { input, framing, inflate } = this
    inflate.restart()
    for (;;) {
      const { stop, problem } = runOf(inflate, input.bytes)
      const output = inflate.take()
      if (output.length > 0) yield output
      if (problem !== undefined) throw framing.damage('deflate data', problem.message, problem)
      input.take(inflate.usedBytes)
      if (stop === 'end') return
      if (stop === 'input' && !(await input.fill(input.bytes.length + 1)))
        throw framing.cutShort('the rest of a gzip member')
    }
  }
}

/** What was decoded before damage is output too. */
function runOf(
  inflate: Inflate,
  bytes: Uint8Array,
): { readonly stop?: ReturnType<Inflate['run']>; readonly problem?: DeflateError } {
  try {
    return { stop: inflate.run(bytes) }
  } catch (error) {
    if (error instanceof DeflateError) return { problem: error }
    throw error
  }
}
