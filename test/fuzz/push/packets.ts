// Packets as a caller may push them: conversations, frames of every capture there is, spoiled or not, at any time.

import type { Packet } from '../../../src/library/packet-analyzer.js'
import type { BuiltRecord } from '../../support/capture-builder.js'
import type { Base } from '../corpus.js'
import { Random } from '../random.js'
import { talksOf } from '../talks.js'

const TALKS = 256
const TALKS_AT_ONCE = 3
const FRAMES_MAX = 24
const START_NS = 1_700_000_000_000_000_000n
const MS = 1_000_000n
const SECOND = 1000n * MS
const DAY = 86_400n * SECOND
const LITTLE = [0n, 1n, 1000n, MS, -MS, 30n * MS, SECOND, -2n * SECOND]
const FAR = [-10n * SECOND, 70n * SECOND, 3600n * SECOND, 40n * DAY, -40n * DAY, 400_000n * DAY]
const LINKTYPES = [0, 1, 12, 101, 105, 113, 127, 228, 229, 276, -1, 65_535, 0x7fff_ffff]

/** Bytes of a link type. */
interface Frame {
  readonly bytes: Uint8Array
  readonly linktype: number
}

/** Where packets are taken from; made once, it takes longer than a run. */
export class PacketPool {
  private readonly talks: readonly (readonly BuiltRecord[])[]
  private readonly frames: readonly Frame[]

  constructor(bases: readonly Base[], seed: number) {
    const random = new Random(seed, TALKS)
    this.talks = Array.from({ length: TALKS }, () => talksOf(random, TALKS_AT_ONCE).records)
    this.frames = bases.flatMap(({ bytes, layout }) =>
      layout.frames.map(({ start, end, linktype }) => ({
        bytes: bytes.subarray(start, end),
        linktype,
      })),
    )
  }

  /** The packets of a run. */
  packets(random: Random): Packet[] {
    const list: Packet[] = []
    for (let talks = random.below(TALKS_AT_ONCE + 1); talks > 0; talks--) {
      list.push(...random.pick(this.talks))
    }
    list.sort((a, b) => Number(a.timeNs - b.timeNs))
    if (random.oneIn(2)) this.addFrames(list, random)
    if (random.oneIn(3)) spoil(list, random)
    return random.oneIn(3) ? shifted(list, random) : list
  }

  /** Frames that follow each other in a capture, anywhere between the packets. */
  private addFrames(list: Packet[], random: Random): void {
    const { frames } = this
    const at = random.below(list.length + 1)
    let { timeNs } = list[at] ?? { timeNs: START_NS }
    const from = random.below(frames.length)
    const row = frames
      .slice(from, from + random.between(1, FRAMES_MAX))
      .map(({ bytes, linktype }) => {
        timeNs += random.pick(LITTLE)
        return { bytes, linktype, timeNs }
      })
    list.splice(at, 0, ...row)
  }
}

/** Some packets doubled, cut, changed, out of place, or of another link type. */
function spoil(list: Packet[], random: Random): void {
  for (let times = random.length(12); times > 0 && list.length > 0; times--) {
    const at = random.below(list.length)
    const packet = list[at] as Packet
    switch (random.below(6)) {
      case 0:
        list.splice(at, 1)
        break
      case 1:
        list.splice(random.below(list.length), 0, packet)
        break
      case 2:
        list[at] = { ...packet, bytes: packet.bytes.subarray(0, random.below(80)) }
        break
      case 3:
        list[at] = { ...packet, linktype: random.pick(LINKTYPES) }
        break
      case 4:
        list[at] = { ...packet, origlen: random.pick([0, 1, 60, 1500, 65_536, 0x7fff_ffff]) }
        break
      default:
        list[at] = { ...packet, bytes: changed(packet.bytes, random) }
    }
  }
}

function changed(bytes: Uint8Array, random: Random): Uint8Array {
  const out = bytes.slice()
  for (let times = random.length(8); times > 0 && out.length > 0; times--) {
    out[random.below(Math.min(out.length, 90))] = random.pick([random.word(), 0, 255, 0x02, 0x14])
  }
  return out
}

/** Times moved from some packet on: a little or far, ahead or back. */
function shifted(list: readonly Packet[], random: Random): Packet[] {
  let shiftNs = 0n
  return list.map((packet) => {
    if (random.oneIn(8)) shiftNs += random.pick(random.oneIn(3) ? FAR : LITTLE)
    return { ...packet, timeNs: packet.timeNs + shiftNs }
  })
}
