// What a capture says about itself: filled in by the readers while they read, for reports only. It stays small whatever the
// capture says: of what may come a million times, numbers are kept.

import type { CompressionName } from './compression/decompressor.js'

/** Names of the capture formats this package reads. */
export type CaptureFormat =
  'pcap' | 'pcap-ns' | 'pcap-modified' | 'pcap-aix' | 'pcap-ixia' | 'pcap-ixia-ns' | 'pcapng'

/** Names of interfaces that are kept of a capture, and the length of all of them as JSON. */
export const MAX_INTERFACE_NAMES = 100
const MAX_NAME_CHARS = 1024

/** Facts about one capture; complete when its reading has ended. */
export interface CaptureInfo {
  /** Undefined until the first bytes have been seen. */
  format: CaptureFormat | undefined
  /** What it is compressed with. */
  compression: CompressionName | undefined
  /** Byte order of the last section. */
  littleEndian: boolean
  /** Version of the format, such as '2.4'. */
  version: string
  /** Largest snaplen of any interface; 0 stands for no limit and counts as the largest. */
  snaplen: number
  /** LINKTYPE_ values of the interfaces, in order of appearance. */
  readonly linktypes: Set<number>
  /** Interfaces of all sections; a pcap has one. */
  interfaces: number
  /** Names of interfaces, each once and the first {@link MAX_INTERFACE_NAMES}. As found: may hold control characters. */
  readonly interfaceNames: string[]
  /** Length of these names as JSON. */
  nameChars: number
  /** Interfaces whose name is not among them. */
  interfacesLeftOut: number
  /** Packets lost before they reached the capture, undefined where it does not say. */
  droppedPackets: number | undefined
  /** Sections of a pcapng, 1 for a pcap. */
  sections: number
  /** Records handed to `onRecord`. */
  records: number
  /** Of these, and of the entries without a frame, those that have the time of a neighbour. */
  untimedRecords: number
  /** Entries handed to `onSkippedRecord`. */
  skippedRecords: number
  /** Bytes of the (decompressed) capture that were used. */
  bytes: number
  /** Some interface has told that packets were lost before they reached the capture. */
  hasDrops: boolean
}

/** The info of a capture of which nothing has been read. */
export function emptyCaptureInfo(): CaptureInfo {
  return {
    format: undefined,
    compression: undefined,
    littleEndian: true,
    version: '',
    snaplen: 0,
    linktypes: new Set(),
    interfaces: 0,
    interfaceNames: [],
    nameChars: 0,
    interfacesLeftOut: 0,
    droppedPackets: undefined,
    sections: 0,
    records: 0,
    untimedRecords: 0,
    skippedRecords: 0,
    bytes: 0,
    hasDrops: false,
  }
}

/** Adds an interface. */
export function addInterface(
  info: CaptureInfo,
  linktype: number,
  snaplen: number,
  name: string | undefined,
): void {
  const unlimited = snaplen === 0 || (info.interfaces > 0 && info.snaplen === 0)
  info.snaplen = unlimited ? 0 : Math.max(info.snaplen, snaplen)
  info.interfaces++
  info.linktypes.add(linktype)
  if (name !== undefined) addName(info, name)
}

/** Adds what is known of a capture to what is known of several. */
export function addInfo(all: CaptureInfo, one: CaptureInfo): void {
  all.format ??= one.format
  all.bytes += one.bytes
  all.records += one.records
  all.untimedRecords += one.untimedRecords
  all.skippedRecords += one.skippedRecords
  // None of all is the largest, where there is one.
  const unlimited = isUnlimited(all) || isUnlimited(one)
  all.snaplen = unlimited ? 0 : Math.max(all.snaplen, one.snaplen)
  all.interfaces += one.interfaces
  all.interfacesLeftOut += one.interfacesLeftOut
  all.hasDrops ||= one.hasDrops
  if (one.droppedPackets !== undefined) {
    all.droppedPackets = (all.droppedPackets ?? 0) + one.droppedPackets
  }
  for (const name of one.interfaceNames) addName(all, name)
  for (const type of one.linktypes) all.linktypes.add(type)
}

function isUnlimited({ interfaces, snaplen }: CaptureInfo): boolean {
  return interfaces > 0 && snaplen === 0
}

function addName(info: CaptureInfo, name: string): void {
  const { interfaceNames } = info
  if (interfaceNames.includes(name)) return
  const chars = info.nameChars + JSON.stringify(name).length
  if (interfaceNames.length < MAX_INTERFACE_NAMES && chars <= MAX_NAME_CHARS) {
    interfaceNames.push(name)
    info.nameChars = chars
  } else info.interfacesLeftOut++
}
