// Captures that are built to cost more than their length: many interfaces, addresses chosen to collide, gzip that is nothing
// but headers. Each is measured against a plain capture of about the same length on the same machine; before they were
// bounded these took 20 to 300 times as long as that.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { analyzeMerged } from '../../src/engine/analyze-merged.js'
import { analyzeCapture } from '../../src/index.js'
import { buildPcap, concat, PcapngBuilder } from '../support/capture-builder.js'
import { ethernet, ipv4, ipv6, join as joined, tcp, u16, u32 } from '../unit/wire/frames.js'

/** How much longer a hostile capture may take, and what a pause of the machine may add. */
const RATIO_MAX = 3
const PAUSE_MS = 300
const LINKTYPES = 70_000
const INTERFACES = 60_000
const CONNECTIONS = 12_000

/** A block many times over; `change` gets the place of each. */
function repeated(
  block: Uint8Array,
  count: number,
  change: (view: DataView, at: number, i: number) => void = () => {},
): Uint8Array {
  const out = new Uint8Array(block.length * count)
  const view = new DataView(out.buffer)
  for (let i = 0; i < count; i++) {
    out.set(block, i * block.length)
    change(view, i * block.length, i)
  }
  return out
}

const SECTION = new PcapngBuilder().section().take()
const INTERFACE = new PcapngBuilder().interface().take()
const INTERFACE_LINKTYPE = 8
/** Offset of an IPv6 source address in a packet block: behind its header, Ethernet and eight octets. */
const SOURCE = 28 + 14 + 8
const SYN = ethernet(0x86dd, ipv6(tcp({ flags: 2, payload: [] })))
const PACKET = new PcapngBuilder().packet({ timeNs: 0n, bytes: SYN }).take()

function setSource(view: DataView, at: number, words: readonly number[]): void {
  for (const [i, word] of words.entries()) view.setUint32(at + SOURCE + 4 * i, word)
}

const usual = repeated(PACKET, CONNECTIONS, (view, at, i) =>
  setSource(view, at, [0x2001_0000, i, 7, 1]),
)
const few = usual.subarray(0, usual.length / 5)
/** Each last word undoes what the others make of an address that is folded without a secret. */
const chosen = repeated(PACKET, CONNECTIONS, (view, at, i) => {
  const words = [0x2001_0000, i, 7]
  setSource(view, at, [...words, words.reduce((sum, word) => Math.imul(sum ^ word, 31), 0)])
})

/** The inverse of an odd number modulo 2^32. */
function inverse(odd: number): number {
  let x = odd
  for (let i = 0; i < 5; i++) x = Math.imul(x, 2 - Math.imul(odd, x))
  return x
}

const GRE_KEYS = 30_000
/** Kind of a GRE key below no other encapsulation, as in encapsulation.ts. */
const LINK = 5
const GRE_SYN = ethernet(
  0x0800,
  ipv4(joined(u16(0x2000), u16(0x0800), u32(0), ipv4(tcp({ flags: 2, payload: [] }))), {
    protocol: 47,
  }),
)
const GRE_PACKET = new PcapngBuilder().packet({ timeNs: 0n, bytes: GRE_SYN }).take()
/** Behind the block's header, Ethernet, IPv4 and four octets. */
const GRE_KEY = 28 + 14 + 20 + 4
const usualKeys = repeated(GRE_PACKET, GRE_KEYS, (view, at, i) => view.setUint32(at + GRE_KEY, i))
/** Keys that share the lower bits of a product without a secret: x = u, v with v = u >> 15 in all of them. */
const chosenKeys = repeated(GRE_PACKET, GRE_KEYS, (view, at, i) => {
  const mixed = (i << 17) | ((i << 2) & 0x1ffff) | (i >>> 13)
  view.setUint32(
    at + GRE_KEY,
    Math.imul(Math.imul(mixed, inverse(0x85ebca6b)) ^ LINK, inverse(0x9e3779b1)),
  )
})

const CASES: readonly (readonly [name: string, hostile: Uint8Array, plain: Uint8Array])[] = [
  [
    'every link type there can be',
    concat([
      SECTION,
      repeated(INTERFACE, LINKTYPES, (view, at, i) =>
        view.setUint16(at + INTERFACE_LINKTYPE, i & 0xffff, true),
      ),
    ]),
    concat([SECTION, repeated(INTERFACE, LINKTYPES)]),
  ],
  [
    'many interfaces and many connections',
    concat([SECTION, repeated(INTERFACE, INTERFACES), few]),
    concat([SECTION, repeated(INTERFACE, 5), few]),
  ],
  [
    'IPv6 addresses chosen to collide',
    concat([SECTION, INTERFACE, chosen]),
    concat([SECTION, INTERFACE, usual]),
  ],
  [
    'tunnel keys chosen to collide',
    concat([SECTION, INTERFACE, chosenKeys]),
    concat([SECTION, INTERFACE, usualKeys]),
  ],
  [
    'a gzip file name without end',
    concat([Uint8Array.of(0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 0), new Uint8Array(4 << 20).fill(1)]),
    gzipSync(buildPcap([])),
  ],
]

async function msOf(bytes: Uint8Array): Promise<number> {
  async function* source(): AsyncGenerator<Uint8Array, void, undefined> {
    yield bytes
  }
  const started = performance.now()
  await analyzeCapture(source()).report
  return performance.now() - started
}

test.each(CASES)('%s: time follows length', async (_name, hostile, plain) => {
  // The first time code is slow because it is new.
  const plainMs = Math.min(await msOf(plain), await msOf(plain))
  expect(await msOf(hostile)).toBeLessThan(RATIO_MAX * plainMs + PAUSE_MS)
})

test('a merged capture with more interfaces than a call has arguments', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcp-teardown-'))
  const path = join(folder, 'interfaces.pcapng')
  try {
    writeFileSync(path, concat([SECTION, repeated(INTERFACE, 2.5 * INTERFACES), PACKET]))
    const report = await analyzeMerged([path, path], { onConnection: () => {} })
    expect(report).toMatchObject({ packets: 2, connections: 1, linktypes: [1] })
    expect(report.error).toBeUndefined()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
