// Plausible TCP connections: opened, used and ended in the ways real ones are. Made by fast-check, so that what fails gets
// smaller, and written as frames with no code of src/.

import fc from 'fast-check'
import { ethernet, ipv4, ipv6, type Bytes, tcp, u16, u32, zeros } from '../unit/wire/frames.js'
import type { BuiltRecord } from '../support/capture-builder.js'

const FIN = 1
const SYN = 2
const RST = 4
const PSH = 8
const ACK = 16

/** One segment; numbers count from the first one of each side. */
interface Turn {
  /** Since the turn before. */
  readonly gapNs: bigint
  readonly byClient: boolean
  readonly flags: number
  readonly seq: number
  readonly ack: number
  readonly length: number
  readonly window: number
}

/** One side of a connection. */
interface End {
  readonly host: number
  readonly port: number
  readonly isn: number
}

/** One connection. */
export interface Conversation {
  readonly version: 4 | 6
  /** Options as Linux sends them: timestamps, a window scale with the SYN. */
  readonly options: boolean
  readonly client: End
  readonly server: End
  readonly turns: readonly Turn[]
}

/** What to change of a conversation when it is written. */
export interface Rendering {
  readonly startNs?: bigint
  /** Each end has the other one's address and port. */
  readonly swapped?: boolean
  /** Added to all numbers of a side. */
  readonly clientShift?: number
  readonly serverShift?: number
}

/** 2023-11-14T22:13:20Z. */
export const START_NS = 1_700_000_000_000_000_000n
const MS = 1_000_000n

/** Plays a conversation turn by turn and keeps the numbers right. */
class Play {
  readonly turns: Turn[] = []
  readonly #next = { client: 0, server: 0 }
  readonly #seen = { client: 0, server: 0 }
  #gapNs = 0n

  wait(ns: bigint): this {
    this.#gapNs += ns
    return this
  }

  /** Sends a segment; `isLost` if the other side never gets it. */
  send(
    byClient: boolean,
    flags: number,
    { length = 0, back = 0, isLost = false, window = 502, gapNs = MS } = {},
  ): this {
    const [me, peer] = byClient ? (['client', 'server'] as const) : (['server', 'client'] as const)
    const seq = this.#next[me] - back
    const ack = (flags & ACK) === 0 ? 0 : this.#seen[me]
    this.turns.push({ gapNs: this.#gapNs + gapNs, byClient, flags, seq, ack, length, window })
    this.#gapNs = 0n
    const end = seq + length + ((flags & (SYN | FIN)) === 0 ? 0 : 1)
    this.#next[me] = Math.max(this.#next[me], end)
    if (!isLost) this.#seen[peer] = Math.max(this.#seen[peer], end)
    return this
  }

  /** Payload, and the acknowledgment of the other side. */
  exchange(byClient: boolean, length: number): this {
    return this.send(byClient, PSH | ACK, { length }).send(!byClient, ACK)
  }
}

type Step = (play: Play) => void

const byClient = fc.boolean()
const length = fc.integer({ min: 1, max: 1200 })
const gapNs = fc.constantFrom(MS, 40n * MS, 900n * MS, 5000n * MS, 70_000n * MS)

const openings: fc.Arbitrary<Step> = fc.constantFrom<Step>(
  (p) =>
    p
      .send(true, SYN)
      .send(false, SYN | ACK)
      .send(true, ACK),
  (p) =>
    p
      .send(true, SYN)
      .send(false, SYN | ACK)
      .send(true, ACK),
  (p) =>
    p
      .send(true, SYN)
      .send(false, SYN | ACK)
      .send(true, ACK),
  // The SYN twice, the SYN-ACK twice.
  (p) =>
    p
      .send(true, SYN)
      .wait(1000n * MS)
      .send(true, SYN, { back: 1 })
      .send(false, SYN | ACK)
      .send(true, ACK),
  (p) =>
    p
      .send(true, SYN)
      .send(false, SYN | ACK)
      .wait(1000n * MS)
      .send(false, SYN | ACK, { back: 1 })
      .send(true, ACK),
)

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(byClient, length).map(
    ([side, n]): Step =>
      (p) =>
        p.exchange(side, n),
  ),
  fc.tuple(byClient, length).map(
    ([side, n]): Step =>
      (p) =>
        p.exchange(side, n).exchange(!side, n),
  ),
  gapNs.map(
    (ns): Step =>
      (p) =>
        p.wait(ns),
  ),
  // Payload that is lost behind the capture point and sent again.
  fc.tuple(byClient, length).map(
    ([side, n]): Step =>
      (p) =>
        p
          .send(side, PSH | ACK, { length: n, isLost: true })
          .wait(200n * MS)
          .send(side, PSH | ACK, { length: n, back: n })
          .send(!side, ACK),
  ),
  // Keepalive probes with their answers.
  fc.tuple(byClient, fc.integer({ min: 1, max: 3 })).map(([side, times]): Step => (p) => {
    for (let i = 0; i < times; i++)
      p.wait(10_000n * MS)
        .send(side, ACK, { back: 1 })
        .send(!side, ACK)
  }),
  // A window that closes, is probed and opens.
  fc.tuple(byClient, length).map(
    ([side, n]): Step =>
      (p) =>
        p
          .send(side, PSH | ACK, { length: n })
          .send(!side, ACK, { window: 0 })
          .wait(300n * MS)
          .send(side, ACK, { back: 1 })
          .send(!side, ACK, { window: 0 })
          .wait(50n * MS)
          .send(!side, ACK),
  ),
)

/** Endings that leave nothing to come. */
const closings: fc.Arbitrary<Step> = fc.oneof(
  byClient.map(
    (side): Step =>
      (p) =>
        p
          .send(side, FIN | ACK)
          .send(!side, ACK)
          .send(!side, FIN | ACK)
          .send(side, ACK),
  ),
  byClient.map(
    (side): Step =>
      (p) =>
        p
          .send(side, FIN | ACK)
          .send(!side, FIN | ACK)
          .send(side, ACK),
  ),
  fc.tuple(byClient, length).map(
    ([side, n]): Step =>
      (p) =>
        p
          .send(side, FIN | ACK)
          .send(!side, ACK)
          .exchange(!side, n)
          .wait(2000n * MS)
          .send(!side, FIN | ACK)
          .send(side, ACK),
  ),
  byClient.map(
    (side): Step =>
      (p) =>
        p
          .send(side, FIN | ACK, { isLost: true })
          .send(!side, FIN | ACK)
          .send(side, ACK)
          .wait(300n * MS)
          .send(side, FIN | ACK, { back: 1 })
          .send(!side, ACK),
  ),
  byClient.map(
    (side): Step =>
      (p) =>
        p.send(side, RST | ACK),
  ),
  fc.tuple(byClient, length).map(
    ([side, n]): Step =>
      (p) =>
        p.exchange(side, n).send(!side, RST | ACK),
  ),
  byClient.map(
    (side): Step =>
      (p) =>
        p
          .send(side, FIN | ACK)
          .send(!side, ACK)
          .wait(500n * MS)
          .send(!side, RST | ACK),
  ),
)

/** Endings that the capture may end before. */
const openEnds: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>(() => {}),
  byClient.map(
    (side): Step =>
      (p) =>
        p.send(side, FIN | ACK).send(!side, ACK),
  ),
  fc.tuple(byClient, length).map(([side, n]): Step => (p) => {
    p.send(side, PSH | ACK, { length: n, isLost: true })
    for (const ms of [200n, 400n, 800n, 1600n]) {
      p.wait(ms * MS).send(side, PSH | ACK, { length: n, back: n, isLost: true })
    }
  }),
  byClient.map((side): Step => (p) => {
    for (let i = 0; i < 3; i++) p.wait(5000n * MS).send(side, ACK, { back: 1 })
  }),
)

/** Connections that never were. */
const failures: fc.Arbitrary<Step> = fc.constantFrom<Step>(
  (p) => p.send(true, SYN).send(false, RST | ACK),
  (p) =>
    p
      .send(true, SYN)
      .wait(1000n * MS)
      .send(true, SYN, { back: 1 }),
  (p) =>
    p
      .send(true, SYN)
      .send(false, SYN | ACK)
      .send(true, RST, { back: 0 }),
  (p) =>
    p
      .send(true, SYN)
      .send(false, SYN | ACK)
      .wait(1000n * MS)
      .send(false, SYN | ACK, { back: 1 }),
)

function played(opening: Step, middle: readonly Step[], end: Step): Turn[] {
  const play = new Play()
  for (const step of [opening, ...middle, end]) step(play)
  return play.turns
}

const middles = fc.array(steps, { maxLength: 5 })
const closedTurns = fc.tuple(openings, middles, closings).map((parts) => played(...parts))
const openTurns = fc.tuple(openings, middles, openEnds).map((parts) => played(...parts))
const failedTurns = failures.map((step) => played(step, [], () => {}))
const number = fc.integer({ min: 0, max: 0xffff_ffff })

function conversation(turns: fc.Arbitrary<Turn[]>): fc.Arbitrary<Conversation> {
  return fc
    .record({
      version: fc.constantFrom<4 | 6>(4, 4, 6),
      options: fc.boolean(),
      clientPort: fc.integer({ min: 1, max: 65_535 }),
      serverPort: fc.integer({ min: 1, max: 65_535 }),
      clientIsn: number,
      serverIsn: number,
      turns,
    })
    .map(({ version, options, clientPort, serverPort, clientIsn, serverIsn, turns: list }) => ({
      version,
      options,
      client: { host: 1, port: clientPort, isn: clientIsn },
      server: { host: 2, port: serverPort, isn: serverIsn },
      turns: list,
    }))
}

/** Connections that have ended. */
export const closedConversations: fc.Arbitrary<Conversation> = conversation(closedTurns)

/** Connections of every kind, all of which begin with a SYN. */
export const conversations: fc.Arbitrary<Conversation> = conversation(
  fc.oneof(
    { weight: 3, arbitrary: closedTurns },
    { weight: 2, arbitrary: openTurns },
    { weight: 1, arbitrary: failedTurns },
  ),
)

/** The same connection between other hosts, so that several can be in one capture. */
export function between(conversation_: Conversation, hosts: number): Conversation {
  const { client, server } = conversation_
  return {
    ...conversation_,
    client: { ...client, host: 2 * hosts + 1 },
    server: { ...server, host: 2 * hosts + 2 },
  }
}

/** The records of a conversation. */
export function recordsOf(
  { version, options, client, server, turns }: Conversation,
  { startNs = START_NS, swapped = false, clientShift = 0, serverShift = 0 }: Rendering = {},
): BuiltRecord[] {
  const ids = { client: 100, server: 900 }
  let timeNs = startNs
  return turns.map((turn) => {
    timeNs += turn.gapNs
    const [me, peer] = turn.byClient ? [client, server] : [server, client]
    const [from, to] = swapped ? [peer, me] : [me, peer]
    const [mine, theirs] = turn.byClient ? [clientShift, serverShift] : [serverShift, clientShift]
    const segment = tcp({
      srcPort: from.port,
      dstPort: to.port,
      seq: (me.isn + mine + turn.seq) >>> 0,
      ack: (turn.flags & ACK) === 0 ? 0 : (peer.isn + theirs + turn.ack) >>> 0,
      flags: turn.flags,
      window: turn.window,
      options: options ? optionsOf(turn, timeNs - startNs) : [],
      payload: zeros(turn.length),
    })
    const id = turn.byClient ? ids.client++ : ids.server++
    return { timeNs, bytes: packet(version, from.host, to.host, segment, id) }
  })
}

/** Timestamps that count ms, and with a SYN a window scale. */
function optionsOf({ flags }: Turn, sinceNs: bigint): number[] {
  const scale = (flags & SYN) === 0 ? [] : [3, 3, 7, 1]
  return [...scale, 1, 1, 8, 10, ...u32(Number(sinceNs / MS) + 1), ...u32(1)]
}

function packet(version: 4 | 6, from: number, to: number, segment: Bytes, id: number): Uint8Array {
  if (version === 6)
    return ethernet(0x86dd, ipv6(segment, { src: address6(from), dst: address6(to) }))
  return ethernet(0x0800, ipv4(segment, { src: 0x0a00_0000 + from, dst: 0x0a00_0000 + to, id }))
}

function address6(host: number): number[] {
  return [...u32(0x2001_0db8), ...zeros(10), ...u16(host)]
}

/** A frame that is no packet of any connection: the capture runs until then. */
export function endMark(timeNs: bigint): BuiltRecord {
  return { timeNs, bytes: ethernet(0x0806, zeros(46)) }
}
