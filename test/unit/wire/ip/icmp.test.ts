import { describe, expect, test } from 'vitest'
import { DECODE_STATUSES } from '../../../../src/wire/decode-status.js'
import { Decoder } from '../../../../src/wire/decode.js'
import { embed, ethernet, ipv4, ipv6, join, type Bytes, tcp, zeros } from '../frames.js'

const QUOTED = tcp({ flags: 0x02, window: 512, payload: zeros(40) })

function decode(frame: Bytes): { status: string | undefined; decoder: Decoder } {
  const decoder = new Decoder()
  const status = decoder.decode(embed(frame, 8), 8, 8 + frame.length, frame.length, 1, 0)
  return { status: DECODE_STATUSES[status]?.name, decoder }
}

/** An ICMP message with eight bytes of header around a quotation of `bytes` bytes of TCP. */
function icmp4(type: number, code: number, bytes: number): Uint8Array {
  const packet = ipv4(QUOTED).subarray(0, 20 + bytes)
  const message = join([type, code], zeros(6), packet)
  return ethernet(0x0800, ipv4(message, { protocol: 1, src: 0xc0a80001, dst: 0x0a000001 }))
}

function icmp6(type: number, code: number, bytes: number): Uint8Array {
  const message = join([type, code], zeros(6), ipv6(QUOTED).subarray(0, 40 + bytes))
  return ethernet(0x86dd, ipv6(message, { next: 58 }))
}

describe.each([
  ['ICMP', icmp4, [3, 4, 11, 12], 4],
  ['ICMPv6', icmp6, [1, 2, 3, 4], 6],
] as const)('%s errors', (_name, icmp, types, ipVersion) => {
  test.each([...types])('of type %i give the quoted segment', (type) => {
    const { status, decoder } = decode(icmp(type, 1, QUOTED.length))
    expect(status).toBe('icmp-error')
    expect(decoder).toMatchObject({ icmpType: type, icmpCode: 1 })
    expect(decoder.quoted).toMatchObject({
      ipVersion,
      src0: ipVersion === 4 ? 0x0a000001 : 0x20010db8,
      dst0: ipVersion === 4 ? 0x0a0000fe : 0x20010db8,
      srcPort: 40_000,
      dstPort: 443,
      seq: 0x89abcdef | 0,
      flags: 0x02,
      window: 512,
      payloadLen: 0,
      headerCut: false,
    })
  })

  test.each([8, 12, 15])('with %i bytes of TCP give ports and seq', (bytes) => {
    const { status, decoder } = decode(icmp(types[0], 3, bytes))
    expect(status).toBe('icmp-error')
    expect(decoder.quoted).toMatchObject({
      srcPort: 40_000,
      dstPort: 443,
      seq: 0x89abcdef | 0,
      ack: 0,
      flags: 0,
      headerCut: true,
    })
  })

  test('with less give nothing', () => {
    expect(decode(icmp(types[0], 3, 7)).status).toBe('bad-header')
  })

  test('leave the last segment alone', () => {
    const decoder = new Decoder()
    const segment = ethernet(0x0800, ipv4(tcp({ dstPort: 80 })))
    decoder.decode(embed(segment, 0), 0, segment.length, segment.length, 1, 0)
    const error = icmp(types[0], 3, 20)
    decoder.decode(embed(error, 0), 0, error.length, error.length, 1, 0)
    expect(decoder.segment.dstPort).toBe(80)
  })
})

test('a quoted later fragment says nothing about ports', () => {
  const packet = ipv4(QUOTED, { fragmentOffset: 8 })
  const frame = ethernet(0x0800, ipv4(join([3, 1], zeros(6), packet), { protocol: 1 }))
  expect(decode(frame).status).toBe('fragment')
})

test('a quoted first fragment does', () => {
  const packet = ipv4(QUOTED, { moreFragments: true })
  const frame = ethernet(0x0800, ipv4(join([3, 4], zeros(6), packet), { protocol: 1 }))
  expect(decode(frame).status).toBe('icmp-error')
})

test('a redirect is no error', () => {
  expect(decode(icmp4(5, 1, 20)).status).toBe('not-tcp')
})

test('a quoted UDP datagram is no TCP', () => {
  const packet = ipv4(zeros(40), { protocol: 17 })
  const frame = ethernet(0x0800, ipv4(join([3, 3], zeros(6), packet), { protocol: 1 }))
  expect(decode(frame).status).toBe('not-tcp')
})
