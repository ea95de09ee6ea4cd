// The compiled path changes nothing: what it takes has the same words in every record as on the paths it stands for, and what
// it refuses it leaves alone.

import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { CompiledPath } from '../../src/tcp/compiled/compiled-path.js'
import { Tracker } from '../../src/tcp/tracker.js'
import { ICMP_ERROR, SEGMENT } from '../../src/wire/decode-status.js'
import { Decoder } from '../../src/wire/decode.js'
import { LINKTYPE_ETHERNET } from '../../src/wire/link/linktype.js'
import { type BuiltRecord, buildPcap } from '../support/capture-builder.js'
import { runs } from '../support/runs.js'
import { scenarioFrames } from '../support/scenario.js'
import { conversations, recordsOf } from './conversation.js'
import { analyzeBytes } from './analysis.js'
import { anySegments } from './any-segments.js'

/** So few are kept that records are used again. */
const LIMITS = { maxClosed: 2 }

let segments = 0
let taken = 0

// The seed of the hashes, which lie in the records.
vi.spyOn(Math, 'random').mockReturnValue(0.5)

/** All words of the records of a tracker. */
function wordsOf({ table }: Tracker): Buffer[] {
  return [table.connections, table.closings, table.teardowns].map(({ ints }) =>
    Buffer.from(ints.buffer, ints.byteOffset, ints.byteLength),
  )
}

/** Takes records one by one, on the compiled path where it will, and compares all words after each. */
function expectTheSame(records: readonly BuiltRecord[]): void {
  const decoder = new Decoder()
  const compiled = CompiledPath.open() as CompiledPath
  const one = new Tracker({ onEnd: () => false }, { ...LIMITS, room: compiled })
  const other = new Tracker({ onEnd: () => false }, LIMITS)
  compiled.join(one.table, one.maxConnections)
  const { view } = compiled
  const room = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  for (const [at, { bytes, timeNs }] of records.entries()) {
    const ns = Number(timeNs - (records[0]?.timeNs ?? 0n))
    const end = bytes.length
    room.set(bytes)
    const left = compiled.take(0, end, end, LINKTYPE_ETHERNET, at + 1, ns)
    if (left >= 0) one.afterCompiled(compiled, left, ns)
    const status = decoder.decode(view, 0, end, end, LINKTYPE_ETHERNET, ns)
    if (left >= 0) taken++
    if (status === SEGMENT) segments++
    for (const tracker of left >= 0 ? [other] : [one, other]) {
      if (status === SEGMENT) tracker.onSegment(decoder.segment, decoder.segmentView, at + 1, ns)
      else if (status === ICMP_ERROR) tracker.onIcmpError(decoder.quoted, 0, at + 1, ns)
    }
    const found = wordsOf(one)
    for (const [i, words] of wordsOf(other).entries()) {
      // The memory of the compiled path has room for more.
      const same = found[i]?.subarray(0, words.length)
      if (same === undefined || !words.equals(same)) expect([at, i, same]).toEqual([at, i, words])
    }
    expect(one.streams).toBe(other.streams)
    expect(one.openCount).toBe(other.openCount)
  }
}

test('plausible conversations, whole and with packets missing', () => {
  fc.assert(
    fc.property(
      fc.array(conversations, { minLength: 1, maxLength: 3 }),
      fc.array(fc.nat(30), { maxLength: 3 }),
      (several, missing) => {
        const records = several.flatMap((conversation) => recordsOf(conversation))
        expectTheSame(records.filter((_record, at) => !missing.includes(at)))
      },
    ),
    { numRuns: runs(300) },
  )
  expect(taken / segments).toBeGreaterThan(0.25)
})

test('any segments, after the beginnings of a connection', () => {
  const start = taken
  fc.assert(fc.property(anySegments, expectTheSame), { numRuns: runs(500) })
  expect(taken - start).toBeGreaterThan(200)
})

const TEXTS = 'QUIT|quit|BYE.|421-|221 |GET /|HTTP/1.1|LIST'.split('|')
const BYTES = `
  1503030002 1503030013 1703030013 170303000000150303 16030300 e000 5800000004 45000000 0100000001 01010102 0000080700
  300506 8802 0000000afe534d42 fe534d42 00 00000000`
  .trim()
  .split(/\s+/)
/** How payload begins: with goodbyes of all kinds and what looks like them, requests, nothing known. */
const head = fc.constantFrom(
  '',
  ...TEXTS.map((text) => `text ${text}`),
  ...BYTES.map((bytes) => `hex ${bytes}`),
)
const length = fc.oneof(
  fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 11, 17, 24, 31, 64, 65, 96, 97, 330, 331, 1000),
  fc.integer({ min: 1, max: 400 }),
)

test('any payload, with a goodbye in it or not', () => {
  const before = taken
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), fc.constantFrom('.', 'P.', 'FP.'), length, head), {
        minLength: 1,
        maxLength: 6,
      }),
      (turns) => {
        const lines = ['0.000 > S 0:0(0)', '0.001 < S. 0:0(0) ack 1', '0.002 > . 1:1(0) ack 1']
        const next = { '>': 1, '<': 1 }
        for (const [i, [byClient, flags, bytes, text]] of turns.entries()) {
          const [me, peer] = byClient ? (['>', '<'] as const) : (['<', '>'] as const)
          const from = next[me]
          next[me] += bytes
          lines.push(
            `${(i + 1).toFixed(3)} ${me} ${flags} ${from}:${next[me]}(${bytes}) ack ${next[peer]} ${text}`,
          )
          if (flags === 'FP.') next[me]++
        }
        expectTheSame(scenarioFrames(lines.join('\n')))
      },
    ),
    { numRuns: runs(600) },
  )
  expect(taken - before).toBeGreaterThan(1500)
})

test('captures cut into any chunks, up to their damage', () => {
  const run = vi.spyOn(CompiledPath.prototype, 'run')
  fc.assert(
    fc.property(
      fc.array(conversations, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(3000), { maxLength: 6 }),
      fc.option(fc.nat(3000)),
      (several, cuts, damage) => {
        const records = several
          .flatMap((conversation) => recordsOf(conversation))
          .sort((a, b) => Number(a.timeNs - b.timeNs))
        const bytes = buildPcap(records)
        if (damage !== null && damage < bytes.length) bytes[damage] = (bytes[damage] ?? 0) ^ 0xff
        const compiled = CompiledPath.open()
        expect(analyzeBytes(bytes, cuts, compiled)).toEqual(analyzeBytes(bytes))
      },
    ),
    { numRuns: runs(300) },
  )
  expect(run.mock.calls.length).toBeGreaterThan(300)
})
