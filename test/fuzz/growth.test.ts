// Captures that are built to cost more than their length: many interfaces, addresses chosen to collide, gzip that is nothing
// but headers. The work of each byte is counted against that of a plain capture of about the same length; before they were
// bounded these took 20 to 300 times as long as that.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type * as Library from '../../src/index.js'
import { buildPcap, concat, PcapngBuilder } from '../support/capture-builder.js'
import { WorkCounter } from './work.js'
import { ethernet, ipv4, ipv6, join as joined, tcp, u16, u32 } from '../unit/wire/frames.js'

/** How much more work an byte of a hostile capture may be. */
const RATIO_MAX = 1.5
const LINKTYPES = 70_000
const INTERFACES = 60_000
const CONNECTIONS = 3000

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
/** Offset of an IPv6 source address in a packet block: behind its header, Ethernet and eight bytes. */
const SOURCE = 28 + 14 + 8
const SYN = ethernet(0x86dd, ipv6(tcp({ flags: 2, payload: [] })))
const PACKET = new PcapngBuilder().packet({ timeNs: 0n, bytes: SYN }).take()

function setSource(view: DataView, at: number, words: readonly number[]): void {
  for (const [i, word] of words.entries()) view.setUint32(at + SOURCE + 4 * i, word)
}

const usual = repeated(PACKET, CONNECTIONS, (view, at, i) =>
  setSource(view, at, [0x2001_0000, i, 7, 1]),
)
/** The first three words of an IPv6 address in one, as in tcp/table.ts, but with a seed that is known: 0. */
function folded(w0: number, w1: number, w2: number): number {
  let h = Math.imul(w0, 0x27d4eb2f)
  h = Math.imul(h ^ (h >>> 15) ^ w1, 0x5bd1e995)
  h = Math.imul(h ^ (h >>> 13) ^ w2, 0x1b873593)
  return Math.imul(h ^ (h >>> 16), 0x2545f491)
}

/** Each last word undoes what the others make of an address. */
const chosen = repeated(PACKET, CONNECTIONS, (view, at, i) =>
  setSource(view, at, [0x2001_0000, i, 7, folded(0x2001_0000, i, 7)]),
)

/** The inverse of an odd number modulo 2^32. */
function inverse(odd: number): number {
  let x = odd
  for (let i = 0; i < 5; i++) x = Math.imul(x, 2 - Math.imul(odd, x))
  return x
}

const GRE_KEYS = 8000
/** Kind of a GRE key below no other encapsulation, as in encapsulation.ts. */
const LINK = 5
const GRE_SYN = ethernet(
  0x0800,
  ipv4(joined(u16(0x2000), u16(0x0800), u32(0), ipv4(tcp({ flags: 2, payload: [] }))), {
    protocol: 47,
  }),
)
const GRE_PACKET = new PcapngBuilder().packet({ timeNs: 0n, bytes: GRE_SYN }).take()
/** Behind the block's header, Ethernet, IPv4 and four bytes. */
const GRE_KEY = 28 + 14 + 20 + 4
const usualKeys = repeated(GRE_PACKET, GRE_KEYS, (view, at, i) => view.setUint32(at + GRE_KEY, i))
/** Keys whose hashes, as in encapsulation.ts and with the seed 0, share their lower 17 bits. */
const chosenKeys = repeated(GRE_PACKET, GRE_KEYS, (view, at, i) => {
  const mixed = (i << 17) | ((i << 2) & 0x1ffff) | (i >>> 13)
  const before = Math.imul(mixed, inverse(0x85ebca6b)) ^ LINK
  const product = before ^ (before >>> 15) ^ (before >>> 30)
  view.setUint32(at + GRE_KEY, Math.imul(product, inverse(0x9e3779b1)))
})

/** A capture of interfaces, and what follows them. */
function behind(interfaces: Uint8Array, ...blocks: readonly Uint8Array[]): Uint8Array {
  return concat([SECTION, interfaces, ...blocks])
}

const everyLinktype = repeated(INTERFACE, LINKTYPES, (view, at, i) =>
  view.setUint16(at + INTERFACE_LINKTYPE, i & 0xffff, true),
)
const endlessName = Uint8Array.of(0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 0)

const CASES: readonly (readonly [name: string, hostile: Uint8Array, plain: Uint8Array])[] = [
  ['every link type there can be', behind(everyLinktype), behind(repeated(INTERFACE, LINKTYPES))],
  [
    'many interfaces and many connections',
    behind(repeated(INTERFACE, INTERFACES), usual),
    behind(repeated(INTERFACE, 5), usual),
  ],
  [
    'a gzip file name without end',
    concat([endlessName, new Uint8Array(4 << 20).fill(1)]),
    gzipSync(buildPcap([{ timeNs: 0n, bytes: new Uint8Array(4 << 20) }]), { level: 0 }),
  ],
]

const COLLISIONS: typeof CASES = [
  ['IPv6 addresses', behind(INTERFACE, chosen), behind(INTERFACE, usual)],
  ['tunnel keys', behind(INTERFACE, chosenKeys), behind(INTERFACE, usualKeys)],
]

const counter = new WorkCounter()
let analyzeCapture: typeof Library.analyzeCapture
beforeAll(async () => {
  // Behind the counter, which does not see what was there before it.
  ;({ analyzeCapture } = await import('../../src/index.js'))
})
afterAll(() => counter.close())

async function workOfByte(bytes: Uint8Array): Promise<number> {
  async function* source(): AsyncGenerator<Uint8Array, void, undefined> {
    yield bytes
  }
  return (await counter.of(() => analyzeCapture(source()).report)) / bytes.length
}

test.each(CASES)('%s: work follows length', async (_name, hostile, plain) => {
  expect(await workOfByte(hostile)).toBeLessThan(RATIO_MAX * (await workOfByte(plain)))
})

test.each(COLLISIONS)('%s chosen to collide', async (_name, hostile, plain) => {
  const most = RATIO_MAX * (await workOfByte(plain))
  expect(await workOfByte(hostile)).toBeLessThan(most)
  // Whoever knew the seed would do harm: they are chosen well.
  const random = vi.spyOn(Math, 'random').mockReturnValue(0)
  expect(await workOfByte(hostile)).toBeGreaterThan(most)
  random.mockRestore()
})

test('a merged capture with more interfaces than a call has arguments', async () => {
  const { analyzeMerged } = await import('../../src/engine/analyze-merged.js')
  const folder = mkdtempSync(join(tmpdir(), 'tcp-teardown-'))
  const path = join(folder, 'interfaces.pcapng')
  try {
    writeFileSync(path, concat([SECTION, repeated(INTERFACE, 2.1 * INTERFACES), PACKET]))
    const report = await analyzeMerged([path, path], { onConnection: () => {} })
    expect(report).toMatchObject({ packets: 2, connections: 1, linktypes: [1] })
    expect(report.error).toBeUndefined()
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** Paths of captures whose packets come in turns, `each` of them in each. */
function writeInTurns(folder: string, captures: number, each: number): string[] {
  return Array.from({ length: captures }, (_, n) => {
    const packets = repeated(PACKET, each, (view, at, i) => {
      view.setUint32(at + 16, i * captures + n, true)
      setSource(view, at, [0x2001_0000, i * captures + n, 7, 1])
    })
    const path = join(folder, `${captures}-${n}`)
    writeFileSync(path, concat([SECTION, INTERFACE, packets]))
    return path
  })
}

test('captures in turns: a packet costs the logarithm of their number', async () => {
  const { analyzeMerged } = await import('../../src/engine/analyze-merged.js')
  const folder = mkdtempSync(join(tmpdir(), 'tcp-teardown-'))
  const most = 12_800
  async function workOf(captures: number): Promise<number> {
    const paths = writeInTurns(folder, captures, most / captures)
    return counter.of(async () => {
      const report = await analyzeMerged(paths, { onConnection: () => {} })
      expect(report).toMatchObject({ packets: most, connections: most })
    })
  }
  try {
    // Looking through all captures for each packet, 320 of them took eight times the work of twenty.
    expect(await workOf(320)).toBeLessThan(2 * (await workOf(20)))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
