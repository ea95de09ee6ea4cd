// Where the bytes of a capture come from: regular files, pipes, standard input, anything iterable.
// Regular files of this machine are read in the calling thread (half the time of a stream), all others as streams,
// because a read that blocks would stop signals and progress.

import { accessSync, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { Socket } from 'node:net'
import { TeardownError } from '../base/errors.js'
import { systemErrorText } from '../base/system-error.js'
import { unlessAborted } from '../base/unless-aborted.js'
import { ChunkInput } from './chunk-input.js'
import {
  type Compression,
  COMPRESSION_MAGIC_BYTES,
  compressionOf,
} from './compression/compressions.js'
import { type Decompressor, OUTPUT_BYTES } from './compression/decompressor.js'
import type { Framer } from './framer.js'
import { isRemote, patientChunks } from './patient-read.js'
import { isS3Url, isUrl, shownInput } from './remote/url.js'
import { type ReadOptions, type ReadSummary, Turns } from './turns.js'

/** Compressed bytes read of a file at once. */
const FILE_CHUNK_BYTES = 1024 * 1024

/** Names of standard input: a pipe or socket there cannot be opened again by every name. */
const STANDARD_INPUT = new Set(['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'])

/** A path, a URL (http, https, s3), `-` for standard input, or bytes in any split, such as a readable stream. */
export type CaptureSource = string | AsyncIterable<Uint8Array>

/**
 * Reads a whole capture into a framer, decompressing what is compressed, which is told by its magic number.
 *
 * @throws {CaptureError} when all records before the damage have been delivered.
 * @throws {TeardownError} ERR_READ if the source cannot be opened or read.
 */
export async function readCapture(
  source: CaptureSource,
  framer: Framer,
  options: ReadOptions = {},
): Promise<ReadSummary> {
  options.signal?.throwIfAborted()
  if (typeof source !== 'string') return readStream(source, 'the stream', framer, options)
  if (source === '-') return readStream(process.stdin, source, framer, options)
  if (isUrl(source))
    return readStream(
      await remoteChunks(source, options.signal),
      shownInput(source),
      framer,
      options,
    )
  const { kind, size } = systemCall(source, () => lookAt(source))
  if (kind === 'local file') return readFile(source, framer, options)
  const stream = systemCall(source, () => openStream(source, kind, options.signal))
  return readStream(stream, source, framer, options, size)
}

/** Whether a source is a file of less than `bytes`, or one that cannot be read. */
export function isSmallFile(source: CaptureSource, bytes: number): boolean {
  if (typeof source !== 'string' || source === '-' || isUrl(source)) return false
  try {
    const stat = statSync(source)
    return stat.isFile() && stat.size < bytes
  } catch {
    return true
  }
}

/** How a path is read, and its size where it has one; throws for what cannot be read at all. */
function lookAt(path: string): {
  readonly kind: 'local file' | 'remote file' | 'pipe' | 'other'
  readonly size: number | undefined
} {
  const stat = statSync(path)
  if (stat.isDirectory()) accessSync(path, constants.R_OK)
  if (stat.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
  if (stat.isFIFO()) return { kind: 'pipe', size: undefined }
  if (!stat.isFile()) return { kind: 'other', size: undefined }
  return { kind: isRemote(path) ? 'remote file' : 'local file', size: stat.size }
}

/** The bytes at a URL, by what few runs need. */
async function remoteChunks(
  url: string,
  signal: AbortSignal | undefined,
): Promise<AsyncIterable<Uint8Array>> {
  if (isS3Url(url)) return (await import('./remote/s3.js')).s3Chunks(url, signal)
  return (await import('./remote/web.js')).webChunks(url, signal)
}

function openStream(
  path: string,
  kind: 'remote file' | 'pipe' | 'other',
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  if (kind !== 'remote file' && STANDARD_INPUT.has(path)) return process.stdin
  if (kind === 'pipe') return openPipe(path)
  return patientChunks(path, signal)
}

/** A file stream would wait for the pipe in a thread that nothing can stop, not even exit. */
function openPipe(path: string): AsyncIterable<Uint8Array> {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return new Socket({ fd: file, readable: true, writable: false })
}

async function readFile(path: string, framer: Framer, options: ReadOptions): Promise<ReadSummary> {
  const file = systemCall(path, () => openSync(path, 'r'))
  try {
    const { size } = fstatSync(file)
    const turns = new Turns(options, size)
    const magic = new Uint8Array(COMPRESSION_MAGIC_BYTES)
    const magicBytes = systemCall(path, () => readSync(file, magic, 0, magic.length, 0))
    const compression = compressionOf(magic.subarray(0, magicBytes))
    if (compression !== undefined) {
      const outputBytes = turns.keptBytes(1 + compression.outputs, OUTPUT_BYTES)
      const chunkBytes = Math.min(FILE_CHUNK_BYTES, outputBytes)
      const input = new ChunkInput(turns.over(fileChunks(path, file, 0, size, chunkBytes)))
      const decompressor = compression.open(input, {
        replay: (offset) => fileChunks(path, file, offset, size, chunkBytes),
        outputBytes,
        keep: (bytes) => turns.keepWindow(bytes),
      })
      return await readCompressed(compression, decompressor, framer, turns)
    }
    for (;;) {
      const room = framer.reserve()
      const most = turns.stepBytes(room.length)
      const bytes = systemCall(path, () => readSync(file, room, 0, most, null))
      if (bytes === 0) break
      framer.commit(bytes)
      if (turns.isDue(bytes)) await turns.give()
    }
    requireWhole(path, turns.readBytes, size)
    framer.finish()
    return turns.summary()
  } finally {
    closeSync(file)
  }
}

async function readStream(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  framer: Framer,
  options: ReadOptions,
  size?: number,
): Promise<ReadSummary> {
  const turns = new Turns(options, size)
  const { signal } = options
  function stop(): void {
    destroy(stream, signal?.reason)
  }
  signal?.addEventListener('abort', stop, { once: true })
  const input = new ChunkInput(turns.over(streamChunks(stream, name, signal)))
  try {
    await input.fill(COMPRESSION_MAGIC_BYTES)
    const compression = compressionOf(input.bytes)
    if (compression !== undefined) {
      return await readCompressed(compression, compression.open(input, {}), framer, turns)
    }
    while (await input.fill(1)) framer.push(input.take(input.bytes.length))
    requireWhole(name, turns.readBytes, size ?? 0)
    framer.finish()
    return turns.summary()
  } finally {
    signal?.removeEventListener('abort', stop)
    await input.close()
  }
}

async function readCompressed(
  { name }: Compression,
  decompressor: Decompressor,
  framer: Framer,
  turns: Turns,
): Promise<ReadSummary> {
  // Known also of what turns out to be damaged.
  framer.info.compression = name
  for await (const chunk of decompressor.read()) {
    // Turns are counted in compressed bytes, and a few of those may become gigabytes.
    turns.throwIfAborted()
    framer.push(chunk)
    if (turns.isTooMuch(chunk.length)) await turns.give()
  }
  framer.finish()
  return { ...turns.summary(), garbageOffset: decompressor.garbageOffset }
}

/** What is cut off between two records leaves nothing that looks damaged. */
function requireWhole(path: string, bytes: number, size: number): void {
  if (bytes >= size) return
  const lost = `it became shorter while it was read (${bytes} bytes, ${size} at the beginning)`
  throw new TeardownError('ERR_READ', `cannot read ${path} to its end: ${lost}`)
}

/** A file's bytes from an offset on; it may grow meanwhile, but not shrink below its first size. */
function* fileChunks(
  path: string,
  file: number,
  offset: number,
  size: number,
  chunkBytes: number,
): Generator<Uint8Array, void, undefined> {
  for (let at = offset; ;) {
    const position = at
    const chunk = new Uint8Array(chunkBytes)
    const bytes = systemCall(path, () => readSync(file, chunk, 0, chunk.length, position))
    if (bytes === 0) return requireWhole(path, at, size)
    at += bytes
    yield chunk.subarray(0, bytes)
  }
}

/** A stream's bytes; its own failures become ERR_READ, those of its reader stay what they are. */
async function* streamChunks(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = stream[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { done, value } = await unlessAborted(nextOf(chunks), signal).catch(
        (error: unknown) => {
          signal?.throwIfAborted()
          throw readError(name, error)
        },
      )
      signal?.throwIfAborted()
      if (done === true) return
      yield value
    }
  } finally {
    const returned = chunks.return?.()
    // What is silent may never end, and ends behind its next bytes at the earliest.
    if (signal?.aborted !== true) await returned
    else returned?.catch(() => undefined)
  }
}

/** The next chunk; an iterator that throws at once rejects too. */
async function nextOf(chunks: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
  return chunks.next()
}

/** Ends a stream that may be waiting for more; other iterables stop before their next chunk. */
function destroy(stream: AsyncIterable<Uint8Array>, reason: unknown): void {
  if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy(reason)
}

function systemCall<T>(path: string, call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw readError(path, error)
  }
}

function readError(path: string, error: unknown): TeardownError {
  if (error instanceof TeardownError) return error
  return new TeardownError('ERR_READ', `cannot read ${path}: ${systemErrorText(error)}`, {
    cause: error,
  })
}
