// One section of a pcapng: its byte order and its interfaces, each with its own clock.

import { CaptureError } from '../../base/errors.js'
import { quoting } from '../../base/quoting.js'
import type { CaptureClock } from '../clock.js'
import { addInterface, type CaptureInfo } from '../info.js'
import type { InterfaceBudget } from '../interface-budget.js'
import { DEFAULT_TSRESOL, TickScale, TickUnit, isTickUnit, tsresolText } from '../timestamp.js'
import { type InterfaceOptions, readInterfaceOptions, readInterfaceStatistics } from './options.js'

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

/** One interface of a section. */
export interface PcapngInterface {
  /** LINKTYPE_ value. */
  readonly linktype: number
  /** Most bytes kept of a frame, 0 for no limit. */
  readonly snaplen: number
  /** Bytes of frame check sequence at the end of each frame. */
  readonly fcsBytes: number
  readonly unit: TickUnit
  /** Undefined until the first record with a time, which may be the one that sets the base. */
  scale: TickScale | undefined
  /** Packets the last statistics block says were lost, by the interface and by the system; undefined where none has said. */
  interfaceDrops: number | undefined
  systemDrops: number | undefined
  /** Sum of epb_dropcount and of the drop counts of obsolete packet blocks. */
  recordDrops: number
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
  private readonly budget: InterfaceBudget

  /**
   * Reads the first 16 bytes of the section header block at `at`.
   *
   * @param offset Offset of the block in the capture.
   * @throws {CaptureError} ERR_CAPTURE_FORMAT if byte order or version are unknown.
   */
  constructor(
    view: DataView,
    at: number,
    offset: number,
    info: CaptureInfo,
    budget: InterfaceBudget,
  ) {
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
    this.budget = budget
    info.sections++
    info.littleEndian = this.littleEndian
    info.version = version
  }

  /** Adds the interface described by the whole block at `at`, whose trailer stands at `trailer`. */
  describeInterface(view: DataView, at: number, trailer: number, offset: number): void {
    const { littleEndian, budget, info } = this
    if (budget.left === 0) {
      throw new CaptureError('ERR_CAPTURE_LENGTH', 'too many interfaces', {
        offset,
        expected: `at most ${budget.most}`,
        found: 'another interface description block',
      })
    }
    const options = readInterfaceOptions(view, at + INTERFACE_OPTIONS, trailer, littleEndian)
    if (!isTickUnit(options.tsresol ?? DEFAULT_TSRESOL)) {
      throw new CaptureError('ERR_CAPTURE_FORMAT', 'unsupported clock of an interface', {
        offset,
        expected: 'an if_tsresol of 10^-19 s, 2^-63 s or longer',
        found: quoting`${tsresolText(options.tsresol ?? DEFAULT_TSRESOL)}`,
      })
    }
    budget.left--
    const linktype = view.getUint16(at + INTERFACE_LINKTYPE, littleEndian)
    const snaplen = view.getUint32(at + INTERFACE_SNAPLEN, littleEndian)
    addInterface(info, linktype, snaplen, options.name)
    this.interfaces.push({
      linktype,
      snaplen,
      fcsBytes: options.fcsBytes,
      unit: this.unitOf(options),
      scale: undefined,
      interfaceDrops: undefined,
      systemDrops: undefined,
      recordDrops: 0,
    })
  }

  /** Keeps the counters of the whole interface statistics block at `at`: the last one counts. */
  keepStatistics(view: DataView, at: number, trailer: number): void {
    const id = view.getUint32(at + STATISTICS_INTERFACE, this.littleEndian)
    // Nothing hangs on statistics of an interface nobody declared; Wireshark passes over them too.
    const source = this.interfaces[id]
    if (source === undefined) return
    const { interfaceDrops, systemDrops } = readInterfaceStatistics(
      view,
      at + STATISTICS_OPTIONS,
      trailer,
      this.littleEndian,
    )
    const before = dropsOf(source)
    source.interfaceDrops = interfaceDrops ?? source.interfaceDrops
    source.systemDrops = systemDrops ?? source.systemDrops
    this.countDrops(before, dropsOf(source))
  }

  /** Adds what a record says was lost since the one before. */
  addDrops(source: PcapngInterface, drops: number): void {
    const before = dropsOf(source)
    source.recordDrops += drops
    this.countDrops(before, dropsOf(source))
  }

  /** The interfaces mean nothing any more: the section has ended. */
  release(): void {
    this.budget.left += this.interfaces.length
  }

  private countDrops(before: number | undefined, after: number | undefined): void {
    if (after === undefined) return
    const { info } = this
    info.droppedPackets = (info.droppedPackets ?? 0) + after - (before ?? 0)
    if (after > 0) info.hasDrops = true
  }

  /** Most interfaces have the clock of the one before. */
  private unitOf({ tsresol = DEFAULT_TSRESOL, tsoffset }: InterfaceOptions): TickUnit {
    const unit = this.interfaces.at(-1)?.unit
    if (unit?.tsresol === tsresol && unit.offsetSeconds === tsoffset) return unit
    return new TickUnit(tsresol, tsoffset)
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

/** Packets lost on an interface, undefined where it does not say. They are told twice: the larger number counts. */
function dropsOf({
  interfaceDrops,
  systemDrops,
  recordDrops,
}: PcapngInterface): number | undefined {
  if (interfaceDrops === undefined && systemDrops === undefined && recordDrops === 0)
    return undefined
  return Math.max((interfaceDrops ?? 0) + (systemDrops ?? 0), recordDrops)
}
