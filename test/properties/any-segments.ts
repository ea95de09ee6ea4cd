// Segments of a connection as they come to hand: likely ones, and some that are a little wrong.

import fc from 'fast-check'
import { type ScenarioFrame, scenarioFrames } from '../support/scenario.js'

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

/** Frames of a connection that begins in one of these ways, up to some point, and goes on with any segments. */
export const anySegments: fc.Arbitrary<ScenarioFrame[]> = fc
  .tuple(fc.constantFrom(...OPENINGS), fc.nat(6), fc.array(line, { maxLength: 12 }))
  .map(([opening, opened, lines]) => {
    let ms = 0
    const before = opening.slice(0, opened).map((text) => ({ gapMs: 1, text }))
    const texts = [...before, ...lines].map(({ gapMs, text }) => {
      ms += gapMs
      return `${(ms / 1000).toFixed(3)} ${text}`
    })
    return scenarioFrames(texts.join('\n'))
  })
