import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SEGMENT } from '../../../src/wire/decode-status.js'
import { Decoder } from '../../../src/wire/decode.js'
import { embed, ethernet, ipv4, ipv6, join, tag, tcp, u16, zeros } from './frames.js'
import { runs } from '../../support/runs.js'

const ETHERNET = 1
const BEFORE = 32

function linkHeader(link: string, type: number, vlan: number): Uint8Array {
  if (link === 'sll') return join(zeros(14), u16(type))
  if (link === 'sll2') return join(u16(type), zeros(18))
  return link === 'vlan' ? ethernet(0x8100, tag(vlan, type, [])) : ethernet(type, [])
}

const word = fc.integer({ min: 0, max: 0xffffffff })
const short = fc.integer({ min: 0, max: 0xffff })
const byte = fc.integer({ min: 0, max: 255 })
const segments = fc
  .record({
    srcPort: short,
    dstPort: short,
    seq: word,
    ack: word,
    flags: byte,
    window: short,
    options: fc.integer({ min: 0, max: 10 }).map((words) => zeros(words * 4)),
    payload: fc.integer({ min: 0, max: 60 }).map((len) => zeros(len)),
    dataOffset: fc.option(fc.integer({ min: 0, max: 15 }), { nil: undefined }),
  })
  .map(({ dataOffset, ...rest }) => tcp(dataOffset === undefined ? rest : { ...rest, dataOffset }))
const v4 = fc
  .record({
    segment: segments,
    src: word,
    dst: word,
    id: short,
    ttl: byte,
    protocol: fc.constantFrom(6, 6, 6, 17, 47),
    moreFragments: fc.constantFrom(false, false, false, true),
    totalLen: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
  })
  .map(({ segment, totalLen, ...rest }) =>
    ipv4(segment, totalLen === undefined ? rest : { ...rest, totalLen }),
  )
  .map((packet) => ({ type: 0x0800, packet }))
const v6 = fc
  .record({
    segment: segments,
    src: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    dst: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    hopLimit: byte,
    next: fc.constantFrom(6, 6, 6, 0, 44),
    payloadLen: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
  })
  .map(({ segment, payloadLen, ...rest }) =>
    ipv6(segment, payloadLen === undefined ? rest : { ...rest, payloadLen }),
  )
  .map((packet) => ({ type: 0x86dd, packet }))
const linked = fc
  .record({
    ip: fc.oneof(v4, v6),
    link: fc.constantFrom('ethernet', 'vlan', 'sll', 'sll2'),
    vlan: short,
    cut: fc.integer({ min: 0, max: 400 }),
    trailer: fc.integer({ min: 0, max: 8 }),
  })
  .map(({ ip, link, vlan, cut, trailer }) => {
    const frame = join(linkHeader(link, ip.type, vlan), ip.packet, zeros(trailer))
    const linktype = link === 'sll' ? 113 : link === 'sll2' ? 276 : ETHERNET
    return { frame, linktype, caplen: Math.min(cut, frame.length) }
  })

/** All that is known after a frame; what a failed straight path left in the segment is not. */
function describeOutcome(decoder: Decoder, status: number): object {
  if (status !== SEGMENT) return { status }
  const { segment, encapsulations } = decoder
  return { status, segment, encapsulation: encapsulations.text(segment.encapsulation) }
}

describe('straight path', () => {
  test('agrees with the general path', () => {
    fc.assert(
      fc.property(linked, ({ frame, linktype, caplen }) => {
        const straight = new Decoder()
        const general = new Decoder()
        const view = embed(frame, BEFORE)
        const end = BEFORE + caplen
        const status = straight.decode(view, BEFORE, end, frame.length, linktype, 0)
        const expected = general.decodeLayers(view, BEFORE, end, frame.length, linktype, 0)
        expect(describeOutcome(straight, status)).toEqual(describeOutcome(general, expected))
      }),
      { numRuns: runs(2000) },
    )
  })

  test('leaves nothing behind for the next segment', () => {
    const decoder = new Decoder()
    const fresh = new Decoder()
    const odd = ethernet(0x8100, tag(10, 0x86dd, ipv6(tcp({ dataOffset: 1 }))))
    const plain = ethernet(0x0800, ipv4(tcp()))
    decoder.decode(embed(odd, BEFORE), BEFORE, BEFORE + odd.length, odd.length, ETHERNET, 0)
    const view = embed(plain, BEFORE)
    decoder.decode(view, BEFORE, BEFORE + plain.length, plain.length, ETHERNET, 0)
    fresh.decode(view, BEFORE, BEFORE + plain.length, plain.length, ETHERNET, 0)
    expect(decoder.segment).toEqual(fresh.segment)
  })
})
