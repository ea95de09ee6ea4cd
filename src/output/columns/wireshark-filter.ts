// A display filter that selects one connection: Wireshark may number streams otherwise (another order of the packets,
// another version), so it names addresses, ports and the range of packets.

import { shownAddress } from './address.js'
import type { ColumnSource } from './column.js'

/** The filter of a connection. Replaced addresses are in no capture: then ports and packets have to do. */
export function wiresharkFilter(c: ColumnSource): string {
  const { e, anonymizer } = c
  const field = e.isIpv6 ? 'ipv6.addr' : 'ip.addr'
  const [port0, port1] = [e.portOf(0), e.portOf(1)]
  const last = Math.max(e.endFrame, e.client.lastFrame, e.server.lastFrame)
  const parts = [
    ...(anonymizer === undefined
      ? [`${field}==${shownAddress(c, 0)}`, `${field}==${shownAddress(c, 1)}`]
      : []),
    `tcp.port==${port0}`,
    `tcp.port==${port1}`,
    `frame.number>=${e.startFrame}`,
    `frame.number<=${last}`,
  ]
  return [...new Set(parts)].join(' && ')
}
