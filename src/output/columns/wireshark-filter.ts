// A display filter that selects one connection: Wireshark may number streams otherwise (another order of the packets,
// another version), so it names addresses, ports and the range of packets.

import { shownAddress } from './address.js'
import type { ColumnSource } from './column.js'

/** What a filter names; of both sides, in the order of the capture. */
export interface FilterParts {
  /** Undefined where they are replaced: such addresses are in no capture. */
  readonly addresses: readonly [string, string] | undefined
  readonly ports: readonly [number, number]
  /** Numbers of the first and the last packet. */
  readonly frames: readonly [number, number]
}

/** The parts of a connection's filter. */
export function filterParts(c: ColumnSource): FilterParts {
  const { e, anonymizer } = c
  const last = Math.max(e.endFrame, e.client.lastFrame, e.server.lastFrame)
  return {
    addresses: anonymizer === undefined ? [shownAddress(c, 0), shownAddress(c, 1)] : undefined,
    ports: [e.portOf(0), e.portOf(1)],
    frames: [e.startFrame, last],
  }
}

/** The filter that parts make. */
export function filterText({ addresses, ports, frames: [first, last] }: FilterParts): string {
  const ofPorts = `${twice('tcp.port', ...ports)} && frame.number>=${first} && frame.number<=${last}`
  if (addresses === undefined) return ofPorts
  const field = addresses[0].includes(':') ? 'ipv6.addr' : 'ip.addr'
  return `${twice(field, ...addresses)} && ${ofPorts}`
}

/** The filter of a connection. */
export function wiresharkFilter(c: ColumnSource): string {
  return filterText(filterParts(c))
}

/** A field that has both values. */
function twice(field: string, one: string | number, other: string | number): string {
  return one === other ? `${field}==${one}` : `${field}==${one} && ${field}==${other}`
}
