// What a capture says about itself: filled in by the readers while they read, for reports only.

/** Names of the capture formats this package reads. */
export type CaptureFormat =
  'pcap' | 'pcap-ns' | 'pcap-modified' | 'pcap-aix' | 'pcap-ixia' | 'pcap-ixia-ns' | 'pcapng'

/** One interface of a capture. A pcap has exactly one. */
export interface CaptureInterface {
  /** Section of the pcapng, counted from 0. Interface ids start anew in each section. */
  readonly section: number
  /** Index in its section, as `RecordHandler.onRecord` gets it. */
  readonly id: number
  /** LINKTYPE_ value. */
  readonly linktype: number
  /** Most bytes kept of a frame, 0 for no limit. */
  readonly snaplen: number
  /** if_name, where the capture has one. As found: may contain control characters. */
  readonly name: string | undefined
  /** Bytes of frame check sequence at the end of each frame. */
  readonly fcsBytes: number
  /** isb_ifrecv of the last statistics block: packets the interface received. */
  received: number | undefined
  /** isb_ifdrop of the last statistics block: packets the interface dropped. */
  interfaceDrops: number | undefined
  /** isb_osdrop of the last statistics block: packets the operating system dropped. */
  systemDrops: number | undefined
  /** Sum of epb_dropcount and of the drop counts of obsolete packet blocks. */
  recordDrops: number
  /** Records marked as received by the capturing host (epb_flags). */
  inboundRecords: number
  /** Records marked as sent by the capturing host (epb_flags). */
  outboundRecords: number
}

/** Facts about one capture; complete when its reading has ended. */
export interface CaptureInfo {
  /** Undefined until the first bytes have been seen. */
  format: CaptureFormat | undefined
  /** Byte order of the last section. */
  littleEndian: boolean
  /** Version of the format, such as '2.4'. */
  version: string
  /** Largest snaplen of any interface; 0 stands for no limit and counts as the largest. */
  snaplen: number
  /** LINKTYPE_ values of the interfaces, in order of appearance. */
  readonly linktypes: Set<number>
  readonly interfaces: CaptureInterface[]
  /** Sections of a pcapng, 1 for a pcap. */
  sections: number
  /** Records handed to `onRecord`. */
  records: number
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
    littleEndian: true,
    version: '',
    snaplen: 0,
    linktypes: new Set(),
    interfaces: [],
    sections: 0,
    records: 0,
    skippedRecords: 0,
    bytes: 0,
    hasDrops: false,
  }
}

/** Adds an interface with all counters at rest, and returns it. */
export function addInterface(
  info: CaptureInfo,
  id: number,
  linktype: number,
  snaplen: number,
  name: string | undefined,
  fcsBytes: number,
): CaptureInterface {
  const added: CaptureInterface = {
    section: info.sections - 1,
    id,
    linktype,
    snaplen,
    name,
    fcsBytes,
    received: undefined,
    interfaceDrops: undefined,
    systemDrops: undefined,
    recordDrops: 0,
    inboundRecords: 0,
    outboundRecords: 0,
  }
  const unlimited = snaplen === 0 || (info.interfaces.length > 0 && info.snaplen === 0)
  info.snaplen = unlimited ? 0 : Math.max(info.snaplen, snaplen)
  info.interfaces.push(added)
  info.linktypes.add(linktype)
  return added
}
