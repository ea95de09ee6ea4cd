// The option lists of pcapng blocks, draft-ietf-opsawg-pcapng §3.5: code 2, length 2, value, padding
// to 4 bytes. Options refine what is known of a capture and decide nothing, so a list that runs
// beyond its block ends there instead of condemning the capture.

const OPT_END = 0
const OPTION_HEADER_BYTES = 4

const EPB_FLAGS = 2
const EPB_DROPCOUNT = 4
const IF_NAME = 2
const IF_TSRESOL = 9
const IF_FCSLEN = 13
const IF_TSOFFSET = 14
const ISB_IFDROP = 5
const ISB_OSDROP = 7

/** Options of an interface description block; undefined where absent. */
export interface InterfaceOptions {
  name: string | undefined
  tsresol: number | undefined
  tsoffset: bigint
  fcsBytes: number
}

/** Counters of an interface statistics block; undefined where absent. */
export interface InterfaceStatistics {
  interfaceDrops: number | undefined
  systemDrops: number | undefined
}

/** Options of the packet block read last; one object reused for all. */
export interface PacketOptions {
  /** epb_flags, 0 if absent: direction in the lowest two bits, FCS length in bits 5 to 8. */
  flags: number
  /** Packets lost since the one before on this interface. */
  dropCount: number
}

/** Reads the options in `view[start, end)` of an interface description block. */
export function readInterfaceOptions(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
): InterfaceOptions {
  const options: InterfaceOptions = {
    name: undefined,
    tsresol: undefined,
    tsoffset: 0n,
    fcsBytes: 0,
  }
  for (let at = start; hasOption(view, at, end, littleEndian); at += optionBytes) {
    const value = at + OPTION_HEADER_BYTES
    const length = view.getUint16(at + 2, littleEndian)
    switch (view.getUint16(at, littleEndian)) {
      case IF_NAME:
        options.name ??= readText(view, value, length)
        break
      case IF_TSRESOL:
        if (length === 1) options.tsresol ??= view.getUint8(value)
        break
      case IF_FCSLEN:
        if (length === 1) options.fcsBytes = view.getUint8(value)
        break
      case IF_TSOFFSET:
        if (length === 8) options.tsoffset = view.getBigInt64(value, littleEndian)
        break
    }
  }
  return options
}

/** Reads the options in `view[start, end)` of an interface statistics block. */
export function readInterfaceStatistics(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
): InterfaceStatistics {
  const statistics: InterfaceStatistics = {
    interfaceDrops: undefined,
    systemDrops: undefined,
  }
  for (let at = start; hasOption(view, at, end, littleEndian); at += optionBytes) {
    if (view.getUint16(at + 2, littleEndian) !== 8) continue
    const count = Number(view.getBigUint64(at + OPTION_HEADER_BYTES, littleEndian))
    switch (view.getUint16(at, littleEndian)) {
      case ISB_IFDROP:
        statistics.interfaceDrops = count
        break
      case ISB_OSDROP:
        statistics.systemDrops = count
        break
    }
  }
  return statistics
}

/** Reads the options in `view[start, end)` of a packet block into `options`, allocating nothing. */
export function readPacketOptions(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
  options: PacketOptions,
): void {
  options.flags = 0
  options.dropCount = 0
  for (let at = start; hasOption(view, at, end, littleEndian); at += optionBytes) {
    const code = view.getUint16(at, littleEndian)
    const length = view.getUint16(at + 2, littleEndian)
    const value = at + OPTION_HEADER_BYTES
    if (code === EPB_FLAGS && length === 4) {
      options.flags = view.getUint32(value, littleEndian)
    } else if (code === EPB_DROPCOUNT && length === 8) {
      const high = view.getUint32(littleEndian ? value + 4 : value, littleEndian)
      const low = view.getUint32(littleEndian ? value : value + 4, littleEndian)
      options.dropCount = high * 0x1_0000_0000 + low
    }
  }
}

/** Bytes of the option `hasOption` saw last, padding included: the step to the next one. */
let optionBytes = 0

/** True if a whole option other than the end mark stands at `at`. */
function hasOption(view: DataView, at: number, end: number, littleEndian: boolean): boolean {
  if (end - at < OPTION_HEADER_BYTES || view.getUint16(at, littleEndian) === OPT_END) return false
  const length = view.getUint16(at + 2, littleEndian)
  optionBytes = OPTION_HEADER_BYTES + ((length + 3) & ~3)
  return length <= end - at - OPTION_HEADER_BYTES
}

/** Bytes kept of a text; the name of an interface may be 64 KB long. */
const TEXT_BYTES_MAX = 256

/** Text of a string option, cut where it is too long. Some writers count the terminating zeros in the length. */
function readText(view: DataView, start: number, length: number): string {
  const kept = new Uint8Array(
    view.buffer,
    view.byteOffset + start,
    Math.min(length, TEXT_BYTES_MAX),
  )
  const zero = kept.indexOf(0)
  const isCut = zero === -1 && length > TEXT_BYTES_MAX
  // With `stream` a character that is cut through is left out.
  const text = new TextDecoder().decode(zero === -1 ? kept : kept.subarray(0, zero), {
    stream: isCut,
  })
  return isCut ? `${text}…` : text
}
