// A cursor over bytes that arrive in chunks of any size.

/** The bytes of a chunked source that have not been taken yet, as far as they have arrived. */
export class ChunkInput {
  /** What is there; shares memory with the chunk it came in. */
  bytes: Uint8Array = new Uint8Array(0)
  /** Offset of `bytes[0]` in the source. */
  offset = 0
  private readonly chunks: AsyncIterator<Uint8Array>

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.chunks = chunks[Symbol.asyncIterator]()
  }

  /** Waits until `bytes` holds at least `count` bytes; false if the source ends before. */
  async fill(count: number): Promise<boolean> {
    while (this.bytes.length < count) {
      const { done, value } = await this.chunks.next()
      if (done === true) return false
      this.bytes = this.bytes.length === 0 ? value : joined(this.bytes, value)
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
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
