// What the frames of link-shapes.ts and tunnel-shapes.ts are made of: the same segment everywhere, so
// that one expectation fits all.

import { ethernet, hex, ipv4, ipv6, join, type Bytes, snap, tcp, zeros } from './frames.js'

export interface Shape {
  readonly name: string
  readonly linktype: number
  readonly frame: Uint8Array
  readonly encapsulation: string
  readonly ipVersion: 4 | 6
}

/** The segment in every shape: ten bytes of payload behind aligned timestamps. */
export const SEGMENT_BYTES: Uint8Array = tcp({ options: hex('0101 080a 11223344 55667788') })
export const V4: Uint8Array = ipv4(SEGMENT_BYTES)
export const V6: Uint8Array = ipv6(SEGMENT_BYTES)
export const FRAME: Uint8Array = ethernet(0x0800, V4)
export const PPP: Uint8Array = join([0xff, 3, 0, 0x21], V4)
export const WIFI: Uint8Array = join([0x88, 1, 0, 0], zeros(18), [0, 0], [0, 0], snap(0x0800, V4))

/** The header of an A-MSDU, whose subframes follow. */
export const WIFI_AGGREGATE: Uint8Array = join([0x88, 1, 0, 0], zeros(18), [0, 0], [0x80, 0])

export function shape(
  name: string,
  linktype: number,
  frame: Bytes,
  encapsulation = '',
  ipVersion: 4 | 6 = 4,
): Shape {
  return { name, linktype, frame: join(frame), encapsulation, ipVersion }
}

export function link(name: string, linktype: number, ...parts: readonly Bytes[]): Shape {
  return shape(name, linktype, join(...parts))
}
