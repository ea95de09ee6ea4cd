import { describe, expect, test } from 'vitest'
import { DECODE_STATUSES, SEGMENT } from '../../../src/wire/decode-status.js'
import { Decoder } from '../../../src/wire/decode.js'
import { isKnownLinktype } from '../../../src/wire/link/linktype.js'
import { embed } from './frames.js'
import { AGGREGATE_SHAPES, LAN_SHAPES, LINK_SHAPES } from './link-shapes.js'
import { SEGMENT_BYTES } from './shape.js'
import { IP_SHAPES, TAG_SHAPES, TUNNEL_SHAPES } from './tunnel-shapes.js'

const BEFORE = 64
const SHAPES = [
  ...LINK_SHAPES,
  ...LAN_SHAPES,
  ...TAG_SHAPES,
  ...IP_SHAPES,
  ...TUNNEL_SHAPES,
  ...AGGREGATE_SHAPES,
]

function statusName(status: number): string {
  return DECODE_STATUSES[status]?.name ?? `status ${status}`
}

describe.each(SHAPES)('$name ($linktype)', ({ linktype, frame, encapsulation, ipVersion }) => {
  test('is decoded down to the innermost segment', () => {
    const decoder = new Decoder()
    const view = embed(frame, BEFORE)
    const end = BEFORE + frame.length
    const status = decoder.decode(view, BEFORE, end, frame.length, linktype, 0)
    expect(statusName(status)).toBe('segment')
    expect(isKnownLinktype(linktype)).toBe(true)
    const { segment } = decoder
    expect(segment).toMatchObject({
      ipVersion,
      src0: ipVersion === 4 ? 0x0a000001 : 0x20010db8,
      src3: ipVersion === 4 ? 0 : 1,
      dst0: ipVersion === 4 ? 0x0a0000fe : 0x20010db8,
      dst3: ipVersion === 4 ? 0 : 2,
      srcPort: 40_000,
      dstPort: 443,
      seq: 0x89abcdef | 0,
      ack: 0x01020304,
      flags: 0x18,
      window: 65_000,
      payloadLen: 10,
      ttl: ipVersion === 4 ? 61 : 60,
      ipId: ipVersion === 4 ? 0x1234 : -1,
      headerCut: false,
      malformed: false,
    })
    expect(decoder.encapsulations.text(segment.encapsulation)).toBe(encapsulation)
    expect(segment.optionsEnd - segment.tcpStart).toBe(32)
    expect(decoder.segmentView).toBe(view)
    expect(view.getUint32(segment.tcpStart + 4)).toBe(0x89abcdef)
    expect(segment.tcpStart).toBeGreaterThanOrEqual(end - SEGMENT_BYTES.length - 4)
  })

  test('never reads beyond a cut and never throws', () => {
    const decoder = new Decoder()
    for (let caplen = 0; caplen <= frame.length; caplen++) {
      // Two kinds of bytes behind the cut: if any of them is read, the outcomes differ.
      const outcomes = [0x00, 0xff].map((poison) => {
        const view = embed(frame, BEFORE)
        for (let i = BEFORE + caplen; i < view.byteLength; i++) view.setUint8(i, poison)
        const end = BEFORE + caplen
        const status = decoder.decode(view, BEFORE, end, frame.length, linktype, 0)
        return status === SEGMENT ? JSON.stringify(decoder.segment) : statusName(status)
      })
      expect(outcomes[0]).toEqual(outcomes[1])
      const cut = Uint8Array.from(frame.subarray(0, caplen))
      const exact = new DataView(cut.buffer)
      expect(() => decoder.decode(exact, 0, caplen, frame.length, linktype, 0)).not.toThrow()
      expect(() => decoder.decode(exact, 0, caplen, caplen, linktype, 0)).not.toThrow()
    }
  })
})
