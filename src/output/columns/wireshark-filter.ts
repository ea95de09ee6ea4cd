// A display filter that selects one connection: Wireshark may number streams otherwise (another order of the packets,
// another version), so it names addresses, ports and the range of packets.

import { shownAddress } from './address.js'
import type { ColumnSource } from './column.js'

/** The filter of a connection. Replaced addresses are in no capture: then ports and packets have to do. */
export function wiresharkFilter(c: ColumnSource): string {
  const { e, anonymizer } = c
  const last = Math.max(e.endFrame, e.client.lastFrame, e.server.lastFrame)
  const ports = `${twice('tcp.port', e.portOf(0), e.portOf(1))} && frame.number>=${e.startFrame} && frame.number<=${last}`
  if (anonymizer !== undefined) return ports
  const field = e.isIpv6 ? 'ipv6.addr' : 'ip.addr'
  return `${twice(field, shownAddress(c, 0), shownAddress(c, 1))} && ${ports}`
}

/** A field that has both values. */
function twice(field: string, one: string | number, other: string | number): string {
  return one === other ? `${field}==${one}` : `${field}==${one} && ${field}==${other}`
}
