// pcapng, draft-ietf-opsawg-pcapng. A capture is a sequence of blocks. A section header block starts
// a section, which has its own byte order and interfaces; packet blocks are handed out in place;
// whatever is not needed is passed over by its length, up to 4 GB, without being buffered.

import { count } from '../../base/text.js'
import type { CaptureDamage } from '../../base/errors.js'
import { quoting } from '../../base/quoting.js'
import type { CaptureClock } from '../clock.js'
import type { CaptureInfo } from '../info.js'
import type { InterfaceBudget } from '../interface-budget.js'
import { MAX_RECORD_BYTES, type Reader, type ReaderContext } from '../reader.js'
import type { RecordHandler } from '../record.js'
import {
  SECTION_HEADER_BLOCK,
  INTERFACE_DESCRIPTION_BLOCK,
  OBSOLETE_PACKET_BLOCK,
  SIMPLE_PACKET_BLOCK,
  INTERFACE_STATISTICS_BLOCK,
  ENHANCED_PACKET_BLOCK,
  BLOCK_LENGTH,
  PACKET_INTERFACE,
  PACKET_DROPS,
  PACKET_TIME_HIGH,
  PACKET_TIME_LOW,
  PACKET_CAPLEN,
  PACKET_ORIGLEN,
  PACKET_FRAME,
  SIMPLE_ORIGLEN,
  SIMPLE_FRAME,
  BLOCK_HEADER_BYTES,
  SECTION_HEADER_BYTES,
  TRAILER_BYTES,
  PACKET_LENGTH_MIN,
  DROPS_UNKNOWN,
  isBlockRead,
  isBlockNumbered,
  paddedLength,
  checkLengthMin,
  checkLengthMax,
  checkCaplen,
  checkTrailer,
} from './block.js'
import { readPacketOptions, type PacketOptions } from './options.js'
import { PcapngSection, scaleOf, type PcapngInterface } from './section.js'

/** A block that is being passed over. */
interface SkippedBlock {
  readonly type: number
  readonly offset: number
  readonly length: number
  /** Bytes still to come before its trailer. */
  left: number
}

/** Reads the records of one pcapng. */
export class PcapngReader implements Reader {
  private readonly info: CaptureInfo
  private readonly handler: RecordHandler
  private readonly clock: CaptureClock
  private readonly options: PacketOptions = { flags: 0, dropCount: 0 }
  private section: PcapngSection | undefined
  private skipped: SkippedBlock | undefined
  private readonly budget: InterfaceBudget
  /** Time of the last record that had one, for those that have none. */
  private lastTimeNs: number

  constructor({ info, handler, clock, interfaceBudget, untimedNs }: ReaderContext) {
    this.info = info
    this.handler = handler
    this.clock = clock
    this.budget = interfaceBudget
    this.lastTimeNs = untimedNs
    info.format = 'pcapng'
  }

  read(view: DataView, start: number, end: number, base: number): number {
    let at = start
    for (;;) {
      const before = at
      if (this.skipped !== undefined) {
        at = this.skip(this.skipped, view, at, end)
        if (this.skipped !== undefined) return at
      }
      if (this.section !== undefined) at = this.readPackets(this.section, view, at, end)
      at = this.readBlock(view, at, end, base)
      if (at === before) return at
    }
  }

  missing(view: DataView, start: number, end: number, base: number): CaptureDamage | undefined {
    const offset = this.skipped?.offset ?? base + start
    const bytes = base + end - offset
    if (bytes === 0 && this.section !== undefined) return undefined
    const found = `${count(bytes, 'byte')} and the end of the capture`
    if (this.skipped !== undefined) {
      return { offset, expected: quoting`a block of ${this.skipped.length} bytes`, found }
    }
    if (bytes < BLOCK_HEADER_BYTES) {
      return { offset, expected: `a block header of ${BLOCK_HEADER_BYTES} bytes`, found }
    }
    if (this.section === undefined || view.getUint32(start) === SECTION_HEADER_BLOCK) {
      return { offset, expected: `a section header of ${SECTION_HEADER_BYTES} bytes`, found }
    }
    const length = view.getUint32(start + BLOCK_LENGTH, this.section.littleEndian)
    return { offset, expected: quoting`a block of ${length} bytes`, found }
  }

  pendingNs(view: DataView, start: number, end: number): number | undefined {
    const { section } = this
    if (section === undefined || this.skipped !== undefined) return undefined
    if (end - start < PACKET_TIME_LOW + 4 || view.getUint32(start) === SECTION_HEADER_BLOCK)
      return undefined
    const { littleEndian } = section
    const type = view.getUint32(start, littleEndian)
    if (type === SIMPLE_PACKET_BLOCK) return this.lastTimeNs
    if (type !== ENHANCED_PACKET_BLOCK && type !== OBSOLETE_PACKET_BLOCK) return undefined
    const id =
      type === OBSOLETE_PACKET_BLOCK
        ? view.getUint16(start + PACKET_INTERFACE, littleEndian)
        : view.getUint32(start + PACKET_INTERFACE, littleEndian)
    const source = section.interfaces[id]
    if (source === undefined) return undefined
    const high = view.getUint32(start + PACKET_TIME_HIGH, littleEndian)
    const low = view.getUint32(start + PACKET_TIME_LOW, littleEndian)
    return scaleOf(source, this.clock, high, low).toNs(high, low)
  }

  release(): void {
    this.section?.release()
    this.section = undefined
  }

  // The hot loop: well-formed enhanced packet blocks of declared interfaces and nothing else. It
  // stops in front of any other block, and readBlock finds out what that is. Nothing is allocated;
  // what belongs to the interface stays in locals until the interface changes.
  private readPackets(section: PcapngSection, view: DataView, start: number, end: number): number {
    const { littleEndian, interfaces } = section
    const handler = this.handler
    const lastBlock = end - PACKET_LENGTH_MIN
    let interfaceId = -1
    let source = interfaces[0]
    let scale = source?.scale
    let linktype = 0
    let fcsBytes = 0
    let whole = false
    let baseHigh = 0
    let baseLow = 0
    let highNs = 0
    let lowNs = 0
    let restNs = 0
    let timeNs = this.lastTimeNs
    let records = 0
    let at = start
    while (at <= lastBlock && view.getUint32(at, littleEndian) === ENHANCED_PACKET_BLOCK) {
      const length = view.getUint32(at + BLOCK_LENGTH, littleEndian)
      const caplen = view.getUint32(at + PACKET_CAPLEN, littleEndian)
      const next = at + length
      const frame = at + PACKET_FRAME
      const trailer = next - TRAILER_BYTES
      if ((length & 3) !== 0 || length > MAX_RECORD_BYTES || next > end) break
      if (frame + caplen > trailer || view.getUint32(trailer, littleEndian) !== length) break
      const id = view.getUint32(at + PACKET_INTERFACE, littleEndian)
      const high = view.getUint32(at + PACKET_TIME_HIGH, littleEndian)
      const low = view.getUint32(at + PACKET_TIME_LOW, littleEndian)
      if (id !== interfaceId) {
        source = interfaces[id]
        if (source === undefined) break
        interfaceId = id
        scale = scaleOf(source, this.clock, high, low)
        ;({ linktype, fcsBytes } = source)
        ;({ whole, baseHigh, baseLow, highNs, numerator: lowNs, restNs } = scale)
      }
      if (whole) timeNs = (high - baseHigh) * highNs + ((low - baseLow) * lowNs - restNs)
      else if (scale !== undefined) timeNs = scale.toNs(high, low)
      const origlen = view.getUint32(at + PACKET_ORIGLEN, littleEndian)
      const optionsAt = frame + ((caplen + 3) & ~3)
      let fcs = fcsBytes
      if (optionsAt < trailer && source !== undefined) {
        fcs = this.readOptions(section, source, view, optionsAt, trailer)
      }
      const frameEnd = frame + caplen - (fcs !== 0 ? fcsIn(caplen, origlen, fcs) : 0)
      handler.onRecord(view, frame, frameEnd, origlen, linktype, timeNs, id)
      records++
      at = next
    }
    this.lastTimeNs = timeNs
    this.info.records += records
    return at
  }

  /** Reads one block of any kind, and returns `at` if it is not there in whole yet. */
  private readBlock(view: DataView, at: number, end: number, base: number): number {
    if (end - at < BLOCK_HEADER_BYTES) return at
    const offset = base + at
    if (view.getUint32(at) === SECTION_HEADER_BLOCK) {
      if (end - at < SECTION_HEADER_BYTES) return at
      this.section?.release()
      this.section = new PcapngSection(view, at, offset, this.info, this.budget)
    }
    const section = this.section
    if (section === undefined) return at
    const { littleEndian } = section
    const type = view.getUint32(at, littleEndian)
    const length = view.getUint32(at + BLOCK_LENGTH, littleEndian)
    checkLengthMin(type, length, offset)
    const trailer = at + paddedLength(length) - TRAILER_BYTES
    if (!isBlockRead(type)) {
      this.skipped = { type, offset, length, left: trailer - at }
      return this.skip(this.skipped, view, at, end)
    }
    checkLengthMax(length, MAX_RECORD_BYTES, offset)
    if (trailer + TRAILER_BYTES > end) return at
    checkTrailer(view.getUint32(trailer, littleEndian), length, offset)
    switch (type) {
      case INTERFACE_DESCRIPTION_BLOCK:
        section.describeInterface(view, at, trailer, offset)
        break
      case INTERFACE_STATISTICS_BLOCK:
        section.keepStatistics(view, at, trailer)
        break
      case SIMPLE_PACKET_BLOCK:
        this.readSimplePacket(section, view, at, trailer, offset)
        break
      default:
        this.readPacket(section, view, at, trailer, offset)
    }
    return trailer + TRAILER_BYTES
  }

  /** Passes over what is there of a block, and checks its trailer when that is reached. */
  private skip(block: SkippedBlock, view: DataView, start: number, end: number): number {
    const bytes = Math.min(block.left, end - start)
    const trailer = start + bytes
    block.left -= bytes
    if (block.left > 0 || end - trailer < TRAILER_BYTES) return trailer
    const littleEndian = this.section?.littleEndian ?? true
    checkTrailer(view.getUint32(trailer, littleEndian), block.length, block.offset)
    this.skipped = undefined
    if (isBlockNumbered(block.type)) {
      this.info.skippedRecords++
      this.info.untimedRecords++
      this.handler.onSkippedRecord?.(this.lastTimeNs)
    }
    return trailer + TRAILER_BYTES
  }

  /** Delivers an obsolete packet block, or an enhanced one the hot loop did not take. */
  private readPacket(
    section: PcapngSection,
    view: DataView,
    at: number,
    trailer: number,
    offset: number,
  ): void {
    const { littleEndian } = section
    const obsolete = view.getUint32(at, littleEndian) === OBSOLETE_PACKET_BLOCK
    const id = obsolete
      ? view.getUint16(at + PACKET_INTERFACE, littleEndian)
      : view.getUint32(at + PACKET_INTERFACE, littleEndian)
    const source = section.interfaceOf(id, offset)
    const caplen = view.getUint32(at + PACKET_CAPLEN, littleEndian)
    const origlen = view.getUint32(at + PACKET_ORIGLEN, littleEndian)
    const frame = at + PACKET_FRAME
    checkCaplen(caplen, trailer - frame, offset)
    const high = view.getUint32(at + PACKET_TIME_HIGH, littleEndian)
    const low = view.getUint32(at + PACKET_TIME_LOW, littleEndian)
    this.lastTimeNs = scaleOf(source, this.clock, high, low).toNs(high, low)
    const optionsAt = frame + paddedLength(caplen)
    const fcs =
      optionsAt < trailer
        ? this.readOptions(section, source, view, optionsAt, trailer)
        : source.fcsBytes
    const drops = obsolete ? view.getUint16(at + PACKET_DROPS, littleEndian) : DROPS_UNKNOWN
    if (drops !== DROPS_UNKNOWN) section.addDrops(source, drops)
    this.deliver(source, id, view, frame, frame + caplen - fcsIn(caplen, origlen, fcs), origlen)
  }

  /** Delivers a simple packet block: of the first interface, with no time and no caplen. */
  private readSimplePacket(
    section: PcapngSection,
    view: DataView,
    at: number,
    trailer: number,
    offset: number,
  ): void {
    const source = section.interfaceOf(0, offset)
    const { snaplen, fcsBytes } = source
    this.info.untimedRecords++
    const origlen = view.getUint32(at + SIMPLE_ORIGLEN, section.littleEndian)
    const frame = at + SIMPLE_FRAME
    const caplen = Math.min(origlen, snaplen === 0 ? origlen : snaplen, trailer - frame)
    this.deliver(source, 0, view, frame, frame + caplen - fcsIn(caplen, origlen, fcsBytes), origlen)
  }

  private deliver(
    { linktype }: PcapngInterface,
    id: number,
    view: DataView,
    frame: number,
    frameEnd: number,
    origlen: number,
  ): void {
    this.info.records++
    this.handler.onRecord(view, frame, frameEnd, origlen, linktype, this.lastTimeNs, id)
  }

  /** Counts what the options of a packet block say, and returns the FCS length of its frame. */
  private readOptions(
    section: PcapngSection,
    source: PcapngInterface,
    view: DataView,
    start: number,
    end: number,
  ): number {
    const { options } = this
    readPacketOptions(view, start, end, section.littleEndian, options)
    if (options.dropCount > 0) section.addDrops(source, options.dropCount)
    const fcsBytes = (options.flags >>> 5) & 15
    return fcsBytes === 0 ? source.fcsBytes : fcsBytes
  }
}

/** FCS bytes to take off a captured frame: only a frame that was captured in whole ends in one. */
function fcsIn(caplen: number, origlen: number, fcsBytes: number): number {
  return caplen >= origlen && caplen >= fcsBytes ? fcsBytes : 0
}
