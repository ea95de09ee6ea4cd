// The facts about one ended connection, read once from its packed records: what the rules judge and the columns show.
// Times are ns relative to the capture clock and NaN when the event did not happen; frames are 0 then. One Evidence
// object is refilled for every connection, so nothing may keep a reference to it.

import * as L from '../tcp/layout.js'
import { sideFloats, sideInts, teardownFloats, teardownInts } from '../tcp/positions.js'
import { STATE_NAMES } from '../tcp/state.js'
import type { ConnectionTable } from '../tcp/table.js'

/** A moment in the capture: when, and on which packet. */
export class Moment {
  /** Relative ns, NaN when absent. */
  ns: number = NaN
  /** Record number, 0 when absent. */
  frame: number = 0

  /** Whether the event happened. */
  get seen(): boolean {
    return this.frame !== 0
  }

  set(ns: number, frame: number): void {
    this.ns = frame === 0 ? NaN : ns
    this.frame = frame
  }
}

/** A reset kept for one side: the first of the best grade. */
export class ResetEvidence {
  readonly at: Moment = new Moment()
  readonly last: Moment = new Moment()
  count = 0
  seq = 0
  ack = 0
  window = 0
  ttl = 0
  ipId = -1
  hasAck = false
  hasTimestamps = false
  /** Exactly the sequence number its receiver expects. */
  exact = false
  inWindow = false
  answersSyn = false
  afterClose = false
  /** The peer's last segment before it. */
  readonly trigger: Moment = new Moment()
  triggerFlags = 0
  triggerLen = 0
  triggerAck = 0
  triggerIsProbe = false
  /** Last own and last peer payload before it. */
  readonly ownData: Moment = new Moment()
  readonly peerData: Moment = new Moment()
}

/** What one side did. */
export class SideEvidence {
  /** State at the end, by RFC 9293 name; before a reset where one ended it. */
  state: string = ''
  packets = 0
  bytes = 0
  retransmissions = 0
  duplicates = 0
  flags = 0
  isn = 0
  nxt = 0
  acked = 0
  window = 0
  ttlMin = 0
  ttlMax = 0
  readonly last: Moment = new Moment()
  readonly data: Moment = new Moment()
  readonly fin: Moment = new Moment()
  readonly finLast: Moment = new Moment()
  readonly finAcked: Moment = new Moment()
  finCount = 0
  finSeq = 0
  /** Acknowledgment field of the first FIN. */
  finAck = 0
  finPeerNxt = 0
  readonly rst: ResetEvidence = new ResetEvidence()
  stateBeforeRst: string = ''
  aliveAfterRst = 0
  readonly alive: Moment = new Moment()
  carriedOn = 0
  /** L.SERIES_* kind of the retransmissions still running at the end, 0 for none. */
  seriesKind = 0
  seriesCount = 0
  seriesSentNs: number = NaN
  readonly seriesFirst: Moment = new Moment()
  readonly seriesLast: Moment = new Moment()
  seriesGapNs = 0
  probes = 0
  probesAnswered = 0
  /** Probes unanswered at the end. */
  probeRun = 0
  readonly probeFirst: Moment = new Moment()
  readonly probeLast: Moment = new Moment()
  readonly probeAnswer: Moment = new Moment()
  /** NaN when unknown. */
  probeIdleNs: number = NaN
  probeIntervalNs: number = NaN
  windowProbes = 0
  synAckRepeats = 0
  /** Payload first sent after the peer's FIN passed. */
  lateBytes = 0
  readonly late: Moment = new Moment()
  lateAcksFin = false

  has(flag: number): boolean {
    return (this.flags & flag) !== 0
  }

  /** Octets sent and not acknowledged by `peer`, SYN and FIN included; 0 when nothing is known. */
  outstanding(peer: SideEvidence): number {
    if (!this.has(L.SIDE_NXT_SET) || !peer.has(L.SIDE_ACK_SET)) return 0
    return Math.max(0, (this.nxt - peer.acked) | 0)
  }
}

/** Everything known about one ended connection. */
export class Evidence {
  record = -1
  stream = 0
  capture = 0
  encapsulation = 0
  flags = 0
  clientSide = 0
  clientGuessed = false
  readonly client: SideEvidence = new SideEvidence()
  readonly server: SideEvidence = new SideEvidence()
  readonly start: Moment = new Moment()
  readonly end: Moment = new Moment()
  readonly handshake: Moment = new Moment()
  readonly idleSince: Moment = new Moment()
  icmpCount = 0
  readonly icmp: Moment = new Moment()
  icmpType = 0
  icmpCode = 0
  icmpIsV6 = false
  icmpQuotesSyn = false
  /** Time of the last record of the capture so far: nothing of this connection came up to then. */
  captureEndNs = 0
  /** Time of the first record of the capture. */
  captureStartNs = 0
  /** Idle threshold in ns. */
  idleNs = 0

  has(flag: number): boolean {
    return (this.flags & flag) !== 0
  }

  /** Ns from the connection's last packet to the end of the capture. */
  get quietNs(): number {
    return Math.max(0, this.captureEndNs - this.end.ns)
  }

  /** Reads a connection's records. */
  fill(table: ConnectionTable, record: number, context: EvidenceContext): void {
    const { ints, floats } = table.connections
    const conn = record * L.CONN_INTS
    const cells = record * L.CONN_CELLS
    this.record = record
    this.stream = ints[conn + L.STREAM] as number
    this.capture = ints[conn + L.CAPTURE] as number
    this.encapsulation = ints[conn + L.ENCAPSULATION] as number
    this.flags = ints[conn + L.CONN_FLAGS] as number
    this.clientGuessed = (this.flags & L.CONN_ROLES_KNOWN) === 0
    this.clientSide = clientSide(ints, conn)
    const teardown = (ints[conn + L.TEARDOWN] as number) - 1
    fillSide(this.client, table, record, teardown, this.clientSide)
    fillSide(this.server, table, record, teardown, 1 - this.clientSide)
    this.start.set(floats[cells + L.START_NS_F] as number, floats[cells + L.START_FRAME_F] as number)
    this.end.set(floats[cells + L.END_NS_F] as number, floats[cells + L.END_FRAME_F] as number)
    this.handshake.set(
      floats[cells + L.HANDSHAKE_NS_F] as number,
      floats[cells + L.HANDSHAKE_FRAME_F] as number,
    )
    this.fillIcmp(table, teardown)
    this.captureEndNs = context.captureEndNs
    this.captureStartNs = context.captureStartNs
    this.idleNs = context.idleNs
  }

  private fillIcmp(table: ConnectionTable, teardown: number): void {
    if (teardown < 0) {
      this.icmpCount = 0
      this.icmp.set(NaN, 0)
      this.idleSince.set(NaN, 0)
      return
    }
    const { ints, floats } = table.teardowns
    const base = teardown * L.TEARDOWN_INTS
    const cells = teardown * L.TEARDOWN_CELLS
    this.icmpCount = ints[base + L.ICMP_COUNT] as number
    const kind = ints[base + L.ICMP_KIND] as number
    this.icmpType = (kind >>> 8) & 0xff
    this.icmpCode = kind & 0xff
    this.icmpIsV6 = (kind & (1 << 16)) !== 0
    this.icmpQuotesSyn = (kind & (1 << 17)) !== 0
    this.icmp.set(floats[cells + L.ICMP_NS_F] as number, floats[cells + L.ICMP_FRAME_F] as number)
    this.idleSince.set(
      floats[cells + L.IDLE_SINCE_NS_F] as number,
      floats[cells + L.IDLE_SINCE_FRAME_F] as number,
    )
  }
}

/** What the evidence of every connection of a capture shares. */
export interface EvidenceContext {
  readonly captureStartNs: number
  readonly captureEndNs: number
  readonly idleNs: number
}

const WELL_KNOWN_PORTS = 1024
const EPHEMERAL_PORTS = 32768

/** The client's side: by the SYN, else the side with the port that looks less like a service's. */
function clientSide(ints: Int32Array, conn: number): number {
  const flags = ints[conn + L.CONN_FLAGS] as number
  if ((flags & L.CONN_ROLES_KNOWN) !== 0) return (flags & L.CONN_CLIENT_IS_SIDE_1) !== 0 ? 1 : 0
  const ports = ints[conn + L.PORTS] as number
  const port0 = ports >>> 16
  const port1 = ports & 0xffff
  const service0 = port0 < WELL_KNOWN_PORTS || (port0 < EPHEMERAL_PORTS && port1 >= EPHEMERAL_PORTS)
  const service1 = port1 < WELL_KNOWN_PORTS || (port1 < EPHEMERAL_PORTS && port0 >= EPHEMERAL_PORTS)
  if (service0 !== service1) return service0 ? 1 : 0
  // Two service ports or none: the lower one serves; equal ports: who receives the first packet serves.
  return port0 < port1 ? 1 : 0
}

function fillSide(
  side: SideEvidence,
  table: ConnectionTable,
  record: number,
  teardown: number,
  index: number,
): void {
  const { ints, floats } = table.connections
  const s = sideInts(record, index)
  const sf = sideFloats(record, index)
  side.state = STATE_NAMES[ints[s + L.STATE] as number] as string
  side.packets = floats[sf + L.PACKETS_F] as number
  side.bytes = floats[sf + L.BYTES_F] as number
  side.retransmissions = ints[s + L.RETRANSMISSIONS] as number
  side.duplicates = ints[s + L.DUPLICATES] as number
  side.flags = ints[s + L.SIDE_FLAGS] as number
  side.isn = ints[s + L.ISN] as number
  side.nxt = ints[s + L.NXT] as number
  side.acked = ints[s + L.ACKED] as number
  side.window = ints[s + L.WINDOW] as number
  side.ttlMin = (ints[s + L.TTL_RANGE] as number) & 0xff
  side.ttlMax = ((ints[s + L.TTL_RANGE] as number) >>> 8) & 0xff
  side.last.set(floats[sf + L.LAST_NS_F] as number, floats[sf + L.LAST_FRAME_F] as number)
  side.data.set(floats[sf + L.DATA_NS_F] as number, floats[sf + L.DATA_FRAME_F] as number)
  if (teardown >= 0) fillTeardown(side, table, teardown, index)
  else clearTeardown(side)
}

const EMPTY = new SideEvidence()

function clearTeardown(side: SideEvidence): void {
  // Rules look at counts, flags and `seen` first, so only those have to be put back.
  side.fin.set(NaN, 0)
  side.finLast.set(NaN, 0)
  side.finAcked.set(NaN, 0)
  side.finCount = EMPTY.finCount
  side.rst.at.set(NaN, 0)
  side.rst.last.set(NaN, 0)
  side.rst.count = 0
  side.stateBeforeRst = ''
  side.aliveAfterRst = 0
  side.alive.set(NaN, 0)
  side.carriedOn = 0
  side.seriesKind = 0
  side.seriesCount = 0
  side.probes = 0
  side.probesAnswered = 0
  side.probeRun = 0
  side.probeFirst.set(NaN, 0)
  side.probeLast.set(NaN, 0)
  side.probeAnswer.set(NaN, 0)
  side.probeIdleNs = NaN
  side.probeIntervalNs = NaN
  side.windowProbes = 0
  side.synAckRepeats = 0
  side.lateBytes = 0
  side.late.set(NaN, 0)
  side.lateAcksFin = false
}

function fillTeardown(
  side: SideEvidence,
  table: ConnectionTable,
  teardown: number,
  index: number,
): void {
  const words = table.teardowns.ints
  const times = table.teardowns.floats
  const t = teardownInts(teardown, index)
  const tf = teardownFloats(teardown, index)
  set(side.fin, times, tf + L.FIN_NS_F)
  set(side.finLast, times, tf + L.FIN_LAST_NS_F)
  set(side.finAcked, times, tf + L.FIN_ACKED_NS_F)
  side.finCount = words[t + L.FIN_COUNT] as number
  side.finSeq = words[t + L.FIN_SEQ] as number
  side.finAck = words[t + L.FIN_ACK] as number
  side.finPeerNxt = words[t + L.FIN_PEER_NXT] as number
  fillReset(side.rst, words, times, t, tf)
  side.stateBeforeRst = STATE_NAMES[words[t + L.STATE_BEFORE_RST] as number] as string
  side.aliveAfterRst = words[t + L.ALIVE_COUNT] as number
  set(side.alive, times, tf + L.ALIVE_NS_F)
  side.carriedOn = words[t + L.CARRY_ON_COUNT] as number
  side.seriesKind = words[t + L.SERIES_KIND] as number
  side.seriesCount = words[t + L.SERIES_COUNT] as number
  side.seriesSentNs = times[tf + L.SERIES_SENT_NS_F] as number
  side.seriesFirst.set(times[tf + L.SERIES_FIRST_NS_F] as number, side.seriesKind)
  set(side.seriesLast, times, tf + L.SERIES_LAST_NS_F)
  side.seriesGapNs = times[tf + L.SERIES_GAP_NS_F] as number
  side.probes = words[t + L.PROBES] as number
  side.probesAnswered = words[t + L.PROBES_ANSWERED] as number
  side.probeRun = words[t + L.PROBE_RUN] as number
  set(side.probeFirst, times, tf + L.PROBE_FIRST_NS_F)
  set(side.probeLast, times, tf + L.PROBE_LAST_NS_F)
  set(side.probeAnswer, times, tf + L.PROBE_ANSWER_NS_F)
  side.probeIdleNs = orNaN(times[tf + L.PROBE_IDLE_NS_F] as number)
  side.probeIntervalNs = orNaN(times[tf + L.PROBE_INTERVAL_NS_F] as number)
  side.windowProbes = words[t + L.WINDOW_PROBES] as number
  side.synAckRepeats = words[t + L.SYN_ACK_REPEATS] as number
  side.lateBytes = words[t + L.LATE_BYTES] as number
  set(side.late, times, tf + L.LATE_NS_F)
  side.lateAcksFin = ((words[t + L.LATE_META] as number) & L.LATE_ACKS_FIN) !== 0
}

function fillReset(
  rst: ResetEvidence,
  words: Int32Array,
  times: Float64Array,
  t: number,
  tf: number,
): void {
  const meta = words[t + L.RST_META] as number
  const trigger = words[t + L.TRIGGER_META] as number
  set(rst.at, times, tf + L.RST_NS_F)
  set(rst.last, times, tf + L.RST_LAST_NS_F)
  rst.count = words[t + L.RST_COUNT] as number
  rst.seq = words[t + L.RST_SEQ] as number
  rst.ack = words[t + L.RST_ACK] as number
  rst.window = words[t + L.RST_WINDOW] as number
  rst.ttl = words[t + L.RST_TTL] as number
  rst.ipId = words[t + L.RST_IP_ID] as number
  rst.hasAck = (meta & L.RST_HAS_ACK) !== 0
  rst.hasTimestamps = (meta & L.RST_HAS_TIMESTAMPS) !== 0
  rst.exact = (meta & L.RST_EXACT) !== 0
  rst.inWindow = (meta & L.RST_IN_WINDOW) !== 0
  rst.answersSyn = (meta & L.RST_ANSWERS_SYN) !== 0
  rst.afterClose = (meta & L.RST_AFTER_CLOSE) !== 0
  set(rst.trigger, times, tf + L.TRIGGER_NS_F)
  rst.triggerFlags = words[t + L.TRIGGER_FLAGS] as number
  rst.triggerLen = words[t + L.TRIGGER_LEN] as number
  rst.triggerAck = words[t + L.TRIGGER_ACK] as number
  rst.triggerIsProbe = (trigger & L.TRIGGER_PROBE) !== 0
  set(rst.ownData, times, tf + L.RST_OWN_DATA_NS_F)
  set(rst.peerData, times, tf + L.RST_PEER_DATA_NS_F)
}

/** Reads a (time, frame) pair that lies side by side. */
function set(moment: Moment, times: Float64Array, at: number): void {
  moment.set(times[at] as number, times[at + 1] as number)
}

function orNaN(ns: number): number {
  return ns === 0 ? NaN : ns
}
