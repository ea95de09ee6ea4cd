// The push form of the library: packets from any source, connections out.

import { TeardownError } from '../base/errors.js'
import { CaptureClock } from '../capture/clock.js'
import { LINKTYPE_ETHERNET } from '../wire/link/linktype.js'
import { type Connection, connectionOf } from '../engine/connection.js'
import { Pipeline, type DecodeCount } from '../engine/pipeline.js'
import { CaptureFindings, type CaptureTotals } from './findings.js'
import { filterOptionsOf } from './filters.js'
import { type JudgingOptions, checkOptions } from './options.js'

/** One packet from elsewhere. */
export interface Packet {
  /** The captured bytes of the frame; read during the call only. */
  readonly bytes: Uint8Array
  /** Ns since 1970-01-01T00:00:00Z. */
  readonly timeNs: bigint
  /** Bytes on the wire; by default what was captured. */
  readonly origlen?: number | undefined
  /** LINKTYPE_ value, 1 for Ethernet by default. */
  readonly linktype?: number | undefined
}

/** Settings of a {@link PacketAnalyzer}. */
export interface PacketAnalyzerOptions extends JudgingOptions {
  /** Text of the `capture` column, `-` by default. */
  readonly name?: string | undefined
  /** Called with every connection that is wanted as soon as its ending is settled. */
  readonly onConnection: (connection: Connection) => void
}

/**
 * Analyzes packets that the caller reads, in the order of the capture.
 *
 * @example
 * const analyzer = new PacketAnalyzer({ onConnection: (c) => console.log(c.explanation) })
 * for (const { bytes, timeNs } of packets) analyzer.push({ bytes, timeNs })
 * const { totals, incidents } = analyzer.finish()
 */
export class PacketAnalyzer {
  private readonly clock = new CaptureClock()
  private readonly pipeline: Pipeline
  private readonly findings: CaptureFindings
  private readonly name: string
  private result: CaptureTotals | undefined
  private pushedBytes = 0
  /** `onConnection` runs: what it is called from has not come to its end. */
  private isCalling = false
  /** What `onConnection` threw first since the call began that it was called from. */
  private thrown: { readonly error: unknown } | undefined

  constructor(options: PacketAnalyzerOptions) {
    const { onConnection, name = '-', filters = {}, ...settings } = options
    checkOptions(settings)
    this.name = name
    const wanted = filterOptionsOf(filters)
    this.findings = new CaptureFindings(wanted, settings.anonymizer, (from) => {
      this.isCalling = true
      try {
        onConnection(connectionOf(from))
      } catch (error) {
        // Thrown on when the packet in hand has been taken: half a packet would spoil what follows.
        this.thrown ??= { error }
      } finally {
        this.isCalling = false
      }
    })
    const contains = wanted.contains?.bytes
    this.pipeline = new Pipeline(name, this.clock, this.findings, { ...settings, contains })
    this.pipeline.hasOffsets = false
  }

  /**
   * Takes the next packet.
   *
   * @throws {TeardownError} ERR_OPTION after `finish`, from within `onConnection`, and for what is no packet.
   * @throws What `onConnection` threw first. The packet has been taken all the same, and the next one may follow.
   */
  push(packet: Packet): void {
    this.checkFree('push')
    if (this.result !== undefined)
      throw new TeardownError('ERR_OPTION', 'packet pushed after finish()')
    const { bytes, timeNs } = packet
    if (typeof timeNs !== 'bigint' || !(bytes instanceof Uint8Array)) {
      throw new TeardownError('ERR_OPTION', 'a packet has bytes (Uint8Array) and timeNs (bigint)')
    }
    this.clock.baseNs ??= timeNs
    this.pushedBytes += bytes.byteLength
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.pipeline.onRecord(
      view,
      0,
      bytes.byteLength,
      packet.origlen ?? bytes.byteLength,
      packet.linktype ?? LINKTYPE_ETHERNET,
      Number(timeNs - this.clock.baseNs),
    )
    this.throwOn()
  }

  /**
   * Reports connections that ended and have been silent since `untilNs` (ns since 1970); for sources that do not end.
   *
   * @throws {TeardownError} ERR_OPTION from within `onConnection`.
   * @throws What `onConnection` threw first, when all connections have been reported.
   */
  settle(untilNs: bigint): void {
    this.checkFree('settle')
    if (this.clock.baseNs === undefined) return
    this.pipeline.tracker.settle(Number(untilNs - this.clock.baseNs))
    this.throwOn()
  }

  /**
   * Reports all connections that are left, and gives totals and incidents. Nothing may be pushed afterwards.
   *
   * @throws {TeardownError} ERR_OPTION from within `onConnection`.
   * @throws What `onConnection` threw first, when all connections have been reported.
   */
  finish(): CaptureTotals {
    this.checkFree('finish')
    if (this.result !== undefined) return this.result
    const { pipeline } = this
    pipeline.finish()
    this.result = this.findings.end(this.name, {
      captures: 1,
      failed: 0,
      packets: pipeline.frame,
      tcpPackets: pipeline.segments,
      readBytes: this.pushedBytes,
    })
    this.throwOn()
    return this.result
  }

  private throwOn(): void {
    const { thrown } = this
    if (thrown === undefined) return
    this.thrown = undefined
    throw thrown.error
  }

  private checkFree(method: string): void {
    if (this.isCalling) {
      throw new TeardownError('ERR_OPTION', `${method}() called during a callback of the analyzer`)
    }
  }

  /** Packets that were no TCP segment, by reason. */
  get skipped(): readonly DecodeCount[] {
    return this.pipeline.decodeCounts()
  }
}
