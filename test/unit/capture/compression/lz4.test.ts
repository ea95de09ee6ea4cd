// LZ4: what the tool writes, frames made by hand, and both damaged.

import { describe, expect, test } from 'vitest'
import { concat } from '../../../support/capture-builder.js'
import { lz4Frame, skippable } from '../../../support/frames.js'
import { decompress, isPrefix } from './decompress.js'
import { BY_LZ4, TEXT } from './written.js'

const ABC = Buffer.from('abcdefghij')
const PLAIN = { plain: ABC }

/** A block of one sequence and the literals that end it. */
function sequence(literals: string, distance: number, length: number, last: string): Uint8Array {
  const token = (literals.length << 4) | (length - 4)
  return concat([
    Uint8Array.of(token),
    Buffer.from(literals),
    Uint8Array.of(distance & 255, distance >> 8, last.length << 4),
    Buffer.from(last),
  ])
}

async function textOf(file: Uint8Array): Promise<string> {
  const { bytes, error } = await decompress(file)
  return Buffer.from(bytes).toString() + (error === undefined ? '' : `<${error.message}>`)
}

describe.each(BY_LZ4)('written by lz4 %s', (_options, file) => {
  test('is read, split at every byte', async () => {
    for (let at = 1; at <= file.length; at++) {
      // Comparing arrays element by element would take most of the time.
      const { bytes, error } = await decompress(file, at)
      expect([error, Buffer.compare(bytes, TEXT)]).toEqual([undefined, 0])
    }
  })

  test('cut at every byte: what came before is there, of a block too', async () => {
    let longest = 0
    for (let length = 4; length < file.length; length++) {
      const { bytes, error } = await decompress(file.subarray(0, length))
      expect(error).toMatchObject({ code: 'ERR_CAPTURE_TRUNCATED', offset: bytes.length })
      expect(isPrefix(bytes, TEXT)).toBe(true)
      expect(bytes.length).toBeGreaterThanOrEqual(longest)
      longest = bytes.length
      if (length === file.length >> 1) expect(longest).toBeGreaterThan(TEXT.length / 4)
    }
    expect(longest).toBe(TEXT.length)
  })

  test('damaged at every byte: told, unless it means the same', async () => {
    for (let at = 4; at < file.length; at++) {
      for (const flipped of [1, 0x80]) {
        const damaged = Uint8Array.from(file)
        damaged[at] = (file[at] as number) ^ flipped
        const { bytes, error } = await decompress(damaged)
        if (error === undefined) expect([at, bytes]).toEqual([at, TEXT])
        else expect([at, error.offset]).toEqual([at, bytes.length])
      }
    }
  })
})

describe('blocks', () => {
  test('not compressed, compressed, and of matches that repeat themselves', async () => {
    const blocks = [PLAIN, { packed: sequence('xy', 2, 9, 'end') }, { packed: Uint8Array.of(0) }]
    expect(
      await textOf(lz4Frame(blocks, { content: Buffer.from('abcdefghijxyxyxyxyxyxend') })),
    ).toBe('abcdefghijxyxyxyxyxyxend')
  })

  test('linked ones reach back to those before, others do not', async () => {
    const blocks = [PLAIN, { packed: sequence('', 10, 8, '!') }]
    expect(await textOf(lz4Frame(blocks, { linked: true }))).toBe('abcdefghijabcdefgh!')
    expect(await textOf(lz4Frame(blocks))).toBe(
      'abcdefghij<damaged LZ4 data at byte 10: expected the sequences of a block, found a match from before the window>',
    )
  })

  test('linked ones of many times the window', async () => {
    const part = Uint8Array.from({ length: 60_000 }, (_, at) => (at * at) >> 7)
    const blocks = Array.from({ length: 20 }, () => [
      { plain: part },
      { packed: sequence('0123456789', 60_000, 12, 'end') },
    ]).flat()
    const again = concat([
      part,
      Buffer.from('0123456789'),
      part.subarray(10, 22),
      Buffer.from('end'),
    ])
    const expected = concat(Array.from({ length: 20 }, () => again))
    const { bytes, error } = await decompress(lz4Frame(blocks, { linked: true }))
    expect([error, Buffer.compare(bytes, expected)]).toEqual([undefined, 0])
  })

  test('a long length', async () => {
    const packed = concat([
      Uint8Array.of(0x1f, 0x61, 1, 0, 255, 255, 0, 0x50),
      Buffer.from('12345'),
    ])
    expect(await textOf(lz4Frame([{ packed }]))).toBe(`${'a'.repeat(1 + 15 + 510 + 4)}12345`)
  })

  test('outputs are no longer than was asked for', async () => {
    const blocks = Array.from({ length: 30 }, () => ({ plain: new Uint8Array(60_000) }))
    const { bytes, lengths } = await decompress(lz4Frame(blocks), undefined, { outputBytes: 9000 })
    expect([bytes.length, Math.max(...lengths)]).toEqual([1_800_000, 9000])
  })
})

describe('frames', () => {
  test('several, some to be stepped over', async () => {
    const file = concat([
      lz4Frame([PLAIN], { contentBytes: 10, blockChecksums: true }),
      skippable(TEXT),
      lz4Frame([]),
      lz4Frame([PLAIN], { content: ABC }),
    ])
    for (const length of [1, 5, file.length]) {
      expect(await decompress(file, length)).toMatchObject({
        bytes: concat([ABC, ABC]),
        error: undefined,
        garbageOffset: undefined,
      })
    }
  })

  test('followed by other bytes, which are noted', async () => {
    const frame = lz4Frame([PLAIN])
    for (const garbage of [new Uint8Array(100), Uint8Array.of(4)]) {
      expect(await decompress(concat([frame, garbage]))).toMatchObject({
        bytes: Uint8Array.from(ABC),
        error: undefined,
        garbageOffset: frame.length,
      })
    }
  })
})

describe('damage', () => {
  const wrongChecksum = lz4Frame([PLAIN], { blockChecksums: true })
  wrongChecksum[12] = 0x41
  test.each([
    ['a dictionary', lz4Frame([PLAIN], { dictionary: 7 }), '', 'no dictionary, found dictionary 7'],
    [
      'a wrong checksum',
      lz4Frame([PLAIN], { content: TEXT }),
      'abcdefghij',
      'checksum [0-9a-f]+, f',
    ],
    ['a wrong checksum of a block', wrongChecksum, '', 'checksum [0-9a-f]+, found'],
    ['another length', lz4Frame([PLAIN], { contentBytes: 11 }), 'abcdefghij', '11 bytes, found 10'],
    [
      'more than a block may hold',
      lz4Frame([{ plain: new Uint8Array(65_537) }]),
      '',
      'a block of at most 65536 bytes, found 65537',
    ],
    [
      'more than a block may become',
      lz4Frame([
        { packed: concat([Uint8Array.of(0x1f, 0x61, 1, 0), new Uint8Array(300).fill(255)]) },
      ]),
      'a',
      'the sequences of a block, found the end of the block in a length',
    ],
    [
      'a match from nowhere',
      lz4Frame([{ packed: sequence('abc', 0, 4, 'end') }]),
      'abc',
      'the sequences of a block, found a match from before the window',
    ],
    [
      'no end',
      lz4Frame([{ packed: sequence('abc', 1, 4, 'end').subarray(0, 6) }]),
      'abccccc',
      'the sequences of a block, found the end of the block after a match',
    ],
    [
      'an offset cut short',
      lz4Frame([{ packed: sequence('abc', 1, 4, 'end').subarray(0, 5) }]),
      'abc',
      'the sequences of a block, found the end of the block in an offset',
    ],
  ])('%s', async (_what, file, before, expected) => {
    const { bytes, error } = await decompress(file)
    expect([Buffer.from(bytes).toString(), error?.code]).toEqual([before, 'ERR_DECOMPRESS'])
    expect(error?.message).toMatch(
      new RegExp(`^damaged LZ4 data at byte ${before.length}: expected ${expected}`),
    )
  })

  test('more than fits into a block', async () => {
    const packed = concat([
      Uint8Array.of(0x1f, 0x61, 1, 0),
      new Uint8Array(300).fill(255),
      Uint8Array.of(0, 0x10, 0x62),
    ])
    const { error } = await decompress(lz4Frame([{ packed }]))
    expect(error?.message).toContain('found more than fits')
  })
})
