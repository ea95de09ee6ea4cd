// One deflate stream (RFC 1951), fed piece by piece. What a piece gives is taken output by output, and zlib's thread stops
// when two of them wait: a kilobyte may become a megabyte.

import { createInflateRaw, type InflateRaw } from 'node:zlib'
import { OUTPUT_BYTES } from './decompressor.js'

/** Outputs that may wait to be taken. */
const MAX_WAITING = 2
/** Outputs there are at most: those, one in the stream, one being filled, and the one the caller has. */
export const MAX_OUTPUTS: number = MAX_WAITING + 3

/** Inflates one deflate stream in zlib's own thread. */
export class Inflater {
  /** True when the stream has ended; what follows it belongs to something else. */
  done = false
  /** Bytes of the last piece that belonged to the stream. */
  usedBytes = 0
  private readonly raw: InflateRaw
  private readonly outputs: Uint8Array[] = []
  private isPieceUsed = true
  private error: Error | undefined
  private before = 0
  private wake: (() => void) | undefined

  /** `outputBytes`: the largest output. */
  constructor(outputBytes: number = OUTPUT_BYTES) {
    const raw = createInflateRaw({ chunkSize: outputBytes })
    this.raw = raw
    raw.on('data', (output: Uint8Array) => {
      this.outputs.push(output)
      if (this.outputs.length >= MAX_WAITING) raw.pause()
      this.wake?.()
    })
    raw.on('error', (error) => this.settle(error))
    // zlib drops the callback of the write that reaches the end of the stream.
    raw.on('end', () => {
      this.done = true
      this.settle()
    })
  }

  /** Begins with a piece; the one before must be used up. */
  start(piece: Uint8Array): void {
    this.before = this.raw.bytesWritten
    this.isPieceUsed = false
    this.raw.write(piece, (error) => this.settle(error))
  }

  /** The next output of the piece; undefined when it is used up. Rejects at damage, and what came just before it is lost. */
  async next(): Promise<Uint8Array | undefined> {
    const { raw, outputs } = this
    for (;;) {
      const output = outputs.shift()
      if (raw.isPaused() && outputs.length < MAX_WAITING) raw.resume()
      if (output !== undefined) return output
      if (this.error !== undefined) throw this.error
      // An output may still be on its way through the stream.
      if (this.isPieceUsed && raw.readableLength === 0) {
        this.usedBytes = raw.bytesWritten - this.before
        return undefined
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
  }

  /** Lets go of zlib's memory. */
  close(): void {
    this.raw.destroy()
  }

  private settle(error?: Error | null): void {
    this.isPieceUsed = true
    this.error ??= error ?? undefined
    this.wake?.()
  }
}

/** Compressed bytes inflated at once that are known to be sound. */
const SOUND_PIECE_BYTES = 64 * 1024

/**
 * The output of a deflate stream from its byte `skipBytes` on up to the damage in it, for a stream
 * that `Inflater` rejected: inflates it from the start, in ever smaller pieces where it fails, so
 * that the damage is reached byte by byte.
 *
 * @param replay Gives the compressed bytes from the start, as often as asked.
 */
export async function* inflateToDamage(
  replay: () => Iterable<Uint8Array>,
  skipBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let passedBytes = skipBytes
  let soundBytes = 0
  for (const pieceBytes of [1024, 1]) {
    const inflater = new Inflater()
    let at = 0
    let outputBytes = 0
    try {
      for (const piece of piecesOf(replay(), soundBytes, pieceBytes)) {
        inflater.start(piece)
        for (;;) {
          const output = await inflater.next()
          if (output === undefined) break
          const fresh = output.subarray(Math.max(0, passedBytes - outputBytes))
          outputBytes += output.length
          passedBytes = Math.max(passedBytes, outputBytes)
          if (fresh.length > 0) yield fresh
        }
        at += piece.length
        if (inflater.done) return
      }
    } catch {
      soundBytes = at
    } finally {
      inflater.close()
    }
  }
}

/** Cuts chunks: into pieces of `SOUND_PIECE_BYTES` up to byte `soundBytes`, and of `pieceBytes` from there on. */
function* piecesOf(
  chunks: Iterable<Uint8Array>,
  soundBytes: number,
  pieceBytes: number,
): Generator<Uint8Array, void, undefined> {
  let at = 0
  for (const chunk of chunks) {
    const sound = Math.min(Math.max(soundBytes - at, 0), chunk.length)
    for (let cut = 0; cut < chunk.length;) {
      const end = cut < sound ? Math.min(cut + SOUND_PIECE_BYTES, sound) : cut + pieceBytes
      yield chunk.subarray(cut, end)
      cut = end
    }
    at += chunk.length
  }
}
