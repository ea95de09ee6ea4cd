// Compressed captures that would take a gigabyte if they were not read piece by piece.

import { constants, createDeflateRaw } from 'node:zlib'
import { expect, test } from 'vitest'
import { inflateToDamage } from '../../src/capture/compression/inflater.js'

const MEGABYTE = 1 << 20

/** A deflate stream of so many megabytes of zeros, a kilobyte each, that ends in damage. */
async function damagedBomb(megabytes: number): Promise<Uint8Array> {
  const outputs: Uint8Array[] = []
  const deflate = createDeflateRaw({ level: 9 })
  deflate.on('data', (output: Uint8Array) => outputs.push(output))
  const block = (): Promise<Uint8Array> =>
    new Promise((resolve) => {
      deflate.write(new Uint8Array(MEGABYTE))
      deflate.flush(constants.Z_FULL_FLUSH, () => resolve(Buffer.concat(outputs.splice(0))))
    })
  // After a full flush the next block does not refer to this one: it can be repeated.
  await block()
  const zeros = await block()
  deflate.destroy()
  return Buffer.concat([...Array.from({ length: megabytes }, () => zeros), Uint8Array.of(0xff)])
}

test('what a bomb holds before its damage is never in memory as a whole', async () => {
  const megabytes = 400
  const bomb = await damagedBomb(megabytes)
  expect(bomb.length).toBeLessThan(MEGABYTE / 2)
  // Without what the reader has seen before it failed, which is all but the last kilobyte of the file here.
  const passed = (megabytes - 1) * MEGABYTE
  let bytes = 0
  let most = 0
  for await (const output of inflateToDamage(() => [bomb], passed)) {
    bytes += output.length
    most = Math.max(most, process.memoryUsage().arrayBuffers)
  }
  expect(bytes).toBe(MEGABYTE)
  expect(most).toBeLessThan((megabytes / 2) * MEGABYTE)
})
