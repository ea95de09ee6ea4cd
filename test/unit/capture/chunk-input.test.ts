import { expect, test } from 'vitest'
import { ChunkInput } from '../../../src/capture/chunk-input.js'
import { concat } from '../../support/capture-builder.js'
import { inPieces } from './compression/decompress.js'

const BYTES = Uint8Array.from({ length: 5000 }, (_, at) => at)

test('what was taken stays as it was, whatever comes after it', async () => {
  for (const pieceBytes of [1, 7, 1000]) {
    const input = new ChunkInput(inPieces(BYTES, pieceBytes))
    const taken: Uint8Array[] = []
    for (let count = 1; await input.fill(count); count = (count * 3) % 211) {
      taken.push(input.take(count))
    }
    taken.push(input.take(input.bytes.length))
    expect(concat(taken)).toEqual(BYTES)
    expect([input.offset, await input.fill(1)]).toEqual([BYTES.length, false])
  }
})

test('many small chunks are joined without copying all of them for each', async () => {
  const lengths = new Set<number>()
  const input = new ChunkInput(inPieces(BYTES, 1))
  for (let count = 1; count <= BYTES.length; count++) {
    await input.fill(count)
    lengths.add(input.bytes.buffer.byteLength)
  }
  expect(lengths.size).toBeLessThan(20)
})
