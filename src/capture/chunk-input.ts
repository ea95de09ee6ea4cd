// A cursor over bytes that arrive in chunks of any size.

/** The bytes of a chunked source that have not been taken yet, as far as they have arrived. */
export class ChunkInput {
  /** What is there; shares memory with the chunk it came in. */
  bytes: Uint8Array = new Uint8Array(0)
  /** Offset of `bytes[0]` in the source. */
  offset = 0
  private readonly chunks: AsyncIterator<Uint8Array>
  /** Where chunks are joined, at the end of `bytes`: behind what anybody has been given of it. */
  private joined: Uint8Array | undefined

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.chunks = chunks[Symbol.asyncIterator]()
  }

  /** Waits until `bytes` holds at least `count` bytes; false if the source ends before. */
  async fill(count: number): Promise<boolean> {
    while (this.bytes.length < count) {
      const { done, value } = await this.chunks.next()
      if (done === true) return false
      this.append(value)
    }
    return true
  }

  /** Steps over the next `count` bytes, which must be there, and returns them. */
  take(count: number): Uint8Array {
    const taken = this.bytes.subarray(0, count)
    this.bytes = this.bytes.subarray(count)
    this.offset += count
    return taken
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    await this.chunks.return?.()
  }

  private append(chunk: Uint8Array): void {
    const { bytes, joined } = this
    if (bytes.length === 0) {
      this.joined = undefined
      this.bytes = chunk
      return
    }
    const length = bytes.length + chunk.length
    const isThere = joined !== undefined && bytes.buffer === joined.buffer
    if (isThere && bytes.byteOffset + length <= joined.length) {
      joined.set(chunk, bytes.byteOffset + bytes.length)
      this.bytes = joined.subarray(bytes.byteOffset, bytes.byteOffset + length)
      return
    }
    // Twice as long as needed, so that a block of many small chunks is not copied once for each.
    const room = new Uint8Array(2 * length)
    room.set(bytes)
    room.set(chunk, bytes.length)
    this.joined = room
    this.bytes = room.subarray(0, length)
  }
}
