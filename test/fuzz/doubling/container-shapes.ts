// Hostile captures around few packets.

import { gzipSync } from 'node:zlib'
import { concat, PcapngBuilder } from '../../support/capture-builder.js'
import { lz4Frame, raw, zstdFrame } from '../../support/frames.js'
import { copies, pcapOf, scattered, segment, SYN, V4 } from './copies.js'
import { captureShape, type Shape } from './shape.js'

const FRAME = segment({ flags: SYN })
const SECTION = new PcapngBuilder().section().take()
const INTERFACE = new PcapngBuilder().interface().take()
const PACKET = new PcapngBuilder().packet({ timeNs: 0n, bytes: FRAME }).take()
const RECORD = copies(FRAME, 1, (view, at) => view.setUint32(at + V4.source, 7))
const EMPTY = gzipSync(new Uint8Array(0))

function times(n: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return concat(Array.from({ length: n }, () => parts).flat())
}

function named(n: number): Uint8Array {
  const capture = new PcapngBuilder().section()
  for (let i = 0; i < n; i++) capture.interface({ name: `interface ${i}` })
  return capture.packet({ timeNs: 0n, bytes: FRAME }).take()
}

/** Packets of all interfaces in turn. */
function acrossInterfaces(n: number): Uint8Array {
  const capture = new PcapngBuilder().section()
  for (let i = 0; i < n; i++) capture.interface()
  for (let i = 0; i < n; i++) {
    capture.packet({ timeNs: 0n, bytes: FRAME, interfaceId: scattered(i) % n })
  }
  return capture.take()
}

/** A capture whose every record is a gzip member of its own. */
function members(n: number): Uint8Array {
  const record = gzipSync(
    copies(FRAME, 1, (view, at) => view.setUint32(at + V4.source, 7)),
    { level: 1 },
  )
  return concat([gzipSync(pcapOf()), times(n, record)])
}

function statistics(n: number): Uint8Array {
  const block = new PcapngBuilder().statistics(0, { ifrecv: 9n, ifdrop: 1n }).take()
  return concat([SECTION, INTERFACE, times(n, block), PACKET])
}

/** Shapes of captures. */
export const CONTAINER_SHAPES: readonly Shape[] = [
  captureShape('interfaces', [500, 60_000], (n) =>
    concat([SECTION, times(n, INTERFACE), times(n, PACKET)]),
  ),
  captureShape('names of interfaces', [500, 30_000], named),
  captureShape('packets of one interface after another', [500, 30_000], acrossInterfaces),
  captureShape('sections', [500, 60_000], (n) => times(n, SECTION, INTERFACE, PACKET)),
  captureShape('statistics', [500, 300_000], statistics),
  captureShape('tiny gzip members', [15, 1000], members),
  captureShape('tiny zstd frames', [15, 20_000], (n) =>
    concat([zstdFrame([raw(pcapOf())]), times(n, zstdFrame([raw(RECORD)], { content: RECORD }))]),
  ),
  captureShape('tiny zstd blocks in a large window', [15, 20_000], (n) =>
    zstdFrame([raw(pcapOf()), ...Array.from({ length: n }, () => raw(RECORD))], {
      window: 17 << 3,
    }),
  ),
  captureShape('tiny LZ4 frames', [15, 20_000], (n) =>
    concat([
      lz4Frame([{ plain: pcapOf() }]),
      times(n, lz4Frame([{ plain: RECORD }], { content: RECORD })),
    ]),
  ),
  captureShape('empty gzip members', [15, 1000], (n) =>
    concat([gzipSync(pcapOf(copies(FRAME, 1, () => undefined))), times(n, EMPTY)]),
  ),
]
