// Mutations of the frames inside a capture.

import type { Base } from './corpus.js'
import { setNumber, withFrame } from './edit.js'
import type { FramePlace } from './layout.js'
import { extensionChain, fragment, nestedTunnels, quotation } from './nested-frames.js'
import type { Random } from './random.js'

/** Changes a capture; gives it back as it is where the change does not apply. */
export type Mutation = (base: Base, random: Random) => Uint8Array

const SHORT_LIMITS = [
  0, 1, 4, 5, 7, 8, 19, 20, 21, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xfffe, 0xffff,
]

/** Bytes of a frame in which headers stand. */
const HEADERS_MAX = 120

function oneFrame(base: Base, random: Random): FramePlace | undefined {
  const { frames } = base.layout
  return frames.length === 0 ? undefined : random.pick(frames)
}

/** A number within the headers of a frame at a limit. */
function headerNumber(base: Base, random: Random): Uint8Array {
  const place = oneFrame(base, random)
  const out = base.bytes.slice()
  if (place === undefined || place.end === place.start) return out
  const at = place.start + random.below(Math.min(HEADERS_MAX, place.end - place.start))
  if (random.oneIn(2)) out[at] = random.oneIn(2) ? random.pick(SHORT_LIMITS) : random.word()
  else setNumber(out, at, 2, random.pick(SHORT_LIMITS), false)
  return out
}

/** Another frame in place of one, of nested layers. */
function builtFrame(base: Base, random: Random): Uint8Array {
  const place = oneFrame(base, random)
  if (place === undefined) return base.bytes
  const build = random.pick([nestedTunnels, extensionChain, fragment, quotation])
  return withFrame(base.bytes, base.layout, place, build(random))
}

/** A frame with bytes cut off or put in, its record saying the new length. */
function resizedFrame(base: Base, random: Random): Uint8Array {
  const place = oneFrame(base, random)
  if (place === undefined) return base.bytes
  const frame = base.bytes.subarray(place.start, place.end)
  const cut = random.below(frame.length + 1)
  if (random.oneIn(2)) return withFrame(base.bytes, base.layout, place, frame.slice(0, cut))
  const room = random.bytes(random.length(64))
  const longer = new Uint8Array(frame.length + room.length)
  longer.set(frame.subarray(0, cut))
  longer.set(room, cut)
  longer.set(frame.subarray(cut), cut + room.length)
  return withFrame(base.bytes, base.layout, place, longer)
}

/** Where the TCP header of a plain Ethernet frame stands. */
function tcpStart(bytes: Uint8Array, place: FramePlace): number {
  const ip = place.start + (place.linktype === 1 ? 14 : place.linktype === 113 ? 16 : 0)
  const version = (bytes[ip] ?? 0) >> 4
  return version === 6 ? ip + 40 : ip + ((bytes[ip] ?? 0) & 15) * 4
}

const FLAGS = [0x02, 0x12, 0x10, 0x18, 0x11, 0x19, 0x04, 0x14, 0x01, 0x00, 0x06, 0x3f, 0xff]
const STEPS = [0, 1, -1, 2, 1000, -1000, 0x7fff_ffff, 0x8000_0000, 0xffff]

/** Flags, numbers, ports or window of some segments changed: other connections in the same headers. */
function segments(base: Base, random: Random): Uint8Array {
  const out = base.bytes.slice()
  const view = new DataView(out.buffer)
  for (let times = random.length(6); times > 0; times--) {
    const place = oneFrame(base, random)
    if (place === undefined) return out
    const tcp = tcpStart(out, place)
    if (tcp + 20 > place.end) continue
    switch (random.below(6)) {
      case 0:
      case 1:
        out[tcp + 13] = random.pick(FLAGS)
        break
      case 2:
        view.setUint32(tcp + 4, view.getUint32(tcp + 4) + random.pick(STEPS))
        break
      case 3:
        view.setUint32(tcp + 8, view.getUint32(tcp + 8) + random.pick(STEPS))
        break
      case 4:
        view.setUint16(tcp + 14, random.pick(SHORT_LIMITS))
        break
      default:
        view.setUint16(tcp + 2 * random.below(2), random.pick(SHORT_LIMITS))
    }
  }
  return out
}

/** Mutations of frames. */
export const FRAME_MUTATIONS: readonly Mutation[] = [
  headerNumber,
  headerNumber,
  builtFrame,
  resizedFrame,
  segments,
  segments,
]
