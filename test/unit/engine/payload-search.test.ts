// A text in the payload of connections, whole or spread over segments.

import { expect, test } from 'vitest'
import { connectionFilter } from '../../../src/engine/filter.js'
import { Pipeline } from '../../../src/engine/pipeline.js'
import { CaptureClock } from '../../../src/capture/clock.js'
import { scenarioFrames } from '../../support/scenario.js'

const OPENED = `
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
`

/** Streams whose payload holds a text. */
function streamsWith(text: string, ...scenarios: string[]): number[] {
  const contains = new TextEncoder().encode(text)
  const filter = connectionFilter({ contains: { bytes: contains, isWanted: true } })
  const found: number[] = []
  const clock = new CaptureClock()
  const pipeline = new Pipeline(
    'run.pcap',
    clock,
    { onConnection: (c) => void (filter(c) && found.push(c.e.stream)) },
    { contains },
  )
  const frames = scenarios
    .flatMap((scenario, i) => scenarioFrames(OPENED + scenario, { clientPort: 40_000 + i }))
    .sort((a, b) => Number(a.timeNs - b.timeNs))
  for (const { bytes, timeNs } of frames) {
    clock.baseNs ??= timeNs
    const view = new DataView(bytes.buffer)
    pipeline.onRecord(view, 0, bytes.length, bytes.length, 1, Number(timeNs - clock.baseNs))
  }
  pipeline.finish()
  return found.sort((a, b) => a - b)
}

test('in one segment, of whichever side', () => {
  const asked = '0.010 > P. 1:21(20) ack 1 text GET /req-7f3a x'
  const answered = '0.010 < P. 1:21(20) ack 1 text id: req-7f3a, ok'
  const other = '0.010 > P. 1:21(20) ack 1 text GET /req-7f3b x'
  expect(streamsWith('req-7f3a', asked, answered, other)).toEqual([0, 1])
})

test('over segments that follow each other', () => {
  const split = `0.010 > P. 1:5(4) ack 1 text req-
0.011 > P. 5:7(2) ack 1 text 7f
0.012 > P. 7:9(2) ack 1 text 3a`
  expect(streamsWith('req-7f3a', split)).toEqual([0])
})

test('not over a gap, nor over both sides', () => {
  const gap = `0.010 > P. 1:5(4) ack 1 text req-
0.012 > P. 7:11(4) ack 1 text 7f3a`
  const sides = `0.010 > P. 1:5(4) ack 1 text req-
0.012 < P. 1:5(4) ack 5 text 7f3a`
  expect(streamsWith('req-7f3a', gap, sides)).toEqual([])
})

test('a repeat that brings more follows what was there', () => {
  const again = '0.010 > P. 1:5(4) ack 1 text req-\n0.020 > P. 1:9(8) ack 1 text req-7f3a'
  expect(streamsWith('req-7f3a', again)).toEqual([0])
  const middle = '0.010 > P. 1:7(6) ack 1 text xxreq-\n0.020 > P. 5:11(6) ack 1 text q-7f3a'
  expect(streamsWith('req-7f3a', middle)).toEqual([0])
  const other = '0.010 > P. 1:7(6) ack 1 text xxreq-\n0.020 > P. 2:6(4) ack 1 text 7f3a'
  expect(streamsWith('req-7f3a', other)).toEqual([])
})

test('what is sent again changes nothing', () => {
  const again = `0.010 > P. 1:5(4) ack 1 text req-
0.011 > P. 1:5(4) ack 1 text req-
0.012 > P. 5:9(4) ack 1 text 7f3a`
  expect(streamsWith('req-7f3a', again)).toEqual([0])
})
