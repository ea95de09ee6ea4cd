// The lab's captures with something taken away, doubled or shifted: a verdict may become less sure, or give up, but never
// certain and wrong. Skipped where the lab is not there.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Framer } from '../../src/capture/framer.js'
import { CaptureClock } from '../../src/capture/record.js'
import { type Connection, PacketAnalyzer } from '../../src/index.js'
import { SEGMENT } from '../../src/wire/decode-status.js'
import { Decoder } from '../../src/wire/decode.js'
import { ACK } from '../../src/wire/segment.js'

const LAB = new URL('../../../shared/lab/', import.meta.url)
/** Not one capture each, or out of order by nature. */
const LEFT_OUT = /rotate|art_dumpcap/
const SEED = 20_261_123

interface Expected {
  readonly capture: string
  readonly stream: number
  readonly client: string
  readonly server: string
  readonly verdict: readonly string[]
  readonly cause: readonly string[]
}

interface Frame {
  readonly bytes: Uint8Array
  readonly timeNs: bigint
  readonly origlen: number
  readonly linktype: number
  /** Sender and receiver of the segment, where it is one that lies in the frame as it is. */
  readonly from?: string
  readonly to?: string
  readonly tcpStart: number
  readonly hasAck: boolean
}

type Mutation = (frames: Frame[], random: () => number) => Frame[]

function randomSource(seed: number): () => number {
  let x = seed
  return () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 0) / 0x1_0000_0000
  }
}

function framesOf(name: string): Frame[] {
  const frames: Frame[] = []
  const decoder = new Decoder()
  const clock = new CaptureClock()
  const framer = new Framer(
    {
      onRecord: (view, start, end, origlen, linktype, ns) => {
        const bytes = new Uint8Array(view.buffer.slice(start, end))
        const own = new DataView(bytes.buffer)
        const status = decoder.decode(own, 0, bytes.length, origlen, linktype, ns)
        const { segment: s } = decoder
        const isSegment = status === SEGMENT && decoder.segmentView === own
        frames.push({
          bytes,
          timeNs: (clock.baseNs ?? 0n) + BigInt(Math.round(ns)),
          origlen,
          linktype,
          ...(isSegment
            ? { from: `${s.src0},${s.src3}:${s.srcPort}`, to: `${s.dst0},${s.dst3}:${s.dstPort}` }
            : {}),
          tcpStart: s.tcpStart,
          hasAck: (s.flags & ACK) !== 0,
        })
      },
    },
    clock,
  )
  framer.push(readFileSync(new URL(name, LAB)))
  return frames
}

/** Only the segments of whoever spoke first on a connection, or of the other side. */
function oneDirection(first: boolean): Mutation {
  return (frames) => {
    const openers = new Map<string, string>()
    return frames.filter(({ from, to }) => {
      if (from === undefined || to === undefined) return true
      const key = [from, to].sort().join()
      if (!openers.has(key)) openers.set(key, from)
      return (openers.get(key) === from) === first
    })
  }
}

function shiftNumbers(frames: Frame[], random: () => number): Frame[] {
  const offsets = new Map<string, number>()
  function offsetOf(direction: string): number {
    const known = offsets.get(direction) ?? Math.floor(random() * 0x1_0000_0000)
    offsets.set(direction, known)
    return known
  }
  return frames.map((frame) => {
    const { from, to, tcpStart } = frame
    if (from === undefined || to === undefined) return frame
    const bytes = frame.bytes.slice()
    const view = new DataView(bytes.buffer)
    view.setUint32(tcpStart + 4, (view.getUint32(tcpStart + 4) + offsetOf(from + to)) >>> 0)
    if (frame.hasAck) {
      view.setUint32(tcpStart + 8, (view.getUint32(tcpStart + 8) + offsetOf(to + from)) >>> 0)
    }
    return { ...frame, bytes }
  })
}

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'without its head': (frames) => frames.slice(Math.floor(frames.length * 0.3)),
  'one direction only': oneDirection(true),
  'the other direction only': oneDirection(false),
  'a tenth of the packets lost': (frames, random) => frames.filter(() => random() > 0.1),
  'every packet twice': (frames) =>
    frames.flatMap((frame) => [frame, { ...frame, timeNs: frame.timeNs + 20_000n }]),
  'cut to 60 octets': (frames) =>
    frames.map((frame) => ({ ...frame, bytes: frame.bytes.subarray(0, 60) })),
  'all sequence numbers shifted': shiftNumbers,
  'without its tail': (frames) => frames.slice(0, Math.floor(frames.length * 0.8)),
}

function analyze(frames: readonly Frame[]): Connection[] {
  const connections: Connection[] = []
  const analyzer = new PacketAnalyzer({ onConnection: (c) => connections.push(c) })
  for (const frame of frames) analyzer.push(frame)
  analyzer.finish()
  return connections
}

function endpoints(...both: readonly string[]): string {
  return [...both].sort().join(' ')
}

/** Connections of a capture that are called certain although that is not what happened. */
function wrongCertainties(
  expected: readonly Expected[],
  connections: readonly Connection[],
): string[] {
  const turn = new Map<string, number>()
  return expected.flatMap((e) => {
    const key = endpoints(e.client, e.server)
    const candidates = connections.filter(
      (c) =>
        endpoints(`${c.client_ip}:${c.client_port}`, `${c.server_ip}:${c.server_port}`) === key,
    )
    const nth = turn.get(key) ?? 0
    turn.set(key, nth + 1)
    const found = candidates[nth] ?? candidates[0]
    if (found?.confidence !== 'certain' || found.verdict === 'incomplete') return []
    if (e.verdict.includes(found.verdict) && e.cause.includes(found.cause)) return []
    return [`${e.capture} ${e.stream}: ${found.verdict}.${found.cause}`]
  })
}

describe.skipIf(!existsSync(LAB))('the lab', () => {
  test.each(Object.entries(MUTATIONS))('%s: nothing is certain and wrong', (_name, mutate) => {
    const lines = readFileSync(new URL('expected.ndjson', LAB), 'utf8').trim().split('\n')
    const expected = lines.map((line) => JSON.parse(line) as Expected)
    const captures = [...new Set(expected.map((e) => e.capture))].filter((c) => !LEFT_OUT.test(c))
    const random = randomSource(SEED)
    const wrong = captures.flatMap((capture) =>
      wrongCertainties(
        expected.filter((e) => e.capture === capture),
        analyze(mutate(framesOf(capture), random)),
      ),
    )
    expect(wrong).toEqual([])
  })
})
