// What must hold for the push form of the library, whatever is pushed and whatever its callback does.

import { TeardownError } from '../../../src/base/errors.js'
import type { Connection } from '../../../src/engine/connection.js'
import type { Packet, PacketAnalyzer } from '../../../src/library/packet-analyzer.js'
import { buildPcap } from '../../support/capture-builder.js'
import { Broken, expectSameTexts, expectThat } from '../broken.js'
import { checkConnection } from '../check-connection.js'
import { analyze } from '../observe.js'
import type { Random } from '../random.js'
import { Analysis, type Settings, type Settle } from './analysis.js'

const PUSHED = 'pushed packets are those of a capture'
const SETTLED = 'settling changes no connection'
const ENDED = 'the end is the end'
const THROWN = 'a callback that throws spoils nothing'
const INSIDE = 'calls during a callback are refused'
const SECOND_NS = 1_000_000_000n
const PCAP_S_MAX = 0xffff_ffffn

/** Checks one row of packets. */
export function check(packets: readonly Packet[], settings: Settings, random: Random): void {
  const plain = new Analysis(settings).run(packets)
  checkAnalysis(plain, packets, settings)
  checkEnd(plain)
  if (random.oneIn(2)) checkPulled(plain, packets, settings)
  else checkSettled(plain, packets, settings, random)
  checkThrows(plain, packets, settings, random)
  checkInside(plain, packets, settings, random)
}

function checkAnalysis(analysis: Analysis, packets: readonly Packet[], settings: Settings): void {
  const { connections, texts, skipped } = analysis
  const inOrder = packets.every(({ timeNs }, i) => timeNs >= (packets[i - 1]?.timeNs ?? timeNs))
  for (const c of connections) checkConnection(c, packets.length, inOrder)
  const shares = connections.reduce((sum, c) => sum + c.client_packets + c.server_packets, 0)
  const found = `${shares} segments of ${packets.length} packets, ${skipped} skipped`
  const all = shares + skipped
  const mayBeLate = settings.maxClosed !== undefined || settings.maxConnections !== undefined
  const isCounted = mayBeLate ? all <= packets.length : all === packets.length
  expectThat(isCounted, 'every packet is counted', found)
  const streams = new Set(connections.map(({ stream }) => stream))
  expectThat(streams.size === connections.length, 'nothing is handed over twice', found)
  expectSameTexts(textsOf(connections), texts, 'connections stay as they were')
}

function textsOf(connections: readonly Connection[]): string[] {
  return connections.map((c) => JSON.stringify(c))
}

function checkEnd({ analyzer, connections }: Analysis): void {
  const before = connections.length
  analyzer.finish()
  analyzer.settle(1n << 62n)
  expectThat(connections.length === before, ENDED, 'more connections')
  expectRefused(() => analyzer.push({ bytes: new Uint8Array(60), timeNs: 0n }), ENDED, /finish/)
}

function expectRefused(call: () => void, property: string, message: RegExp): void {
  try {
    call()
  } catch (error) {
    if (!(error instanceof TeardownError)) throw error
    const { code, message: found } = error
    expectThat(code === 'ERR_OPTION' && message.test(found), property, `${code} ${found}`)
    return
  }
  throw new Broken(property, 'it was not refused')
}

/** The same packets as a capture, where one can hold them. */
function checkPulled(plain: Analysis, packets: readonly Packet[], settings: Settings): void {
  const [first] = packets
  const linktype = first?.linktype ?? 1
  const isCapture = packets.every(
    (packet) =>
      (packet.linktype ?? 1) === linktype &&
      packet.timeNs >= 0n &&
      packet.timeNs / SECOND_NS <= PCAP_S_MAX,
  )
  if (!isCapture || linktype < 0 || linktype > 0xffff) return
  const records = packets.map(({ bytes, timeNs, origlen = bytes.length }) => ({
    bytes,
    timeNs,
    origlen,
  }))
  const capture = buildPcap(records, { format: 'pcap-ns', linktype })
  const { connections } = analyze(capture, { options: settings })
  expectSameTexts(textsOf(connections), plain.texts, PUSHED)
}

/** Settled now and then: the same connections, each once, some of them without their late packets. */
function checkSettled(
  plain: Analysis,
  packets: readonly Packet[],
  settings: Settings,
  random: Random,
): void {
  const settled = new Analysis(settings).run(packets, settlesOf(packets, random))
  expectSameTexts(namesOf(settled.connections), namesOf(plain.connections), SETTLED)
  expectThat(settled.skipped === plain.skipped, SETTLED, `${settled.skipped} skipped`)
}

function settlesOf(packets: readonly Packet[], random: Random): Settle[] {
  return Array.from({ length: random.below(5) }, () => {
    const after = random.below(packets.length + 1)
    const { timeNs } = packets[after] ?? { timeNs: 0n }
    const awayNs = random.pick([0n, -1n, SECOND_NS, -SECOND_NS, 1n << 60n, -(1n << 60n)])
    return { after, untilNs: timeNs + awayNs }
  })
}

/** What a connection keeps whatever comes late; which end is the client may be guessed from that. */
function namesOf(connections: readonly Connection[]): string[] {
  return connections
    .map((c) => {
      const ends = [`${c.client_ip} ${c.client_port}`, `${c.server_ip} ${c.server_port}`]
      return { stream: c.stream, name: `${c.stream} ${c.start_time} ${ends.sort().join()}` }
    })
    .sort((a, b) => a.stream - b.stream)
    .map(({ name }) => name)
}

class Thrown extends Error {}

/** A callback that throws now and then costs nothing: the first it throws in a call comes out of that call. */
function checkThrows(
  plain: Analysis,
  packets: readonly Packet[],
  settings: Settings,
  random: Random,
): void {
  const analysis = new Analysis(settings)
  const every = random.between(1, 3)
  let thrown = 0
  analysis.inside = () => {
    if (!random.oneIn(every)) return
    thrown++
    throw new Thrown('the callback does not want it')
  }
  const attempt = (call: () => void): void => {
    const before = thrown
    let caught = 0
    try {
      call()
    } catch (error) {
      if (!(error instanceof Thrown)) throw error
      caught++
    }
    expectThat(
      caught > 0 === thrown > before,
      THROWN,
      `${thrown - before} thrown, ${caught} caught`,
    )
  }
  for (const packet of packets) attempt(() => analysis.push(packet))
  attempt(() => analysis.analyzer.finish())
  expectSameTexts(analysis.texts, plain.texts, THROWN)
}

/** A callback that calls the analyzer: it is told, and everything goes on as if it had not. */
function checkInside(
  plain: Analysis,
  packets: readonly Packet[],
  settings: Settings,
  random: Random,
): void {
  const [packet] = packets
  if (packet === undefined) return
  const calls: readonly ((analyzer: PacketAnalyzer) => void)[] = [
    (analyzer) => analyzer.push(packet),
    (analyzer) => analyzer.settle(packet.timeNs),
    (analyzer) => analyzer.finish(),
  ]
  const analysis = new Analysis(settings)
  analysis.inside = (analyzer) => {
    expectRefused(() => random.pick(calls)(analyzer), INSIDE, /during a callback/)
  }
  analysis.run(packets)
  expectSameTexts(analysis.texts, plain.texts, INSIDE)
}
