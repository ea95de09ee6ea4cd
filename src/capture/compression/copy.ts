// Copies within decompressed bytes: zstd and LZ4 both repeat what came before. Four bytes are copied at a time, so that up to
// {@link COPY_MARGIN_BYTES} behind a copy are overwritten: there must be room for them, and nothing in it yet.

/** Room behind all that is copied, and behind what it is copied from. */
export const COPY_MARGIN_BYTES = 3

/** Longer ones are left to the engine, whose call costs as much as copying so many. */
const LONG_BYTES = 96
const WORD_BYTES = 4

/** Bytes, and the same as words. */
export interface CopyBuffer {
  readonly bytes: Uint8Array
  readonly view: DataView
}

/** Looks at bytes as words, too. */
export function copyBuffer(bytes: Uint8Array): CopyBuffer {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
}

/** Writes `count` bytes at `at` that are the same as those `distance` before; where that is less, they repeat themselves. */
export function repeatBytes(out: CopyBuffer, at: number, distance: number, count: number): void {
  const { bytes, view } = out
  const end = at + count
  if (count >= LONG_BYTES) {
    // What has been copied doubles what can be copied at once.
    for (let to = at; to < end;) {
      const part = Math.min(end - to, to - at + distance)
      bytes.copyWithin(to, at - distance, at - distance + part)
      to += part
    }
  } else if (distance < WORD_BYTES) {
    for (let to = at; to < end; to++) bytes[to] = bytes[to - distance] as number
  } else {
    for (let to = at; to < end; to += WORD_BYTES) {
      view.setUint32(to, view.getUint32(to - distance, true), true)
    }
  }
}

/** Writes `count` bytes at `at` that are the same as those at `start` of others. */
export function copyBytes(
  from: CopyBuffer,
  start: number,
  count: number,
  out: CopyBuffer,
  at: number,
): void {
  if (count >= LONG_BYTES) {
    out.bytes.set(from.bytes.subarray(start, start + count), at)
    return
  }
  const { view } = out
  const { view: source } = from
  for (let n = 0; n < count; n += WORD_BYTES) {
    view.setUint32(at + n, source.getUint32(start + n, true), true)
  }
}
