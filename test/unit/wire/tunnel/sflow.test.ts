import { describe, expect, test } from 'vitest'
import { DECODE_STATUSES, SEGMENT } from '../../../../src/wire/decode-status.js'
import { Decoder } from '../../../../src/wire/decode.js'
import {
  type Bytes,
  embed,
  ethernet,
  ethernetIpv4,
  flowSample,
  ipv4,
  ipv6Address,
  join,
  mpls,
  rawPacket,
  sflow,
  snap,
  tag,
  tcp,
  u32,
  udp,
  zeros,
} from '../frames.js'
import { FRAME, PPP, V4, V6, WIFI } from '../shape.js'

const BEFORE = 16

function datagram(payload: Bytes): Uint8Array {
  return ethernetIpv4(17, udp(6343, payload))
}

function decode(frame: Uint8Array, caplen = frame.length): { status?: string; decoder: Decoder } {
  const decoder = new Decoder()
  const view = embed(frame.subarray(0, caplen), BEFORE)
  const status = decoder.decode(view, BEFORE, BEFORE + caplen, frame.length, 1, 0)
  const name = DECODE_STATUSES[status]?.name
  return name === undefined ? { decoder } : { status: name, decoder }
}

/** Some record and some sample that hold no packet. */
const OTHER_RECORD = join(u32(1001), u32(16), zeros(16))
const COUNTERS = join(u32(2), u32(24), zeros(24))

const RAW = rawPacket(FRAME)
const OTHER_RAW = rawPacket(ethernet(0x0800, ipv4(tcp({ srcPort: 1 }))))

describe('a sampled packet', () => {
  test.each<[name: string, payload: Bytes, encapsulation?: string]>([
    ['in a flow sample', sflow([flowSample([RAW])])],
    ['in an expanded flow sample', sflow([flowSample([RAW], true)])],
    ['after other records', sflow([flowSample([OTHER_RECORD, RAW, OTHER_RECORD])])],
    ['in the last of several samples', sflow([flowSample([OTHER_RAW]), flowSample([RAW])])],
    ['before samples without any', sflow([COUNTERS, flowSample([RAW]), COUNTERS])],
    [
      'of which only headers were taken',
      sflow([flowSample([rawPacket(FRAME.subarray(0, 54), 1, 1518)])]),
    ],
    [
      'with a tag',
      sflow([flowSample([rawPacket(ethernet(0x8100, tag(5, 0x0800, V4)))])]),
      'sflow/vlan 5',
    ],
    ['from PPP', sflow([flowSample([rawPacket(PPP, 7)])])],
    ['without a link header', sflow([flowSample([rawPacket(V4, 11)])])],
    ['of IPv6', sflow([flowSample([rawPacket(V6, 12)])])],
    ['with labels', sflow([flowSample([rawPacket(mpls([9], V4), 13)])]), 'sflow/mpls 9'],
    ['from Wi-Fi', sflow([flowSample([rawPacket(WIFI, 15)])])],
  ])('%s counts for its connection, and is no evidence', (_name, payload, text = 'sflow') => {
    const { status, decoder } = decode(datagram(payload))
    expect(status).toBe('segment')
    const { segment } = decoder
    expect(segment).toMatchObject({ srcPort: 40_000, dstPort: 443, payloadLen: 0, malformed: true })
    expect(decoder.encapsulations.text(segment.encapsulation)).toBe(text)
  })

  test('of an agent with an IPv6 address', () => {
    const agent = [...u32(5), ...u32(2), ...ipv6Address(7), ...zeros(12), ...u32(1)]
    expect(decode(datagram(join(agent, flowSample([RAW])))).status).toBe('segment')
  })

  test('does not make the next frame one', () => {
    const { decoder } = decode(datagram(sflow([flowSample([RAW])])))
    const next = ethernetIpv4(4, V4)
    const view = new DataView(next.buffer, next.byteOffset)
    expect(decoder.decode(view, 0, next.length, next.length, 1, 0)).toBe(SEGMENT)
    expect(decoder.segment).toMatchObject({ payloadLen: 10, malformed: false })
  })

  test('with an ICMP error in it tells of no connection: the error came at another time', () => {
    const error = join([3, 1], zeros(6), V4)
    const sampled = flowSample([rawPacket(ethernetIpv4(1, error))])
    expect(decode(datagram(sflow([sampled]))).status).toBe('not-tcp')
  })
})

test.each<[name: string, payload: Bytes, status: string]>([
  ['version 4', sflow([flowSample([RAW])], 4), 'not-tcp'],
  ['no samples', sflow([]), 'not-tcp'],
  ['counters only', sflow([COUNTERS, COUNTERS]), 'not-tcp'],
  ['more samples than it says', join(sflow([COUNTERS]), flowSample([RAW])), 'not-tcp'],
  ['a sample that runs past the end', sflow([join(u32(2), u32(0xffffffff))]), 'not-tcp'],
  [
    'a record that runs past the end',
    sflow([flowSample([join(u32(9), u32(0xfffffff0), zeros(40))])]),
    'not-tcp',
  ],
  ['a header longer than its frame', sflow([flowSample([rawPacket(FRAME, 1, 20)])]), 'bad-header'],
  ['a protocol without IP', sflow([flowSample([rawPacket(snap(0x0800, V4), 6)])]), 'not-ip'],
  [
    'an agent without a known address',
    join(u32(5), u32(3), zeros(28), u32(1), flowSample([RAW])),
    'not-tcp',
  ],
  [
    'a header that ends inside TCP',
    sflow([flowSample([rawPacket(FRAME.subarray(0, 44), 1, 1518), OTHER_RAW])]),
    'truncated-header',
  ],
  ['text', new TextEncoder().encode('stats.requests:1|c\n'), 'not-tcp'],
])('an sFlow datagram with %s holds no segment', (_name, payload, status) => {
  expect(decode(datagram(payload)).status).toBe(status)
})

test('is never read beyond a cut', () => {
  const frame = datagram(sflow([flowSample([OTHER_RECORD, OTHER_RAW]), flowSample([RAW], true)]))
  for (let caplen = 0; caplen <= frame.length; caplen++) {
    const cut = Uint8Array.from(frame.subarray(0, caplen))
    const outcomes = [frame.length, caplen].map((origlen) => {
      const view = new DataView(cut.buffer)
      return new Decoder().decode(view, 0, caplen, origlen, 1, 0)
    })
    expect(outcomes.every((status) => status >= 0)).toBe(true)
    const { decoder, status } = decode(frame, caplen)
    if (status === 'segment')
      expect(decoder.segment.capturedEnd).toBeLessThanOrEqual(BEFORE + caplen)
  }
})
