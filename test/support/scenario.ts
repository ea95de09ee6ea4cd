// Connections written down in the notation of packetdrill, turned into real frames and analyzed through all layers.
//
//   0.000 > S 0:0(0)                 time in s, direction (> client to server), flags, seq:end(payload)
//   0.001 < S. 0:0(0) ack 1          S F R P and . for ACK; numbers count from each side's first one
//   0.002 > . 1:1(0) ack 1 win 0     optional: win N, ttl N, id N, nots (no timestamps), tfo, mptcp (options of a SYN),
//                                    copy (same IP ID as before)
//   0.003 icmp 3 1 > S 0:0(0)        an ICMP error of that type and code, quoting the segment
//   0.004 > P. 1:6(5) ack 1 text QUIT.   how the payload begins: as text, or `hex 1503`
//   0.005 > P. 6:9(3) ack 1 ts 7 ecr 9   TSval and TSecr, else 1 and 1
//   9.000 end                        the capture runs on until then
//
// What is not written follows a Linux host: timestamps, a growing IP ID, window 502; for a RST without ACK none of them.

import { PacketAnalyzer, type Connection } from '../../src/index.js'

const FLAG_BITS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, '.': 16 }
const LINE =
  /^(?<time>[\d.]+)\s+(?:icmp (?<type>\d+) (?<code>\d+) )?(?<dir>[<>])\s+(?<flags>[SFRP.]+)\s+(?<seq>-?\d+):(?<end>-?\d+)\((?<len>\d+)\)(?:\s+ack (?<ack>-?\d+))?(?<rest>.*)$/

/** Choices for a whole scenario. */
export interface ScenarioOptions {
  readonly clientIsn?: number
  readonly serverIsn?: number
  readonly clientPort?: number
  readonly serverPort?: number
  readonly clientIp?: readonly number[]
  readonly serverIp?: readonly number[]
  readonly idleS?: number
  /** Gives the server the lower address and the client the higher one. */
  readonly swap?: boolean
  /** Both ends are the same socket. */
  readonly selfConnect?: boolean
}

/** One frame of a scenario. */
export interface ScenarioFrame {
  readonly timeNs: bigint
  readonly bytes: Uint8Array
}

interface Side {
  readonly ip: readonly number[]
  readonly port: number
  readonly isn: number
  ipId: number
}

const BASE_NS = 1_700_000_000_000_000_000n

/** The frames of a scenario, in order. */
export function scenarioFrames(text: string, options: ScenarioOptions = {}): ScenarioFrame[] {
  const client: Side = {
    ip: options.clientIp ?? (options.swap ? [10, 0, 0, 9] : [10, 0, 0, 1]),
    port: options.clientPort ?? 40_000,
    isn: options.clientIsn ?? 1000,
    ipId: 100,
  }
  const server: Side = {
    ip: options.selfConnect
      ? client.ip
      : (options.serverIp ?? (options.swap ? [10, 0, 0, 1] : [10, 0, 0, 9])),
    port: options.serverPort ?? 80,
    isn: options.selfConnect ? client.isn : (options.serverIsn ?? 77_000),
    ipId: 900,
  }
  const frames: ScenarioFrame[] = []
  for (const raw of text.split('\n')) {
    const line = raw.replace(/#.*/, '').trim()
    if (line === '') continue
    const [time = '0', word] = line.split(/\s+/)
    const timeNs = BASE_NS + BigInt(Math.round(Number(time) * 1e9))
    if (word === 'end') frames.push({ timeNs, bytes: ethernet(0x0806, new Uint8Array(46)) })
    else frames.push({ timeNs, bytes: frameOf(line, client, server) })
  }
  return frames
}

/** Analyzes a scenario. */
export function runScenario(text: string, options: ScenarioOptions = {}): Connection[] {
  const connections: Connection[] = []
  const analyzer = new PacketAnalyzer({
    onConnection: (connection) => connections.push(connection),
    ...(options.idleS === undefined ? {} : { idleS: options.idleS }),
  })
  for (const frame of scenarioFrames(text, options)) analyzer.push(frame)
  analyzer.finish()
  return connections
}

function frameOf(line: string, client: Side, server: Side): Uint8Array {
  const groups = LINE.exec(line)?.groups
  if (groups === undefined) throw new Error(`not a scenario line: ${line}`)
  const [from, to] = groups['dir'] === '>' ? [client, server] : [server, client]
  const rest = groups['rest'] ?? ''
  const flags = [...(groups['flags'] ?? '')].reduce((bits, c) => bits | (FLAG_BITS[c] ?? 0), 0)
  const stateless = (flags & 4) !== 0 && (flags & 16) === 0
  const payloadLen = Number(groups['len'])
  const payload = payloadOf(rest)
  const isSyn = (flags & 2) !== 0
  if (!/\bcopy\b/.test(rest) && !stateless) from.ipId++
  const ipId = optionOf(rest, 'id') ?? (stateless || (isSyn && (flags & 16) !== 0) ? 0 : from.ipId)
  const segment = tcp({
    from,
    to,
    flags,
    payloadLen,
    payload,
    seq: from.isn + Number(groups['seq']),
    ack: groups['ack'] === undefined ? 0 : to.isn + Number(groups['ack']),
    window: optionOf(rest, 'win') ?? (stateless ? 0 : 502),
    timestamps: !stateless && !/\bnots\b/.test(rest),
    tsVal: optionOf(rest, 'ts') ?? 1,
    tsEcr: optionOf(rest, 'ecr') ?? 1,
    windowScale: isSyn,
    fastOpen: /\btfo\b/.test(rest),
    multipath: /\bmptcp\b/.test(rest),
  })
  const packet = ipv4(from, to, 6, segment, ipId, optionOf(rest, 'ttl') ?? 64)
  if (groups['type'] === undefined) return ethernet(0x0800, packet)
  const icmp = new Uint8Array(8 + 28)
  icmp[0] = Number(groups['type'])
  icmp[1] = Number(groups['code'])
  icmp.set(packet.subarray(0, 28), 8)
  return ethernet(0x0800, ipv4(to, from, 1, icmp, 5, 64))
}

/** The first bytes of a payload, as written. */
function payloadOf(rest: string): Uint8Array {
  const text = /\btext (.*)$/.exec(rest)?.[1]
  if (text !== undefined) return Buffer.from(text, 'latin1')
  const hex = /\bhex ([\da-f]+)/.exec(rest)?.[1]
  return Buffer.from(hex ?? '', 'hex')
}

function optionOf(rest: string, name: string): number | undefined {
  const found = new RegExp(`\\b${name} (\\d+)`).exec(rest)
  return found === null ? undefined : Number(found[1])
}

interface TcpFields {
  readonly from: Side
  readonly to: Side
  readonly flags: number
  readonly payloadLen: number
  readonly payload: Uint8Array
  readonly seq: number
  readonly ack: number
  readonly window: number
  readonly timestamps: boolean
  readonly tsVal: number
  readonly tsEcr: number
  readonly windowScale: boolean
  readonly fastOpen: boolean
  readonly multipath: boolean
}

function tcp(f: TcpFields): Uint8Array {
  const options: number[] = []
  if (f.windowScale) options.push(3, 3, 7, 1)
  if (f.timestamps) options.push(1, 1, 8, 10, 0, 0, 0, f.tsVal, 0, 0, 0, f.tsEcr)
  // Fast Open's request for a cookie, and MP_CAPABLE of Multipath TCP.
  if (f.fastOpen) options.push(34, 2, 1, 1)
  if (f.multipath) options.push(30, 4, 0x01, 0x81)
  const segment = new Uint8Array(20 + options.length + f.payloadLen)
  const view = new DataView(segment.buffer)
  view.setUint16(0, f.from.port)
  view.setUint16(2, f.to.port)
  view.setUint32(4, f.seq >>> 0)
  view.setUint32(8, f.ack >>> 0)
  segment[12] = (20 + options.length) << 2
  segment[13] = f.flags
  view.setUint16(14, f.window)
  segment.set(options, 20)
  segment.set(f.payload.subarray(0, f.payloadLen), 20 + options.length)
  return segment
}

function ipv4(
  from: Side,
  to: Side,
  protocol: number,
  payload: Uint8Array,
  ipId: number,
  ttl: number,
): Uint8Array {
  const packet = new Uint8Array(20 + payload.length)
  const view = new DataView(packet.buffer)
  packet[0] = 0x45
  view.setUint16(2, packet.length)
  view.setUint16(4, ipId)
  packet[6] = 0x40
  packet[8] = ttl
  packet[9] = protocol
  packet.set(from.ip, 12)
  packet.set(to.ip, 16)
  packet.set(payload, 20)
  return packet
}

function ethernet(type: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(14 + payload.length)
  new DataView(frame.buffer).setUint16(12, type)
  frame.set(payload, 14)
  return frame
}
