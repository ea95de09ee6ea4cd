// Ways to spoil a capture.

import type { Frame } from './frames.js'

/** Spoils a capture; `random` gives numbers from 0 to 1. */
export type Mutation = (frames: readonly Frame[], random: () => number) => Frame[]

/** Numbers that look random and are the same in every run. */
export function randomSource(seed: number): () => number {
  let x = seed
  return () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 0) / 0x1_0000_0000
  }
}

/** Every way to spoil a capture, by name. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'without its head': (frames) => frames.slice(Math.floor(frames.length * 0.3)),
  'one direction only': oneDirection(true),
  'the other direction only': oneDirection(false),
  'a tenth of the packets lost': (frames, random) => frames.filter(() => random() > 0.1),
  'a fifth of the packets late': late,
  'every packet twice': (frames) =>
    frames.flatMap((frame) => [frame, { ...frame, timeNs: frame.timeNs + 20_000n }]),
  'cut to 60 bytes': (frames) =>
    frames.map((frame) => ({ ...frame, bytes: frame.bytes.subarray(0, 60) })),
  'all sequence numbers shifted': shiftNumbers,
  'without its tail': (frames) => frames.slice(0, Math.floor(frames.length * 0.8)),
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

/** Some packets pass behind the one that follows them, as on a path that reorders. */
function late(frames: readonly Frame[], random: () => number): Frame[] {
  const out = [...frames]
  for (let at = 0; at + 1 < out.length; at++) {
    const [first, second] = [out[at], out[at + 1]]
    if (first === undefined || second === undefined || random() > 0.2) continue
    if (second.timeNs - first.timeNs > 5_000_000n || first.from !== second.from) continue
    out[at] = { ...second, timeNs: first.timeNs }
    out[at + 1] = { ...first, timeNs: second.timeNs }
    at++
  }
  return out
}

function shiftNumbers(frames: readonly Frame[], random: () => number): Frame[] {
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
