// Captures with an address where none belongs: in every field of every header and block, in options, names and tunnels.

import { gzipSync } from 'node:zlib'
import {
  type BuiltOption,
  type BuiltRecord,
  PcapngBuilder,
  buildPcap,
} from '../../support/capture-builder.js'
import { lz4Frame, raw, zstdFrame } from '../../support/frames.js'
import { ethernet, ipv4, ipv6, join, tcp, u32, zeros } from '../../unit/wire/frames.js'
import { LAN_SHAPES, LINK_SHAPES } from '../../unit/wire/link-shapes.js'
import { IP_SHAPES, TAG_SHAPES, TUNNEL_SHAPES } from '../../unit/wire/tunnel-shapes.js'
import { PLANTED, PLANTED_TAIL, PLANTED_V6, SWAPPED, TEXTS } from './spellings.js'

/** One capture. */
export interface Planted {
  readonly name: string
  readonly bytes: Uint8Array
}

const SYN = 2
const ACK = 16
const RST_ACK = 20
const DATA = 24
const PLANTED_WORD = Buffer.from(PLANTED).readUInt32BE()
const SERVER = 0x0a00_0002

/** A frame of the planted address, or to it. */
function frame(isBack: boolean, flags: number, seq: number, ack: number, length = 0): Uint8Array {
  const [src, dst] = isBack ? [SERVER, PLANTED_WORD] : [PLANTED_WORD, SERVER]
  const [srcPort, dstPort] = isBack ? [80, 4000] : [4000, 80]
  return ethernet(
    0x0800,
    ipv4(tcp({ srcPort, dstPort, flags, seq, ack, payload: zeros(length) }), { src, dst }),
  )
}

/** Frames at the beginning of time, so that no time that is planted is seen as the difference to another. */
function records(...frames: readonly Uint8Array[]): BuiltRecord[] {
  return frames.map((bytes, at) => ({ bytes, timeNs: BigInt(at) * 1_000_000n }))
}

const OPENING = [frame(false, SYN, 0, 0), frame(true, SYN | ACK, 0, 1), frame(false, ACK, 1, 1)]
const CONVERSATION = records(
  ...OPENING,
  frame(false, DATA, 1, 1, 100),
  frame(true, RST_ACK, 1, 101),
)

/** The bytes with others laid over them. */
function overlaid(bytes: Uint8Array, at: number, over: Uint8Array): Uint8Array {
  // A Buffer's slice() would be no copy.
  const copy = Uint8Array.from(bytes)
  copy.set(over.subarray(0, bytes.length - at), at)
  return copy
}

const PCAP_HEADER_BYTES = 24
/** Fraction of a second: what is planted there is in the times, and times stay. */
const FRACTION = 4

/** A pcap with an address in each of its fields. */
function* pcaps(): Generator<Planted> {
  for (const format of ['pcap', 'pcap-ns', 'pcap-modified', 'pcap-ixia'] as const) {
    const extra = format === 'pcap-modified' ? 8 : 0
    for (const littleEndian of [true, false]) {
      const whole = buildPcap(CONVERSATION, { format, littleEndian })
      const header = PCAP_HEADER_BYTES + (format === 'pcap-ixia' ? 4 : 0)
      const record = 16 + extra
      const first = OPENING[0]?.length ?? 0
      const fields = [0, header, header + record + first].flatMap((start, at) =>
        Array.from({ length: (at === 0 ? header : record) / 4 }, (_, field) => start + 4 * field),
      )
      const tail = littleEndian ? PLANTED_TAIL.slice().reverse() : PLANTED_TAIL
      for (const at of fields) {
        for (const [how, over] of Object.entries({ network: PLANTED, swapped: SWAPPED, tail })) {
          const isFraction = at >= header && (at - header) % (record + first) === FRACTION
          if (isFraction && how === 'tail') continue
          yield {
            name: `${format}-${littleEndian ? 'le' : 'be'}-${at}-${how}.pcap`,
            bytes: overlaid(whole, at, over),
          }
        }
      }
      for (const version of [
        [2, 3],
        [2, 2],
        [1, 0xd9a7],
        [0, 0x5b71],
      ] as const) {
        const bytes = buildPcap(CONVERSATION, { format, littleEndian, version })
        yield {
          name: `${format}-${littleEndian ? 'le' : 'be'}-version-${version.join('.')}.pcap`,
          bytes,
        }
      }
    }
  }
}

const TEXT = new TextEncoder()
/** String and number options: what is planted in each, alone, twice, and beside zeros as in 64-bit counters. */
const OPTION_VALUES: readonly Uint8Array[] = [
  PLANTED,
  SWAPPED,
  join(PLANTED, PLANTED),
  join(PLANTED, zeros(4)),
  join(zeros(4), PLANTED),
  join(SWAPPED, zeros(4)),
  join(zeros(4), SWAPPED),
  PLANTED_V6,
  join(PLANTED_V6, [64]),
  TEXT.encode('91.113.217.167'),
]
const MOST_OPTIONS = 16

/** Blocks of every kind with room for an address, as (type, body in front of the options). */
function blocksOf(capture: PcapngBuilder): readonly (readonly [type: number, body: Uint8Array])[] {
  const packet = OPENING[0] ?? new Uint8Array()
  const padded = join(packet, zeros((4 - (packet.length % 4)) % 4))
  const lengths = capture.body().u32(packet.length).u32(packet.length).take()
  return [
    [
      0x0a0d0d0a,
      capture.body().u32(0x1a2b3c4d).u16(1).u16(0).u32(0xffffffff).u32(0xffffffff).take(),
    ],
    [1, capture.body().u16(1).u16(0).u32(0).take()],
    [6, join(zeros(12), lengths, padded)],
    [2, join(zeros(12), lengths, padded)],
    [3, join(lengths.subarray(4), padded)],
    [4, join(capture.body().u16(1).u16(8).take(), PLANTED, TEXT.encode('abc\0'), zeros(4))],
    [5, new Uint8Array(12)],
    [9, TEXT.encode('_HOSTNAME=91.113.217.167\n\0\0\0')],
    [10, join(capture.body().u32(0x544c534b).u32(8).take(), PLANTED, PLANTED)],
    [0xbad, join(capture.body().u32(32_473).take(), PLANTED, PLANTED)],
    [0x4000_0bad, join(capture.body().u32(32_473).take(), PLANTED, PLANTED)],
    [0x1234_5678, join(PLANTED, PLANTED)],
  ]
}

/** A section with one interface and three packets. */
function opened(littleEndian: boolean, name?: string): PcapngBuilder {
  const capture = new PcapngBuilder().section({ littleEndian })
  capture.interface(name === undefined ? {} : { name })
  for (const record of records(...OPENING)) capture.packet(record)
  return capture
}

/** A pcapng with an address in each field of each kind of block. */
function* pcapngs(): Generator<Planted> {
  for (const littleEndian of [true, false]) {
    const order = littleEndian ? 'le' : 'be'
    const tail = littleEndian ? PLANTED_TAIL.slice().reverse() : PLANTED_TAIL
    for (const [type, body] of blocksOf(opened(littleEndian))) {
      const kind = type.toString(16)
      const before = opened(littleEndian).take()
      const whole = opened(littleEndian)
        .block(type, body)
        .packet({ bytes: OPENING[0] ?? body, timeNs: 0n })
        .take()
      const end = before.length + 12 + body.length
      for (let at = before.length; at < end; at += 4) {
        for (const [how, over] of Object.entries({ network: PLANTED, swapped: SWAPPED, tail })) {
          yield {
            name: `ng-${order}-${kind}-${at - before.length}-${how}.pcapng`,
            bytes: overlaid(whole, at, over),
          }
        }
      }
      if (type === 3 || type > 6) continue
      for (let code = 1; code < MOST_OPTIONS; code++) {
        for (const [at, value] of OPTION_VALUES.entries()) {
          const capture = opened(littleEndian)
          const options: BuiltOption[] = [[code, value]]
          capture.block(type, join(body, capture.options(options)))
          if (type === 0x0a0d0d0a) capture.interface({})
          capture.packet({ bytes: OPENING[0] ?? body, timeNs: 0n, interfaceId: type === 1 ? 1 : 0 })
          yield { name: `ng-${order}-${kind}-option-${code}-${at}.pcapng`, bytes: capture.take() }
        }
      }
    }
  }
}

/** Interfaces with names that hold an address. */
function* names(): Generator<Planted> {
  const capture = new PcapngBuilder().section({})
  for (const name of TEXTS) capture.interface({ name })
  for (const record of records(...OPENING)) capture.packet(record)
  yield { name: 'names.pcapng', bytes: capture.take() }
}

/** gzip data with an address in each field. */
function* gzips(): Generator<Planted> {
  const whole = gzipSync(buildPcap(CONVERSATION))
  const fields = [2, 4, whole.length - 8, whole.length - 4]
  for (const at of fields) {
    for (const over of [PLANTED, SWAPPED]) {
      yield { name: `gzip-${at}-${over[0]}.pcap.gz`, bytes: overlaid(whole, at, over) }
    }
  }
  const [head, rest] = [whole.subarray(0, 10), whole.subarray(10)]
  const text = TEXT.encode('91.113.217.167\0')
  const flags: readonly (readonly [flag: number, field: Uint8Array])[] = [
    [2, PLANTED.subarray(0, 2)],
    [4, join([8, 0], PLANTED, PLANTED)],
    [8, text],
    [16, text],
  ]
  for (const [flag, field] of flags) {
    const bytes = join(overlaid(head, 3, Uint8Array.of(flag)), field, rest)
    yield { name: `gzip-flag-${flag}.pcap.gz`, bytes }
    yield { name: `gzip-flag-${flag}-cut.pcap.gz`, bytes: bytes.subarray(0, 12) }
  }
  // A block of so many bytes, all there, with another length at its end.
  const length = Buffer.from(PLANTED_TAIL).readUInt32BE()
  const long = opened(false).block(0x1234_5678, new Uint8Array(length - 11), { length, trailer: 4 })
  yield { name: 'gzip-long-block.pcapng.gz', bytes: gzipSync(long.take()) }
  yield { name: 'gzip-garbage.pcap.gz', bytes: join(whole, PLANTED, PLANTED) }
  for (const at of [12, 40, 80])
    yield { name: `gzip-data-${at}.pcap.gz`, bytes: overlaid(whole, at, PLANTED) }
}

/** Frames of zstd and LZ4 with an address in each field, and in what follows them. */
function* framed(): Generator<Planted> {
  const capture = buildPcap(CONVERSATION)
  const zstd = zstdFrame([raw(capture)], { window: 7 << 3, content: capture })
  const lz4 = lz4Frame([{ plain: capture }], {
    contentBytes: capture.length,
    content: capture,
    blockChecksums: true,
  })
  for (const [kind, suffix, whole] of [
    ['zstd', 'zst', zstd],
    ['lz4', 'lz4', lz4],
  ] as const) {
    for (const at of [4, 5, 6, 7, 8, 9, 14, 15, 40, whole.length - 8, whole.length - 4]) {
      for (const over of [PLANTED, SWAPPED]) {
        yield { name: `${kind}-${at}-${over[0]}.pcap.${suffix}`, bytes: overlaid(whole, at, over) }
      }
    }
    yield { name: `${kind}-garbage.pcap.${suffix}`, bytes: join(whole, PLANTED, PLANTED) }
  }
  // A length of the content that is an address, and a window as large.
  for (const flags of [0x80, 0xa0]) {
    const header = join(zstd.subarray(0, 4), [flags], flags === 0x80 ? [0] : [], PLANTED)
    yield { name: `zstd-content-${flags}.pcap.zst`, bytes: join(header, zstd.subarray(6)) }
  }
}

const EVERY = 2

/** Frames of every link type and tunnel, with an address at every place of them. */
function* wrapped(): Generator<Planted> {
  const shapes = [...LINK_SHAPES, ...LAN_SHAPES, ...TAG_SHAPES, ...IP_SHAPES, ...TUNNEL_SHAPES]
  for (const [n, { linktype, frame: bytes }] of shapes.entries()) {
    const planted: Uint8Array[] = []
    for (let at = 0; at + 4 <= bytes.length; at += EVERY) {
      planted.push(overlaid(bytes, at, PLANTED))
      if (at + 16 <= bytes.length) planted.push(overlaid(bytes, at, PLANTED_V6))
    }
    yield { name: `frames-${n}.pcap`, bytes: buildPcap(records(...planted), { linktype }) }
  }
}

/** Sequence and acknowledgment numbers, and what else conversations carry. */
function* conversations(): Generator<Planted> {
  const icmp = join([3, 1, 0, 0], zeros(4), (OPENING[0] ?? new Uint8Array()).subarray(14))
  const option = join([8, 10], PLANTED, SWAPPED, [1, 1])
  const cases: Readonly<Record<string, readonly Uint8Array[]>> = {
    seq: [
      ...OPENING,
      frame(false, DATA, PLANTED_WORD, 1, 10),
      frame(false, DATA, PLANTED_WORD, 1, 10),
    ],
    ack: [...OPENING, frame(true, ACK, 1, PLANTED_WORD), frame(true, DATA, 1, PLANTED_WORD, 5)],
    'reset ahead': [
      ...OPENING,
      frame(true, RST_ACK, PLANTED_WORD + 1, 1),
      frame(true, RST_ACK, PLANTED_WORD + 1, 1),
    ],
    'reset acknowledges': [...OPENING, frame(true, RST_ACK, 1, PLANTED_WORD)],
    'first numbers': [
      frame(false, SYN, PLANTED_WORD, PLANTED_WORD),
      frame(true, SYN | ACK, PLANTED_WORD, PLANTED_WORD + 1),
    ],
    'fin far ahead': [
      ...OPENING,
      frame(false, 17, PLANTED_WORD, 1),
      frame(true, RST_ACK, 1, PLANTED_WORD + 1),
    ],
    'icmp of a router': [
      OPENING[0] ?? icmp,
      ethernet(0x0800, ipv4(icmp, { protocol: 1, src: 0x0a000003, dst: PLANTED_WORD })),
      ethernet(0x0800, ipv4(icmp, { protocol: 1, src: PLANTED_WORD, dst: PLANTED_WORD })),
    ],
    'tcp options': [ethernet(0x0800, ipv4(tcp({ flags: SYN, options: option }), {}))],
    'ip options': [
      ethernet(0x0800, ipv4(tcp({ flags: SYN }), { options: join([7, 7, 8], PLANTED, [0]) })),
      ethernet(0x0800, ipv4(tcp({ flags: SYN }), { options: join([0x83, 7, 4], PLANTED, [0]) })),
    ],
    payload: [...OPENING, frame(false, DATA, 1, 1, 8)].map((bytes, at) =>
      at < 3 ? bytes : overlaid(bytes, bytes.length - 8, join(PLANTED, PLANTED)),
    ),
    ipv6: [
      ethernet(0x86dd, ipv6(tcp({ flags: SYN }), { src: PLANTED_V6 })),
      ethernet(
        0x86dd,
        ipv6(join([6, 0, 0xc2, 4], PLANTED, tcp({ flags: SYN })), { next: 0, payloadLen: 0 }),
      ),
      ethernet(0x86dd, ipv6(tcp({ flags: SYN }), { src: join(zeros(10), [255, 255], PLANTED) })),
    ],
    'gre key': [
      ethernet(
        0x0800,
        ipv4(join([0x20, 0, 8, 0], u32(PLANTED_WORD), ipv4(tcp({ flags: SYN }))), { protocol: 47 }),
      ),
    ],
  }
  for (const [name, list] of Object.entries(cases)) {
    yield { name: `${name.replaceAll(' ', '-')}.pcap`, bytes: buildPcap(records(...list)) }
  }
  const [first, ...rest] = records(...OPENING)
  if (first === undefined) return
  const late = { ...first, timeNs: BigInt(PLANTED_WORD) * 1_000_000_000n }
  yield { name: 'time-ahead.pcap', bytes: buildPcap([first, late, ...rest]) }
  yield { name: 'time-back.pcap', bytes: buildPcap([late, first, ...rest]) }
  yield { name: 'time-end.pcap', bytes: buildPcap([first, ...rest, late]) }
  const ahead = frame(false, DATA, PLANTED_WORD - 9, 1, 10)
  const silent = { bytes: ahead, timeNs: 100_000_000_000n }
  yield { name: 'unacknowledged.pcap', bytes: buildPcap([...records(...OPENING, ahead), silent]) }
  const long = { ...first, origlen: PLANTED_WORD }
  yield { name: 'length.pcap', bytes: buildPcap([long]) }
  yield { name: 'other.pcap', bytes: join(PLANTED, PLANTED) }
  yield { name: 'short.pcap', bytes: PLANTED.subarray(0, 3) }
}

/** Captures whose packets may tell an address in the ladder of `explain`. */
export function plantedInConversations(): Planted[] {
  return [...conversations(), ...names()]
}

/** All captures. */
export function plantedCaptures(): Planted[] {
  return [
    ...pcaps(),
    ...pcapngs(),
    ...gzips(),
    ...framed(),
    ...wrapped(),
    ...plantedInConversations(),
  ]
}
