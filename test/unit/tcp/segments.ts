// Decoded segments made by hand, for tests below the decoder.

import { Segment } from '../../../src/wire/segment.js'

/** A buffer without TCP options: segments made here have none. */
export const NO_OPTIONS = new DataView(new ArrayBuffer(20))

const THE_SEGMENT = new Segment()

/** One end of a connection: an IPv4 address, or four words of an IPv6 address, and a port. */
export interface End {
  readonly ip: number | readonly [number, number, number, number]
  readonly port: number
}

/** Fields besides the addresses. */
export type Fields = Partial<Pick<Segment, 'seq' | 'ack' | 'flags' | 'payloadLen' | 'headerCut'>>

/** A segment from one end to another, the same object every time, as the decoder has it. */
export function segmentOf(from: End, to: End, fields: Fields = {}): Segment {
  const segment = THE_SEGMENT
  segment.ipVersion = typeof from.ip === 'number' ? 4 : 6
  const [src, dst] = [wordsOf(from), wordsOf(to)]
  segment.src0 = src[0]
  segment.src1 = src[1]
  segment.src2 = src[2]
  segment.src3 = src[3]
  segment.dst0 = dst[0]
  segment.dst1 = dst[1]
  segment.dst2 = dst[2]
  segment.dst3 = dst[3]
  segment.srcPort = from.port
  segment.dstPort = to.port
  segment.optionsEnd = 20
  segment.window = 502
  segment.ttl = 64
  segment.ipId = segment.ipVersion === 4 ? 0 : -1
  segment.seq = fields.seq ?? 0
  segment.ack = fields.ack ?? 0
  segment.flags = fields.flags ?? 0
  segment.payloadLen = fields.payloadLen ?? 0
  segment.headerCut = fields.headerCut ?? false
  return segment
}

function wordsOf({ ip }: End): readonly [number, number, number, number] {
  return typeof ip === 'number' ? [ip | 0, 0, 0, 0] : ip
}

/** Reproducible random whole numbers below a bound (mulberry32). */
export function randomSource(seed: number): (bound: number) => number {
  let state = seed
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % bound
  }
}
