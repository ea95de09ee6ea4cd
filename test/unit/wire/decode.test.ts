import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DECODE_STATUSES,
  DECODE_STATUS_COUNT,
  SEGMENT,
  TOO_DEEP,
} from '../../../src/wire/decode-status.js'
import { Decoder } from '../../../src/wire/decode.js'
import {
  embed,
  ethernet,
  ethernetIpv4,
  hex,
  ipv4,
  ipv6,
  join,
  mpls,
  type Bytes,
  tcp,
  u16,
  zeros,
} from './frames.js'
import { runs } from '../../support/runs.js'

const ETHERNET = 1
const BEFORE = 32

interface Outcome {
  readonly status: string
  readonly decoder: Decoder
}

/** Decodes one frame; `origlen` is the frame's own length unless it was cut. */
function decode(frame: Bytes, origlen = frame.length, linktype = ETHERNET): Outcome {
  const decoder = new Decoder()
  const view = embed(frame, BEFORE)
  const status = decoder.decode(view, BEFORE, BEFORE + frame.length, origlen, linktype, 0)
  return { status: DECODE_STATUSES[status]?.name ?? '?', decoder }
}

function ethernetTcp(segment: Bytes, totalLen = 20 + segment.length): Uint8Array {
  return ethernet(0x0800, ipv4(segment, { totalLen }))
}

/** A segment in `count` IP packets inside another one. */
function nested(count: number): Uint8Array {
  let packet = ipv4(tcp())
  for (let i = 0; i < count; i++) packet = ipv4(packet, { protocol: 4 })
  return ethernet(0x0800, packet)
}

function vlans(count: number): Uint8Array {
  let payload: Bytes = ipv4(tcp())
  let type = 0x0800
  for (let i = 0; i < count; i++) {
    payload = join(u16(i), u16(type), payload)
    type = 0x8100
  }
  return ethernet(type, payload)
}

function extensions(count: number): Uint8Array {
  let payload: Bytes = tcp()
  let next = 6
  for (let i = 0; i < count; i++) {
    payload = join([next, 0, 1, 4, 0, 0, 0, 0], payload)
    next = 60
  }
  return ethernet(0x86dd, ipv6(payload, { next }))
}

describe('statuses', () => {
  test('have unique kebab-case names and a meaning', () => {
    expect(new Set(DECODE_STATUSES.map(({ name }) => name)).size).toBe(DECODE_STATUS_COUNT)
    for (const { name, meaning } of DECODE_STATUSES) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(meaning).not.toBe('')
    }
  })

  test.each<[name: string, frame: Bytes, status: string, linktype?: number]>([
    ['ARP', ethernet(0x0806, zeros(46)), 'not-ip'],
    ['LLC other than IP', ethernet(40, join([0x42, 0x42, 3], zeros(37))), 'not-ip'],
    ['PPPoE discovery', ethernet(0x8863, zeros(46)), 'not-ip'],
    ['Wi-Fi beacon', join([0x80, 0], zeros(40)), 'not-ip', 105],
    ['encrypted Wi-Fi data', join([0x08, 0x41], zeros(60)), 'not-ip', 105],
    ['UDP', ethernetIpv4(17, join(u16(53), u16(53), u16(12), zeros(6))), 'not-tcp'],
    ['ESP', ethernetIpv4(50, zeros(40)), 'not-tcp'],
    ['ICMP echo', ethernetIpv4(1, join([8, 0], zeros(30))), 'not-tcp'],
    ['GRE with ARP', ethernetIpv4(47, join([0, 0, 8, 6], zeros(28))), 'not-ip'],
    ['unknown link type', zeros(60), 'unknown-linktype', 147],
    ['IPv4 version', ethernet(0x0800, join([0x75], zeros(45))), 'not-ip'],
    ['IPv4 header length', ethernet(0x0800, join([0x44], zeros(45))), 'bad-header'],
    ['IPv4 total length below the header', ethernetTcp(tcp(), 19), 'bad-header'],
    ['IPv6 version', ethernet(0x86dd, zeros(60)), 'bad-header'],
    ['fifteen bytes of TCP', ethernetTcp(tcp(), 35), 'bad-header'],
    ['UDP length', ethernetIpv4(17, join(u16(53), u16(53), u16(7), zeros(6))), 'bad-header'],
    ['empty frame', [], 'bad-header'],
  ])('%s is %s', (_name, frame, status, linktype = ETHERNET) => {
    expect(decode(frame, frame.length, linktype).status).toBe(status)
  })

  test.each([
    ['VLAN tags', vlans],
    ['tunnels', nested],
    ['IPv6 extension headers', extensions],
  ])('%s are followed as far as the bound on headers says, whatever it is', (_what, frame) => {
    /** How many there may be. */
    function most(maxLayers: number): number {
      const decoder = new Decoder(maxLayers)
      for (let n = 0; ; n++) {
        const bytes = frame(n)
        const view = new DataView(bytes.buffer, bytes.byteOffset)
        const status = decoder.decode(view, 0, bytes.length, bytes.length, 1, 0)
        if (status === TOO_DEEP) return n - 1
        expect(status).toBe(SEGMENT)
      }
    }
    const [few, more, many] = [most(20), most(40), most(200)]
    expect(few).toBeGreaterThan(3)
    expect(many - more).toBe(8 * (more - few))
  })

  test('a stack of labels without end is no header', () => {
    expect(
      decode(
        ethernet(
          0x8847,
          mpls(
            Array.from({ length: 200 }, () => 9),
            [],
          ),
        ),
      ).status,
    ).toBe('bad-header')
  })
})

describe('lengths', () => {
  test('padding behind a short packet is not payload', () => {
    const frame = join(ethernetTcp(tcp({ payload: [] })), zeros(6))
    expect(decode(frame).decoder.segment.payloadLen).toBe(0)
  })

  test('a frame cut by the capture counts what the IP header says', () => {
    const frame = ethernetTcp(tcp({ payload: zeros(1000) }))
    const { status, decoder } = decode(frame.subarray(0, 68), frame.length)
    expect(status).toBe('segment')
    expect(decoder.segment.payloadLen).toBe(1000)
    expect(decoder.segment.headerCut).toBe(false)
  })

  test('a total length beyond the frame is limited to the frame', () => {
    const frame = ethernetTcp(tcp({ payload: zeros(10) }), 1500)
    expect(decode(frame).decoder.segment.payloadLen).toBe(10)
    expect(decode(frame, frame.length + 5).decoder.segment.payloadLen).toBe(15)
  })

  test('total length 0 and payload length 0 reach to the end of the frame', () => {
    const v4 = ethernetTcp(tcp({ payload: zeros(70) }), 0)
    expect(decode(v4, 70_000).decoder.segment.payloadLen).toBe(70_000 - 54)
    const v6 = ethernet(0x86dd, ipv6(tcp({ payload: zeros(70) }), { payloadLen: 0 }))
    expect(decode(v6, 70_000).decoder.segment.payloadLen).toBe(70_000 - 74)
  })

  test('an origlen below the captured length is not believed', () => {
    expect(decode(ethernetTcp(tcp()), 10).decoder.segment.payloadLen).toBe(10)
  })

  test.each([16, 17, 19, 20, 25])('a header cut at %i bytes is marked', (bytes) => {
    const frame = ethernetTcp(tcp({ options: hex('020405b4 01010402'), payload: zeros(100) }))
    const { status, decoder } = decode(frame.subarray(0, 34 + bytes), frame.length)
    const { segment } = decoder
    expect(status).toBe('segment')
    expect(segment).toMatchObject({ headerCut: true, payloadLen: 100, window: 65_000 })
    expect(segment.optionsEnd - segment.tcpStart).toBe(Math.max(bytes, 20))
  })

  test('below the window a header is truncated', () => {
    const frame = ethernetTcp(tcp())
    expect(decode(frame.subarray(0, 34 + 15), frame.length).status).toBe('truncated-header')
  })

  test.each([
    [4, 14],
    [0, 30],
    [9, 0],
    [15, 0],
  ])('data offset %i makes a malformed segment', (dataOffset, payloadLen) => {
    const { status, decoder } = decode(ethernetTcp(tcp({ dataOffset, payload: zeros(10) })))
    expect(status).toBe('segment')
    expect(decoder.segment).toMatchObject({ malformed: true, payloadLen, dstPort: 443 })
  })
})

describe('any bytes', () => {
  test('neither throw nor are read beyond the end', () => {
    const linktypes = fc.oneof(
      fc.integer({ min: 0, max: 290 }),
      fc.constantFrom(1, 9, 101, 105, 107, 113, 127, 239, 258, 276),
    )
    const bytes = fc.uint8Array({ maxLength: 160 })
    fc.assert(
      fc.property(linktypes, bytes, fc.integer({ min: 0, max: 400 }), (linktype, frame, more) => {
        const decoder = new Decoder()
        const exact = new DataView(Uint8Array.from(frame).buffer)
        const status = decoder.decode(exact, 0, frame.length, frame.length + more, linktype, 0)
        expect(status).toBeLessThan(DECODE_STATUS_COUNT)
      }),
      { numRuns: runs(5000) },
    )
  })
})
