// RFC 9293 §3.4: sequence numbers are compared modulo 2^32.

import { describe, expect, test } from 'vitest'
import { seqAdd, seqAfter, seqBefore, seqDistance } from '../../../src/tcp/seq.js'

const int32 = (unsigned: number): number => unsigned | 0

// from, bytes forward, to
const STEPS = [
  [0, 1, 1],
  [0xffff_ffff, 1, 0],
  [0xffff_fff0, 0x20, 0x10],
  [0x7fff_ffff, 1, 0x8000_0000],
  [0x7fff_ff00, 0x200, 0x8000_0100],
  [0xc000_0000, 0x7fff_ffff, 0x3fff_ffff],
] as const

describe.each(STEPS)('from %i, %i bytes forward, to %i', (from, bytes, to) => {
  test('adds', () => {
    expect(seqAdd(int32(from), bytes)).toBe(int32(to))
  })

  test('measures in both directions', () => {
    expect(seqDistance(int32(to), int32(from))).toBe(bytes)
    expect(seqDistance(int32(from), int32(to))).toBe(-bytes)
  })

  test('orders', () => {
    expect(seqAfter(int32(to), int32(from))).toBe(true)
    expect(seqBefore(int32(from), int32(to))).toBe(true)
    expect(seqAfter(int32(from), int32(to))).toBe(false)
    expect(seqBefore(int32(to), int32(from))).toBe(false)
  })
})

test.each([0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])(
  '%i is neither before nor after itself',
  (n) => {
    expect(seqBefore(int32(n), int32(n))).toBe(false)
    expect(seqAfter(int32(n), int32(n))).toBe(false)
    expect(seqDistance(int32(n), int32(n))).toBe(0)
  },
)
