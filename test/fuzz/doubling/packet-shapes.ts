// Hostile rows of packets.

import { ethernet, ipv4, join, tag, tcp, u16, u32, zeros } from '../../unit/wire/frames.js'
import {
  ACK,
  type Change,
  copies,
  FIN,
  FRAGMENT,
  pcapOf,
  RST,
  scattered,
  segment,
  segmentV6,
  SYN,
  V4,
  V6,
  wrapped,
} from './copies.js'
import { captureShape, type Shape } from './shape.js'

const NO_CHANGE: Change = () => undefined
const MSS = 1000
const STEP_US = 10_000_000

/** Another client for each packet. */
const eachClient: Change = (view, at, i) => view.setUint32(at + V4.source, scattered(i))
const eachSeq: Change = (view, at, i) => view.setUint32(at + V4.seq, MSS * i)
const scatteredSeq: Change = (view, at, i) =>
  view.setUint32(at + V4.seq, MSS * (scattered(i) % 65_536))

function synFlood(n: number): Uint8Array {
  return pcapOf(copies(segment({ flags: SYN }), n, eachClient))
}

/** ICMP errors of a router that quote segments nobody has sent. */
function quotations(n: number): Uint8Array {
  const quoted = ipv4(tcp({ flags: SYN, payload: [] }))
  const frame = ethernet(0x0800, ipv4(join([3, 1], zeros(6), quoted), { protocol: 1 }))
  return pcapOf(
    copies(frame, n, (view, at, i) => view.setUint32(at + V4.source + 28, scattered(i))),
  )
}

function fragments(n: number, change: Change): Uint8Array {
  const frame = ethernet(0x0800, ipv4(tcp({ payload: zeros(24) }), { moreFragments: true }))
  return pcapOf(copies(frame, n, change))
}

/** Each connection is opened, and reset by the server. */
function resets(n: number): Uint8Array {
  const syn = copies(segment({ flags: SYN }), n, eachClient)
  const rst = copies(
    segment({ flags: RST | ACK, srcPort: 443, dstPort: 40_000 }),
    n,
    (view, at, i) => {
      view.setUint32(at + V4.source, 0x0a0000fe)
      view.setUint32(at + V4.target, scattered(i))
    },
    (i) => 100 * (n + i),
  )
  return pcapOf(syn, rst)
}

/** The same connections before and behind a NAT. */
function twins(n: number): Uint8Array {
  const inside = copies(segment({ flags: SYN }), n, (view, at, i) =>
    view.setUint32(at + V4.seq, scattered(i)),
  )
  const change: Change = (view, at, i) => {
    view.setUint32(at + V4.source, 0xc6336401)
    view.setUint16(at + V4.ports, 1024 + (i % 60_000))
    view.setUint32(at + V4.seq, scattered(i))
  }
  return pcapOf(inside, copies(segment({ flags: SYN }), n, change))
}

const SACK = join(
  [1, 1, 5, 34],
  ...[0, 1, 2, 3].flatMap((i) => [u32(1000 * i), u32(1000 * i + 500)]),
)

/** Shapes of packets. */
export const PACKET_SHAPES: readonly Shape[] = [
  captureShape('SYNs of ever new clients', [300, 100_000], synFlood),
  captureShape('SYNs of more clients than may be half open', [300, 100_000], synFlood, [
    '--max-half-open',
    '20',
  ]),
  captureShape(
    'open connections, more than may be followed',
    [300, 60_000],
    (n) => pcapOf(copies(segment({ flags: ACK, payload: zeros(10) }), n, eachClient)),
    ['--max-connections', '100'],
  ),
  captureShape('SYNs of one client with ever new numbers', [300, 60_000], (n) =>
    pcapOf(
      copies(segment({ flags: SYN }), n, (view, at, i) =>
        view.setUint32(at + V4.seq, scattered(i)),
      ),
    ),
  ),
  captureShape('holes in one connection', [500, 300_000], (n) =>
    pcapOf(copies(segment({ payload: zeros(100) }), n, eachSeq)),
  ),
  captureShape('holes in one connection, out of order', [500, 300_000], (n) =>
    pcapOf(copies(segment({ payload: zeros(100) }), n, scatteredSeq)),
  ),
  captureShape('segments backwards', [500, 300_000], (n) =>
    pcapOf(
      copies(segment({ payload: zeros(100) }), n, (view, at, i) =>
        view.setUint32(at + V4.seq, MSS * (n - i)),
      ),
    ),
  ),
  captureShape('retransmissions', [500, 300_000], (n) =>
    pcapOf(
      copies(segment({ payload: zeros(100) }), n, (view, at, i) => view.setUint16(at + V4.id, i)),
    ),
  ),
  captureShape('keepalive probes', [500, 300_000], (n) =>
    pcapOf(copies(segment({ flags: ACK, payload: [0] }), n, NO_CHANGE, (i) => STEP_US * i)),
  ),
  captureShape('closed windows', [500, 300_000], (n) =>
    pcapOf(
      copies(segment({ flags: ACK, window: 0 }), n, (view, at, i) =>
        view.setUint32(at + V4.ack, i),
      ),
    ),
  ),
  captureShape('SACK options', [500, 300_000], (n) =>
    pcapOf(
      copies(segment({ flags: ACK, options: SACK }), n, (view, at, i) =>
        view.setUint32(at + V4.ack, scattered(i)),
      ),
    ),
  ),
  captureShape('RSTs of one connection', [500, 300_000], (n) =>
    pcapOf(copies(segment({ flags: RST }), n, eachSeq)),
  ),
  captureShape('FINs of one connection', [500, 300_000], (n) =>
    pcapOf(copies(segment({ flags: FIN | ACK }), n, eachSeq)),
  ),
  captureShape('RSTs of one server', [300, 60_000], resets),
  captureShape('connections on both sides of a NAT', [300, 60_000], twins),
  captureShape('ICMP errors about connections that are none', [300, 100_000], quotations),
  captureShape('first fragments', [300, 200_000], (n) =>
    fragments(n, (view, at, i) => view.setUint16(at + V4.id, i)),
  ),
  captureShape('fragments of one datagram', [300, 200_000], (n) =>
    fragments(n, (view, at, i) => view.setUint16(at + FRAGMENT, 0x2000 | (scattered(i) % 8000))),
  ),
  captureShape('times that run backwards', [300, 200_000], (n) =>
    pcapOf(copies(segment({ flags: SYN }), n, eachClient, (i) => STEP_US * (n - i))),
  ),
  captureShape('VLANs in VLANs', [300, 60_000], (n) =>
    pcapOf(
      copies(
        wrapped(0x88a8, (packet) => tag(1, 0x8100, tag(1, 0x0800, packet))),
        n,
        (view, at, i) => {
          view.setUint16(at + 14, i & 0xfff)
          view.setUint16(at + 18, (i >>> 12) & 0xfff)
        },
      ),
    ),
  ),
  captureShape('GRE keys', [300, 60_000], (n) => {
    const frame = wrapped(0x0800, (packet) =>
      ipv4(join(u16(0x2000), u16(0x0800), u32(0), packet), { protocol: 47 }),
    )
    return pcapOf(copies(frame, n, (view, at, i) => view.setUint32(at + 38, scattered(i))))
  }),
  captureShape(
    'IPv6 addresses to be anonymized',
    [100, 4000],
    (n) =>
      pcapOf(
        copies(segmentV6({ flags: SYN }), n, (view, at, i) => {
          view.setUint32(at + V6.source + 12, scattered(i))
          view.setUint32(at + V6.target + 12, scattered(2 * i))
        }),
      ),
    ['--anonymize'],
  ),
]
