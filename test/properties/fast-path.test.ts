// The straight paths of the packet loop change nothing: with and without them every connection comes out the same, to the
// last column.

import fc from 'fast-check'
import { beforeAll, expect, test, vi } from 'vitest'
import type { Connection } from '../../src/index.js'
import type { BuiltRecord } from '../support/capture-builder.js'
import { scenarioFrames } from '../support/scenario.js'
import { conversations, recordsOf } from './conversation.js'
import { runs } from '../support/runs.js'

type Analyze = (records: readonly BuiltRecord[]) => Connection[]
let straight: Analyze
let general: Analyze

beforeAll(async () => {
  ;({ analyze: straight } = await import('./analysis.js'))
  vi.resetModules()
  vi.doMock('../../src/tcp/fast-path.js', () => ({
    isInStep: () => false,
    observeInStep: () => {
      throw new Error('the straight path was taken')
    },
  }))
  const { Opening } = await import('../../src/tcp/handshake.js')
  Opening.prototype.observeFirst = () => false
  ;({ analyze: general } = await import('./analysis.js'))
})

/** How many connections began or ended in a way that has a straight path. */
let usual = 0

function expectTheSame(records: readonly BuiltRecord[]): void {
  const connections = straight(records)
  expect(general(records)).toEqual(connections)
  usual += connections.filter(({ history }) => /^S.?h|F.*f/i.test(history)).length
}

test('plausible conversations, whole and with packets missing', () => {
  fc.assert(
    fc.property(conversations, fc.array(fc.nat(30), { maxLength: 3 }), (conversation, missing) => {
      expectTheSame(recordsOf(conversation).filter((_record, at) => !missing.includes(at)))
    }),
    { numRuns: runs(600) },
  )
  expect(usual).toBeGreaterThan(500)
})

/** A segment that is likely to come next, or to be only a little wrong. */
const line = fc
  .record({
    gapMs: fc.constantFrom(0, 1, 1, 200, 1000, 5000, 75_000),
    direction: fc.constantFrom('>', '<'),
    flags: fc.constantFrom('S', 'S.', '.', '.', '.', 'P.', 'P.', 'F.', 'FP.', 'R', 'R.', 'F', 'P'),
    seq: fc.constantFrom(0, 1, 1, 1, 2, 6),
    payload: fc.constantFrom(0, 0, 0, 1, 5),
    ack: fc.constantFrom(0, 1, 1, 1, 2, 6),
    rest: fc.constantFrom('', '', '', '', ' win 0', ' ttl 60', ' copy', ' nots', ' id 0'),
    before: fc.constantFrom('', '', '', '', '', '', '', '', '', 'icmp 3 1 '),
  })
  .map((l) => ({
    gapMs: l.gapMs,
    text: `${l.before}${l.direction} ${l.flags} ${l.seq}:${l.seq + l.payload}(${l.payload}) ack ${l.ack}${l.rest}`,
  }))

/** How connections begin: as usual, with data on the SYN, beside an old connection, with an ACK before the SYN-ACK. */
const OPENINGS = [
  ['> S 0:0(0)', '< S. 0:0(0) ack 1', '> . 1:1(0) ack 1', '> P. 1:6(5) ack 1'],
  ['> S 0:5(5)', '< S. 0:0(0) ack 6', '> . 6:6(0) ack 1'],
  ['> S 0:5(5)', '< S. 0:0(0) ack 1', '> . 1:6(5) ack 1', '< . 1:1(0) ack 6', '> . 6:6(0) ack 1'],
  [
    '> S 0:0(0)',
    '< . 7:7(0) ack 9',
    '> R 9:9(0)',
    '> S 0:0(0)',
    '< S. 0:0(0) ack 1',
    '> . 1:1(0) ack 1',
  ],
  ['> S 0:0(0)', '< . 0:0(0) ack 1', '> . 1:1(0) ack 1', '< P. 0:5(5) ack 1', '> . 1:1(0) ack 5'],
  ['> S 0:0(0)', '< S 0:0(0)', '> S. 0:0(0) ack 1', '< S. 0:0(0) ack 1', '> . 1:1(0) ack 1'],
]

test('any segments, behind the beginnings of a connection', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...OPENINGS),
      fc.nat(6),
      fc.array(line, { maxLength: 12 }),
      (opening, opened, lines) => {
        let ms = 0
        const before = opening.slice(0, opened).map((text) => ({ gapMs: 1, text }))
        const texts = [...before, ...lines].map(({ gapMs, text }) => {
          ms += gapMs
          return `${(ms / 1000).toFixed(3)} ${text}`
        })
        expectTheSame(scenarioFrames(texts.join('\n')))
      },
    ),
    { numRuns: runs(1000) },
  )
  expect(usual).toBeGreaterThan(800)
})
