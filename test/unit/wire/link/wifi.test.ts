import { expect, test } from 'vitest'
import { SEGMENT } from '../../../../src/wire/decode-status.js'
import { Decoder } from '../../../../src/wire/decode.js'
import { ipv4, join, snap, subframe, tcp, u32 } from '../frames.js'
import { WIFI_AGGREGATE } from '../shape.js'

/** Source ports of the segments in three subframes. */
const PORTS = [1, 2, 3]
const SUBFRAMES = PORTS.map((srcPort) =>
  subframe(snap(0x0800, ipv4(tcp({ srcPort, payload: [1, 2, 3] })))),
)
const FRAME = join(WIFI_AGGREGATE, ...SUBFRAMES)

/** The source port of the segment that is found in the first `caplen` bytes. */
function portIn(frame: Uint8Array, caplen: number): number {
  const decoder = new Decoder()
  const view = new DataView(frame.buffer, frame.byteOffset)
  expect(decoder.decode(view, 0, caplen, frame.length, 105, 0)).toBe(SEGMENT)
  return decoder.segment.srcPort
}

test('of an A-MSDU that was cut the last whole subframe is followed, or else the first', () => {
  const subframeLen = (FRAME.length - WIFI_AGGREGATE.length) / 3
  const second = WIFI_AGGREGATE.length + 2 * subframeLen
  expect(portIn(FRAME, FRAME.length)).toBe(3)
  expect(portIn(FRAME, second + 14 + 20)).toBe(2)
  expect(portIn(FRAME, second)).toBe(2)
  expect(portIn(FRAME, second - subframeLen)).toBe(1)
  expect(portIn(FRAME, WIFI_AGGREGATE.length + 14 + 8 + 20 + 20)).toBe(1)
})

test('what follows the last subframe of an A-MSDU is no subframe', () => {
  const padded = join(FRAME, new Uint8Array(60), u32(0))
  expect(portIn(padded, padded.length)).toBe(3)
})
