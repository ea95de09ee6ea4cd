import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TcpOptions, linuxWindowScale, readTcpOptions } from '../../../../src/wire/tcp/options.js'
import { embed, hex } from '../frames.js'
import { runs } from '../../../support/runs.js'

const ABSENT = { ...new TcpOptions() }

function read(text: string): TcpOptions {
  const bytes = hex(text)
  const out = new TcpOptions()
  readTcpOptions(embed(bytes, 8), 8, 8 + bytes.length, out)
  return out
}

describe('readTcpOptions', () => {
  test('reads the SYN of Linux', () => {
    expect(read('020405b4 0402 080a 9d66fb01 00000000 01 030307')).toEqual({
      ...ABSENT,
      mss: 1460,
      sackPermitted: true,
      hasTimestamps: true,
      tsVal: 0x9d66fb01 | 0,
      windowScale: 7,
    })
  })

  test.each<[name: string, text: string, expected: Partial<TcpOptions>]>([
    ['nothing', '', {}],
    ['a shift count of 0', '030300', { windowScale: 0 }],
    ['a fast open cookie request', '2202', { tfo: true, tfoCookieLen: 0 }],
    ['a fast open cookie', '220a 0102030405060708', { tfo: true, tfoCookieLen: 8 }],
    ['the fast open experiment', 'fe08 f989 01020304', { tfo: true, tfoCookieLen: 4 }],
    ['another experiment', 'fe08 1234 01020304', {}],
    ['MP_CAPABLE', '1e04 0181', { mptcp: true, mptcpSubtype: 0 }],
    ['MP_FASTCLOSE', '1e0c 7000 0102030405060708', { mptcp: true, mptcpSubtype: 7 }],
    ['a user timeout in seconds', '1c04 001e', { userTimeoutS: 30 }],
    ['a user timeout in minutes', '1c04 8002', { userTimeoutS: 120 }],
    ['what stands before the end', '020405b4 00 030307', { mss: 1460 }],
    ['what stands before a length of 0', '020405b4 0800 030307', { mss: 1460 }],
    ['what stands before a length of 1', '020405b4 0801 030307', { mss: 1460 }],
    ['what stands before a cut option', '020405b4 080a 0102', { mss: 1460 }],
    ['what stands before a kind without length', '020405b4 08', { mss: 1460 }],
    ['what stands behind an unknown option', '4c04aaaa 030309', { windowScale: 9 }],
    ['no option of the wrong length', '0203b4 03040700 040300 0804aaaa 1c03aa', {}],
  ])('finds %s', (_name, text, expected) => {
    expect(read(text)).toEqual({ ...ABSENT, ...expected })
  })

  test('forgets the last segment', () => {
    const out = read('020405b4 0402 080a 9d66fb01 00000001 01 030307 1e040181 1c04001e 2202')
    readTcpOptions(embed([]), 64, 64, out)
    expect({ ...out }).toEqual(ABSENT)
  })

  test('takes any bytes without throwing or reading beyond the end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const exact = new DataView(Uint8Array.from(bytes).buffer)
        const out = new TcpOptions()
        readTcpOptions(exact, 0, bytes.length, out)
        const embedded = new TcpOptions()
        readTcpOptions(embed(bytes), 64, 64 + bytes.length, embedded)
        expect(embedded).toEqual(out)
      }),
      { numRuns: runs(2000) },
    )
  })
})

describe('linuxWindowScale', () => {
  const LINUX = '020405b4 0402 080a 9d66fb01 00000000 01 030307'

  test('is what reading all options finds, or says nothing', () => {
    const usual = hex(LINUX)
    fc.assert(
      fc.property(fc.nat({ max: usual.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const bytes = Uint8Array.from(usual)
        bytes[at] = byte
        const out = new TcpOptions()
        readTcpOptions(embed(bytes, 8), 8, 8 + bytes.length, out)
        const scale = linuxWindowScale(embed(bytes, 8), 8, 8 + bytes.length)
        if (scale < 0) return
        const { windowScale, hasTimestamps, tfo, mptcp } = out
        expect([windowScale, hasTimestamps, tfo, mptcp]).toEqual([scale, true, false, false])
      }),
      { numRuns: runs(2000) },
    )
  })

  test.each([
    ['the layout of Linux', LINUX, 7],
    ['one without timestamps', '020405b4 0101 0402 01 030307', -1],
    ['one that is cut', LINUX.slice(0, -2), -1],
    ['a fast open option behind it', `${LINUX} 2202 0101`, -1],
  ])('%s', (_name, text, scale) => {
    const bytes = hex(text)
    expect(linuxWindowScale(embed(bytes, 4), 4, 4 + bytes.length)).toBe(scale)
  })
})
