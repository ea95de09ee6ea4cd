import { describe, expect, test } from 'vitest'
import { ResetBursts } from '../../../src/context/reset-bursts.js'

function endpoint(n: number): Int32Array {
  return Int32Array.of(n, 0, 0, 0, 80, 0)
}

describe('the log of resets in bulk is bounded', () => {
  test('the endpoint that was first met is forgotten when there are too many', () => {
    const log = new ResetBursts()
    for (let n = 0; n < 4097; n++) log.addReset(endpoint(n), true, n)
    expect(log.find(endpoint(0), 0)).toBeUndefined()
    expect(log.find(endpoint(1), 1)).toMatchObject({ resets: 1 })
    expect(log.find(endpoint(4096), 4096)).toMatchObject({ resets: 1 })
  })

  test('so is the first of an endpoint’s bursts', () => {
    const log = new ResetBursts()
    for (let n = 0; n < 17; n++) log.addReset(endpoint(1), true, n * 1e9)
    expect(log.find(endpoint(1), 0)).toBeUndefined()
    expect(log.find(endpoint(1), 16e9)).toMatchObject({ resets: 1, bareResets: 1 })
  })
})
