// The position of the decoder inside one frame, and what it has learned on the way down. One such
// object per decoder, reused for every frame.
//
// Two ends are kept: `capEnd`, after the last byte in the capture, and `wireEnd`, after the last
// byte the frame had on the wire. Both shrink as IP and other headers state their own lengths, so
// padding, trailers and checksums after the packet fall away. Always capEnd <= wireEnd.
// Layer readers check once with `has`, then read freely.

import { BAD_HEADER, TRUNCATED_HEADER } from './decode-status.js'

/** Room for encapsulations to begin with; few frames have more. */
const FIRST_ENCAPSULATIONS = 8

/** No frame is longer on the wire, whatever its record says: so much Linux hands over at once (GSO_MAX_SIZE). */
export const FRAME_BYTES_MAX: number = 512 * 1024

/** Stands where no frame has been decoded yet. */
export const EMPTY_VIEW: DataView = new DataView(new ArrayBuffer(0))

/** Cursor and findings of one cursor through the layers of a frame. */
export class Cursor {
  view: DataView = EMPTY_VIEW
  /** Offset of the header to be read next. */
  pos = 0
  /** Offset after the last captured byte of the current layer. */
  capEnd = 0
  /** Offset after the last byte of the current layer on the wire. */
  wireEnd = 0
  /** Linktype, EtherType or protocol number, as the layer code says. */
  next = 0
  /** Capture time, for ageing of fragments. */
  timeNs = 0

  /** Version of the last IP header, 0 before the first. */
  ipVersion = 0
  src0 = 0
  src1 = 0
  src2 = 0
  src3 = 0
  dst0 = 0
  dst1 = 0
  dst2 = 0
  dst3 = 0
  ttl = 0
  ipId = -1
  /** The last IP packet is the first fragment of a datagram that cannot be put together. */
  loneFragment = false
  /** Inside a packet that a switch has sampled and reported later. */
  sampled = false
  /** Byte offset of the fragment in its datagram, for LAYER_FRAGMENT. */
  fragmentOffset = 0
  /** More fragments follow, for LAYER_FRAGMENT. */
  fragmentMore = false
  /** Identification shared by the fragments of a datagram, for LAYER_FRAGMENT. */
  fragmentId = 0
  /** Length of the fragment as its IP header says, for LAYER_FRAGMENT. */
  fragmentLen = 0

  /** Inside the quotation of an ICMP error. */
  quoting = false
  icmpType = 0
  icmpCode = 0
  /** Sender of the ICMP error, first and last word of its address. */
  icmpSrc0 = 0
  icmpSrc3 = 0

  /** Encapsulations passed, outermost first: kind and value of each. */
  kinds: Int32Array = new Int32Array(FIRST_ENCAPSULATIONS)
  values: Int32Array = new Int32Array(FIRST_ENCAPSULATIONS)
  depth = 0

  /** Begins a new frame. */
  reset(view: DataView, start: number, end: number, wireEnd: number, timeNs: number): void {
    this.view = view
    this.pos = start
    this.capEnd = end
    this.wireEnd = wireEnd
    this.timeNs = timeNs
    this.ipVersion = 0
    this.loneFragment = false
    this.sampled = false
    this.quoting = false
    this.depth = 0
  }

  /** Whether `bytes` more were captured of this layer. */
  has(bytes: number): boolean {
    return this.capEnd - this.pos >= bytes
  }

  /** The status for a header of `bytes` that {@link has} denied: cut by the capture, or by itself. */
  short(bytes: number): number {
    return this.wireEnd - this.pos >= bytes ? TRUNCATED_HEADER : BAD_HEADER
  }

  /** Limits the current layer to `bytes` from the position; never extends it. */
  narrow(bytes: number): void {
    const end = this.pos + bytes
    if (end >= this.wireEnd) return
    this.wireEnd = end
    if (this.capEnd > end) this.capEnd = end
  }

  /** Notes an encapsulation and passes `layer` on. */
  enter(kind: number, value: number, layer: number): number {
    if (this.depth === this.kinds.length) this.grow()
    this.kinds[this.depth] = kind
    this.values[this.depth] = value
    this.depth++
    return layer
  }

  /** Each encapsulation is a header, whose number the decoder bounds. */
  private grow(): void {
    const { kinds, values } = this
    this.kinds = new Int32Array(2 * kinds.length)
    this.kinds.set(kinds)
    this.values = new Int32Array(2 * values.length)
    this.values.set(values)
  }
}
