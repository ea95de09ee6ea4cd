// Endings that are known by their records alone are those that the rules find: every word of their digests is the same, and
// every byte of their rows.

import { readFileSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CaptureClock } from '../../src/capture/clock.js'
import type { ConnectionHandler } from '../../src/engine/ended-connection.js'
import { Pipeline } from '../../src/engine/pipeline.js'
import { type DigestBatch, DigestWriter } from '../../src/incidents/digest.js'
import { ByteWriter } from '../../src/output/bytes/writer.js'
import { SummaryCollector } from '../../src/output/collect/summary.js'
import { NDJSON } from '../../src/output/formats/ndjson.js'
import { tableStyle } from '../../src/output/style.js'
import { LINKTYPE_ETHERNET } from '../../src/wire/link/linktype.js'
import { readClassicPcap } from '../differential/classic-pcap.js'
import type { BuiltRecord } from '../support/capture-builder.js'
import { scenarioFrames } from '../support/scenario.js'
import { conversations, recordsOf } from './conversation.js'
import { runs } from '../support/runs.js'

/** Connections that were known by their records, and those of them whose rows were written from templates. */
let plain = 0
let plainRows = 0

const FORMAT = NDJSON.make({
  columns: undefined,
  types: undefined,
  summaryOnly: false,
  all: false,
  top: 3,
  nameCaptures: false,
  isFiltered: false,
  fields: 'native',
  isEpoch: false,
  hasMark: false,
  isLocalTime: false,
  width: 80,
  rows: undefined,
  style: tableStyle(false),
})

/** Digests and totals of records, and their rows where they are not only counted; `isShort` takes the short way where it is open. */
function told(
  records: readonly BuiltRecord[],
  linktype: number,
  isCounting: boolean,
  isShort: boolean,
): unknown {
  const cells: number[][] = []
  const digests = new DigestWriter((batch: DigestBatch) => {
    cells.push([...new BigInt64Array(batch.cells.slice().buffer)].map(Number))
  })
  const summary = new SummaryCollector()
  const rows: string[] = []
  const out = new ByteWriter()
  function takeRow(): void {
    rows.push(new TextDecoder().decode(out.written()))
    out.clear()
  }
  const handler: ConnectionHandler = {
    onConnection: (c) => {
      digests.add(c)
      summary.add(c)
      if (isCounting) return
      FORMAT.row?.(c, out)
      takeRow()
    },
    onPlainEnding: !isShort
      ? undefined
      : (ending, capture) => {
          plain++
          if (!isCounting) {
            if (FORMAT.plainRow?.(ending, capture, out) !== true) return false
            plainRows++
            takeRow()
          }
          digests.addPlain(ending, capture)
          summary.addPlain(ending)
          return true
        },
  }
  const clock = new CaptureClock()
  const pipeline = new Pipeline('-', clock, handler)
  const baseNs = records[0]?.timeNs ?? 0n
  clock.baseNs = baseNs
  for (const { bytes, timeNs } of records) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    pipeline.onRecord(view, 0, bytes.length, bytes.length, linktype, Number(timeNs - baseNs))
  }
  pipeline.finish()
  digests.flush()
  return { cells, rows, byCause: summary.byCause(), byCloser: summary.byCloser() }
}

function expectTheSame(records: readonly BuiltRecord[], linktype = LINKTYPE_ETHERNET): void {
  for (const isCounting of [true, false]) {
    expect(told(records, linktype, isCounting, true)).toEqual(
      told(records, linktype, isCounting, false),
    )
  }
}

test('plausible conversations, whole and with packets missing', () => {
  plain = plainRows = 0
  fc.assert(
    fc.property(conversations, fc.array(fc.nat(30), { maxLength: 2 }), (conversation, missing) => {
      expectTheSame(recordsOf(conversation).filter((_record, at) => !missing.includes(at)))
    }),
    { numRuns: runs(600) },
  )
  expect(plain).toBeGreaterThan(0)
})

/** Talks that end with an answer, and ways in which that end is not quite plain. */
const TALKS = [
  '> S 0:0(0)',
  '< S. 0:0(0) ack 1',
  '> . 1:1(0) ack 1',
  '> P. 1:101(100) ack 1',
  '< P. 1:201(200) ack 101',
  '> . 101:101(0) ack 201',
  '> F. 101:101(0) ack 201',
  '< F. 201:201(0) ack 102',
  '> . 102:102(0) ack 202',
]
const odd = fc.constantFrom(
  '> P. 101:151(50) ack 201',
  '< P. 201:251(50) ack 101',
  '< P. 201:208(7) ack 101',
  '< P. 201:251(50) ack 102',
  '< . 201:201(0) ack 102',
  '> F. 101:101(0) ack 201',
  '< F. 201:201(0) ack 101',
  '< R. 201:201(0) ack 102',
  '> R 102:102(0)',
  '< . 200:200(0) ack 101',
  '> . 100:101(1) ack 201',
  'icmp 3 1 > . 101:101(0) ack 201',
  '> . 101:101(0) ack 201 win 0',
  '> . 101:101(0) ack 201 copy',
  '< . 201:201(0) ack 101 copy',
)

test('closes that are plain, and closes that are not quite', () => {
  plain = plainRows = 0
  const step = fc.constantFrom(1, 1, 1, 50, 900, 999, 1000, 1001, 1999, 2000)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(TALKS.length), odd), { maxLength: 2 }),
      fc.array(step, { minLength: 16, maxLength: 16 }),
      fc.tuple(...[0, 1].map(() => fc.constantFrom('', '', '', '', ' tfo', ' mptcp'))),
      (insertions, steps, options) => {
        const lines = TALKS.map((line, at) => line + (options[at] ?? ''))
        for (const [at, line] of insertions) lines.splice(at, 0, line)
        let ms = 0
        const texts = lines.map((line, at) => {
          ms += steps[at] ?? 1
          return `${(ms / 1000).toFixed(3)} ${line}`
        })
        expectTheSame(scenarioFrames(texts.join('\n')))
      },
    ),
    { numRuns: runs(1500) },
  )
  expect(plain).toBeGreaterThan(200)
  expect(plainRows).toBeGreaterThan(100)
})

test('connections that are open, and what may be wrong with them', () => {
  plain = plainRows = 0
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 6 }),
      fc.array(fc.tuple(fc.nat(6), odd), { maxLength: 2 }),
      fc.constantFrom(0.001, 30),
      fc.constantFrom(0, 1, 40, 100),
      (length, insertions, stepS, silenceS) => {
        const lines = TALKS.slice(0, length)
        for (const [at, line] of insertions) lines.splice(at, 0, line)
        const texts = lines.map((line, at) => `${(at * stepS).toFixed(3)} ${line}`)
        const records: BuiltRecord[] = scenarioFrames(texts.join('\n'))
        // The capture goes on with what is no connection.
        const timeNs = (records.at(-1)?.timeNs ?? 0n) + BigInt(silenceS) * 1_000_000_000n
        expectTheSame([...records, { timeNs, bytes: new Uint8Array(60) }])
      },
    ),
    { numRuns: runs(800) },
  )
  expect(plain).toBeGreaterThan(100)
})

test('SYNs without an answer, and what else there may be of one', () => {
  plain = plainRows = 0
  const syn = '> S 0:0(0)'
  const others = [
    '< R. 0:0(0) ack 1',
    '> R 1:1(0)',
    '> S 9:9(0)',
    syn,
    '< . 7:7(0) ack 9',
    'icmp 3 1 > S 0:0(0)',
  ]
  const more = fc.array(
    fc.constantFrom(...others, '> S 0:5(5)', '< S. 0:0(0) ack 1', '> S 0:0(0) copy'),
    { maxLength: 2 },
  )
  fc.assert(
    fc.property(more, (lines) => {
      const texts = [syn, ...lines].map((line, at) => `${at}.000 ${line}`)
      expectTheSame(scenarioFrames(texts.join('\n')))
    }),
    { numRuns: runs(300) },
  )
  expect(plain).toBeGreaterThan(20)
})

test('the samples', () => {
  plain = plainRows = 0
  const folder = new URL('../../samples/', import.meta.url)
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.pcap'))) {
    const found = readClassicPcap(new Uint8Array(readFileSync(new URL(name, folder))))
    if (found !== undefined) expectTheSame(found.records, found.linktype)
  }
  expect(plain).toBeGreaterThan(10)
})
