// The frames of a capture with what is needed to change them.

import { readFileSync } from 'node:fs'
import { Framer } from '../../src/capture/framer.js'
import { CaptureClock } from '../../src/capture/clock.js'
import { SEGMENT } from '../../src/wire/decode-status.js'
import { Decoder } from '../../src/wire/decode.js'
import { ACK } from '../../src/wire/segment.js'

/** One frame. */
export interface Frame {
  readonly bytes: Uint8Array
  readonly timeNs: bigint
  readonly origlen: number
  readonly linktype: number
  /** Sender and receiver of the segment, where it is one that lies in the frame as it is. */
  readonly from?: string
  readonly to?: string
  readonly tcpStart: number
  readonly hasAck: boolean
  /** The frame with its innermost addresses exchanged, ports staying where they are: client and server change hosts. */
  readonly withSidesExchanged: () => Uint8Array
}

/** Reads a capture. */
export function framesOf(path: URL): Frame[] {
  const frames: Frame[] = []
  const decoder = new Decoder()
  const clock = new CaptureClock()
  const framer = new Framer(
    {
      onRecord: (view, start, end, origlen, linktype, ns) => {
        const bytes = new Uint8Array(view.buffer.slice(start, end))
        const own = new DataView(bytes.buffer)
        const status = decoder.decode(own, 0, bytes.length, origlen, linktype, ns)
        const { segment: s } = decoder
        const isSegment = status === SEGMENT && decoder.segmentView === own
        const { tcpStart } = s
        const isIpv6 = s.ipVersion === 6
        frames.push({
          bytes,
          timeNs: (clock.baseNs ?? 0n) + BigInt(Math.round(ns)),
          origlen,
          linktype,
          ...(isSegment
            ? { from: `${s.src0},${s.src3}:${s.srcPort}`, to: `${s.dst0},${s.dst3}:${s.dstPort}` }
            : {}),
          tcpStart,
          hasAck: (s.flags & ACK) !== 0,
          withSidesExchanged: () => (isSegment ? exchanged(bytes, tcpStart, isIpv6) : bytes),
        })
      },
    },
    clock,
  )
  framer.push(readFileSync(path))
  return frames
}

/** Exchanges the addresses right before a TCP header without IP options or extension headers. */
function exchanged(bytes: Uint8Array, tcpStart: number, isIpv6: boolean): Uint8Array {
  const length = isIpv6 ? 16 : 4
  const copy = bytes.slice()
  copy.copyWithin(tcpStart - 2 * length, tcpStart - length, tcpStart)
  copy.set(bytes.subarray(tcpStart - 2 * length, tcpStart - length), tcpStart - length)
  return copy
}
