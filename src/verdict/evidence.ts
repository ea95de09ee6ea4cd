// The facts about one ended connection: what the rules judge and the columns show. Evidence is a window on the packed
// records: it is pointed at a connection, and every fact is read where it lies when it is asked for. Copying them all
// first cost 3 µs a connection, most of it for facts nobody looked at. Nothing may keep a reference to an Evidence.

import * as L from '../tcp/layout.js'
import { type Flush, endpointKey } from '../tcp/reset-bursts.js'
import type { ConnectionRecords } from '../tcp/table.js'
import { type FloatBlock, type Moment, NO_TIMES, NO_WORDS, PackedMoment } from './packet-ref.js'
import { SideEvidence } from './side-evidence.js'

/** Everything known about one ended connection. */
export class Evidence {
  record = -1
  /** Wireshark's tcp.stream number. */
  stream = -1
  clientSide = 0
  clientGuessed = false
  readonly client: SideEvidence = new SideEvidence()
  readonly server: SideEvidence = new SideEvidence()
  readonly start: Moment
  readonly end: Moment
  readonly handshake: Moment
  readonly idleSince: Moment
  readonly icmp: Moment
  private context: EvidenceContext = NO_CONTEXT
  /** Whether there is a closing record: without one no FIN has passed. */
  hasClosing = true
  /** Whether there is a teardown record: without one there was no reset, nothing running of what was sent again, no probe. */
  hasTeardown = true
  private table: ConnectionRecords | undefined
  private ints: Int32Array = NO_WORDS
  private words: Int32Array = NO_WORDS
  private conn = 0
  private teardown = 0
  private readonly counts: FloatBlock = { floats: NO_TIMES, base: 0 }
  private readonly closing: FloatBlock = { floats: NO_TIMES, base: 0 }
  private readonly times: FloatBlock = { floats: NO_TIMES, base: 0 }

  constructor() {
    this.start = new PackedMoment(this.counts, L.START_NS_F)
    this.end = new PackedMoment(this.counts, L.END_NS_F)
    this.handshake = new PackedMoment(this.counts, L.HANDSHAKE_NS_F)
    this.idleSince = new PackedMoment(this.closing, L.IDLE_SINCE_NS_F)
    this.icmp = new PackedMoment(this.times, L.ICMP_NS_F)
  }

  /** Points at a connection. */
  fill(table: ConnectionRecords, record: number, context: EvidenceContext): void {
    this.record = record
    this.stream = table.streamOf(record)
    this.ints = table.connections.ints
    this.conn = record * L.CONN_INTS
    this.counts.floats = table.connections.floats
    this.counts.base = record * L.CONN_CELLS
    this.clientGuessed = !this.has(L.CONN_ROLES_KNOWN)
    this.clientSide = clientSide(this.ints, this.conn)
    this.client.pointAtSide(table, record, this.clientSide)
    this.server.pointAtSide(table, record, 1 - this.clientSide)
    // Most connections have no teardown record, and those that never closed no closing record: then nothing of the one
    // before is left to be forgotten.
    const closing = (this.ints[this.conn + L.CLOSING_RECORD] as number) - 1
    if (closing >= 0 || this.hasClosing) this.pointAtClosing(table, closing)
    const teardown = (this.ints[this.conn + L.TEARDOWN] as number) - 1
    if (teardown >= 0 || this.hasTeardown) this.pointAtTeardown(table, teardown)
    this.context = context
    this.table = table
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
    return this.context.clockStepped
  }

  get encapsulation(): number {
    return this.ints[this.conn + L.ENCAPSULATION] as number
  }
  get icmpCount(): number {
    return this.words[this.teardown + L.ICMP_COUNT] as number
  }
  get icmpType(): number {
    return (this.icmpKind >>> 8) & 0xff
  }
  get icmpCode(): number {
    return this.icmpKind & 0xff
  }
  /** The ICMP error quotes the connection's SYN. */
  get icmpQuotesSyn(): boolean {
    return (this.icmpKind & L.ICMP_QUOTES_SYN) !== 0
  }
  get icmpIsV6(): boolean {
    return (this.icmpKind & L.ICMP_V6) !== 0
  }
  /** The ICMP error comes from the host that the quoted packet was sent to. */
  get icmpFromTarget(): boolean {
    return (this.icmpKind & L.ICMP_FROM_TARGET) !== 0
  }

  /** Ns from the connection's last packet to the end of the capture. */
  get quietNs(): number {
    return Math.max(0, this.captureEndNs - this.end.ns)
  }

  /** Resets of other connections that the server sent in the instant of its reset of this one. */
  flush(): Flush | undefined {
    if (this.table === undefined) return undefined
    const endpoint = endpointKey(this.ints, this.record, 1 - this.clientSide)
    return this.table.flushes.find(endpoint, this.server.rst.at.ns)
  }

  /** Whether any of the CONN_* bits is set. */
  has(bits: number): boolean {
    return ((this.ints[this.conn + L.CONN_FLAGS] as number) & bits) !== 0
  }

  private pointAtClosing(table: ConnectionRecords, closing: number): void {
    this.hasClosing = closing >= 0
    this.closing.floats = closing < 0 ? NO_TIMES : table.closings.floats
    this.closing.base = Math.max(0, closing) * L.CLOSING_CELLS
    this.client.pointAtClosing(table, closing, this.clientSide)
    this.server.pointAtClosing(table, closing, 1 - this.clientSide)
  }

  private pointAtTeardown(table: ConnectionRecords, teardown: number): void {
    this.hasTeardown = teardown >= 0
    this.words = teardown < 0 ? NO_WORDS : table.teardowns.ints
    this.teardown = Math.max(0, teardown) * L.TEARDOWN_INTS
    this.times.floats = teardown < 0 ? NO_TIMES : table.teardowns.floats
    this.times.base = Math.max(0, teardown) * L.TEARDOWN_CELLS
    this.client.pointAtTeardown(table, teardown, this.clientSide)
    this.server.pointAtTeardown(table, teardown, 1 - this.clientSide)
  }

  private get icmpKind(): number {
    return this.words[this.teardown + L.ICMP_KIND] as number
  }
}

/** What the evidence of every connection of a capture shares. */
export interface EvidenceContext {
  readonly captureStartNs: number
  readonly captureEndNs: number
  readonly idleNs: number
  /** The capture says that packets were lost before they reached it. */
  readonly captureDrops: boolean
  /** The capture's clock was set while it ran. */
  readonly clockStepped: boolean
}

const NO_CONTEXT: EvidenceContext = {
  captureStartNs: 0,
  captureEndNs: 0,
  idleNs: 0,
  captureDrops: false,
  clockStepped: false,
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
