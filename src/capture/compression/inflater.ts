// One deflate stream (RFC 1951), fed piece by piece: a promise per piece over zlib's events.

import { createInflateRaw, type InflateRaw } from 'node:zlib'

/**
 * Room for all that a piece gives, as a rule: zlib's thread stops when it is full, until the main one has time to give it
 * more. Measured against 256 KiB: 15 % of a compressed capture of short connections.
 */
const OUTPUT_BYTES = 2 * 1024 * 1024

/** Compressed bytes inflated at once that are known to be sound: a bomb makes 16 MB of them. */
const SOUND_PIECE_BYTES = 16 * 1024

/** Inflates one deflate stream in zlib's own thread. */
export class Inflater {
  /** True when the stream has ended; what follows it belongs to something else. */
  done = false
  /** Bytes of the last piece that belonged to the stream. */
  usedBytes = 0
  private readonly raw: InflateRaw = createInflateRaw({ chunkSize: OUTPUT_BYTES })
  private outputs: Uint8Array[] = []
  private settle: (error?: Error | null) => void = () => {}

  constructor() {
    this.raw.on('data', (output: Uint8Array) => this.outputs.push(output))
    this.raw.on('error', (error) => this.settle(error))
    // zlib drops the callback of the write that reaches the end of the stream.
    this.raw.on('end', () => {
      this.done = true
      this.settle()
    })
  }

  /** Inflates a piece; rejects if it holds damage, and then its output is lost. */
  inflate(piece: Uint8Array): Promise<Uint8Array[]> {
    const before = this.raw.bytesWritten
    return new Promise((resolve, reject) => {
      this.settle = (error) => {
        if (error !== undefined && error !== null) {
          reject(error)
          return
        }
        const outputs = this.outputs
        this.outputs = []
        this.usedBytes = this.raw.bytesWritten - before
        resolve(outputs)
      }
      this.raw.write(piece, (error) => this.settle(error))
    })
  }

  /** Lets go of zlib's memory. */
  close(): void {
    this.raw.destroy()
  }
}

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
        const outputs = await inflater.inflate(piece)
        for (const output of outputs) {
          const fresh = output.subarray(Math.max(0, passedBytes - outputBytes))
          outputBytes += output.length
          if (fresh.length > 0) yield fresh
        }
        passedBytes = Math.max(passedBytes, outputBytes)
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
