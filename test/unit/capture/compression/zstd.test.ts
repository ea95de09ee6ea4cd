// zstd: what the tool writes, frames made by hand, and both damaged.

import * as zlib from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { concat } from '../../../support/capture-builder.js'
import {
  match,
  matchOf,
  packed,
  raw,
  repeated,
  skippable,
  type ZstdBlock,
  zstdFrame,
} from '../../../support/frames.js'
import { decompress, isPrefix } from './decompress.js'
import { BY_ZSTD, TEXT } from './written.js'

const KIBIBYTE = 1024
const ABC = Buffer.from('abcdefghij')

/** Bytes of which no two places look alike. */
function noise(length: number): Uint8Array {
  let state = 1
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state >>> 24
  })
}

async function textOf(file: Uint8Array): Promise<string> {
  const { bytes, error } = await decompress(file)
  return Buffer.from(bytes).toString() + (error === undefined ? '' : `<${error.message}>`)
}

describe.each(BY_ZSTD)('written by zstd %s', (options, file) => {
  test('is read, in pieces of any length', async () => {
    for (const length of [1, 2, 3, 100, file.length]) {
      expect(await decompress(file, length)).toMatchObject({ bytes: TEXT, error: undefined })
    }
  })

  test('split at every byte', async () => {
    for (let at = 1; at < file.length; at++) {
      // Comparing arrays element by element would take most of the time.
      const { bytes, error } = await decompress(file, at)
      expect([error, Buffer.compare(bytes, TEXT)]).toEqual([undefined, 0])
    }
  })

  test('cut at every byte: what came before is there, and where it ends is told', async () => {
    for (let length = 4; length < file.length; length++) {
      const { bytes, error } = await decompress(file.subarray(0, length))
      expect(error).toMatchObject({
        code: 'ERR_CAPTURE_TRUNCATED',
        offset: bytes.length,
        found: 'the end of the file',
      })
      expect(isPrefix(bytes, TEXT)).toBe(true)
    }
  })

  test('damaged at every byte: told where there is a checksum', async () => {
    const hasChecksum = !options.includes('--no-check')
    for (let at = 4; at < file.length; at++) {
      for (const flipped of [1, 0x80]) {
        const damaged = Uint8Array.from(file)
        damaged[at] = (file[at] as number) ^ flipped
        const { bytes, error } = await decompress(damaged)
        if (error !== undefined) expect(error.offset).toBe(bytes.length)
        else if (hasChecksum) expect([at, bytes]).toEqual([at, TEXT])
        expect(bytes.length).toBeLessThan(2 * 128 * KIBIBYTE)
      }
    }
  })
})

// Where Node has it, its own library writes what is read.
const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array }
test.skipIf(zstdCompressSync === undefined)('what zlib writes, of several blocks', async () => {
  const bytes = concat([noise(200_000), ...Array.from({ length: 400 }, () => TEXT)])
  const file = new Uint8Array(zstdCompressSync?.(bytes) ?? [])
  for (const length of [1000, file.length]) {
    const read = await decompress(file, length)
    expect([read.error, Buffer.compare(read.bytes, bytes)]).toEqual([undefined, 0])
  }
})

describe('blocks', () => {
  test('of every kind', async () => {
    const file = zstdFrame([raw(ABC), repeated(0x2e, 3), match(2, 15, 10), raw(new Uint8Array(0))])
    expect(await textOf(file)).toBe('abcdefghij...**abcdefghij')
  })

  test('a match that repeats itself', async () => {
    expect(await textOf(zstdFrame([raw(ABC), match(0, 1, 3), match(0, 10, 34)]))).toBe(
      `abcdefghij${'j'.repeat(3)}${'defghijjjj'.repeat(4).slice(0, 34)}`,
    )
  })

  test('matches of every small distance', async () => {
    for (let distance = 1; distance <= 10; distance++) {
      for (const length of [3, 4, 5, 33, 34]) {
        const again = `${ABC.toString()}*`.slice(-distance).repeat(34).slice(0, length)
        const file = zstdFrame([raw(ABC), match(1, distance, length), raw(ABC)])
        expect(await textOf(file)).toBe(`abcdefghij*${again}abcdefghij`)
      }
    }
  })

  test('the last three distances once more', async () => {
    // Literals, value, and the distance that it stands for by RFC 8878 §3.1.1.5: the last ones are 1, 4 and 8 at first.
    const steps = [
      [1, 3, 8],
      [1, 3, 4],
      [1, 3, 1],
      [1, 2, 4],
      [1, 3, 8],
      [1, 1, 8],
      [0, 1, 4],
      [1, 3 + 7, 7],
      [0, 2, 8],
      [0, 3, 7],
      [1, 3, 7],
    ] as const
    const blocks = steps.flatMap(([literals, value]) => [raw(ABC), matchOf(literals, value, 3)])
    let expected = ''
    for (const [literals, , distance] of steps) {
      expected += ABC.toString() + '*'.repeat(literals)
      for (let n = 0; n < 3; n++) expected += expected.at(-distance) ?? ''
    }
    expect(await textOf(zstdFrame(blocks))).toBe(expected)
    expect(await textOf(zstdFrame([raw(ABC), matchOf(0, 3, 3)]))).toContain('found one 0 bytes')
  })

  test('only literals, raw ones and one many times', async () => {
    const literals = packed(Buffer.from([3 << 3, 0x61, 0x62, 0x63, 0]))
    expect(await textOf(zstdFrame([literals, packed(Buffer.from([(5 << 3) | 1, 0x2a, 0]))]))).toBe(
      'abc*****',
    )
  })

  test('matches of the whole window, after many times as much', async () => {
    const bytes = noise(4 * KIBIBYTE)
    const expected: number[] = []
    const blocks: ZstdBlock[] = []
    for (let n = 0; n < 300; n++) {
      const part = bytes.subarray(n, n + KIBIBYTE)
      blocks.push(raw(part), match(0, KIBIBYTE, 34))
      expected.push(...part)
      for (let more = 0; more < 34; more++) expected.push(expected.at(-KIBIBYTE) as number)
    }
    const file = zstdFrame(blocks)
    // A byte at a time, nothing waits to be taken that would keep more than the window.
    for (const length of [1, file.length]) {
      const { bytes: read, error } = await decompress(file, length)
      expect([error, Buffer.compare(read, Uint8Array.from(expected))]).toEqual([undefined, 0])
    }
    const beyond = await decompress(zstdFrame([...blocks, match(0, KIBIBYTE + 1, 34)]))
    expect(beyond.error?.message).toContain('expected a match within the window, found one 1025')
  })

  test('a large window takes memory as it is filled', async () => {
    const kept: number[] = []
    const keep = (bytes: number): void => void kept.push(bytes)
    // 128 MiB.
    await decompress(zstdFrame([raw(ABC)], { window: 17 << 3 }), undefined, { keep })
    expect(kept.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(KIBIBYTE * KIBIBYTE)
  })

  test('memory is told as it grows, and no more than a quarter beyond the window', async () => {
    let kept = 0
    const keep = (bytes: number): void => void (kept += bytes)
    const blocks = Array.from({ length: 400 }, () => repeated(0, 128 * KIBIBYTE))
    // 8 MiB.
    const { lengths } = await decompress(zstdFrame(blocks, { window: 13 << 3 }), undefined, {
      keep,
      outputBytes: 10_000,
    })
    expect(kept).toBeGreaterThan(8 * KIBIBYTE * KIBIBYTE)
    expect(kept).toBeLessThan(11 * KIBIBYTE * KIBIBYTE)
    expect(Math.max(...lengths)).toBe(10_000)
  })
})

describe('frames', () => {
  test('several, some to be stepped over, some empty', async () => {
    const file = concat([
      skippable(noise(1000)),
      zstdFrame([raw(ABC)], { content: ABC }),
      zstdFrame([raw(new Uint8Array(0))]),
      skippable(new Uint8Array(0)),
      zstdFrame([raw(ABC)], { single: ABC.length }),
    ])
    for (const length of [1, 7, file.length]) {
      expect(await decompress(file, length)).toMatchObject({
        bytes: concat([ABC, ABC]),
        error: undefined,
        garbageOffset: undefined,
      })
    }
  })

  test.each([[new Uint8Array(512)], [Uint8Array.of(0x28)], [noise(100)]])(
    'followed by other bytes, which are noted',
    async (garbage) => {
      const frame = zstdFrame([raw(ABC)])
      expect(await decompress(concat([frame, garbage]))).toMatchObject({
        bytes: Uint8Array.from(ABC),
        error: undefined,
        garbageOffset: frame.length,
      })
    },
  )

  test('a frame knows nothing of the one before it', async () => {
    const first = zstdFrame([raw(ABC)])
    expect(await textOf(concat([first, zstdFrame([match(0, 1, 3)])]))).toMatch(
      /^abcdefghij<damaged zstd data at byte 10: expected a match within the window/,
    )
    // A table that the last block had.
    const again = packed(Uint8Array.of(0, 1, 0xfc, 1))
    expect(
      await textOf(concat([zstdFrame([raw(ABC), match(0, 1, 3)]), zstdFrame([again])])),
    ).toMatch(/<.* expected a table of literal lengths, found a reference to none>/)
  })
})

describe('damage', () => {
  const sound = raw(ABC)
  test.each([
    ['a reserved kind of block', [3, 1, ABC], 'a block, found one of a reserved kind'],
    ['more than a block may hold', repeated(1, 1025), 'a block of at most 1024 bytes, found 1025'],
    ['a match from before the frame', match(0, 11, 3), 'a match within the window, found one 11 b'],
    ['literals behind the block', packed(Uint8Array.of(9 << 3, 0)), 'the rest of the literals'],
    ['no sequences where some are said', packed(Uint8Array.of(0, 1)), 'the modes of three tables'],
    [
      'bytes behind no sequences',
      packed(Uint8Array.of(0, 0, 0)),
      'the end of the block, found more',
    ],
    ['reserved modes', packed(Uint8Array.of(0, 1, 0x55)), 'the modes of three tables, found 85'],
    ['a code there is not', packed(Uint8Array.of(0, 1, 0x54, 36)), 'literal lengths up to 35'],
    ['no end of the bits', packed(Uint8Array.of(0, 1, 0x54, 0, 2, 0, 0)), 'a stream of bits'],
    ['bits too few', packed(Uint8Array.of(0, 1, 0x54, 0, 9, 0, 1)), 'the rest of the sequences'],
    ['bits too many', packed(Uint8Array.of(0, 1, 0x54, 0, 2, 0, 9)), 'the last bit, found more'],
    ['a Huffman code of another block', packed(Uint8Array.of(3, 0, 0, 0)), 'a Huffman code'],
    ['no block', packed(Uint8Array.of(0)), 'literals and sequences, found the end of the block'],
  ] satisfies [string, ZstdBlock, string][])('%s', async (_what, block, expected) => {
    const { bytes, error } = await decompress(zstdFrame([sound, block]))
    expect([Buffer.from(bytes).toString(), error?.code]).toEqual(['abcdefghij', 'ERR_DECOMPRESS'])
    expect(error?.message).toContain(`damaged zstd data at byte 10: expected ${expected}`)
  })

  test.each([
    [
      'too large a window',
      { window: (17 << 3) | 1 },
      'a window of at most 128 MiB .*, found 144 MiB',
    ],
    ['a dictionary', { dictionary: 7 }, 'no dictionary, found dictionary 7'],
    ['a wrong checksum', { content: TEXT }, 'checksum [0-9a-f]+, found [0-9a-f]+$'],
    ['a content of another length', { single: 11 }, '11 bytes, found 10$'],
    ['a content that is too long', { single: 9 }, 'a block of at most 9 bytes, found 10$'],
  ])('%s', async (_what, header, expected) => {
    const { error } = await decompress(zstdFrame([sound], header))
    expect(error?.code).toBe('ERR_DECOMPRESS')
    expect(error?.message).toMatch(new RegExp(`: expected ${expected}`))
  })

  test('blocks of nothing are work of their length', async () => {
    const empty = Array.from({ length: 300_000 }, () => raw(new Uint8Array(0)))
    const { lengths } = await decompress(zstdFrame([raw(ABC), ...empty], { window: 17 << 3 }))
    expect(lengths).toEqual([10])
  })
})
