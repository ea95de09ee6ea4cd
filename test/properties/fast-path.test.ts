// The fast paths of the packet loop change nothing: with and without them every word of every record is the same after
// each segment.

import fc from 'fast-check'
import { beforeAll, expect, test, vi } from 'vitest'
import { ICMP_ERROR, SEGMENT } from '../../src/wire/decode-status.js'
import { Decoder } from '../../src/wire/decode.js'
import { LINKTYPE_ETHERNET } from '../../src/wire/link/linktype.js'
import type { BuiltRecord } from '../support/capture-builder.js'
import { anySegments } from './any-segments.js'
import { conversations, recordsOf } from './conversation.js'
import { runs } from '../support/runs.js'

type TrackerModule = typeof import('../../src/tcp/tracker.js')
let fast: TrackerModule
let general: TrackerModule
let segments = 0
/** Segments that took the general path although the fast ones were open. */
let detours = (): number => 0

beforeAll(async () => {
  fast = await import('../../src/tcp/tracker.js')
  const { GeneralPath } = await import('../../src/tcp/general-path.js')
  const observe = vi.spyOn(GeneralPath.prototype, 'observe')
  detours = () => observe.mock.calls.length
  vi.resetModules()
  vi.doMock('../../src/tcp/fast-path.js', async (original) => ({
    ...(await original<typeof import('../../src/tcp/fast-path.js')>()),
    isPlainNext: () => false,
    observePlainNext: () => {
      throw new Error('the fast path was taken')
    },
  }))
  const { Handshake } = await import('../../src/tcp/handshake.js')
  Handshake.prototype.observeFirst = () => false
  general = await import('../../src/tcp/tracker.js')
  // The seed of the hashes, which lie in the records.
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})

/** All words of all records of a tracker. */
function wordsOf({ table }: InstanceType<TrackerModule['Tracker']>): Buffer[] {
  return [table.connections, table.closings, table.teardowns].map(({ ints }) =>
    Buffer.from(ints.buffer),
  )
}

/** Takes records one by one, with and without the fast paths, and compares all words after each. */
function expectTheSame(records: readonly BuiltRecord[]): void {
  const decoder = new Decoder()
  const one = new fast.Tracker({ onEnd: () => false })
  const other = new general.Tracker({ onEnd: () => false })
  for (const [at, { bytes, timeNs }] of records.entries()) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const ns = Number(timeNs - (records[0]?.timeNs ?? 0n))
    const status = decoder.decode(view, 0, bytes.length, bytes.length, LINKTYPE_ETHERNET, ns)
    if (status === SEGMENT) segments++
    for (const tracker of [one, other]) {
      if (status === SEGMENT) tracker.onSegment(decoder.segment, decoder.segmentView, at + 1, ns)
      else if (status === ICMP_ERROR) tracker.onIcmpError(decoder.quoted, 0, at + 1, ns)
    }
    const found = wordsOf(one)
    if (wordsOf(other).every((words, i) => words.equals(found[i] as Buffer))) continue
    expect([at, factsOf(other)]).toEqual([at, factsOf(one)])
    throw new Error(`after segment ${at} words differ that no field has`)
  }
}

/** Every field of every connection, for a message that names what differs. */
function factsOf({ table }: InstanceType<TrackerModule['Tracker']>): object[] {
  return table.records().map((record) => {
    const c = table.at(record)
    return [c, c.side(0), c.side(1)].map((holder) => {
      const names = Object.keys(Object.getOwnPropertyDescriptors(fieldsOf(holder)))
      return Object.fromEntries(names.map((name) => [name, Reflect.get(holder, name)]))
    })
  })
}

/** The prototype that has the accessors of the fields. */
function fieldsOf(holder: object): object {
  let found = holder
  while (!Object.hasOwn(found, 'flags')) found = Object.getPrototypeOf(found) as object
  return found
}

test('plausible conversations, whole and with packets missing', () => {
  fc.assert(
    fc.property(conversations, fc.array(fc.nat(30), { maxLength: 3 }), (conversation, missing) => {
      expectTheSame(recordsOf(conversation).filter((_record, at) => !missing.includes(at)))
    }),
    { numRuns: runs(600) },
  )
  expect(segments - detours()).toBeGreaterThan(1500)
})

test('any segments, after the beginnings of a connection', () => {
  fc.assert(fc.property(anySegments, expectTheSame), { numRuns: runs(1000) })
  expect(segments - detours()).toBeGreaterThan(2500)
})
