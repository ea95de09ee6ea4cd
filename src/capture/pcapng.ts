// pcapng, draft-ietf-opsawg-pcapng. A capture is a sequence of blocks:
//
//   type 4, total length 4, body padded to 4 octets, total length again 4
//
// A section header block starts a section, which has its own byte order and interfaces. Whatever is
// not needed is skipped by its length, up to 4 GB, without being buffered.

import { CaptureError, type CaptureDamage } from '../base/errors.js'
import type { CaptureInfo } from './info.js'
import { readPacketOptions, type PacketOptions } from './pcapng-options.js'
import { PcapngSection, scaleOf, type PcapngInterface } from './pcapng-section.js'
import { MAX_RECORD_BYTES, type Reader } from './reader.js'
import type { CaptureClock, RecordHandler } from './record.js'

/** Type of a section header block: the same in both byte orders. */
export const SECTION_HEADER_BLOCK = 0x0a0d0d0a
const INTERFACE_DESCRIPTION_BLOCK = 1
const OBSOLETE_PACKET_BLOCK = 2
const SIMPLE_PACKET_BLOCK = 3
const INTERFACE_STATISTICS_BLOCK = 5
const ENHANCED_PACKET_BLOCK = 6

/**
 * Blocks without a frame that have a `frame.number` in Wireshark 4.0 (tried with each type it
 * knows): journal entries, sysdig events without flags, custom blocks.
 */
const NUMBERED_BLOCKS = new Set([9, 0x204, 0x216, 0x221, 0xbad, 0x4000_0bad])

// Offsets from the start of a block.
const BLOCK_LENGTH = 4
const PACKET_INTERFACE = 8
const PACKET_DROPS = 10
const PACKET_TIME_HIGH = 12
const PACKET_TIME_LOW = 16
const PACKET_CAPLEN = 20
const PACKET_ORIGLEN = 24
const PACKET_FRAME = 28
const SIMPLE_ORIGLEN = 8
const SIMPLE_FRAME = 12

const BLOCK_HEADER_BYTES = 8
const SECTION_HEADER_BYTES = 24
const TRAILER_BYTES = 4

/** Drop count of an obsolete packet block whose writer did not know it. */
const DROPS_UNKNOWN = 0xffff

/** Least total length of a block by type, 12 for all others. */
const LENGTH_MIN = new Map([
  [SECTION_HEADER_BLOCK, SECTION_HEADER_BYTES + TRAILER_BYTES],
  [INTERFACE_DESCRIPTION_BLOCK, 20],
  [OBSOLETE_PACKET_BLOCK, PACKET_FRAME + TRAILER_BYTES],
  [SIMPLE_PACKET_BLOCK, SIMPLE_FRAME + TRAILER_BYTES],
  [INTERFACE_STATISTICS_BLOCK, 24],
  [ENHANCED_PACKET_BLOCK, PACKET_FRAME + TRAILER_BYTES],
])
const PACKET_LENGTH_MIN = PACKET_FRAME + TRAILER_BYTES

/** A block that is being passed over. */
interface SkippedBlock {
  readonly type: number
  readonly offset: number
  readonly length: number
  /** Octets still to come before its trailer. */
  left: number
}

/** Reads the records of one pcapng. */
export class PcapngReader implements Reader {
  readonly #info: CaptureInfo
  readonly #handler: RecordHandler
  readonly #clock: CaptureClock
  readonly #options: PacketOptions = { flags: 0, dropCount: 0 }
  #section: PcapngSection | undefined
  #skipped: SkippedBlock | undefined
  /** Time of the last record that had one, for those that have none. */
  #lastTimeNs = 0

  constructor(info: CaptureInfo, handler: RecordHandler, clock: CaptureClock) {
    this.#info = info
    this.#handler = handler
    this.#clock = clock
    info.format = 'pcapng'
  }

  read(view: DataView, start: number, end: number, base: number): number {
    let at = start
    for (;;) {
      const before = at
      if (this.#skipped !== undefined) {
        at = this.#skip(this.#skipped, view, at, end)
        if (this.#skipped !== undefined) return at
      }
      if (this.#section !== undefined) at = this.#readPackets(this.#section, view, at, end)
      at = this.#readBlock(view, at, end, base)
      if (at === before) return at
    }
  }

  missing(view: DataView, start: number, end: number, base: number): CaptureDamage | undefined {
    const offset = this.#skipped?.offset ?? base + start
    const bytes = base + end - offset
    if (bytes === 0 && this.#section !== undefined) return undefined
    const found = `${bytes} bytes and the end of the capture`
    if (this.#skipped !== undefined) {
      return { offset, expected: `a block of ${this.#skipped.length} bytes`, found }
    }
    if (bytes < BLOCK_HEADER_BYTES) {
      return { offset, expected: `a block header of ${BLOCK_HEADER_BYTES} bytes`, found }
    }
    if (this.#section === undefined || view.getUint32(start) === SECTION_HEADER_BLOCK) {
      return { offset, expected: `a section header of ${SECTION_HEADER_BYTES} bytes`, found }
    }
    const length = view.getUint32(start + BLOCK_LENGTH, this.#section.littleEndian)
    return { offset, expected: `a block of ${length} bytes`, found }
  }

  // The hot loop: well-formed enhanced packet blocks of declared interfaces and nothing else. It
  // stops in front of any other block, and #readBlock finds out what that is. Nothing is allocated;
  // what belongs to the interface stays in locals until the interface changes.
  #readPackets(section: PcapngSection, view: DataView, start: number, end: number): number {
    const { littleEndian, interfaces } = section
    const handler = this.#handler
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
    let timeNs = this.#lastTimeNs
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
        scale = scaleOf(source, this.#clock, high, low)
        ;({ linktype, fcsBytes } = source.facts)
        ;({ whole, baseHigh, baseLow, highNs, numerator: lowNs, restNs } = scale)
      }
      if (whole) timeNs = (high - baseHigh) * highNs + ((low - baseLow) * lowNs - restNs)
      else if (scale !== undefined) timeNs = scale.toNs(high, low)
      const origlen = view.getUint32(at + PACKET_ORIGLEN, littleEndian)
      const optionsAt = frame + ((caplen + 3) & ~3)
      let fcs = fcsBytes
      if (optionsAt < trailer && source !== undefined) {
        fcs = this.#readOptions(source, view, optionsAt, trailer, littleEndian)
      }
      const frameEnd = frame + caplen - (fcs !== 0 ? fcsIn(caplen, origlen, fcs) : 0)
      handler.onRecord(view, frame, frameEnd, origlen, linktype, timeNs, id)
      records++
      at = next
    }
    this.#lastTimeNs = timeNs
    this.#info.records += records
    return at
  }

  /** Reads one block of any kind, and returns `at` if it is not there in whole yet. */
  #readBlock(view: DataView, at: number, end: number, base: number): number {
    if (end - at < BLOCK_HEADER_BYTES) return at
    const offset = base + at
    if (view.getUint32(at) === SECTION_HEADER_BLOCK) {
      if (end - at < SECTION_HEADER_BYTES) return at
      this.#section = new PcapngSection(view, at, offset, this.#info)
    }
    const section = this.#section
    if (section === undefined) return at
    const { littleEndian } = section
    const type = view.getUint32(at, littleEndian)
    const length = view.getUint32(at + BLOCK_LENGTH, littleEndian)
    const lengthMin = LENGTH_MIN.get(type) ?? BLOCK_HEADER_BYTES + TRAILER_BYTES
    if (length < lengthMin) throw badLength(offset, `at least ${lengthMin} bytes`, length)
    const trailer = at + paddedLength(length) - TRAILER_BYTES
    const needed = type !== SECTION_HEADER_BLOCK && LENGTH_MIN.has(type)
    if (!needed) {
      this.#skipped = { type, offset, length, left: trailer - at }
      return this.#skip(this.#skipped, view, at, end)
    }
    if (length > MAX_RECORD_BYTES) {
      throw badLength(offset, `at most ${MAX_RECORD_BYTES} bytes`, length)
    }
    if (trailer + TRAILER_BYTES > end) return at
    checkTrailer(view, trailer, littleEndian, offset, length)
    switch (type) {
      case INTERFACE_DESCRIPTION_BLOCK:
        section.describeInterface(view, at, trailer, offset)
        break
      case INTERFACE_STATISTICS_BLOCK:
        section.keepStatistics(view, at, trailer)
        break
      case SIMPLE_PACKET_BLOCK:
        this.#readSimplePacket(section, view, at, trailer, offset)
        break
      default:
        this.#readPacket(section, view, at, trailer, offset)
    }
    return trailer + TRAILER_BYTES
  }

  /** Passes over what is there of a block, and checks its trailer when that is reached. */
  #skip(block: SkippedBlock, view: DataView, start: number, end: number): number {
    const bytes = Math.min(block.left, end - start)
    const trailer = start + bytes
    block.left -= bytes
    if (block.left > 0 || end - trailer < TRAILER_BYTES) return trailer
    const littleEndian = this.#section?.littleEndian ?? true
    checkTrailer(view, trailer, littleEndian, block.offset, block.length)
    this.#skipped = undefined
    if (NUMBERED_BLOCKS.has(block.type)) {
      this.#info.skippedRecords++
      this.#handler.onSkippedRecord?.()
    }
    return trailer + TRAILER_BYTES
  }

  /** Delivers an obsolete packet block, or an enhanced one the hot loop did not take. */
  #readPacket(
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
    if (frame + caplen > trailer) {
      throw new CaptureError('ERR_CAPTURE_LENGTH', 'record larger than its block', {
        offset,
        expected: `a caplen of at most ${trailer - frame}`,
        found: `${caplen}`,
      })
    }
    const high = view.getUint32(at + PACKET_TIME_HIGH, littleEndian)
    const low = view.getUint32(at + PACKET_TIME_LOW, littleEndian)
    this.#lastTimeNs = scaleOf(source, this.#clock, high, low).toNs(high, low)
    const optionsAt = frame + paddedLength(caplen)
    const fcs =
      optionsAt < trailer
        ? this.#readOptions(source, view, optionsAt, trailer, littleEndian)
        : source.facts.fcsBytes
    const drops = obsolete ? view.getUint16(at + PACKET_DROPS, littleEndian) : DROPS_UNKNOWN
    if (drops !== DROPS_UNKNOWN) source.facts.recordDrops += drops
    this.#deliver(source, view, frame, frame + caplen - fcsIn(caplen, origlen, fcs), origlen)
  }

  /** Delivers a simple packet block: of the first interface, with no time and no caplen. */
  #readSimplePacket(
    section: PcapngSection,
    view: DataView,
    at: number,
    trailer: number,
    offset: number,
  ): void {
    const source = section.interfaceOf(0, offset)
    const { snaplen, fcsBytes } = source.facts
    const origlen = view.getUint32(at + SIMPLE_ORIGLEN, section.littleEndian)
    const frame = at + SIMPLE_FRAME
    const caplen = Math.min(origlen, snaplen === 0 ? origlen : snaplen, trailer - frame)
    this.#deliver(source, view, frame, frame + caplen - fcsIn(caplen, origlen, fcsBytes), origlen)
  }

  #deliver(
    source: PcapngInterface,
    view: DataView,
    frame: number,
    frameEnd: number,
    origlen: number,
  ): void {
    const { linktype, id } = source.facts
    this.#info.records++
    this.#handler.onRecord(view, frame, frameEnd, origlen, linktype, this.#lastTimeNs, id)
  }

  /** Counts what the options of a packet block say, and returns the FCS length of its frame. */
  #readOptions(
    source: PcapngInterface,
    view: DataView,
    start: number,
    end: number,
    littleEndian: boolean,
  ): number {
    const { facts } = source
    const options = this.#options
    readPacketOptions(view, start, end, littleEndian, options)
    facts.recordDrops += options.dropCount
    const direction = options.flags & 3
    if (direction === 1) facts.inboundRecords++
    else if (direction === 2) facts.outboundRecords++
    const fcsBytes = (options.flags >>> 5) & 15
    return fcsBytes === 0 ? facts.fcsBytes : fcsBytes
  }
}

/** FCS octets to take off a captured frame: only a frame that was captured in whole ends in one. */
function fcsIn(caplen: number, origlen: number, fcsBytes: number): number {
  return caplen >= origlen && caplen >= fcsBytes ? fcsBytes : 0
}

/** Some writers leave the padding out of the total length; Wireshark rounds it up, so do we. */
function paddedLength(length: number): number {
  return length % 4 === 0 ? length : length + 4 - (length % 4)
}

function checkTrailer(
  view: DataView,
  trailer: number,
  littleEndian: boolean,
  offset: number,
  length: number,
): void {
  const repeated = view.getUint32(trailer, littleEndian)
  if (repeated !== length && repeated !== paddedLength(length)) {
    throw new CaptureError('ERR_CAPTURE_LENGTH', 'block lengths differ', {
      offset,
      expected: `total length ${length} again at the end of the block`,
      found: `${repeated}`,
    })
  }
}

function badLength(offset: number, expected: string, length: number): CaptureError {
  const found = `${length}`
  return new CaptureError('ERR_CAPTURE_LENGTH', 'impossible block length', {
    offset,
    expected,
    found,
  })
}
