// Sound conversations for the kinds of fuzzing that need connections and not damage: known endings, between random ends.

import type { BuiltRecord } from '../support/capture-builder.js'
import { scenarioFrames } from '../support/scenario.js'
import { CLOSED, OPEN, RESET } from '../unit/library/captures.js'
import type { Random } from './random.js'

const REFUSED = '0.000 > S 0:0(0)\n0.001 < R. 0:0(0) ack 1 win 0 nots'
const UNANSWERED = '0.000 > S 0:0(0)\n1.000 > S 0:0(0)\n3.000 > S 0:0(0)\n9.000 end'
const UNREACHABLE = '0.000 > S 0:0(0)\n0.003 icmp 3 1 > S 0:0(0)'
const KEPT_ALIVE = `${OPEN}
20.000 > . 100:100(0) ack 1
20.001 < . 1:1(0) ack 101
35.000 > . 100:100(0) ack 1
36.000 > . 100:100(0) ack 1
37.000 > R. 101:101(0) ack 1`
const HALF_CLOSED = `
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
0.100 < F. 1:1(0) ack 1
0.101 > . 1:1(0) ack 2
0.500 > P. 1:51(50) ack 2
0.501 < R 2:2(0)`
const TEXTS = [CLOSED, RESET, OPEN, REFUSED, UNANSWERED, UNREACHABLE, KEPT_ALIVE, HALF_CLOSED]

const ARP = 0x0806
/** Where an Ethernet frame has its type, and one of IPv4 its addresses. */
const TYPE = 12
const SOURCE = 26
const DESTINATION = 30
/** Behind Ethernet, IPv4 and the header of an ICMP error. */
const QUOTED = 14 + 20 + 8 - 14
const ICMP = 1
const PROTOCOL = 23
const SECOND_NS = 1_000_000_000

/** Two addresses of one conversation, as words. */
export interface Ends {
  readonly client: number
  readonly server: number
}

/** Conversations, and the addresses that are in them. */
export interface Talks {
  /** In the order of their times. */
  readonly records: readonly BuiltRecord[]
  readonly ends: readonly Ends[]
}

/** Some conversations, side by side or one after another. */
export function talksOf(random: Random, most: number): Talks {
  const ends: Ends[] = []
  const records: BuiltRecord[] = []
  for (let talks = random.between(1, most); talks > 0; talks--) {
    const pair = { client: addressOf(random), server: addressOf(random) }
    ends.push(pair)
    const shiftNs = BigInt(random.below(20 * SECOND_NS))
    for (const { timeNs, bytes } of scenarioFrames(random.pick(TEXTS), choicesOf(random))) {
      records.push({ timeNs: timeNs + shiftNs, bytes: between(bytes, pair) })
    }
  }
  return { records: records.sort((a, b) => Number(a.timeNs - b.timeNs)), ends }
}

/** An address of four numbers, none of which looks like a small count. */
function addressOf(random: Random): number {
  return random.between(0x6000_0000, 0xdfff_fffe)
}

function choicesOf(random: Random): Parameters<typeof scenarioFrames>[1] {
  return {
    clientPort: random.pick([1, 40_000, 40_001, 65_535, random.below(65_536)]),
    serverPort: random.pick([80, 443, 40_000, random.below(65_536)]),
    clientIsn: random.word(),
    serverIsn: random.word(),
    swap: random.oneIn(2),
  }
}

/** A frame between other addresses; the order of a scenario's two tells which end sent it. */
function between(frame: Uint8Array, { client, server }: Ends): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (view.getUint16(TYPE) === ARP) return frame
  const places = view.getUint8(PROTOCOL) === ICMP ? [0, QUOTED] : [0]
  for (const place of places) {
    const forward = view.getUint32(place + SOURCE) < view.getUint32(place + DESTINATION)
    view.setUint32(place + SOURCE, forward ? client : server)
    view.setUint32(place + DESTINATION, forward ? server : client)
  }
  return frame
}
