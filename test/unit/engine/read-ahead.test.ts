// Records are decoded ahead of the analysis, and nobody can tell.

import { expect, test } from 'vitest'
import { CaptureClock } from '../../../src/capture/clock.js'
import { Framer } from '../../../src/capture/framer.js'
import { Pipeline } from '../../../src/engine/pipeline.js'
import { ReadAhead } from '../../../src/engine/read-ahead.js'
import { PcapngBuilder, buildPcap } from '../../support/capture-builder.js'
import { scenarioFrames } from '../../support/scenario.js'

const CLOSED = `
  0.001 > S 0:0(0)
  0.002 < S. 0:0(0) ack 1
  0.003 > . 1:1(0) ack 1
  0.004 > F. 1:1(0) ack 1
  0.005 < F. 1:1(0) ack 2
  0.006 > . 2:2(0) ack 2`
/** The ports are used again, so that the connection before is over. */
const AGAIN = '  0.007 > S 5000:5000(0)'

/** What was known of the capture when each of its connections was handed over, read in chunks of `chunkBytes`. */
function told(capture: Uint8Array, chunkBytes: number, isAhead = true): unknown[] {
  const seen: unknown[] = []
  const clock = new CaptureClock()
  const pipeline: Pipeline = new Pipeline('-', clock, {
    onConnection: ({ e, j }) =>
      seen.push([e.stream, j.ending, e.captureDrops, e.captureEndNs, pipeline.frame]),
  })
  const framer = new Framer(isAhead ? new ReadAhead(pipeline) : pipeline, clock)
  pipeline.origin = framer.info
  try {
    for (let at = 0; at < capture.length; at += chunkBytes)
      framer.push(capture.subarray(at, at + chunkBytes))
  } catch (error) {
    seen.push(String(error))
  }
  pipeline.finish()
  seen.push(pipeline.frame, pipeline.segments, pipeline.decodeCounts())
  return seen
}

function expectTheSame(capture: Uint8Array): unknown[] {
  const expected = told(capture, capture.length, false)
  for (const chunkBytes of [capture.length, 100, 7])
    expect(told(capture, chunkBytes)).toEqual(expected)
  return expected
}

test('drops count from where the capture tells of them', () => {
  const frames = scenarioFrames(`${CLOSED}\n${AGAIN}\n  0.008 > S 5000:5000(0)`)
  const builder = new PcapngBuilder().section().interface({ tsresol: 9 })
  for (const [at, frame] of frames.entries()) {
    if (at < frames.length - 1) builder.packet(frame)
    else builder.obsoletePacket(frame, 3)
  }
  expect(expectTheSame(builder.take())).toEqual([
    [0, 'graceful_fin.no_payload', false, 6e6, 7],
    [1, 'handshake_failed.unanswered', true, 7e6, 8],
    8,
    8,
    [],
  ])
})

test('what is no segment comes in its turn', () => {
  const frames = scenarioFrames(`${CLOSED}\n  0.0065 icmp 3 1 > S 5000:5000(0)\n${AGAIN}`)
  const other = { timeNs: frames[0]?.timeNs ?? 0n, bytes: new Uint8Array(60) }
  const [first, ...others] = frames
  if (first === undefined) throw new Error('no frames')
  const [closed] = expectTheSame(buildPcap([first, other, ...others, other]))
  expect(closed).toEqual([0, 'graceful_fin.no_payload', false, 6e6, 9])
})

test('what stands before damage is whole', () => {
  const capture = buildPcap(scenarioFrames(`${CLOSED}\n${AGAIN}`))
  const damaged = new Uint8Array([...capture, ...new Uint8Array(16).fill(0xff)])
  expect(expectTheSame(damaged)).toEqual([
    [0, 'graceful_fin.no_payload', false, 6e6, 7],
    expect.stringContaining('impossible record length'),
    [1, 'handshake_failed.unanswered', false, 6e6, 7],
    7,
    7,
    [],
  ])
})
