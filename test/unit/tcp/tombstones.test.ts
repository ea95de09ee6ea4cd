import { describe, expect, test } from 'vitest'
import { Tombstones } from '../../../src/tcp/tombstones.js'

describe('tombstones', () => {
  test('know both hashes of what was added, and nothing else', () => {
    const stones = new Tombstones()
    stones.add(-7, 11)
    expect(stones.has(-7, 11)).toBe(true)
    expect(stones.has(-7, 12)).toBe(false)
    expect(stones.has(-8, 11)).toBe(false)
  })

  test('go when a new connection takes the addresses and ports', () => {
    const stones = new Tombstones()
    stones.add(5, 6)
    stones.remove(5, 6)
    expect(stones.has(5, 6)).toBe(false)
  })

  test('stay when another connection with the same first hash opens', () => {
    const stones = new Tombstones()
    stones.add(5, 6)
    stones.remove(5, 7)
    expect(stones.has(5, 6)).toBe(true)
  })

  test('are all there while the table grows', () => {
    const stones = new Tombstones()
    for (let n = 1; n < 20_000; n++) {
      stones.add(n, n ^ 77)
      for (const known of [1, (n >> 1) + 1, n]) expect(stones.has(known, known ^ 77)).toBe(true)
    }
  })

  test('give way to newer ones in the same place', () => {
    const stones = new Tombstones()
    stones.add(1, 2)
    stones.add(1 + (1 << 16), 3)
    expect(stones.has(1, 2)).toBe(false)
    expect(stones.has(1 + (1 << 16), 3)).toBe(true)
  })
})
