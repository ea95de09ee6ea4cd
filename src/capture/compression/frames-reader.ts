// What zstd and LZ4 have in common: a file is a row of frames, and each is decoded block by block in the calling thread.

import { quoting } from '../../base/quoting.js'
import type { ChunkInput } from '../chunk-input.js'
import { type DecompressOptions, type Decompressor, OUTPUT_BYTES } from './decompressor.js'
import { FrameDamage, FrameInput } from './frame-input.js'
import { History } from './history.js'
import { isSkippable, MAGIC_BYTES, skipFrame } from './skippable.js'
import type { Checksum } from './xxhash.js'

/** Output that is gathered of small blocks before it is passed on. */
const GATHERED_BYTES = 64 * 1024
const CHECKSUM_BYTES = 4

/** Reads one frame after another. */
export abstract class FramesReader implements Decompressor {
  garbageOffset: number | undefined
  protected readonly input: FrameInput
  protected readonly history: History
  private readonly outputBytes: number
  /** Output that has been passed on. */
  private givenBytes = 0

  /** `format`: how messages name it. */
  constructor(
    input: ChunkInput,
    format: string,
    { outputBytes = OUTPUT_BYTES, keep }: DecompressOptions,
  ) {
    this.input = new FrameInput(input, format)
    this.history = new History(keep)
    this.outputBytes = outputBytes
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      while (await this.findFrame()) yield* this.readFrame()
    } catch (error) {
      yield* this.outputs()
      throw this.input.located(error, this.givenBytes)
    }
  }

  /** Whether a frame of the format starts with these bytes, which may be fewer than a magic number. */
  protected abstract startsFrame(bytes: Uint8Array): boolean

  /** What a frame holds; its magic number has been stepped over. */
  protected abstract readFrame(): AsyncGenerator<Uint8Array, void, undefined>

  /** Waits for bytes. Of a live pipe all that has arrived is passed on before. */
  protected async *arrive(
    count: number,
    what: string,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    yield* this.outputs()
    await this.input.fill(count, what)
  }

  /** All output that waits. */
  protected *outputs(): Generator<Uint8Array, void, undefined> {
    while (this.history.waitingBytes > 0) {
      const output = this.history.take(this.outputBytes)
      this.givenBytes += output.length
      yield output
    }
  }

  /** Output that waits, where it has become much. */
  protected *manyOutputs(): Generator<Uint8Array, void, undefined> {
    if (this.history.waitingBytes >= GATHERED_BYTES) yield* this.outputs()
  }

  /** Compares the end of a frame with what its header and the checksum behind it say. */
  protected async check(
    frameBytes: number,
    contentBytes: number | undefined,
    checksum: Checksum | undefined,
  ): Promise<void> {
    if (contentBytes !== undefined && frameBytes !== contentBytes) {
      throw new FrameDamage(quoting`${contentBytes} bytes`, quoting`${frameBytes}`)
    }
    checksum?.compare(await this.input.read(CHECKSUM_BYTES, 'frame checksum'))
  }

  /** Steps over the magic number of a frame; false at the end of the input or in front of garbage. */
  private async findFrame(): Promise<boolean> {
    const { input } = this
    for (;;) {
      const magic = await input.peek(MAGIC_BYTES)
      if (this.startsFrame(magic)) break
      if (!isSkippable(magic)) {
        if (magic.length > 0) this.garbageOffset = input.offset
        return false
      }
      await skipFrame(input)
    }
    input.take(MAGIC_BYTES)
    return true
  }
}
