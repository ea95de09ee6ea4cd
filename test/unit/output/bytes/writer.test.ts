// Numbers, times and texts as bytes, against what the runtime makes of them.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteWriter } from '../../../../src/output/bytes/writer.js'
import { isoTime, secondsOf } from '../../../../src/output/bytes/time.js'

function written(write: (out: ByteWriter) => void): string {
  const out = new ByteWriter()
  write(out)
  return new TextDecoder().decode(out.written())
}

describe('numbers', () => {
  test('integers of every size', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        expect(written((out) => out.integer(n))).toBe(String(n))
      }),
    )
    for (const n of [0, 9, 10, 99, 100, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1]) {
      expect(written((out) => out.integer(n))).toBe(String(n))
    }
  })

  test('seconds come back as the number they were, never with an exponent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 }), (ns) => {
        const text = written((out) => out.seconds(ns))
        expect(text).toMatch(/^(0|[1-9]\d*)(\.\d*[1-9])?$/)
        expect(Number(text)).toBe(secondsOf(ns))
      }),
    )
    expect(written((out) => out.seconds(42))).toBe('0.000000042')
    expect(written((out) => out.seconds(3e9))).toBe('3')
  })

  test('addresses', () => {
    expect(written((out) => out.ipv4(0))).toBe('0.0.0.0')
    expect(written((out) => out.ipv4(-1))).toBe('255.255.255.255')
    expect(written((out) => out.ipv4(0x0a32_0109))).toBe('10.50.1.9')
  })
})

test('times are those of isoTime', () => {
  const base = 1_795_445_092_959_544_729n
  fc.assert(
    fc.property(fc.double({ min: -1e18, max: 9e18, noNaN: true }), (ns) => {
      expect(written((out) => out.isoTime(base, ns))).toBe(isoTime(base, ns))
    }),
  )
})

describe('texts', () => {
  test('any text is UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2000 }), (text) => {
        expect(written((out) => out.text(text))).toBe(text)
      }),
    )
  })

  test('prose is UTF-8 too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2000 }), (text) => {
        expect(written((out) => out.prose(text))).toBe(text)
      }),
    )
  })
})
