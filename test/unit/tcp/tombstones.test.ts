import * as fc from 'fast-check'
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
    for (let n = 1; n < 5000; n++) {
      stones.add(n, n ^ 77)
      for (const known of [1, (n >> 1) + 1, n]) expect(stones.has(known, known ^ 77)).toBe(true)
    }
  })

  test('the oldest are forgotten first, a generation at a time', () => {
    const stones = new Tombstones()
    const generation = 1 << 16
    const hash = (n: number): number => Math.imul(n, 0x9e3779b1)
    const added = 2 * generation + 100
    for (let n = 0; n < added; n++) stones.add(hash(n), n)
    const held = Array.from({ length: added }, (_, n) => stones.has(hash(n), n))
    expect(held.indexOf(true)).toBe(generation)
    expect(held.lastIndexOf(false)).toBe(generation - 1)
  })

  test('are removed from both generations', () => {
    const stones = new Tombstones()
    stones.add(5, 6)
    for (let n = 0; n < 1 << 16; n++) stones.add(n, 7)
    stones.add(5, 6)
    stones.remove(5, 6)
    expect([stones.has(5, 6), stones.has(9, 7)]).toEqual([false, true])
  })

  test('are held once, since the last time', () => {
    const stones = new Tombstones()
    for (let n = 0; n < 1 << 16; n++) stones.add(n % 2 === 0 ? 5 : n, 6)
    stones.remove(5, 6)
    expect(stones.has(5, 6)).toBe(false)
    expect(stones.has(1, 6)).toBe(true)
  })

  test('are those of a queue', () => {
    const step = fc.record({ adds: fc.boolean(), first: fc.nat(40), second: fc.nat(3) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 800 }), (steps) => {
        const stones = new Tombstones()
        const expected = new Set<string>()
        for (const { adds, first, second } of steps) {
          if (adds) {
            stones.add(first, second)
            expected.add(`${first},${second}`)
          } else {
            stones.remove(first, second)
            expected.delete(`${first},${second}`)
          }
          expect(stones.has(first, second)).toBe(adds)
        }
        for (let first = 0; first <= 40; first++) {
          for (let second = 0; second <= 3; second++) {
            expect(stones.has(first, second)).toBe(expected.has(`${first},${second}`))
          }
        }
      }),
    )
  })
})
