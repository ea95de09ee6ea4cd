// What became of one frame. The numbers index tables of counters; the names are API, follow semver
// and appear in the `capture` lines of the output.

/** The segment was filled. */
export const SEGMENT = 0
/** The quoted segment of an ICMP error was filled. */
export const ICMP_ERROR = 1
/** No layer we know carries an IP packet here (ARP, LLDP, Wi-Fi management, ...). */
export const NOT_IP = 2
/** IP, but neither TCP nor a tunnel with TCP inside. */
export const NOT_TCP = 3
/** A fragment that did not complete its datagram. */
export const FRAGMENT = 4
/** The capture cut the frame (snaplen) before the headers were complete. */
export const TRUNCATED_HEADER = 5
/** A header contradicts itself or the length of the frame. */
export const BAD_HEADER = 6
/** The link type is not one we know. */
export const UNKNOWN_LINKTYPE = 7
/** More tunnels inside each other than we follow. */
export const TOO_DEEP = 8

/** Outcome of `Decoder.decode`, usable as an index into counters of {@link DECODE_STATUS_COUNT}. */
export type DecodeStatus =
  | typeof SEGMENT
  | typeof ICMP_ERROR
  | typeof NOT_IP
  | typeof NOT_TCP
  | typeof FRAGMENT
  | typeof TRUNCATED_HEADER
  | typeof BAD_HEADER
  | typeof UNKNOWN_LINKTYPE
  | typeof TOO_DEEP

/** Name and meaning of one status. */
export interface DecodeStatusText {
  /** Stable kebab-case name. */
  readonly name: string
  /** What it says about the frame, one line. */
  readonly meaning: string
}

/** Texts of all statuses, in the order of their numbers. */
export const DECODE_STATUSES: readonly DecodeStatusText[] = [
  { name: 'segment', meaning: 'decoded down to a TCP segment' },
  { name: 'icmp-error', meaning: 'an ICMP error quoting a TCP segment' },
  { name: 'not-ip', meaning: 'carries no IP packet' },
  { name: 'not-tcp', meaning: 'carries another protocol than TCP' },
  { name: 'fragment', meaning: 'an IP fragment that did not complete its datagram' },
  { name: 'truncated-header', meaning: 'cut by the capture length before the end of the headers' },
  { name: 'bad-header', meaning: 'a header with an impossible length or version' },
  { name: 'unknown-linktype', meaning: 'a link type that cannot be decoded' },
  { name: 'encapsulation-too-deep', meaning: 'more nested tunnels than are followed' },
]

/** How many statuses there are. */
export const DECODE_STATUS_COUNT: number = DECODE_STATUSES.length
