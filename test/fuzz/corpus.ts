// What inputs are made from: the first records of the samples, of the public captures where they are there, and frames of
// every link type and tunnel the decoder knows.

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { buildPcap, PcapngBuilder } from '../support/capture-builder.js'
import { LAN_SHAPES, LINK_SHAPES } from '../unit/wire/link-shapes.js'
import { IP_SHAPES, TAG_SHAPES, TUNNEL_SHAPES } from '../unit/wire/tunnel-shapes.js'
import { type Layout, layoutOf } from './layout.js'

/** One sound capture. */
export interface Base {
  readonly name: string
  readonly bytes: Uint8Array
  readonly layout: Layout
}

/** Bytes kept of a capture: inputs are small, so that there can be many. */
const BASE_BYTES_MAX = 2600
const CAPTURE = /\.(pcap|pcapng|cap|dmp)(\.gz)?$/

/** Every base, in the same order wherever the same captures are there. */
export function corpus(root: URL): Base[] {
  const folders = [new URL('samples/', root), new URL('../shared/captures/', root)]
  return [...folders.filter((folder) => existsSync(folder)).flatMap(basesOf), ...shapeBases()]
}

/** A base of any bytes. */
export function baseOf(name: string, bytes: Uint8Array): Base {
  return { name, bytes, layout: layoutOf(bytes) }
}

function basesOf(folder: URL): Base[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => CAPTURE.test(name))
    .sort()
    .flatMap((name) => {
      const file = readFileSync(new URL(encodeURI(name), folder))
      const bytes = plain(file)
      return bytes === undefined ? [] : [baseOf(name, beginningOf(bytes))]
    })
}

function plain(file: Uint8Array): Uint8Array | undefined {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file
  try {
    return gunzipSync(file)
  } catch {
    return undefined
  }
}

/** The whole headers and records at the beginning of a capture. */
function beginningOf(bytes: Uint8Array): Uint8Array {
  const head = Uint8Array.from(bytes.subarray(0, 64 * 1024))
  const { units } = layoutOf(head)
  const last = units.findLast(({ end }) => end <= BASE_BYTES_MAX)
  return head.slice(0, last?.end ?? BASE_BYTES_MAX)
}

function shapeBases(): Base[] {
  const shapes = [...LINK_SHAPES, ...LAN_SHAPES, ...TAG_SHAPES, ...IP_SHAPES, ...TUNNEL_SHAPES]
  return shapes.map(({ name, linktype, frame }, i) => {
    const records = [0n, 1n].map((second) => ({ timeNs: second * 1_000_000_000n, bytes: frame }))
    if (i % 2 === 0) return baseOf(name, buildPcap(records, { linktype }))
    const capture = new PcapngBuilder().section({ littleEndian: i % 4 === 1 })
    capture.interface({ linktype, tsresol: 9, name: 'any' })
    for (const record of records) capture.packet(record)
    capture.obsoletePacket({ timeNs: 3n, bytes: frame }, 2).simplePacket(frame)
    return baseOf(name, capture.statistics(0, { ifrecv: 9n, ifdrop: 1n }).take())
  })
}
