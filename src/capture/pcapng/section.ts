// One section of a pcapng: its byte order and its interfaces, each with its own clock.

import { CaptureError } from '../../base/errors.js'
import { quoting } from '../../base/quoting.js'
import type { CaptureClock } from '../clock.js'
import { addInterface, type CaptureInfo, type CaptureInterface } from '../info.js'
import { DEFAULT_TSRESOL, TickScale, TickUnit } from '../timestamp.js'
import { readInterfaceOptions, readInterfaceStatistics } from './options.js'

const BYTE_ORDER_MAGIC = 0x1a2b3c4d
const BYTE_ORDER_MAGIC_SWAPPED = 0x4d3c2b1a

// Offsets from the start of a section header block.
const SECTION_MAGIC = 8
const SECTION_VERSION_MAJOR = 12
const SECTION_VERSION_MINOR = 14

// Offsets from the start of an interface description block.
const INTERFACE_LINKTYPE = 8
const INTERFACE_SNAPLEN = 12
const INTERFACE_OPTIONS = 16

// Offsets from the start of an interface statistics block.
const STATISTICS_INTERFACE = 8
const STATISTICS_OPTIONS = 20

/** Limit against captures that are made of nothing but interfaces. */
const MAX_INTERFACES = 1 << 18

/** One interface of a section. */
export interface PcapngInterface {
  /** What reports are told about it; counters are kept there. */
  readonly facts: CaptureInterface
  readonly unit: TickUnit
  /** Undefined until the first record with a time, which may be the one that sets the base. */
  scale: TickScale | undefined
}

/** The clock of an interface, set to zero by a record with this time if nothing has been yet. */
export function scaleOf(
  source: PcapngInterface,
  clock: CaptureClock,
  high: number,
  low: number,
): TickScale {
  clock.baseNs ??= source.unit.toNs(high, low)
  source.scale ??= new TickScale(source.unit, clock.baseNs)
  return source.scale
}

/** Byte order and interfaces of the section being read. */
export class PcapngSection {
  readonly littleEndian: boolean
  readonly interfaces: PcapngInterface[] = []
  private readonly info: CaptureInfo

  /**
   * Reads the first 16 bytes of the section header block at `at`.
   *
   * @param offset Offset of the block in the capture.
   * @throws {CaptureError} ERR_CAPTURE_FORMAT if byte order or version are unknown.
   */
  constructor(view: DataView, at: number, offset: number, info: CaptureInfo) {
    const magic = view.getUint32(at + SECTION_MAGIC, true)
    if (magic !== BYTE_ORDER_MAGIC && magic !== BYTE_ORDER_MAGIC_SWAPPED) {
      const found = view.getUint32(at + SECTION_MAGIC)
      throw new CaptureError('ERR_CAPTURE_FORMAT', 'unknown pcapng byte order', {
        offset: offset + SECTION_MAGIC,
        expected: 'byte-order magic 0x1a2b3c4d',
        found: quoting`${`0x${found.toString(16).padStart(8, '0')}`}`,
      })
    }
    this.littleEndian = magic === BYTE_ORDER_MAGIC
    const major = view.getUint16(at + SECTION_VERSION_MAJOR, this.littleEndian)
    const minor = view.getUint16(at + SECTION_VERSION_MINOR, this.littleEndian)
    const version = `${major}.${minor}`
    if (major !== 1) {
      throw new CaptureError('ERR_CAPTURE_FORMAT', 'unsupported pcapng version', {
        offset: offset + SECTION_VERSION_MAJOR,
        expected: 'version 1',
        found: quoting`${version}`,
      })
    }
    this.info = info
    info.sections++
    info.littleEndian = this.littleEndian
    info.version = version
  }

  /** Adds the interface described by the whole block at `at`, whose trailer stands at `trailer`. */
  describeInterface(view: DataView, at: number, trailer: number, offset: number): void {
    const { littleEndian } = this
    if (this.info.interfaces.length >= MAX_INTERFACES) {
      throw new CaptureError('ERR_CAPTURE_LENGTH', 'too many interfaces', {
        offset,
        expected: `at most ${MAX_INTERFACES}`,
        found: 'another interface description block',
      })
    }
    const options = readInterfaceOptions(view, at + INTERFACE_OPTIONS, trailer, littleEndian)
    const facts = addInterface(
      this.info,
      this.interfaces.length,
      view.getUint16(at + INTERFACE_LINKTYPE, littleEndian),
      view.getUint32(at + INTERFACE_SNAPLEN, littleEndian),
      options.name,
      options.fcsBytes,
    )
    const unit = new TickUnit(options.tsresol ?? DEFAULT_TSRESOL, options.tsoffset)
    this.interfaces.push({ facts, unit, scale: undefined })
  }

  /** Keeps the counters of the whole interface statistics block at `at`: the last one counts. */
  keepStatistics(view: DataView, at: number, trailer: number): void {
    const id = view.getUint32(at + STATISTICS_INTERFACE, this.littleEndian)
    // Nothing hangs on statistics of an interface nobody declared; Wireshark passes over them too.
    const facts = this.interfaces[id]?.facts
    if (facts === undefined) return
    const statistics = readInterfaceStatistics(
      view,
      at + STATISTICS_OPTIONS,
      trailer,
      this.littleEndian,
    )
    facts.received = statistics.received ?? facts.received
    facts.interfaceDrops = statistics.interfaceDrops ?? facts.interfaceDrops
    facts.systemDrops = statistics.systemDrops ?? facts.systemDrops
    if ((facts.interfaceDrops ?? 0) + (facts.systemDrops ?? 0) > 0) this.info.hasDrops = true
  }

  /** @throws {CaptureError} ERR_CAPTURE_FORMAT if the section has not declared this interface. */
  interfaceOf(id: number, offset: number): PcapngInterface {
    const source = this.interfaces[id]
    if (source === undefined) {
      throw new CaptureError('ERR_CAPTURE_FORMAT', 'record of an undeclared interface', {
        offset,
        expected: `an interface below ${this.interfaces.length}`,
        found: quoting`interface ${id}`,
      })
    }
    return source
  }
}
