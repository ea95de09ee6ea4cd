// Captures made in memory, byte by byte from the format descriptions and with no code of src/, so
// that a test of a reader does not hear its own echo.

/** A record to be written. */
export interface BuiltRecord {
  /** Absolute time in ns since 1970. Formats with a coarser clock cut it off. */
  readonly timeNs: bigint
  readonly bytes: Uint8Array
  /** Bytes on the wire; the captured ones if not given. */
  readonly origlen?: number
  /** pcapng only: the interface it was seen on, 0 if not given. */
  readonly interfaceId?: number
}

/** The variants of classic pcap: magic number, ns per fraction, bytes added to each kind of header. */
const PCAP_VARIANTS = {
  pcap: { magic: 0xa1b2c3d4, fractionNs: 1000n, fileExtra: 0, recordExtra: 0 },
  'pcap-ns': { magic: 0xa1b23c4d, fractionNs: 1n, fileExtra: 0, recordExtra: 0 },
  'pcap-modified': { magic: 0xa1b2cd34, fractionNs: 1000n, fileExtra: 0, recordExtra: 8 },
  'pcap-ixia': { magic: 0x1c0001ab, fractionNs: 1000n, fileExtra: 4, recordExtra: 0 },
  'pcap-ixia-ns': { magic: 0x1c0001ac, fractionNs: 1n, fileExtra: 4, recordExtra: 0 },
} as const

/** Name of a variant of classic pcap, spelled as `CaptureInfo.format`. */
export type PcapFormat = keyof typeof PCAP_VARIANTS

/** Every variant of classic pcap. */
export const PCAP_FORMATS: readonly PcapFormat[] = [
  'pcap',
  'pcap-ns',
  'pcap-modified',
  'pcap-ixia',
  'pcap-ixia-ns',
]

/** What to write into a pcap besides its records. */
export interface PcapOptions {
  readonly format?: PcapFormat
  readonly littleEndian?: boolean
  /** The whole linktype field, FCS bits included; 1 (Ethernet) if not given. */
  readonly linktype?: number
  readonly snaplen?: number
  readonly version?: readonly [major: number, minor: number]
  /** Writes origlen before caplen, as versions before 2.3 did. */
  readonly lengthsSwapped?: boolean
}

/** Writes a classic pcap. */
export function buildPcap(records: readonly BuiltRecord[], options: PcapOptions = {}): Uint8Array {
  const variant = PCAP_VARIANTS[options.format ?? 'pcap']
  const [major, minor] = options.version ?? [2, 4]
  const out = new Bytes(options.littleEndian ?? true)
  out.u32(variant.magic).u16(major).u16(minor).u32(0).u32(0)
  out.u32(options.snaplen ?? 262_144).u32(options.linktype ?? 1)
  out.zeros(variant.fileExtra)
  for (const { timeNs, bytes, origlen = bytes.length } of records) {
    out.u32(Number(timeNs / 1_000_000_000n))
    out.u32(Number((timeNs % 1_000_000_000n) / variant.fractionNs))
    if (options.lengthsSwapped === true) out.u32(origlen).u32(bytes.length)
    else out.u32(bytes.length).u32(origlen)
    out.zeros(variant.recordExtra).raw(bytes)
  }
  return out.take()
}

/** Writes a pcapng of one section and one Ethernet interface with ns times. */
export function buildPcapng(records: readonly BuiltRecord[], littleEndian = true): Uint8Array {
  const capture = new PcapngBuilder().section({ littleEndian }).interface({ tsresol: 9 })
  for (const record of records) capture.packet(record)
  return capture.take()
}

/** One pcapng option: its code and its bytes in the byte order of the section. */
export type BuiltOption = readonly [code: number, value: Uint8Array]

/** What to write into an interface description block. */
export interface InterfaceOptions {
  readonly linktype?: number
  readonly snaplen?: number
  readonly name?: string
  /** The if_tsresol byte; without it the clock counts µs and the option is left out. */
  readonly tsresol?: number
  readonly tsoffset?: bigint
  readonly fcsBytes?: number
}

/** Lengths to write instead of the right ones. */
export interface WrongLengths {
  readonly length?: number
  readonly trailer?: number
}

/** Writes a pcapng block by block. */
export class PcapngBuilder {
  #out = new Bytes(true)
  #littleEndian = true
  #interfaces: { ticksPerSecond: bigint; tsoffset: bigint }[] = []

  /** Starts a section; interfaces are numbered anew. */
  section(options: { littleEndian?: boolean; version?: readonly [number, number] } = {}): this {
    this.#littleEndian = options.littleEndian ?? true
    this.#interfaces = []
    const [major, minor] = options.version ?? [1, 0]
    const body = this.body().u32(0x1a2b3c4d).u16(major).u16(minor)
    return this.block(0x0a0d0d0a, body.u32(0xffffffff).u32(0xffffffff).take())
  }

  /** Declares the next interface of the section. */
  interface(options: InterfaceOptions = {}): this {
    const { name, tsresol, tsoffset, fcsBytes } = options
    const list: BuiltOption[] = []
    if (name !== undefined) list.push([2, new TextEncoder().encode(name)])
    if (tsresol !== undefined) list.push([9, Uint8Array.of(tsresol)])
    if (fcsBytes !== undefined) list.push([13, Uint8Array.of(fcsBytes)])
    if (tsoffset !== undefined) list.push([14, this.u64(BigInt.asUintN(64, tsoffset))])
    const digits = BigInt((tsresol ?? 6) & 0x7f)
    const radix = ((tsresol ?? 6) & 0x80) === 0 ? 10n : 2n
    this.#interfaces.push({ ticksPerSecond: radix ** digits, tsoffset: tsoffset ?? 0n })
    const body = this.body()
      .u16(options.linktype ?? 1)
      .u16(0)
      .u32(options.snaplen ?? 262_144)
    return this.block(1, body.raw(this.options(list)).take())
  }

  /** Writes an enhanced packet block. */
  packet(record: BuiltRecord, options: readonly BuiltOption[] = []): this {
    const id = record.interfaceId ?? 0
    const body = this.body().u32(id).raw(this.#ticks(record.timeNs, id))
    return this.block(6, this.#frame(body, record).raw(this.options(options)).take())
  }

  /** Writes an obsolete packet block (type 2). */
  obsoletePacket(record: BuiltRecord, drops = 0xffff): this {
    const id = record.interfaceId ?? 0
    const body = this.body().u16(id).u16(drops).raw(this.#ticks(record.timeNs, id))
    return this.block(2, this.#frame(body, record).take())
  }

  /** Writes a simple packet block. */
  simplePacket(bytes: Uint8Array, origlen: number = bytes.length): this {
    return this.block(3, this.body().u32(origlen).raw(bytes).pad().take())
  }

  /** Writes an interface statistics block with any of isb_ifrecv, isb_ifdrop and isb_osdrop. */
  statistics(id: number, counts: { ifrecv?: bigint; ifdrop?: bigint; osdrop?: bigint }): this {
    const list: BuiltOption[] = []
    if (counts.ifrecv !== undefined) list.push([4, this.u64(counts.ifrecv)])
    if (counts.ifdrop !== undefined) list.push([5, this.u64(counts.ifdrop)])
    if (counts.osdrop !== undefined) list.push([7, this.u64(counts.osdrop)])
    return this.block(5, this.body().u32(id).u32(0).u32(0).raw(this.options(list)).take())
  }

  /** Writes a block of any type around a body of any length, with wrong lengths if asked. */
  block(type: number, body: Uint8Array, wrong: WrongLengths = {}): this {
    const length = 12 + body.length + padding(body.length)
    const out = this.body()
      .u32(type)
      .u32(wrong.length ?? length)
    out
      .raw(body)
      .pad()
      .u32(wrong.trailer ?? wrong.length ?? length)
    return this.raw(out.take())
  }

  /** Writes bytes as they are. */
  raw(bytes: Uint8Array): this {
    this.#out.raw(bytes)
    return this
  }

  /** An empty body in the byte order of the section, for `block`. */
  body(): Bytes {
    return new Bytes(this.#littleEndian)
  }

  /** A 64-bit number in the byte order of the section, for option values. */
  u64(value: bigint): Uint8Array {
    const low = Number(value & 0xffff_ffffn)
    const high = Number(value >> 32n)
    return this.#littleEndian
      ? this.body().u32(low).u32(high).take()
      : this.body().u32(high).u32(low).take()
  }

  /** A list of options with its end mark; nothing for an empty one. */
  options(list: readonly BuiltOption[]): Uint8Array {
    const out = this.body()
    for (const [code, value] of list) out.u16(code).u16(value.length).raw(value).pad()
    return list.length === 0 ? out.take() : out.u32(0).take()
  }

  /** The capture so far. */
  take(): Uint8Array {
    return this.#out.take()
  }

  #ticks(timeNs: bigint, id: number): Uint8Array {
    // An undeclared interface is what some tests are about: its clock is as good as any.
    const { ticksPerSecond, tsoffset } = this.#interfaces[id] ?? {
      ticksPerSecond: 1_000_000n,
      tsoffset: 0n,
    }
    const ticks = ((timeNs - tsoffset * 1_000_000_000n) * ticksPerSecond) / 1_000_000_000n
    return this.body()
      .u32(Number(BigInt.asUintN(32, ticks >> 32n)))
      .u32(Number(BigInt.asUintN(32, ticks)))
      .take()
  }

  #frame(body: Bytes, record: BuiltRecord): Bytes {
    const { bytes, origlen = bytes.length } = record
    return body.u32(bytes.length).u32(origlen).raw(bytes).pad()
  }
}

/** A growing row of bytes in one byte order. */
export class Bytes {
  readonly #littleEndian: boolean
  readonly #parts: Uint8Array[] = []
  #length = 0

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian
  }

  u8(value: number): this {
    return this.raw(Uint8Array.of(value))
  }

  u16(value: number): this {
    const part = new Uint8Array(2)
    new DataView(part.buffer).setUint16(0, value, this.#littleEndian)
    return this.raw(part)
  }

  u32(value: number): this {
    const part = new Uint8Array(4)
    new DataView(part.buffer).setUint32(0, value, this.#littleEndian)
    return this.raw(part)
  }

  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes)
    this.#length += bytes.length
    return this
  }

  zeros(count: number): this {
    return this.raw(new Uint8Array(count))
  }

  /** Fills up to a multiple of 4 bytes. */
  pad(): this {
    return this.zeros(padding(this.#length))
  }

  take(): Uint8Array {
    return concat(this.#parts)
  }
}

/** Joins bytes. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function padding(length: number): number {
  return (4 - (length % 4)) % 4
}
