// Classic pcap, draft-ietf-opsawg-pcap, with the variants libpcap and Wireshark know.
//
//   file header    magic 4, version 2+2, reserved 4+4, snaplen 4, FCS length and linktype 4
//                  [IXIA: bytes of all records 4]
//   record header  seconds 4, fraction 4, caplen 4, origlen 4 [Kuznetsov: 8 more], then the frame
//
// The magic number gives byte order, unit of the fraction and header lengths.

import { count } from '../base/text.js'
import { CaptureError, type CaptureDamage } from '../base/errors.js'
import { quoting } from '../base/quoting.js'
import type { CaptureClock } from './clock.js'
import { addInterface, type CaptureFormat, type CaptureInfo } from './info.js'
import { MAX_RECORD_BYTES, type Reader, type ReaderContext } from './reader.js'
import type { RecordHandler } from './record.js'
import { secondsToNs, splitSeconds } from './timestamp.js'

const VERSION_MAJOR = 4
const VERSION_MINOR = 6
const SNAPLEN = 16
const LINKTYPE = 20

const SECONDS = 0
const FRACTION = 4
const CAPLEN = 8
const ORIGLEN = 12

const FILE_HEADER_BYTES = 24

/** Set in the linktype field if its upper four bits give the FCS length in units of 2 bytes. */
const FCS_LENGTH_PRESENT = 0x0400_0000

/** What the magic number says about a pcap. */
export interface PcapVariant {
  readonly format: CaptureFormat
  readonly littleEndian: boolean
  readonly nsPerFraction: number
  readonly fileHeaderBytes: number
  readonly recordHeaderBytes: number
}

type VariantRow = [CaptureFormat, number, number, number]

/** Length of a record's header in most variants. */
const PLAIN_HEADER_BYTES = 16
const STANDARD = FILE_HEADER_BYTES
const WITH_LENGTH = FILE_HEADER_BYTES + 4

const VARIANTS = new Map<number, VariantRow>([
  [0xa1b2c3d4, ['pcap', 1000, STANDARD, 16]],
  [0xa1b23c4d, ['pcap-ns', 1, STANDARD, 16]],
  [0xa1b2cd34, ['pcap-modified', 1000, STANDARD, 24]],
  [0x1c0001ab, ['pcap-ixia', 1000, WITH_LENGTH, 16]],
  [0x1c0001ac, ['pcap-ixia-ns', 1, WITH_LENGTH, 16]],
])

/** The variant of pcap that starts with these four bytes, if any does. */
export function pcapVariant(view: DataView, start: number): PcapVariant | undefined {
  for (const littleEndian of [true, false]) {
    const row = VARIANTS.get(view.getUint32(start, littleEndian))
    if (row !== undefined) {
      const [format, nsPerFraction, fileHeaderBytes, recordHeaderBytes] = row
      return { format, littleEndian, nsPerFraction, fileHeaderBytes, recordHeaderBytes }
    }
  }
  return undefined
}

/** Where caplen stands: version 2.3 put it before origlen, but some 2.3 writers did not follow. */
type LengthOrder = 'caplen-first' | 'origlen-first' | 'smaller-is-caplen'

/** Reads the records of one classic pcap. */
export class PcapReader implements Reader {
  private readonly variant: PcapVariant
  private readonly info: CaptureInfo
  private readonly handler: RecordHandler
  private readonly clock: CaptureClock
  private headerRead = false
  private clockRead = false
  private linktype = 0
  private fcsBytes = 0
  private nsPerFraction: number
  private lengthOrder: LengthOrder = 'caplen-first'
  private baseSeconds = 0
  private baseRestNs = 0

  constructor(variant: PcapVariant, { info, handler, clock }: ReaderContext) {
    this.variant = variant
    this.info = info
    this.handler = handler
    this.clock = clock
    this.nsPerFraction = variant.nsPerFraction
    info.format = variant.format
    info.littleEndian = variant.littleEndian
    info.sections = 1
  }

  read(view: DataView, start: number, end: number, base: number): number {
    let at = start
    if (!this.headerRead) {
      if (end - at < this.variant.fileHeaderBytes) return at
      this.readFileHeader(view, at, base)
      at += this.variant.fileHeaderBytes
      this.headerRead = true
    }
    if (!this.clockRead) this.readClock(view, at, end)
    return this.readRecords(view, at, end, base)
  }

  missing(view: DataView, start: number, end: number, base: number): CaptureDamage | undefined {
    const left = end - start
    const headerBytes = this.variant.recordHeaderBytes
    const found = `${count(left, 'byte')} and the end of the capture`
    const offset = base + start
    if (!this.headerRead) {
      return { offset, expected: `a file header of ${this.variant.fileHeaderBytes} bytes`, found }
    }
    if (left === 0) return undefined
    if (left < headerBytes) {
      return { offset, expected: `a record header of ${headerBytes} bytes`, found }
    }
    const caplen = this.caplen(view, start)
    return { offset, expected: quoting`a record of ${`${headerBytes} + ${caplen}`} bytes`, found }
  }

  pendingNs(view: DataView, start: number, end: number): number | undefined {
    if (!this.headerRead || end - start < this.variant.recordHeaderBytes) return undefined
    if (this.clock.baseNs === undefined || this.caplen(view, start) > MAX_RECORD_BYTES)
      return undefined
    const { littleEndian } = this.variant
    const { seconds, restNs } = splitSeconds(this.clock.baseNs)
    return (
      (view.getUint32(start + SECONDS, littleEndian) - seconds) * 1e9 +
      (view.getUint32(start + FRACTION, littleEndian) * this.nsPerFraction - restNs)
    )
  }

  release(): void {
    // A pcap has one interface, which nobody counts.
  }

  /** Whether every header of a record is the same few words as in nearly every capture. */
  private get isPlain(): boolean {
    const { littleEndian, recordHeaderBytes } = this.variant
    return (
      littleEndian &&
      recordHeaderBytes === PLAIN_HEADER_BYTES &&
      this.fcsBytes === 0 &&
      this.lengthOrder === 'caplen-first'
    )
  }

  private readFileHeader(view: DataView, at: number, base: number): void {
    const { littleEndian } = this.variant
    const info = this.info
    const major = view.getUint16(at + VERSION_MAJOR, littleEndian)
    const minor = view.getUint16(at + VERSION_MINOR, littleEndian)
    const snaplen = view.getUint32(at + SNAPLEN, littleEndian)
    const network = view.getUint32(at + LINKTYPE, littleEndian)
    const version = `${major}.${minor}`
    if (major < 2) {
      throw new CaptureError('ERR_CAPTURE_FORMAT', 'unsupported pcap version', {
        offset: base + at + VERSION_MAJOR,
        expected: 'version 2.0 or later',
        found: quoting`${version}`,
      })
    }
    info.version = version
    // Version 543.0 is DG/UX's tcpdump.
    if ((major === 2 && minor < 3) || major === 543) this.lengthOrder = 'origlen-first'
    else if (major === 2 && minor === 3) this.lengthOrder = 'smaller-is-caplen'
    this.linktype = network & 0xffff
    if ((network & FCS_LENGTH_PRESENT) !== 0) this.fcsBytes = (network >>> 28) * 2

    const aixLinktype = AIX_LINKTYPES.get(network)
    if (info.format === 'pcap' && info.version === '2.2' && aixLinktype !== undefined) {
      info.format = 'pcap-aix'
      this.linktype = aixLinktype
      this.nsPerFraction = 1
    }
    addInterface(info, this.linktype, snaplen, undefined)
  }

  /** Sets the zero of the times with the first whole record, if no earlier capture has. */
  private readClock(view: DataView, at: number, end: number): void {
    const { littleEndian, recordHeaderBytes } = this.variant
    if (end - at < recordHeaderBytes) return
    const caplen = this.caplen(view, at)
    if (caplen > MAX_RECORD_BYTES || end - at < recordHeaderBytes + caplen) return
    this.clock.baseNs ??= secondsToNs(
      view.getUint32(at + SECONDS, littleEndian),
      view.getUint32(at + FRACTION, littleEndian),
      this.nsPerFraction,
    )
    const { seconds, restNs } = splitSeconds(this.clock.baseNs)
    this.baseSeconds = seconds
    this.baseRestNs = restNs
    this.clockRead = true
    const { linktype, nsPerFraction } = this
    if (this.isPlain) {
      this.handler.beginRun?.({ linktype, nsPerFraction, baseSeconds: seconds, baseRestNs: restNs })
    }
  }

  private caplen(view: DataView, at: number): number {
    const { littleEndian } = this.variant
    const first = view.getUint32(at + CAPLEN, littleEndian)
    const second = view.getUint32(at + ORIGLEN, littleEndian)
    if (this.lengthOrder === 'caplen-first') return first
    return this.lengthOrder === 'origlen-first' ? second : Math.min(first, second)
  }

  // The hot loop: everything it needs is in locals, nothing is allocated, no branch depends on the
  // variant but the last one of each line. Guarded by test/bench.
  private readRecords(view: DataView, start: number, end: number, base: number): number {
    const { littleEndian, recordHeaderBytes } = this.variant
    const handler = this.handler
    const linktype = this.linktype
    const fcsBytes = this.fcsBytes
    const nsPerFraction = this.nsPerFraction
    const baseSeconds = this.baseSeconds
    const baseRestNs = this.baseRestNs
    const caplenAt = this.lengthOrder === 'origlen-first' ? ORIGLEN : CAPLEN
    const origlenAt = this.lengthOrder === 'origlen-first' ? CAPLEN : ORIGLEN
    const mayBeSwapped = this.lengthOrder === 'smaller-is-caplen'
    const lastHeader = end - recordHeaderBytes
    const runs = this.isPlain ? handler : undefined
    let records = 0
    let at = start
    while (at <= lastHeader) {
      at = runs?.onRun?.(view, at, end, this.info) ?? at
      if (at > lastHeader) break
      let caplen = view.getUint32(at + caplenAt, littleEndian)
      let origlen = view.getUint32(at + origlenAt, littleEndian)
      if (mayBeSwapped && caplen > origlen) {
        const smaller = origlen
        origlen = caplen
        caplen = smaller
      }
      const frame = at + recordHeaderBytes
      let frameEnd = frame + caplen
      if (frameEnd > end || caplen > MAX_RECORD_BYTES) {
        this.info.records += records
        if (caplen > MAX_RECORD_BYTES) throw badLength(base + at, caplen)
        return at
      }
      const next = frameEnd
      if (fcsBytes !== 0 && caplen >= origlen && caplen >= fcsBytes) frameEnd -= fcsBytes
      const timeNs =
        (view.getUint32(at, littleEndian) - baseSeconds) * 1e9 +
        (view.getUint32(at + FRACTION, littleEndian) * nsPerFraction - baseRestNs)
      handler.onRecord(view, frame, frameEnd, origlen, linktype, timeNs, 0)
      records++
      at = next
    }
    this.info.records += records
    return at
  }
}

/** AIX writes version 2.2 with ns fractions and RFC 1573 interface types instead of linktypes. */
const AIX_LINKTYPES = new Map([
  [6, 1],
  [9, 6],
  [15, 10],
  [24, 0],
])

function badLength(offset: number, caplen: number): CaptureError {
  return new CaptureError('ERR_CAPTURE_LENGTH', 'impossible record length', {
    offset,
    expected: `a caplen of at most ${MAX_RECORD_BYTES}`,
    found: quoting`${caplen}`,
  })
}
