// The facts about one ended connection: what the rules judge and the columns show. Evidence is a window on the packed
// records: it is pointed at a connection, and every fact is read where it lies when it is asked for. Copying them all
// first cost 3 µs a connection, most of it for facts nobody looked at. Nothing may keep a reference to an Evidence.

import type { ResetBurst } from '../context/reset-bursts.js'
import {
  CONN_CLIENT_IS_SIDE_1,
  CONN_ROLES_KNOWN,
  ICMP_FROM_TARGET,
  ICMP_QUOTES_SYN,
  ICMP_V6,
  SIDE_SYN,
} from '../tcp/record/bits.js'
import { CLOSING } from '../tcp/record/closing.js'
import { CONN } from '../tcp/record/connection.js'
import { TEARDOWN } from '../tcp/record/teardown.js'
import { Whole } from '../tcp/record/view.js'
import type { ConnectionRecords } from '../tcp/table.js'
import type { ZeekSource } from '../tcp/views/zeek-names.js'
import { BlockPacketRef, type PacketRef } from './packet-ref.js'
import { SideEvidence } from './side-evidence.js'

/** Everything known about one ended connection. */
export class Evidence extends Whole implements ZeekSource {
  /** Wireshark's tcp.stream number. */
  stream = -1
  clientSide = 0
  clientGuessed = false
  readonly client: SideEvidence = new SideEvidence()
  readonly server: SideEvidence = new SideEvidence()
  readonly start: PacketRef = new BlockPacketRef(this.own, CONN.startNs)
  readonly end: PacketRef = new BlockPacketRef(this.own, CONN.endNs)
  readonly handshake: PacketRef = new BlockPacketRef(this.own, CONN.handshakeNs)
  readonly idleSince: PacketRef = new BlockPacketRef(this.closing, CLOSING.idleSinceNs)
  readonly icmp: PacketRef = new BlockPacketRef(this.teardown, TEARDOWN.icmpNs)
  /** Whether there is a closing record: without one no FIN has passed. */
  hasClosing = true
  /** Whether there is a teardown record: without one there was no reset, nothing running of what was sent again, no probe. */
  hasTeardown = true
  private context: EvidenceContext = NO_CONTEXT
  private records: ConnectionRecords | undefined

  /** Points at a connection. */
  fill(records: ConnectionRecords, record: number, context: EvidenceContext): void {
    this.pointAt(records, record)
    this.stream = records.streamOf(record)
    this.clientGuessed = !this.has(CONN_ROLES_KNOWN)
    this.clientSide = clientSide(this)
    this.client.pointAt(records, record, this.clientSide)
    this.server.pointAt(records, record, 1 - this.clientSide)
    // Most connections have no teardown record, and those that never closed no closing record: then nothing of the one
    // before is left to be forgotten.
    const closing = this.closingIndex - 1
    if (closing >= 0 || this.hasClosing) this.pointAtClosings(records, closing)
    const teardown = this.teardownIndex - 1
    if (teardown >= 0 || this.hasTeardown) this.pointAtTeardowns(records, teardown)
    this.context = context
    this.records = records
    if (teardown >= 0) this.setTurns()
  }

  /** How far the hosts are, by their first answers. */
  private setTurns(): void {
    const { client, server, handshake, synAckNs } = this
    const isKnown =
      synAckNs !== 0 && handshake.seen && client.synRepeats + server.synAckRepeats === 0
    server.turnNs = isKnown && client.has(SIDE_SYN) ? Math.max(0, synAckNs - this.startNs) : 0
    client.turnNs = isKnown ? Math.max(0, handshake.ns - synAckNs) : 0
  }

  /** Time of the first record of the capture. */
  get captureStartNs(): number {
    return this.context.captureStartNs
  }
  /** Time of the last record of the capture so far. */
  get captureEndNs(): number {
    return this.context.captureEndNs
  }
  /** Idle threshold in ns. */
  get idleNs(): number {
    return this.context.idleNs
  }
  /** The capture says that packets were lost before they reached it. */
  get captureDrops(): boolean {
    return this.context.captureDrops
  }
  /** The capture's clock was set while it ran. */
  get clockStepped(): boolean {
    return this.context.clockStepFrame > 0
  }

  /** Whether the clock was set after a packet: what has passed since then is not known. */
  isClockSetAfter(packet: PacketRef): boolean {
    return packet.frame < this.context.clockStepFrame
  }

  get icmpType(): number {
    return (this.icmpKind >>> 8) & 0xff
  }
  get icmpCode(): number {
    return this.icmpKind & 0xff
  }
  /** The ICMP error quotes the connection's SYN. */
  get icmpQuotesSyn(): boolean {
    return (this.icmpKind & ICMP_QUOTES_SYN) !== 0
  }
  get icmpIsV6(): boolean {
    return (this.icmpKind & ICMP_V6) !== 0
  }
  /** The ICMP error comes from the host that the quoted packet was sent to. */
  get icmpFromTarget(): boolean {
    return (this.icmpKind & ICMP_FROM_TARGET) !== 0
  }

  /** Ns from a packet to the end of the capture, NaN when the clock was set in between. */
  toEndNs(from: PacketRef): number {
    return this.isClockSetAfter(from) ? NaN : Math.max(0, this.captureEndNs - from.ns)
  }

  /** Ns from the connection's last packet to the end of the capture. */
  get quietNs(): number {
    return Math.max(0, this.captureEndNs - this.endNs)
  }

  /** Resets of other connections that the server sent in the instant of its reset of this one. */
  burst(): ResetBurst | undefined {
    return this.records?.bursts.find(this.endpoint(1 - this.clientSide), this.server.rst.at.ns)
  }

  private pointAtClosings(records: ConnectionRecords, index: number): void {
    this.hasClosing = index >= 0
    this.pointAtClosing(records, index)
    this.client.pointAtClosing(records, index, this.clientSide)
    this.server.pointAtClosing(records, index, 1 - this.clientSide)
  }

  private pointAtTeardowns(records: ConnectionRecords, index: number): void {
    this.hasTeardown = index >= 0
    this.pointAtTeardown(records, index)
    this.client.pointAtTeardown(records, index, this.clientSide)
    this.server.pointAtTeardown(records, index, 1 - this.clientSide)
  }
}

/** What the evidence of every connection of a capture shares. */
export interface EvidenceContext {
  readonly captureStartNs: number
  readonly captureEndNs: number
  readonly idleNs: number
  /** The capture says that packets were lost before they reached it. */
  readonly captureDrops: boolean
  /** The last packet before which the capture's clock was set, 0 if it never was. */
  readonly clockStepFrame: number
}

const NO_CONTEXT: EvidenceContext = {
  captureStartNs: 0,
  captureEndNs: 0,
  idleNs: 0,
  captureDrops: false,
  clockStepFrame: 0,
}

const WELL_KNOWN_PORTS = 1024
const EPHEMERAL_PORTS = 32768

/** The client's side: by the SYN, else the side with the port that looks less like a service's. */
function clientSide(e: Evidence): number {
  if (e.has(CONN_ROLES_KNOWN)) return e.has(CONN_CLIENT_IS_SIDE_1) ? 1 : 0
  const port0 = e.portOf(0)
  const port1 = e.portOf(1)
  const service0 = port0 < WELL_KNOWN_PORTS || (port0 < EPHEMERAL_PORTS && port1 >= EPHEMERAL_PORTS)
  const service1 = port1 < WELL_KNOWN_PORTS || (port1 < EPHEMERAL_PORTS && port0 >= EPHEMERAL_PORTS)
  if (service0 !== service1) return service0 ? 1 : 0
  // Two service ports or none: the lower one serves; equal ports: who receives the first packet serves.
  return port0 < port1 ? 1 : 0
}
