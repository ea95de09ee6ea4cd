import { expect, test } from 'vitest'
import { CaptureClock } from '../../../src/capture/clock.js'
import { emptyCaptureInfo } from '../../../src/capture/info.js'
import { missingPackets } from '../../../src/engine/packet-count.js'
import { Pipeline } from '../../../src/engine/pipeline.js'
import { scenarioFrames } from '../../support/scenario.js'

const LATE = { reportedPackets: 2, latePackets: 5 }

function analyzed(): Pipeline {
  const pipeline = new Pipeline('-', new CaptureClock(), { onConnection: () => {} })
  for (const { bytes } of scenarioFrames('0.000 > S 0:0(0)\n0.001 < R. 0:0(0) ack 1 win 0')) {
    pipeline.onRecord(new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length, 60, 1, 0)
  }
  pipeline.onRecord(new DataView(new ArrayBuffer(60)), 0, 60, 60, 1, 0)
  pipeline.onSkippedRecord()
  pipeline.finish()
  return pipeline
}

test('all packets are somewhere', () => {
  const info = { ...emptyCaptureInfo(), records: 3, skippedRecords: 1 }
  expect(missingPackets(info, analyzed())).toBeUndefined()
})

test.each([
  ['a record that the reader had', { records: 4 }, {}, /5 read, 4 counted, 4 with a name/],
  ['one that was not named', {}, { skippedEntries: 0 }, /4 read, 4 counted, 3 with a name/],
  ['a segment without connection', {}, { tracker: LATE }, /2 TCP segments, 7 in connections/],
])('%s is missed', (_what, more, changed, message) => {
  const info = { ...emptyCaptureInfo(), records: 3, skippedRecords: 1, ...more }
  const pipeline = analyzed()
  for (const [name, value] of Object.entries(changed)) {
    Object.defineProperty(pipeline, name, { value })
  }
  expect(missingPackets(info, pipeline)).toMatchObject({
    code: 'ERR_COUNT',
    message: expect.stringMatching(message),
  })
})
