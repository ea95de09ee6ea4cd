import { describe, expect, test } from 'vitest'
import { DECODE_STATUSES } from '../../../src/wire/decode-status.js'
import { Decoder } from '../../../src/wire/decode.js'
import { MAX_DATAGRAMS } from '../../../src/wire/fragments.js'
import { TcpOptions, readTcpOptions } from '../../../src/wire/tcp/options.js'
import {
  embed,
  ethernet,
  hex,
  ipv4,
  ipv6,
  join,
  type Bytes,
  tcp,
  u16,
  u32,
  udp,
  zeros,
} from './frames.js'

/** A segment of 20 + 12 + 200 bytes. */
const SEGMENT = tcp({ options: hex('020405b4 01030307 01010402'), payload: zeros(200) })
const PIECE = 80

interface Piece {
  readonly offset: number
  readonly end: number
  readonly more: boolean
}

/** `payload` cut into pieces of 80 bytes. */
function pieces(payload: Bytes): Piece[] {
  const list: Piece[] = []
  for (let offset = 0; offset < payload.length; offset += PIECE) {
    const end = Math.min(offset + PIECE, payload.length)
    list.push({ offset, end, more: end < payload.length })
  }
  return list
}

function fragment4(payload: Uint8Array, piece: Piece, id = 7, protocol = 6): Uint8Array {
  const { offset, end, more } = piece
  const part = payload.subarray(offset, end)
  const fields = { id, protocol, fragmentOffset: offset, moreFragments: more }
  return ethernet(0x0800, ipv4(part, fields))
}

function fragment6(payload: Uint8Array, piece: Piece): Uint8Array {
  const { offset, end, more } = piece
  const header = join([6, 0], u16(offset | (more ? 1 : 0)), u32(77))
  return ethernet(0x86dd, ipv6(join(header, payload.subarray(offset, end)), { next: 44 }))
}

/** Feeds frames one by one and returns the names of the outcomes. */
function feed(decoder: Decoder, frames: readonly Uint8Array[], timesNs: readonly number[] = []) {
  return frames.map((frame, i) => {
    const view = embed(frame, 16)
    const time = timesNs[i] ?? 0
    const status = decoder.decode(view, 16, 16 + frame.length, frame.length, 1, time)
    return DECODE_STATUSES[status]?.name
  })
}

function cut(frame: Uint8Array, caplen: number, decoder: Decoder): string | undefined {
  const view = embed(frame.subarray(0, caplen), 16)
  const status = decoder.decode(view, 16, 16 + caplen, frame.length, 1, 0)
  return DECODE_STATUSES[status]?.name
}

const WHOLE = {
  srcPort: 40_000,
  dstPort: 443,
  seq: 0x89abcdef | 0,
  payloadLen: 200,
  headerCut: false,
  malformed: false,
}

describe.each([
  ['IPv4', fragment4],
  ['IPv6', fragment6],
] as const)('%s fragments', (_version, fragment) => {
  const frames = pieces(SEGMENT).map((piece) => fragment(SEGMENT, piece))
  const held = 'fragment'

  test('in order complete the segment with the last one', () => {
    const decoder = new Decoder()
    expect(feed(decoder, frames)).toEqual([held, held, 'segment'])
    expect(decoder.segment).toMatchObject(WHOLE)
  })

  test.each([[[2, 1, 0]], [[1, 2, 0]], [[2, 0, 1]], [[0, 0, 2, 2, 1]]])(
    'arriving as %j complete it as well',
    (order) => {
      const decoder = new Decoder()
      const outcomes = feed(
        decoder,
        order.map((i) => frames[i] as Uint8Array),
      )
      expect(outcomes).toEqual([...order.slice(1).map(() => held), 'segment'])
      expect(decoder.segment).toMatchObject(WHOLE)
    },
  )

  test('the options can be read from the copy', () => {
    const decoder = new Decoder()
    feed(decoder, frames)
    const options = new TcpOptions()
    const { segment, segmentView } = decoder
    readTcpOptions(segmentView, segment.tcpStart + 20, segment.optionsEnd, options)
    expect(options).toMatchObject({ mss: 1460, windowScale: 7, sackPermitted: true })
  })

  test('overlapping ones complete it with the bytes that came first', () => {
    const decoder = new Decoder()
    const other = SEGMENT.map((byte) => byte ^ 0xff)
    const outcomes = feed(decoder, [
      fragment(SEGMENT, { offset: 0, end: 80, more: true }),
      fragment(other, { offset: 8, end: 160, more: true }),
      fragment(SEGMENT, { offset: 120, end: SEGMENT.length, more: false }),
    ])
    expect(outcomes).toEqual([held, held, 'segment'])
    expect(decoder.segment).toMatchObject(WHOLE)
  })

  test('a missing one leaves it incomplete', () => {
    const decoder = new Decoder()
    expect(feed(decoder, [frames[0] as Uint8Array, frames[2] as Uint8Array])).toEqual([held, held])
  })

  test('a first one that was not captured whole counts as malformed', () => {
    const decoder = new Decoder()
    const [first, , last] = frames as [Uint8Array, Uint8Array, Uint8Array]
    expect(cut(first, 100, decoder)).toBe('segment')
    expect(decoder.segment).toMatchObject({ malformed: true, payloadLen: 0, dstPort: 443 })
    expect(cut(last, 80, decoder)).toBe(held)
  })
})

test('headers spread over fragments of eight bytes are put together', () => {
  const decoder = new Decoder()
  const frames: Uint8Array[] = []
  for (let offset = 0; offset < SEGMENT.length; offset += 8) {
    const end = Math.min(offset + 8, SEGMENT.length)
    frames.push(fragment4(SEGMENT, { offset, end, more: end < SEGMENT.length }))
  }
  expect(feed(decoder, frames).at(-1)).toBe('segment')
  expect(decoder.segment).toMatchObject(WHOLE)
})

test('a tunnel packet that was fragmented outside is decoded inside', () => {
  const decoder = new Decoder()
  const inner = ethernet(0x0800, ipv4(SEGMENT))
  const datagram = udp(4789, join(u32(0x08000000), u32(42 << 8), inner))
  const frames = pieces(datagram).map((piece) => fragment4(datagram, piece, 8, 17))
  expect(feed(decoder, frames).at(-1)).toBe('segment')
  expect(decoder.segment).toMatchObject({ ...WHOLE, src0: 0x0a000001 })
  expect(decoder.encapsulations.text(decoder.segment.encapsulation)).toBe('vxlan 42')
})

test('datagrams with other identifications do not mix', () => {
  const decoder = new Decoder()
  const [first, second, third] = pieces(SEGMENT) as [Piece, Piece, Piece]
  const frames = [
    fragment4(SEGMENT, first, 1),
    fragment4(SEGMENT, second, 2),
    fragment4(SEGMENT, third, 1),
    fragment4(SEGMENT, third, 2),
    fragment4(SEGMENT, second, 1),
  ]
  expect(feed(decoder, frames)).toEqual([...frames.slice(1).map(() => 'fragment'), 'segment'])
})

test('an identification used again much later begins a new datagram', () => {
  const decoder = new Decoder()
  const [first, second, third] = pieces(SEGMENT).map((piece) => fragment4(SEGMENT, piece)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ]
  const late = 300e9
  const frames = [first, second, third, first, second, third]
  const times = [0, 0, late, late, late, late]
  // The late third fragment finds the old datagram gone and waits for its own first one.
  expect(feed(decoder, frames, times).filter((name) => name === 'segment')).toHaveLength(1)
  expect(decoder.segment).toMatchObject(WHOLE)
})

test('more datagrams than the table holds push out the oldest', () => {
  const decoder = new Decoder()
  const [first, second, third] = pieces(SEGMENT) as [Piece, Piece, Piece]
  const ids = Array.from({ length: MAX_DATAGRAMS + 1 }, (_, id) => id)
  feed(
    decoder,
    ids.map((id) => fragment4(SEGMENT, first, id)),
  )
  function rest(id: number): Uint8Array[] {
    return [fragment4(SEGMENT, second, id), fragment4(SEGMENT, third, id)]
  }
  expect(feed(decoder, rest(MAX_DATAGRAMS)).at(-1)).toBe('segment')
  expect(feed(decoder, rest(0)).at(-1)).toBe('fragment')
})

test('hostile fragments are survived', () => {
  const decoder = new Decoder()
  const outcomes = feed(decoder, [
    // Teardrop: the second lies inside the first and claims to be the last.
    ethernet(0x0800, ipv4(zeros(40), { moreFragments: true })),
    ethernet(0x0800, ipv4(zeros(4), { fragmentOffset: 24 })),
    // Ping of death: an end beyond the longest datagram.
    ethernet(0x0800, ipv4(zeros(1400), { id: 2, fragmentOffset: 65_528 })),
    ethernet(0x0800, ipv4([], { id: 3, moreFragments: true })),
    ethernet(0x0800, ipv4([], { id: 3, fragmentOffset: 8 })),
    // Nothing but holes.
    ...Array.from({ length: 300 }, (_, i) =>
      ethernet(0x0800, ipv4(zeros(8), { id: 4, fragmentOffset: 16 * i + 8, moreFragments: true })),
    ),
  ])
  expect(outcomes.filter((name) => name === 'segment').length).toBeLessThanOrEqual(1)
})
