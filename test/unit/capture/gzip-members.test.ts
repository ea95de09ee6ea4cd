// Gzip files of very many members, and members that become very large.

import { constants, createDeflateRaw, gzipSync } from 'node:zlib'
import type * as Zlib from 'node:zlib'
import { expect, test, vi } from 'vitest'
import { ChunkInput } from '../../../src/capture/chunk-input.js'
import { GzipReader } from '../../../src/capture/compression/gzip.js'
import { Inflater } from '../../../src/capture/compression/inflater.js'
import { concat } from '../../support/capture-builder.js'

let streams = 0
let given = 0
vi.mock('node:zlib', async (original) => {
  const zlib = await original<typeof Zlib>()
  return {
    ...zlib,
    createInflateRaw: (options: Zlib.ZlibOptions) => {
      streams++
      return zlib.createInflateRaw(options).on('data', () => given++)
    },
  }
})

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

/** The text in a gzip file, and what is wrong with it. */
async function read(file: Uint8Array, length = file.length): Promise<string> {
  const outputs: Uint8Array[] = []
  try {
    const reader = new GzipReader(new ChunkInput(inPieces(file, length)))
    for await (const output of reader.read()) outputs.push(output)
  } catch (error) {
    outputs.push(Buffer.from(`<${(error as Error).message}>`))
  }
  return Buffer.concat(outputs).toString()
}

const EMPTY = gzipSync('')
/** As the last one of a BGZF file. */
const EMPTY_BGZF = Buffer.from('1f8b08040000000000ff0600424302001b0003000000000000000000', 'hex')
const STORED = gzipSync('stored', { level: 0 })

test.each([
  ['empty ones', Array.from({ length: 20_000 }, () => EMPTY), ''],
  ['small ones', Array.from({ length: 2000 }, (_, i) => gzipSync(`${i},`)), undefined],
])('%s take no stream of their own', async (_what, members, expected) => {
  streams = 0
  const text = Array.from({ length: 2000 }, (_, i) => `${i},`).join('')
  expect(await read(concat(members))).toBe(expected ?? text)
  expect(streams).toBe(0)
})

test('members of every form, in pieces of any length', async () => {
  const large = gzipSync(Buffer.alloc(300_000, 'large '))
  const file = concat([EMPTY, gzipSync('a'), EMPTY_BGZF, STORED, large, EMPTY, gzipSync('end')])
  const expected = `astored${'large '.repeat(50_000)}end`
  for (const length of [1, 7, 20, 1000, file.length]) {
    expect(await read(file, length)).toBe(expected)
  }
})

test('a small member with a wrong checksum', async () => {
  const bad = Uint8Array.from(gzipSync('abc'))
  bad[bad.length - 8] = 0x55
  expect(await read(concat([gzipSync('first '), bad]))).toMatch(
    /^first abc<damaged gzip data at byte 9: expected CRC-32 /,
  )
})

test('a piece that becomes a thousand times as much is inflated no faster than it is taken', async () => {
  const deflate = createDeflateRaw({ level: 9 })
  const packed: Uint8Array[] = []
  deflate.on('data', (part: Uint8Array) => packed.push(part))
  await new Promise<void>((resolve) => {
    deflate.write(Buffer.alloc(64 << 20), () => deflate.flush(constants.Z_FULL_FLUSH, resolve))
  })
  const piece = Buffer.concat(packed)
  expect(piece.length).toBeLessThan(1 << 17)
  const outputBytes = 1 << 16
  const inflater = new Inflater(outputBytes)
  given = 0
  inflater.start(piece)
  let bytes = 0
  let most = 0
  for (let taken = 0; ; taken++) {
    // Whoever takes it has other things to do.
    for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate)
    most = Math.max(most, given - taken)
    const output = await inflater.next()
    if (output === undefined) break
    bytes += output.length
  }
  inflater.close()
  expect(bytes).toBe(64 << 20)
  expect(most).toBeLessThan(4)
})

test('whoever takes the output slowly gets all of it', async () => {
  // Members of several pieces whose last one comes to its end while the output before it is being looked at.
  const text = Buffer.from(
    Array.from({ length: 250_000 }, (_, i) => `${Math.imul(i, 0x9e3779b1)}`).join(),
  )
  const file = concat([gzipSync(text, { level: 1 }), gzipSync(text, { level: 1 })])
  const reader = new GzipReader(new ChunkInput(inPieces(file, file.length)))
  const outputs: Uint8Array[] = []
  for await (const output of reader.read()) {
    for (let turns = 0; turns < 200; turns++) await new Promise(setImmediate)
    outputs.push(output)
  }
  expect(Buffer.concat(outputs).equals(Buffer.concat([text, text]))).toBe(true)
})
