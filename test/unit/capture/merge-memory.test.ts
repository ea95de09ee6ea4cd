import { expect, test } from 'vitest'
import { MergeMemory } from '../../../src/capture/merge-memory.js'

const MEBIBYTE = 1024 * 1024

test('windows are counted until there is no more room for them, and again when some are gone', () => {
  const memory = new MergeMemory()
  for (let n = 0; n < 4; n++) memory.keepWindow(128 * MEBIBYTE)
  expect(() => memory.keepWindow(1)).toThrow(
    /^too many captures that are compressed by zstd or LZ4/,
  )
  expect(() => memory.keepWindow(1)).toThrow(expect.objectContaining({ code: 'ERR_DECOMPRESS' }))
  memory.windowBytes -= 128 * MEBIBYTE
  memory.keepWindow(128 * MEBIBYTE)
  expect(memory.windowBytes).toBe(512 * MEBIBYTE)
})
