// The packet path of one capture: record, decoded segment, connection table, ended connection, judgement. Synchronous
// from the record on; nothing is allocated per packet.

import { TeardownError } from '../base/errors.js'
import type { CaptureClock } from '../capture/clock.js'
import type { CaptureInfo } from '../capture/info.js'
import type { Framing, RecordHandler } from '../capture/record.js'
import { CREDIBLE_RECORD_BYTES, CREDIBLE_TUNNEL_NUMBER } from '../output/anonymize/claims.js'
import type { Anonymizer } from '../output/columns/address.js'
import type { TrackerLimits } from '../tcp/limits.js'
import type { CompiledPath } from '../tcp/compiled/compiled-path.js'
import { ICMP_FROM_TARGET, ICMP_V6 } from '../tcp/record/bits.js'
import { unreported } from '../tcp/stream-order.js'
import { type EndHandler, Tracker } from '../tcp/tracker.js'
import { PlainEnding } from '../tcp/views/plain-ending.js'
import type { EvidenceContext } from '../verdict/evidence.js'
import {
  DECODE_STATUSES,
  DECODE_STATUS_COUNT,
  type DecodeStatus,
  ICMP_ERROR,
  SEGMENT,
} from '../wire/decode-status.js'
import { Decoder } from '../wire/decode.js'
import type { EncapsulationTable } from '../wire/encapsulation.js'
import {
  type CaptureFacts,
  type ConnectionHandler,
  EndedConnection,
  type EndedConnectionOptions,
} from './ended-connection.js'
import { PayloadSearch } from './payload-search.js'
import { Timeline } from './timeline.js'

/** Idle threshold unless set: a minute, or a fifth of a shorter capture. */
const IDLE_NS = 60e9
const IDLE_SHARE = 5
/** Connections judged for a survey, so that it takes a fraction of a second. */
const MOST_SURVEYED = 20_000

/** Settings of a {@link Pipeline}. */
export interface AnalysisOptions
  extends Omit<TrackerLimits, 'isShared' | 'room'>, EndedConnectionOptions {
  /** Seconds of silence after which an open connection counts as idle; by default 60, or a fifth of a shorter capture. */
  readonly idleS?: number | undefined
  /** Headers looked into in one frame, 64 by default; a frame with more counts as skipped. */
  readonly maxLayers?: number | undefined
}

/** The same with what only callers in this package can make use of. */
export interface PipelineSettings extends AnalysisOptions {
  /** Marks the connections whose payload holds this. */
  readonly contains?: Uint8Array | undefined
  readonly handOver?: HandOver | undefined
  /** What takes segments that simply come next; not for captures that are read together. */
  readonly compiled?: CompiledPath | undefined
  /** Which of the endings are judged here, all of them by default. */
  readonly share?: Share | undefined
}

/** Endings that come together in one share: so many are one block in what is made of them. */
export const SHARE_BLOCK = 512

/**
 * A part of the endings of a capture: every so many blocks of them in their order, which is the same wherever the capture is
 * read. All connections are followed, so that what they have to do with each other is known in every share.
 */
export interface Share {
  /** From 0. */
  readonly index: number
  readonly of: number
}

/** What is read of a capture's info while it is read. */
type CaptureProgress = Pick<CaptureInfo, 'bytes' | 'hasDrops'>

/** Takes ended connections before they are judged, to have that done by another thread. */
export interface HandOver {
  /** Called once, before the first connection. */
  begin(from: HandedOver): void
  /** Takes a connection, and with it its records until it releases them; false to have it judged here. */
  take(record: number): boolean
}

/** What the connections of one analysis share, as it is at the moment. */
export interface HandedOver extends EvidenceContext {
  readonly captureName: string
  readonly tracker: Tracker
  readonly encapsulations: EncapsulationTable
  readonly clock: CaptureClock
}

/** How often a kind of frame came, and where first. */
export interface DecodeCount {
  /** Name of the status, see `DECODE_STATUSES`. */
  readonly name: string
  readonly packets: number
  /** Offset of the first such frame in the (decompressed) capture, where there is one capture. */
  readonly first_offset_bytes?: number
}

/** Analyzes the records of one capture. */
export class Pipeline implements RecordHandler, EndHandler, HandedOver, CaptureFacts {
  readonly decoder: Decoder
  readonly tracker: Tracker
  /** Entries of the capture that hold no frame. */
  skippedEntries = 0
  /** Of the bytes on the wire, those of records that claim to be longer than any frame. */
  claimedBytes = 0
  /** Connections handed over so far. */
  connections = 0
  /** Where in the capture the first byte of the view lies; the framer's info while a capture is read. */
  origin: CaptureProgress = { bytes: 0, hasDrops: false }
  /** Whether offsets are those of one capture. */
  hasOffsets = true
  readonly anonymizer: Anonymizer | undefined
  readonly isUnchanged: boolean
  readonly captureName: string
  readonly clock: CaptureClock
  private readonly timeline: Timeline
  private readonly connection: EndedConnection
  private readonly handler: ConnectionHandler
  private readonly plain = new PlainEnding()
  private readonly handOver: HandOver | undefined
  private readonly compiled: CompiledPath | undefined
  /** Whether the compiled path has seen what comes to `onRecord`, and refused it. */
  private isRun = false
  private readonly search: PayloadSearch | undefined
  private readonly share: Share | undefined
  private readonly idleOptionNs: number | undefined
  private readonly counts = new Float64Array(DECODE_STATUS_COUNT)
  private readonly firstOffsets = new Float64Array(DECODE_STATUS_COUNT)

  constructor(
    captureName: string,
    clock: CaptureClock,
    handler: ConnectionHandler,
    options: PipelineSettings = {},
  ) {
    requireBound('maxConnections', options.maxConnections)
    requireBound('maxHalfOpen', options.maxHalfOpen)
    const { anonymizer } = options
    this.decoder = new Decoder(
      options.maxLayers,
      anonymizer === undefined ? Infinity : CREDIBLE_TUNNEL_NUMBER,
    )
    this.captureName = captureName
    this.handOver = options.handOver
    const isShared = this.handOver !== undefined
    this.tracker = new Tracker(this, { ...options, isShared, room: options.compiled })
    // Payload is looked into by a search alone.
    if (options.contains === undefined) this.compiled = options.compiled
    this.compiled?.join(this.tracker.table, this.tracker.maxConnections)
    this.timeline = new Timeline(this.compiled?.read)
    this.connection = new EndedConnection(captureName, this.tracker.table, options)
    if (options.contains !== undefined)
      this.search = new PayloadSearch(this.tracker.table, options.contains)
    this.clock = clock
    this.handler = handler
    this.anonymizer = anonymizer
    this.isUnchanged = anonymizer === undefined && options.killedAtNs === undefined
    this.share = options.share
    this.idleOptionNs = options.idleS === undefined ? undefined : options.idleS * 1e9
    this.handOver?.begin(this)
  }

  /** Records so far, skipped entries included: Wireshark's frame.number of the last one. */
  get frame(): number {
    return this.timeline.frame
  }

  /** Bytes on the wire, as the capture says. */
  get wireBytes(): number {
    return this.timeline.wireBytes
  }

  get captureStartNs(): number {
    return this.timeline.startNs
  }

  get captureEndNs(): number {
    return this.timeline.endNs
  }

  get clockSteps(): number {
    return this.timeline.clockSteps
  }

  get clockStepFrame(): number {
    return this.timeline.clockStepFrame
  }

  get baseNs(): bigint {
    return this.clock.baseNs ?? 0n
  }

  readonly encapsulationOf = (id: number): string => (id === 0 ? '' : this.encapsulations.text(id))

  get isClockSet(): boolean {
    return this.clockStepFrame > 0
  }

  /** Texts of encapsulation ids. */
  get encapsulations(): EncapsulationTable {
    return this.decoder.encapsulations
  }

  /** Idle threshold in ns. */
  get idleNs(): number {
    if (this.idleOptionNs !== undefined) return this.idleOptionNs
    return Math.min(IDLE_NS, (this.captureEndNs - this.captureStartNs) / IDLE_SHARE)
  }

  get captureDrops(): boolean {
    return this.origin.hasDrops
  }

  onRecord(
    view: DataView,
    start: number,
    end: number,
    origlen: number,
    linktype: number,
    timeNs: number,
  ): void {
    const { compiled, decoder } = this
    if (compiled !== undefined && !this.isRun && view === compiled.view) {
      const left = compiled.take(start, end, origlen, linktype, this.frame + 1, timeNs)
      if (left >= 0) {
        this.count(SEGMENT, origlen, timeNs)
        this.tracker.afterCompiled(compiled, left, timeNs)
        return
      }
    }
    const status = decoder.decode(view, start, end, origlen, linktype, timeNs)
    this.count(status, origlen, timeNs)
    if (status === SEGMENT) {
      const { segment, segmentView } = decoder
      this.tracker.onSegment(segment, segmentView, this.frame, timeNs)
      this.search?.segment(segment, segmentView)
    } else this.onOther(status, start, timeNs)
  }

  /** Takes what the decoder has found in a record, whose frame begins at `start`, if it is no segment. */
  private onOther(status: DecodeStatus, start: number, timeNs: number): void {
    if (this.counts[status] === 1) this.firstOffsets[status] = this.origin.bytes + start
    if (status !== ICMP_ERROR) return
    const { quoted, icmpType, icmpCode, icmpFromTarget } = this.decoder
    let kind = (icmpType << 8) | icmpCode
    if (quoted.ipVersion === 6) kind |= ICMP_V6
    if (icmpFromTarget) kind |= ICMP_FROM_TARGET
    this.tracker.onIcmpError(quoted, kind, this.frame, timeNs)
  }

  private count(status: DecodeStatus, origlen: number, timeNs: number): void {
    this.timeline.add(origlen, timeNs)
    if (origlen > CREDIBLE_RECORD_BYTES) this.claimedBytes += origlen
    if (status === SEGMENT) this.timeline.addSegment()
    else this.counts[status] = (this.counts[status] as number) + 1
  }

  beginRun(framing: Framing): void {
    this.compiled?.beginRun(framing)
    this.isRun = true
  }

  onRun(view: DataView, start: number, end: number, info: { records: number }): number {
    const { compiled, tracker, timeline } = this
    if (compiled === undefined || view !== compiled.view) return start
    const before = timeline.frame
    let at = start
    for (;;) {
      at = compiled.run(at, end)
      const { left } = compiled
      if (left <= 0) break
      tracker.afterCompiled(compiled, left, timeline.lastNs)
    }
    info.records += timeline.frame - before
    return at
  }

  onSkippedRecord(): void {
    this.timeline.skip()
    this.skippedEntries++
  }

  onEnd(record: number): boolean {
    const ordinal = this.connections++
    const { handler, plain, share } = this
    if (share !== undefined && Math.floor(ordinal / SHARE_BLOCK) % share.of !== share.index)
      return false
    if (this.handOver?.take(record) === true) return true
    if (
      handler.onPlainEnding === undefined ||
      !plain.take(this.tracker.table, record, this) ||
      !handler.onPlainEnding(plain, this)
    )
      handler.onConnection(this.judged(record))
    return false
  }

  private judged(record: number): EndedConnection {
    const { connection } = this
    connection.pointAt(record, this, this.baseNs)
    connection.encapsulation = this.encapsulationOf(connection.e.encapsulation)
    return connection
  }

  /**
   * Shows connections that are not over, as they would be judged if the capture ended now; they go on. Not to be called
   * while a connection is handed over. Of very many the first to begin.
   */
  survey(visit: (connection: EndedConnection) => void): void {
    for (const record of unreported(this.tracker.table).slice(0, MOST_SURVEYED))
      visit(this.judged(record))
  }

  /** Reports every connection that is left. */
  finish(): void {
    this.tracker.finish()
  }

  /** Frames by outcome of their decoding, segments left out. */
  decodeCounts(): DecodeCount[] {
    const list: DecodeCount[] = []
    for (const [status, { name }] of DECODE_STATUSES.entries()) {
      const packets = this.counts[status] as number
      if (status === SEGMENT || packets === 0) continue
      const offset = { first_offset_bytes: this.firstOffsets[status] as number }
      list.push({ name, packets, ...(this.hasOffsets ? offset : {}) })
    }
    return list
  }

  /** Segments decoded. */
  get segments(): number {
    return this.timeline.segments
  }
}

/** A table without room for the connection in hand cannot be. */
function requireBound(name: string, value: number | undefined): void {
  if (value === undefined || value >= 1) return
  throw new TeardownError('ERR_OPTION', `${name}: ${value} is not 1 or more`)
}
