// The decoded form of one TCP segment. There is one such object per analysis, overwritten for every packet;
// nothing may keep a reference to it. All 32-bit fields are signed int32 so that V8 keeps them as small integers.

/** TCP flag bits that end or open connections, byte 13 of the header (RFC 9293 §3.1). */
export const FIN = 0x01
export const SYN = 0x02
export const RST = 0x04
export const PSH = 0x08
export const ACK = 0x10

/** One decoded TCP segment with what is needed of the layers around it. */
export class Segment {
  /** 4 or 6: the innermost IP version. */
  ipVersion = 4
  /** Source address as four big-endian int32 words; IPv4 uses the first, the others are 0. */
  src0 = 0
  src1 = 0
  src2 = 0
  src3 = 0
  /** Destination address, likewise. */
  dst0 = 0
  dst1 = 0
  dst2 = 0
  dst3 = 0
  srcPort = 0
  dstPort = 0
  /** Sequence number, int32 with the bits of the unsigned value. */
  seq = 0
  /** Acknowledgment number, likewise; meaningful only with ACK set. */
  ack = 0
  /** The flags byte, CWR to FIN. */
  flags = 0
  /** Window field as it stands in the header, 0 to 65535, unscaled. */
  window = 0
  /** Bytes of payload by the IP header's length, not by what was captured. */
  payloadLen = 0
  /** IPv4 TTL or IPv6 hop limit of the innermost IP header, 0 to 255. */
  ttl = 0
  /** IPv4 identification, 0 to 65535; -1 for IPv6, which has none. */
  ipId = -1
  /** Offset of the TCP header in the decoder's `segmentView`. */
  tcpStart = 0
  /** Offset after the captured part of the TCP options (>= tcpStart + 20). */
  optionsEnd = 0
  /** Offset after the captured part of the payload. */
  capturedEnd = 0
  /** The capture does not hold the whole TCP header: options, or the checksum, are missing. */
  headerCut = false
  /**
   * The packet counts (as it does in Wireshark), but is no evidence of anything: the data offset is
   * below 5 or runs past the IP payload, so no receiver takes it; or it is the first fragment of a
   * datagram whose bytes were not all captured, so its length is not known and `payloadLen` is 0; or
   * a switch has sampled it and reported it later, so that its time is not known: likewise 0.
   */
  malformed = false
  /** Id of the encapsulation stack in the decoder's EncapsulationTable; 0 is none. */
  encapsulation = 0
}
