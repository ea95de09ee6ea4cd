// gzip without zlib gives what the reader with zlib gives: output, damage, and where garbage begins.

import { constants, crc32 as zlibCrc32, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ChunkInput } from '../../../../src/capture/chunk-input.js'
import { crc32 } from '../../../../src/capture/compression/deflate/crc32.js'
import { Gunzip } from '../../../../src/capture/compression/deflate/gunzip.js'
import { concat } from '../../../support/capture-builder.js'
import { type Decompressed, collect, decompress, inPieces, isPrefix } from './decompress.js'

/** What our reader makes of a file. */
async function gunzip(
  file: Uint8Array,
  pieceBytes = file.length,
  outputBytes?: number,
): Promise<Decompressed> {
  const input = new ChunkInput(inPieces(file, Math.max(1, pieceBytes)))
  return collect(new Gunzip(input, outputBytes === undefined ? {} : { outputBytes }))
}

/** Numbers that look random, the same on each run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
}

function noise(length: number, seed = 1): Buffer {
  const next = numbers(seed)
  return Buffer.from(Array.from({ length }, () => next() & 0xff))
}

const TEXT = Buffer.from(
  Array.from({ length: 3000 }, (_, at) => `packet ${at * at} of ${at % 97} `).join(''),
)
const MIXED = concat([TEXT.subarray(0, 20_000), noise(20_000), Buffer.alloc(50_000), TEXT])

const FILES: readonly (readonly [name: string, file: Uint8Array])[] = [
  ['text', gzipSync(TEXT)],
  ['text, packed well', gzipSync(MIXED, { level: 9 })],
  ['noise', gzipSync(noise(40_000))],
  ['stored blocks', gzipSync(MIXED, { level: 0 })],
  ['fixed codes', gzipSync(TEXT, { strategy: constants.Z_FIXED })],
  ['no matches', gzipSync(MIXED, { strategy: constants.Z_HUFFMAN_ONLY })],
  ['runs', gzipSync(MIXED, { strategy: constants.Z_RLE })],
  ['nothing', gzipSync('')],
  ['members', concat([gzipSync('a'), gzipSync(MIXED), gzipSync(''), gzipSync(TEXT, { level: 1 })])],
  ['garbage behind it', concat([gzipSync(TEXT), Buffer.from('garbage')])],
  ['zeroes behind it', concat([gzipSync(TEXT), new Uint8Array(512)])],
]

test.each(FILES)('%s', async (_name, file) => {
  const wanted = await decompress(file)
  expect(wanted.error).toBe(undefined)
  for (const pieceBytes of [file.length, 4096, 77, ...(file.length < 20_000 ? [1] : [])]) {
    const found = await gunzip(file, pieceBytes, 10_000)
    expect([found.error, found.garbageOffset]).toEqual([undefined, wanted.garbageOffset])
    expect(Buffer.compare(found.bytes, wanted.bytes)).toBe(0)
  }
})

describe('what is damaged', () => {
  test.each(FILES)('%s, cut anywhere', async (_name, file) => {
    const next = numbers(file.length)
    for (const cut of [3, 12, 19, ...Array.from({ length: 12 }, () => next() % file.length)])
      expect(await differences(file.subarray(0, cut + 1))).toEqual([])
  })

  test.each(FILES)('%s, with a byte that is another', async (_name, file) => {
    const next = numbers(file.length)
    for (let n = 0; n < 24; n++) {
      const other = Uint8Array.from(file)
      // Headers of blocks lie at the beginning.
      const at = n < 12 ? 10 + (next() % 90) : 4 + (next() % file.length)
      if (at < other.length) other[at] = next() & 0xff
      expect(await differences(other)).toEqual([])
    }
  })
})

/** What the bits of one byte give at most: the reader with zlib goes to the damage byte by byte, and loses that. */
const OF_A_BYTE = 8 * 258

/** In what the two readers differ about a damaged file. */
async function differences(file: Uint8Array): Promise<string[]> {
  const replay = (at: number): Uint8Array[] => [file.subarray(at)]
  const wanted = await decompress(file, file.length, { replay })
  const found = await gunzip(file)
  const more = found.bytes.length - wanted.bytes.length
  return [
    ...(textOf(found) === textOf(wanted) ? [] : [`${textOf(found)}, not ${textOf(wanted)}`]),
    ...(found.error?.code === wanted.error?.code ? [] : [`code ${found.error?.code}`]),
    ...(isPrefix(wanted.bytes, found.bytes) && more < OF_A_BYTE ? [] : [`${more} bytes more`]),
    ...(found.garbageOffset === wanted.garbageOffset ? [] : [`garbage at ${found.garbageOffset}`]),
  ]
}

/** What is wrong. zlib may not have told that a stream is over before its trailer is missed. */
function textOf({ error }: Pick<Decompressed, 'error'>): string | undefined {
  return error?.message
    .replace(/ at byte \d+/, '')
    .replace('the rest of a gzip member', 'a gzip member trailer')
}

test('checksums, also in parts', () => {
  for (const length of [0, 1, 3, 4, 1001]) {
    const bytes = noise(length, length + 1)
    expect(crc32(bytes)).toBe(zlibCrc32(bytes))
    expect(crc32(bytes.subarray(7), crc32(bytes.subarray(0, 7)))).toBe(zlibCrc32(bytes))
  }
})
